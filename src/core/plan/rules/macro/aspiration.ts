import { symbolsNamed } from '../../kinds/macro/symbols.ts';
import { textIn } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';

const FUTURE =
  /\b(?:will|shall|is going to|would)\s+(?:have|expose|contain|define|declare|get|gain|include)\s+(?:a\s+|an\s+|the\s+|new\s+|two\s+|three\s+){0,2}(?:`[^`\n]{1,60}`\s+)?(?:methods?|fields?|structs?|class(?:es)?|functions?|constructors?|parameters?|arguments?|signatures?)\b/gi;

/** MA-30: how code that nobody has written will look is for the micro plan. */
export const aspiration: Rule<'macro'> = {
  id: 'MA-30',
  name: 'abstraction-aspiration',
  about: 'The plan says what future code will look like, or names an identifier that the repository does not have.',
  severity: 'warning',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, facts }) {
    const { outline } = draft;
    for (const { text, start } of textIn(outline, 0, outline.blocks.length)) {
      if (!/\b(?:will|shall|going|would)\b/i.test(text)) continue;
      for (const match of text.matchAll(FUTURE)) {
        const span = outline.source.span(start + match.index, start + match.index + match[0].length);
        const message = `"${match[0].replace(/\s+/g, ' ').slice(0, 80)}" says how code will look that is not written.`;
        yield { span, message, hint: 'Say what will be observable; the micro plan says how.' };
      }
    }
    const { symbols } = facts;
    if (symbols === undefined) return;
    const said = new Set<string>();
    for (const { name, written, span } of symbolsNamed(draft)) {
      if (symbols.has(name) || said.has(name)) continue;
      said.add(name);
      const message = `\`${written.slice(0, 60)}\` is not in the repository.`;
      yield {
        span,
        message,
        hint: 'Describe what it does, unless it is a file of this plan; names are chosen in the micro plan.',
      };
    }
  },
};
