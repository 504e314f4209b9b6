import type { Rule } from '../rule.ts';
import { headingOf } from './shared.ts';

/** MA-02: too few objectives say nothing, too many are no objectives; without non-goals nobody knows where to stop. */
export const objectives: Rule<'macro'> = {
  id: 'MA-02',
  name: 'objectives-3-7',
  about: 'There are fewer than 3 or more than 7 objectives, or no non-goals.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, detail }) {
    const section = detail.sections.objectives;
    if (section === undefined) return;
    const span = headingOf(draft, section);
    const { length } = detail.objectives;
    if (length < 3 || length > 7) {
      const message =
        length === 0
          ? 'No objectives are listed.'
          : `${length} ${length === 1 ? 'objective is' : 'objectives are'} listed.`;
      yield { span, message, hint: 'List 3 to 7 objectives, one item each.' };
    }
    if (detail.nonGoals.length === 0) {
      yield {
        span,
        message: 'No non-goals are listed.',
        hint: 'Write `### Non-Goals` with what this work leaves alone on purpose.',
      };
    }
  },
};
