import { PLAN_KINDS } from '../../model.ts';
import type { DraftUnit } from '../../draft.ts';
import { findCycle } from '../../graph.ts';
import type { Rule } from '../rule.ts';

/** How many ids of a cycle are shown. */
const MAX_SHOWN = 12;

/** GEN-005: tasks that need each other; none of them could ever start. */
export const depCycle: Rule = {
  id: 'GEN-005',
  name: 'dep-cycle',
  about: 'Units need each other in a circle; the message shows the way round.',
  severity: 'error',
  fix: 'none',
  refuses: true,
  kinds: PLAN_KINDS,
  *check({ draft, compiled }) {
    const cycle = findCycle(compiled.tasks);
    if (cycle === undefined) return;
    const unit = draft.units.find(({ id }) => id === cycle[0]) as DraftUnit;
    const span = unit.needs[0]?.span ?? draft.outline.source.span(unit.heading.start, unit.heading.end);
    const shown = cycle.length > MAX_SHOWN ? [...cycle.slice(0, MAX_SHOWN - 1), '…', cycle[0]] : cycle;
    const message =
      cycle.length === 2 ? `${unit.id} needs itself.` : `Tasks need each other in a circle: ${shown.join(' → ')}.`;
    yield { span, message, hint: 'Remove one of these needs.' };
  },
};
