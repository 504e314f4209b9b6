import { finding } from '../draft.ts';
import type { Rule } from './rule.ts';

/** GEN-010: `[]` or `[ x]` in a heading: read as a box that was meant, but nothing there can be ticked. */
export const checkboxSyntax: Rule = {
  id: 'GEN-010',
  *check({ draft }) {
    for (const heading of draft.outline.headings) {
      if (!heading.brokenBox) continue;
      const span = draft.outline.source.span(heading.start, heading.end);
      yield finding(
        'GEN-010',
        'warning',
        span,
        'This is no box that can be ticked.',
        'Write `[ ]` or `[x]`, followed by a blank.',
      );
    }
  },
};
