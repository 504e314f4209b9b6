import { isNothing, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-24: a security concern applies without notes, or is answered with neither YES nor NO. */
export const securityNotes: Rule<'functional'> = {
  id: 'FP-24',
  name: 'security-notes',
  about: 'A security concern applies without notes, or is answered with neither YES nor NO.',
  severity: 'warning',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    for (const { concern, applies, notes } of detail.concerns) {
      const answer = /^(yes|no)\b(?!\s*\/)/i.exec(applies.text)?.[1]?.toLowerCase();
      if (answer === undefined) {
        const message = `Whether "${concern.slice(0, 60)}" applies is answered with "${applies.text.slice(0, 40)}".`;
        yield { span: spanAt(draft, applies), message, hint: 'Write YES or NO.' };
      } else if (answer === 'yes' && applies.text.length < 8 && (notes === undefined || isNothing(notes.text))) {
        const message = `"${concern.slice(0, 60)}" applies, but nothing says what must hold.`;
        yield {
          span: spanAt(draft, notes ?? applies),
          message,
          hint: 'Say in Notes what is to be checked or protected, and how.',
        };
      }
    }
  },
};
