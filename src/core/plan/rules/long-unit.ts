import { finding } from '../draft.ts';
import type { Rule } from './rule.ts';

const LONG = 32_000;
const TOO_LONG = 200_000;

/** GEN-019: a unit whose text is too long for a brief. */
export const longUnit: Rule = {
  id: 'GEN-019',
  *check({ draft }) {
    for (const unit of draft.units) {
      const length = unit.end - unit.start;
      if (length <= LONG) continue;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      const hint = 'Split it, or move details into a file and name that file here.';
      yield length > TOO_LONG
        ? finding(
            'GEN-019',
            'error',
            span,
            `${unit.id} has ${length} characters; a brief holds at most ${TOO_LONG}.`,
            hint,
          )
        : finding(
            'GEN-019',
            'warning',
            span,
            `${unit.id} has ${length} characters; its agent reads all of them.`,
            hint,
          );
    }
  },
};
