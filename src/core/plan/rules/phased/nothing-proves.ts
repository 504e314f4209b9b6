import type { Rule } from '../rule.ts';

/** PP-07: a phase whose verification holds no command that could fail; PP-06 speaks of missing sections. */
export const nothingProvesPhase: Rule<'phased'> = {
  id: 'PP-07',
  name: 'verification-runnable',
  about: 'No command in backticks stands in the verification of a phase.',
  severity: 'warning',
  fix: 'none',
  kinds: ['phased'],
  *check({ draft }) {
    for (const unit of draft.units) {
      if (unit.verify.length > 0 || unit.nonCommitting || unit.phase?.hasVerification !== true) continue;
      const span = draft.outline.source.span(unit.heading.start, unit.heading.end);
      const hint = 'Write a command in backticks under `### Verification`: - [ ] `npm test`';
      yield { span, message: `Nothing proves that ${unit.id} works: it has no verify command.`, hint };
    }
  },
};
