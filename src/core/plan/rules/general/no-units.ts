import { PLAN_KINDS } from '../../model.ts';
import type { Rule } from '../rule.ts';

/** GEN-023: a plan without a single unit has nothing to run. */
export const noUnits: Rule = {
  id: 'GEN-023',
  name: 'no-units',
  about: 'The plan has no unit of work.',
  severity: 'error',
  fix: 'none',
  refuses: true,
  kinds: PLAN_KINDS,
  *check({ draft }) {
    if (draft.units.length > 0) return;
    const { source } = draft.outline;
    const span = source.span(0, source.lineEnd(0));
    yield draft.kind === 'phased'
      ? { span, message: 'This plan has no phases.', hint: 'Write at least `## [ ] Phase 1 of 1: Title`.' }
      : { span, message: 'This plan has no tasks.', hint: 'Write at least one heading such as `### Task 1: Title`.' };
  },
};
