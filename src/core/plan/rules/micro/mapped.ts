import type { Rule } from '../rule.ts';
import { contractSpan } from './places.ts';

/** MI-07: a contract that no task implements or no test checks is a wish. */
export const mapped: Rule<'micro'> = {
  id: 'MI-07',
  name: 'contract-mapped',
  about: 'A behavioural contract stands in no task, or in no row of the test strategy.',
  severity: 'error',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const { contracts, tasks, tests } = detail;
    const implemented = new Set(tasks.flatMap(({ citations }) => citations.map(({ id }) => id)));
    const tested = new Set(tests.flatMap((row) => row.contracts));
    const seen = new Set<string>();
    for (const contract of contracts) {
      const { id } = contract;
      if (seen.has(id)) continue;
      seen.add(id);
      const span = contractSpan(draft, contract);
      if (tasks.length > 0 && !implemented.has(id)) {
        const hint = `Name ${id} behind **Contracts Implemented:** or in the title of a task.`;
        yield { span, message: `No task implements ${id}.`, hint };
      }
      if (tests.length > 0 && !tested.has(id)) {
        const hint = `Add a row for ${id} with the test that checks it.`;
        yield { span, message: `No row of the test strategy checks ${id}.`, hint };
      }
    }
  },
};
