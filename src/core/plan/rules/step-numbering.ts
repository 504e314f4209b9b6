import { finding } from '../draft.ts';
import type { Rule } from './rule.ts';

/** PP-04: steps are numbered through the whole plan, so that people can speak of "step 7". */
export const stepNumbering: Rule = {
  id: 'PP-04',
  *check({ draft }) {
    let expected = 1;
    for (const { phase } of draft.units) {
      for (const step of phase?.steps ?? []) {
        if (step.number === undefined) continue;
        if (step.number !== expected) {
          const message = `Step ${step.number} stands where step ${expected} is expected.`;
          yield finding('PP-04', 'warning', step.span, message, 'Number the steps through the whole plan, from 1.');
          return;
        }
        expected++;
      }
    }
  },
};
