import type { Rule } from '../rule.ts';
import { headOf, writtenPhases } from './parts.ts';

/** PP-05: a phase without steps. */
export const phaseSteps: Rule<'phased'> = {
  id: 'PP-05',
  name: 'phase-needs-steps',
  about: 'A phase has no step.',
  severity: 'error',
  fix: 'none',
  kinds: ['phased'],
  *check({ draft }) {
    for (const { unit, phase } of writtenPhases(draft)) {
      if (phase.steps.length > 0) continue;
      const message = `Phase ${phase.number} has no steps.`;
      yield { span: headOf(draft, unit), message, hint: 'Write steps as `### [ ] 1. Title`.' };
    }
  },
};
