import { oneLine } from '../../../core/base/text.ts';
import { formatStamp } from '../../../core/base/time.ts';
import type { Waiting } from '../../../core/views/board.ts';
import type { Paint } from '../paint.ts';

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

/** What only a person can move: the question, what belongs to it, and every command that answers it. */
export function renderWaiting(waiting: readonly Waiting[], paint: Paint, asks = 'Waits for you:'): string[] {
  const out: string[] = [];
  for (const { what, type, gate } of waiting) {
    out.push(`${paint.warn(asks)} ${oneLine(what, 400)}`);
    for (const line of gate?.detail ?? []) out.push(`  ${oneLine(line, 400)}`);
    for (const line of termLines(gate)) out.push(`  ${paint.faint(line)}`);
    type.forEach((command, index) => {
      const recommended = gate !== undefined && type.length > 1 && gate.options[index] === gate.recommended;
      out.push(`  ${paint.type(oneLine(command))}${recommended ? paint.faint('  (recommended)') : ''}`);
    });
  }
  return out;
}
