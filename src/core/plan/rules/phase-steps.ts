import { finding } from '../draft.ts';
import type { Rule } from './rule.ts';

/** PP-05: a phase without steps. */
export const phaseSteps: Rule = {
  id: 'PP-05',
  *check({ draft }) {
    for (const unit of draft.units) {
      if (unit.phase === undefined || unit.phase.steps.length > 0) continue;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      yield finding(
        'PP-05',
        'warning',
        span,
        `Phase ${unit.phase.number} has no steps.`,
        'Write steps as `### [ ] 1. Title`.',
      );
    }
  },
};
