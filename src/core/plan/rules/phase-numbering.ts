import { finding } from '../draft.ts';
import type { Rule } from './rule.ts';

/** PP-02: phases that are not numbered 1 to M, or an M that is not their number: one may be missing. */
export const phaseNumbering: Rule = {
  id: 'PP-02',
  *check({ draft }) {
    const count = draft.units.length;
    for (const [i, unit] of draft.units.entries()) {
      if (unit.phase === undefined) continue;
      const { number, total } = unit.phase;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      if (number !== i + 1) {
        const message = `Phase ${number} stands where phase ${i + 1} of ${count} is expected.`;
        yield finding(
          'PP-02',
          'error',
          span,
          message,
          `Number the phases from 1 to ${count} in the order they stand in.`,
        );
        return;
      }
      if (total !== undefined && total !== count) {
        const message = `Phase ${number} says "of ${total}", but the plan has ${count} phase${count === 1 ? '' : 's'}.`;
        yield finding('PP-02', 'error', span, message, `Write "of ${count}", or add the missing phases.`);
        return;
      }
    }
  },
};
