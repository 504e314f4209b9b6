import { isPlaceholder } from '../../commands.ts';
import { isNothing, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-28: the target of a non-functional requirement has no number that could be measured. */
export const nfrTarget: Rule<'functional'> = {
  id: 'FP-28',
  name: 'nfr-target',
  about: 'The target of a non-functional requirement has no number that could be measured.',
  severity: 'warning',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    for (const { title, target, row } of detail.qualities) {
      if (row === undefined || isPlaceholder(target?.text ?? '')) continue;
      const text = target?.text ?? '';
      if (
        /\d|\b(?:zero|one|two|three|half|once|twice|all|every|no|none|never|always|level [a-z]{1,3}|A{2,3})\b/i.test(
          text,
        )
      )
        continue;
      const message = isNothing(text)
        ? `"${title.text.slice(0, 60)}" has no target.`
        : `The target "${text.slice(0, 60)}" cannot be measured.`;
      yield {
        span: spanAt(draft, target ?? title),
        message,
        hint: 'Write a number and its unit: `< 200 ms at the 99th percentile`.',
      };
    }
  },
};
