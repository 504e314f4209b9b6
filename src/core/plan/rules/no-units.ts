import { finding } from '../draft.ts';
import type { Rule } from './rule.ts';

/** GEN-007: a plan without a single unit has nothing to run. */
export const noUnits: Rule = {
  id: 'GEN-007',
  *check({ draft }) {
    if (draft.units.length > 0) return;
    const { source } = draft.outline;
    const span = source.span(0, source.lineEnd(0));
    yield draft.kind === 'phased'
      ? finding('GEN-007', 'error', span, 'This plan has no phases.', 'Write at least `## [ ] Phase 1 of 1: Title`.')
      : finding(
          'GEN-007',
          'error',
          span,
          'This plan has no tasks.',
          'Write at least one heading such as `### Task 1: Title`.',
        );
  },
};
