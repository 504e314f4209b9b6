import { everySection } from '../../markdown/sections.ts';
import type { Rule } from '../rule.ts';
import { isSpecification, telling, titleSpan } from './shared.ts';

/** Words that a decision shares with the research when it rests on it, at least. */
const SHARED = 3;

/** IS-17: a plan that rests on nothing that anybody found out. */
export const grounded: Rule<'implementation'> = {
  id: 'IS-17',
  name: 'grounded',
  about: 'The plan refers to no research, or a decision takes up nothing of it.',
  severity: 'warning',
  fix: 'none',
  kinds: ['implementation'],
  *check({ draft, detail, facts }) {
    if (!isSpecification(detail)) return;
    const { source } = draft.outline;
    const lead = [...everySection(draft.sections)].find(({ key }) =>
      /^(?:context|overview|background|summary|problem)/.test(key),
    );
    const says =
      lead === undefined
        ? ''
        : source.shadow.slice(lead.heading.start, Math.min(lead.end, lead.heading.start + 20_000));
    if (
      detail.research.length === 0 &&
      !/\b(?:research|investigat|finding|discover|root cause|profil(?:ed|ing)|measured)/i.test(says)
    ) {
      const message = 'The plan does not say which research it rests on.';
      const hint = 'Name the document in a line such as `**Source:** docs/research/topic.md`.';
      yield {
        span: lead === undefined ? titleSpan(draft) : source.span(lead.heading.start, lead.heading.end),
        message,
        hint,
      };
    }
    if (facts.source === undefined) return;
    const known = telling(facts.source.slice(0, 400_000));
    if (known.size < SHARED) return;
    for (const { title, span, text } of detail.decisions) {
      const words = telling(`${title} ${text}`);
      let shared = 0;
      for (const word of words) if (known.has(word)) shared++;
      if (shared >= SHARED || words.size < SHARED) continue;
      const message = `The decision "${title.slice(0, 60)}" takes up nothing of what the research found.`;
      yield { span, message, hint: 'Name the finding or constraint that it follows from.' };
    }
  },
};
