import { shareOf, spanAt, wordsOf } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-34: something that is out of scope is also a requirement. */
export const excludeWords: Rule<'functional'> = {
  id: 'FP-34',
  name: 'exclude-words',
  about: 'Something that is out of scope is also a requirement.',
  severity: 'info',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    const index = new Map<string, number[]>();
    const words = detail.requirements.map(({ title }) => wordsOf(title));
    words.forEach((one, i) => {
      for (const word of one) {
        const list = index.get(word);
        if (list === undefined) index.set(word, [i]);
        else if (list.length < 20) list.push(i);
      }
    });
    for (const item of detail.outOfScope.slice(0, 2000)) {
      const text = wordsOf(item.text.replace(/\([^()]*\)/g, ' '));
      const near = [...text].flatMap((word) => index.get(word) ?? []);
      const same = near.find((i) => {
        const title = words[i] as ReadonlySet<string>;
        return Math.min(title.size, text.size) > 1 && shareOf(title, text) === 1 && shareOf(text, title) >= 0.6;
      });
      const one = detail.requirements[same ?? -1];
      if (one === undefined) continue;
      yield {
        span: spanAt(draft, item),
        message: `"${item.text.slice(0, 60)}" is out of scope, but ${one.id} asks for "${one.title.slice(0, 60)}".`,
        hint: 'Remove one of them, or say what is the difference.',
      };
    }
  },
};
