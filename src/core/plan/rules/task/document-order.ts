import { runsAtOnce, wavesOf } from '../../waves.ts';
import type { Rule } from '../rule.ts';

/** TK-07: no task declares a need, so the order of the document is the order of work. */
export const documentOrder: Rule<'task'> = {
  id: 'TK-07',
  name: 'document-order',
  about: 'No task declares needs, so the order of the document is the order of work.',
  severity: 'info',
  fix: 'none',
  kinds: ['task'],
  *check({ draft, compiled }) {
    const first = draft.units[0];
    if (compiled.declared || first === undefined || draft.units.length < 2) return;
    const grouped = draft.units.some((unit) => unit.group !== undefined);
    const span = draft.outline.source.span(first.heading.start, first.heading.end);
    const message =
      wavesOf(draft.units) !== undefined && runsAtOnce(draft.units)
        ? 'No task declares needs: each wave of tasks waits for the whole wave before it.'
        : grouped
          ? 'No task declares needs: tasks run in document order, neighbours of one parallel group at the same time.'
          : 'No task declares needs: tasks run one after the other, in document order.';
    yield { span, message, hint: 'To run more at once, write `**Needs:** T1, T2` or `**Needs:** none` in the tasks.' };
  },
};
