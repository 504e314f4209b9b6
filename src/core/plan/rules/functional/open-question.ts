import { isPlaceholder } from '../../commands.ts';
import { spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-27: a question is still open. */
export const openQuestion: Rule<'functional'> = {
  id: 'FP-27',
  name: 'open-question',
  about: 'A question is still open.',
  severity: 'warning',
  severities: { draft: 'info' },
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    for (const one of detail.questions) {
      if (one.resolved || isPlaceholder(one.text)) continue;
      const message = `Still open: "${one.text.slice(0, 80)}"`;
      yield { span: spanAt(draft, one), message, hint: 'Write the answer where it belongs, then tick the question.' };
    }
  },
};
