import { isPlaceholder } from '../../commands.ts';
import type { Rule } from '../rule.ts';
import { isSpecification } from './shared.ts';

const MEASURED =
  /\d|\b(?:zero|no|none|never|not|every|all|without|unchanged|same|identical|at (?:most|least))\b|[<>≤≥=%]/i;

/** IS-08: a target that nobody can measure. */
export const acceptanceMeasurable: Rule<'implementation'> = {
  id: 'IS-08',
  name: 'ac-measurable',
  about: 'A non-functional or performance criterion states no number to compare with.',
  severity: 'warning',
  fix: 'none',
  kinds: ['implementation'],
  *check({ detail }) {
    if (!isSpecification(detail)) return;
    for (const { name, criteria } of detail.acceptance) {
      if (name !== 'non-functional' && name !== 'performance') continue;
      for (const { text, span } of criteria) {
        if (MEASURED.test(text) || isPlaceholder(text)) continue;
        const message = `"${text.slice(0, 80)}" cannot be measured: it states no number.`;
        yield { span, message, hint: 'Write a number, its unit and how they compare: `p95 latency < 50 ms`.' };
      }
    }
  },
};
