import type { Rule } from '../rule.ts';
import { headOf, PHASES_OF, writtenPhases } from './parts.ts';

/** PP-07: a phase whose verification holds no command that could fail; PP-06 speaks of missing sections. */
export const nothingProvesPhase: Rule<'phased' | 'master'> = {
  id: 'PP-07',
  name: 'verification-runnable',
  about: 'No command in backticks stands in the verification of a phase.',
  severity: 'warning',
  fix: 'none',
  kinds: PHASES_OF,
  *check({ draft }) {
    for (const { unit, phase } of writtenPhases(draft)) {
      if (unit.verify.length > 0 || unit.nonCommitting || !phase.hasVerification) continue;
      const hint = 'Write a command in backticks under `### Verification`: - [ ] `npm test`';
      yield {
        span: headOf(draft, unit),
        message: `Nothing proves that ${unit.id} works: it has no verify command.`,
        hint,
      };
    }
  },
};
