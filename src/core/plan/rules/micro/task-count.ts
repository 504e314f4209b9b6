import type { Rule } from '../rule.ts';
import { taskSpan } from './places.ts';

const LEAST = 6;
const MOST = 12;

/** MI-09: how many tasks a pull request is cut into. */
export const taskCount: Rule<'micro'> = {
  id: 'MI-09',
  name: 'task-count',
  about: 'A full micro plan has fewer than 6 or more than 12 tasks.',
  severity: 'warning',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const count = draft.units.length;
    // A plan without any task is GEN-023's.
    if (count > MOST || (count > 0 && !detail.compact && count < LEAST)) {
      const many = count > MOST;
      yield {
        span: taskSpan(draft, many ? MOST : 0),
        message: `The plan has ${count} task${count === 1 ? '' : 's'}; ${LEAST} to ${MOST} are usual.`,
        hint: many
          ? 'Split the pull request: this is more than one review can hold.'
          : 'Cut the work into steps that each end in a commit, or use the compact form for a small change.',
      };
    }
  },
};
