import { PLAN_KINDS } from '../../model.ts';
import type { Rule } from '../rule.ts';

const LONG = 32_000;
const TOO_LONG = 200_000;

/** GEN-019: a unit whose text is too long for a brief. */
export const longUnit: Rule = {
  id: 'GEN-019',
  name: 'long-unit',
  about: 'The text of a unit is so long that its brief would not be read with care.',
  severity: 'warning',
  fix: 'none',
  refuses: true,
  kinds: PLAN_KINDS,
  *check({ draft }) {
    for (const unit of draft.units) {
      const length = unit.end - unit.start;
      if (length <= LONG) continue;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      const hint = 'Split it, or move details into a file and name that file here.';
      yield length > TOO_LONG
        ? {
            severity: 'error',
            span,
            message: `${unit.id} has ${length} characters; a brief holds at most ${TOO_LONG}.`,
            hint,
          }
        : { span, message: `${unit.id} has ${length} characters; its agent reads all of them.`, hint };
    }
  },
};
