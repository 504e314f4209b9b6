import type { Rule } from '../rule.ts';
import { listed, taskSpan } from './places.ts';

const MOST = 3;

/** MI-08: a task that names a contract that is none, or more contracts than one task should fulfil. */
export const taskContracts: Rule<'micro'> = {
  id: 'MI-08',
  name: 'task-contracts',
  about: 'A task names a contract that the plan does not have, or more than three.',
  severity: 'error',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const { source } = draft.outline;
    const known = new Set(detail.contracts.map(({ id }) => id));
    for (const [at, task] of detail.tasks.entries()) {
      const unit = draft.units[at];
      if (unit === undefined) continue;
      const told = new Set<string>();
      for (const { id, start, end } of task.citations) {
        if (known.has(id) || told.has(id)) continue;
        told.add(id);
        yield {
          span: source.span(start, end),
          message: `${unit.id} names ${id}, which this plan does not have.`,
          hint:
            known.size === 0
              ? 'Write the contract in front of the tasks.'
              : `Name contracts of this plan: ${listed([...known])}.`,
        };
      }
      const count = unit.criterionIds?.length ?? 0;
      // Groundwork for contracts is not their fulfilment.
      if (count <= MOST || task.foundation || task.implied) continue;
      yield {
        severity: 'warning',
        span: taskSpan(draft, at),
        message: `${unit.id} implements ${count} contracts; ${MOST} are enough for one task.`,
        hint: 'Split it, so that each commit can be understood and undone alone.',
      };
    }
  },
};
