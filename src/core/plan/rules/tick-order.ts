import { finding } from '../draft.ts';
import type { Rule } from './rule.ts';

/** PP-17: a phase is ticked while an earlier one is open. */
export const tickOrder: Rule = {
  id: 'PP-17',
  *check({ draft }) {
    let open: number | undefined;
    for (const { phase, heading } of draft.units) {
      if (phase === undefined || heading.box === undefined) continue;
      if (!heading.box.ticked) open ??= phase.number;
      else if (open !== undefined) {
        const message = `Phase ${phase.number} is ticked while phase ${open} is open.`;
        yield finding('PP-17', 'warning', heading.box.mark, message, 'Phases build on each other: tick them in order.');
      }
    }
  },
};
