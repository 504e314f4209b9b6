import type { Rule } from '../rule.ts';

/** PP-04: steps are numbered through the whole plan, so that people can speak of "step 7". */
export const stepNumbering: Rule<'phased'> = {
  id: 'PP-04',
  name: 'step-numbering',
  about: 'Steps are not numbered through the whole plan.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['phased'],
  *check({ draft }) {
    let expected = 1;
    for (const { phase } of draft.units) {
      for (const step of phase?.steps ?? []) {
        if (step.number === undefined) continue;
        if (step.number !== expected) {
          const message = `Step ${step.number} stands where step ${expected} is expected.`;
          yield { span: step.span, message, hint: 'Number the steps through the whole plan, from 1.' };
          return;
        }
        expected++;
      }
    }
  },
};
