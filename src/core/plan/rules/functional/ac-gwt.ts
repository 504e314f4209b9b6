import type { Clause } from '../../kinds/functional/model.ts';
import { lineEndOf, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

const WORDS = ['given', 'when', 'then'] as const;
const STUBS = ['a state', 'an event', 'an observable outcome'] as const;

/** Behind the clause before a missing one; the first goes behind the heading. */
function placeFor(
  word: Clause['word'],
  first: readonly (Clause | undefined)[],
  heading: number,
): { readonly start: number; readonly after: boolean } {
  for (let i = WORDS.indexOf(word) - 1; i >= 0; i--) {
    const clause = first[i];
    if (clause !== undefined) return { start: clause.until, after: true };
  }
  return { start: heading, after: true };
}

/** FP-08: an acceptance criterion lacks Given, When or Then, or has them out of order. */
export const acGwt: Rule<'functional'> = {
  id: 'FP-08',
  name: 'ac-gwt',
  about: 'An acceptance criterion lacks Given, When or Then, or has them out of order.',
  severity: 'error',
  fix: 'stub',
  kinds: ['functional'],
  *check({ draft, detail }) {
    const eol = lineEndOf(draft);
    for (const one of detail.criteria) {
      const first = WORDS.map((word) => one.clauses.find((clause) => clause.word === word));
      const missing = WORDS.filter((_, i) => first[i] === undefined || first[i]?.text === '');
      const span = spanAt(draft, one.head);
      const hint = 'Write `**Given** …`, `**When** …`, `**Then** …`, each on a line of its own.';
      if (missing.length > 0) {
        const message = `${one.id} has no ${missing.map((word) => word[0]?.toUpperCase() + word.slice(1)).join(' and no ')}.`;
        // Words without text, and criteria in tables and lists, are for the author to fill in.
        const absent = WORDS.every((word, i) => !missing.includes(word) || first[i] === undefined);
        if (one.form !== 'section' || !absent) {
          yield { span, message, hint };
          continue;
        }
        const edits = missing.map((word) => {
          const at = placeFor(word, first, one.head.end);
          const stub = `**${word[0]?.toUpperCase()}${word.slice(1)}** [${STUBS[WORDS.indexOf(word)]}]`;
          return at.after
            ? { start: at.start, end: at.start, text: `${eol}${stub}` }
            : { start: at.start, end: at.start, text: `${stub}${eol}` };
        });
        const joined =
          edits.length > 1 && edits.every(({ start }) => start === edits[0]?.start)
            ? [{ ...(edits[0] as (typeof edits)[0]), text: edits.map(({ text }) => text).join('') }]
            : edits;
        yield { span, message, hint, fix: { kind: 'stub', title: `Add ${missing.join(', ')}`, edits: joined } };
        continue;
      }
      const [given, when, then] = first.map((clause) => clause?.start ?? 0) as [number, number, number];
      if (given < when && when < then) continue;
      yield { span, message: `Given, When and Then of ${one.id} do not stand in this order.`, hint };
    }
  },
};
