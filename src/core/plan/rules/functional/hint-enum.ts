import { isPlaceholder } from '../../commands.ts';
import { spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

const HINTS: ReadonlySet<string> = new Set(['backend', 'frontend', 'fullstack', 'database', 'api', 'observability']);

/** FP-05: the agent hint of a requirement is not one of the known words. */
export const hintEnum: Rule<'functional'> = {
  id: 'FP-05',
  name: 'hint-enum',
  about: 'The agent hint of a requirement is not one of the known words.',
  severity: 'error',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    for (const { id, hint } of detail.requirements) {
      if (hint === undefined || isPlaceholder(hint.text)) continue;
      const word = hint.text
        .replace(/\s*(?:[(—–].*|\s-\s.*)$/s, '')
        .trim()
        .toLowerCase();
      if (HINTS.has(word)) continue;
      const message = `"${hint.text.slice(0, 60)}" is no agent hint for ${id}.`;
      yield { span: spanAt(draft, hint), message, hint: `Write one of ${[...HINTS].join(', ')}.` };
    }
  },
};
