import { wavesOf } from '../../waves.ts';
import type { Rule } from '../rule.ts';

/** TK-09: some tasks declare needs and others say nothing; those that say nothing may start at once. */
export const silentNeeds: Rule<'task'> = {
  id: 'TK-09',
  name: 'silent-needs',
  about: 'Some tasks declare needs and others do not.',
  severity: 'info',
  fix: 'none',
  kinds: ['task'],
  *check({ draft, compiled }) {
    // In a plan of waves, those that say nothing wait for the wave before theirs.
    if (!compiled.declared || wavesOf(draft.units) !== undefined) return;
    const silent = draft.units.filter((unit) => unit.needs.length === 0);
    const first = silent[0];
    if (first === undefined) return;
    const span = draft.outline.source.span(first.heading.start, first.heading.end);
    const ids =
      silent
        .slice(0, 6)
        .map(({ id }) => id)
        .join(', ') + (silent.length > 6 ? ', …' : '');
    const message = `Other tasks declare their needs; ${ids} ${silent.length > 1 ? 'do' : 'does'} not and may start at once.`;
    yield { span, message, hint: 'Write `**Needs:** none` if that is meant, else name the tasks.' };
  },
};
