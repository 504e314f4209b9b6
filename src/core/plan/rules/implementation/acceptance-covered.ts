import type { Rule } from '../rule.ts';
import { isSpecification } from './shared.ts';

const TOKEN =
  /(?<![\w.~])\/[A-Za-z][\w-]{1,60}(?:\/[\w{}:-]{1,60}){0,8}|(?<![\w/.-])[\w-]{1,80}\.(?:py|tsx?|jsx?|mjs|go|rs|java|rb|php|cs|kt|swift|sql|ya?ml|toml|json|md|sh|proto)\b|`[A-Za-z_][\w.]{2,80}(?:\(\))?`/g;

/** IS-09: a criterion about something that no task touches. */
export const acceptanceCovered: Rule<'implementation'> = {
  id: 'IS-09',
  name: 'ac-covered',
  about: 'A criterion names an endpoint, file or symbol that no task mentions.',
  severity: 'warning',
  fix: 'none',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    if (!isSpecification(detail) || draft.units.length === 0) return;
    const { source } = draft.outline;
    const words = new Set<string>();
    for (const { start, end } of draft.units) {
      for (const [word] of source.shadow
        .slice(start, end)
        .toLowerCase()
        .matchAll(/[\w-]{2,80}/g))
        words.add(word);
    }
    for (const { name, criteria } of detail.acceptance) {
      if (name === 'testing' || name === 'documentation') continue;
      for (const { span } of criteria) {
        const written = source.shadow.slice(span.start, Math.min(span.end, span.start + 2000));
        const tokens = [...new Set([...written.matchAll(TOKEN)].map(([token]) => token))];
        if (tokens.length === 0 || tokens.some((token) => isKnown(token, words))) continue;
        const message = `No task mentions ${tokens.slice(0, 3).join(', ')}.`;
        yield { span, message, hint: 'Add the task that makes this criterion true, or correct the name.' };
      }
    }
  },
};

/** Whether every part of the last segment is a word of the tasks: `/auth/refresh` is known by `refresh`. */
function isKnown(token: string, words: ReadonlySet<string>): boolean {
  const last =
    token
      .replace(/[`()]/g, '')
      .split('/')
      .findLast((part) => /^[A-Za-z]/.test(part)) ?? token;
  return last
    .toLowerCase()
    .split('.')
    .filter((part) => part !== '')
    .every((part) => words.has(part));
}
