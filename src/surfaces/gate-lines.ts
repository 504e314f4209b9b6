import { oneLine } from '../core/base/text.ts';
import { formatStamp } from '../core/base/time.ts';
import type { Waiting } from '../core/views/board.ts';

/** What belongs to a gate beside its question: what an answer is about, who waits, and what happens without one. */
export function termLines(gate: Waiting['gate']): string[] {
  if (gate === undefined) return [];
  const { about, cost, deadline, default: fallback } = gate;
  return [
    ...(about === undefined ? [] : [`about: ${about.what} ${about.hash.slice(0, 12)}`]),
    ...(cost === undefined ? [] : [`while it waits: ${cost}`]),
    ...(deadline === undefined || fallback === undefined
      ? []
      : [`without an answer by ${formatStamp(deadline).slice(0, 16).replace('T', ' ')} UTC: ${fallback}`]),
  ].map((line) => oneLine(line, 400));
}
