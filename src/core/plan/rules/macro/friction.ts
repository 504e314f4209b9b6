import type { Rule } from '../rule.ts';
import { isEmpty, isStub, saysNone } from './shared.ts';

const REASON =
  /\b(?:because|since|justif|due to|reason|as it|so that|in exchange|accepted|trade-?off|one[- ]time|required by)\b/i;

/** MA-26: how much one more variant costs is what the module boundary is for. */
export const friction: Rule<'macro'> = {
  id: 'MA-26',
  name: 'friction',
  about: 'The extension friction of a boundary states no number of files, or more than its target without a reason.',
  severity: 'warning',
  fix: 'none',
  kinds: ['macro'],
  *check({ detail }) {
    for (const { what, text, count, target, span } of detail.frictions) {
      if (isStub(text) || (isEmpty(text) && count === undefined)) continue;
      if (count === undefined) {
        if (saysNone(text) || /\bn\/a\b|\bunchanged\b|\bmeets?\b/i.test(text)) continue;
        const message = `The extension friction of "${what.slice(0, 60)}" states no number of files.`;
        yield { span, message, hint: 'Count the files that change when one more variant is added.' };
      } else if (target !== undefined && count > target && !REASON.test(text)) {
        const message = `One more variant of "${what.slice(0, 60)}" takes ${count} files; the target is ${target}.`;
        yield { span, message, hint: 'Lower it, or say why it is worth it: "… because …".' };
      }
    }
  },
};
