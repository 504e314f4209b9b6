import type { Rule } from '../rule.ts';

const ENOUGH =
  /\b(?:two|three|four|five|both|several|[2-9]|\d{2,})\b[^.|]{0,40}\b(?:implementations?|variants?|backends?|users?|clients?|designs?)\b|\b(?:implementations?|implemented by|variants?|designs?)\b\W{0,3}[^.|]{1,80}(?:,|\band\b|\+|&)/i;

/** MA-13: an interface with one implementation is the shape of that implementation. */
export const freezeTwo: Rule<'macro'> = {
  id: 'MA-13',
  name: 'freeze-two-impls',
  about: 'An interface is to be frozen although fewer than two implementations of it are named.',
  severity: 'warning',
  fix: 'none',
  kinds: ['macro'],
  *check({ detail }) {
    for (const { name, text, implementations, span } of detail.freezes) {
      // A cell of its own lists them; a sentence must say so.
      const listed =
        implementations !== text &&
        implementations.split(/,|;|\band\b|\+|&|<br/i).filter((part) => /\p{L}/u.test(part)).length > 1;
      // What is frozen already has been settled by whoever merged it.
      if (
        listed ||
        /\balready frozen\b|\bstays? frozen\b/i.test(text) ||
        ENOUGH.test(implementations) ||
        ENOUGH.test(text)
      )
        continue;
      const message = `"${name.slice(0, 60)}" is to be frozen, but no two implementations of it are named.`;
      yield { span, message, hint: 'Name at least two implementations that are designed, or freeze it later.' };
    }
  },
};
