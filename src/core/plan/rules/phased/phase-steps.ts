import type { Rule } from '../rule.ts';

/** PP-05: a phase without steps. */
export const phaseSteps: Rule<'phased'> = {
  id: 'PP-05',
  name: 'phase-needs-steps',
  about: 'A phase has no step.',
  severity: 'error',
  fix: 'none',
  kinds: ['phased'],
  *check({ draft }) {
    for (const unit of draft.units) {
      if (unit.phase === undefined || unit.phase.steps.length > 0) continue;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      yield { span, message: `Phase ${unit.phase.number} has no steps.`, hint: 'Write steps as `### [ ] 1. Title`.' };
    }
  },
};
