import type { Rule } from '../rule.ts';

/** TK-14: where most tasks say which part of the specification they come from, some do not. */
export const markers: Rule<'task'> = {
  id: 'TK-14',
  name: 'missing-spec',
  about: 'Most tasks name the part of the specification that they come from, and some do not.',
  severity: 'info',
  fix: 'none',
  kinds: ['task'],
  *check({ draft, detail }) {
    const lacking = draft.units.filter((_, i) => detail.tasks[i]?.labels.some((label) => SPEC.test(label)) !== true);
    if (lacking.length === 0 || lacking.length * 3 > draft.units.length) return;
    for (const unit of lacking) {
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      const message = `${unit.id} does not say where in the specification it comes from, as the other tasks do.`;
      yield { span, message, hint: 'Write **Spec:** with a link to the lines, or `none`.' };
    }
  },
};

const SPEC = /^spec(?: refs?)?$/;
