import type { Rule } from '../rule.ts';
import { isSpecification, titleSpan } from './shared.ts';

const PATTERN = /^[ \t#*_>-]{0,20}(?:reusable )?patterns?\b[^\n:]{0,60}:|^#{1,6}[ \t].{0,80}\bpatterns?\b/im;

/** IS-20: nothing of what was learned can be used again. */
export const patternExtracted: Rule<'implementation'> = {
  id: 'IS-20',
  name: 'pattern-extracted',
  about: 'No line of the plan names a pattern that could be used again.',
  severity: 'info',
  fix: 'none',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    if (!isSpecification(detail) || PATTERN.test(draft.outline.source.shadow)) return;
    const span = detail.decisions[0]?.span ?? titleSpan(draft);
    const message = 'The plan names no pattern that could be used again.';
    yield {
      span,
      message,
      hint: 'Write `**Pattern extracted:**` below the decision that holds for more than this plan.',
    };
  },
};
