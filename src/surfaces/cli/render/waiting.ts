import { oneLine } from '../../../core/base/text.ts';
import type { Waiting } from '../../../core/views/board.ts';
import { termLines } from '../../gate-lines.ts';
import type { Paint } from '../paint.ts';

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
