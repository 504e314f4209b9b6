import { PLAN_KINDS } from '../../model.ts';
import type { Rule } from '../rule.ts';

/** GEN-010: `[]` or `[ x]` in a heading: read as a box that was meant, but nothing there can be ticked. */
export const checkboxSyntax: Rule = {
  id: 'GEN-010',
  name: 'checkbox-syntax',
  about: 'A box was meant, but is written so that nobody can tick it.',
  severity: 'warning',
  fix: 'auto',
  kinds: PLAN_KINDS,
  *check({ draft }) {
    for (const heading of draft.outline.headings) {
      if (!heading.brokenBox) continue;
      const span = draft.outline.source.span(heading.start, heading.end);
      yield { span, message: 'This is no box that can be ticked.', hint: 'Write `[ ]` or `[x]`, followed by a blank.' };
    }
  },
};
