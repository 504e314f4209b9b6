import { PLAN_KINDS } from '../../model.ts';
import type { DraftUnit } from '../../draft.ts';
import { circlesOf, taskGraph } from '../../graph.ts';
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
    const { units } = draft;
    for (const { members, path } of circlesOf(taskGraph(compiled.tasks).needs)) {
      const unit = units[path[0] as number] as DraftUnit;
      const span = unit.needs[0]?.span ?? draft.outline.source.span(unit.heading.start, unit.heading.end);
      const ids = path.slice(0, MAX_SHOWN).map((i) => (units[i] as DraftUnit).id);
      const shown = path.length > MAX_SHOWN ? [...ids.slice(0, -1), '…', unit.id] : ids;
      const more = members.length - path.length + 1;
      const message =
        path.length === 2
          ? `${unit.id} needs itself.`
          : `Tasks need each other in a circle: ${shown.join(' → ')}${more > 0 ? `, and ${more} more with them` : ''}.`;
      yield { span, message, hint: 'Remove one of these needs.' };
    }
  },
};
