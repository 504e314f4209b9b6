import { proseOf, spanIn } from './shared.ts';
import type { Rule } from '../rule.ts';

const NAME = new RegExp(
  [
    // A class by its suffix: names of products (GitHub, OpenTelemetry) are spelt the same way.
    String.raw`\b[A-Z][a-z0-9]{1,40}(?:[A-Z][a-z0-9]{1,40}){0,5}(?:Service|Repository|Controller|Manager|Factory|Handler|Provider|Adapter|Builder|Impl|Helper|Utils?|Dao|DAO|Dto|DTO|Entity|Middleware|Interface|Exception|Error|Validator|Serializer|Mapper|Component|Listener|Strategy|Singleton|Wrapper|Mixin|ViewModel)\b`,
    String.raw`\b[a-z][A-Za-z0-9]{0,60}(?:[_.][A-Za-z0-9_]{1,60}){0,5}\(\)`,
    String.raw`\b[a-z][a-z0-9]{0,40}(?:_[a-z0-9]{1,40}){1,6}\([^()\n]{1,80}\)`,
    String.raw`\)\s{0,4}->\s{0,4}[A-Za-z]\w{0,60}`,
    String.raw`\b[Ff]ollow(?:s|ing)?\s{1,4}(?:the\s{1,4})?(?:same\s{1,4}|existing\s{1,4})?patterns?\s{1,4}(?:in|from|used)\b`,
    String.raw`\b[Ii]nherit(?:s|ing)?\s{1,4}from\s{1,4}(?:the\s{1,4})?(?:\x60|(?:base|abstract|parent)\s{1,4}class)`,
    String.raw`\b[Ss]ubclass(?:es|ing)?\b`,
    String.raw`\b(?:[Rr]epository|[Cc]ontroller|[Ff]actory|[Hh]elper|[Bb]ase|[Aa]bstract|[Uu]tility)\s{1,4}class(?:es)?\b`,
  ].join('|'),
  'g',
);

/** FP-03: the name of a class or function, or a pattern of the code, stands in the plan. */
export const identifierLeak: Rule<'functional'> = {
  id: 'FP-03',
  name: 'identifier-leak',
  about: 'The name of a class or function, or a pattern of the code, stands in the plan.',
  severity: 'warning',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    const seen = new Set<string>();
    for (const block of proseOf(draft, detail, 'security', 'environment')) {
      for (const match of block.text.matchAll(NAME)) {
        const text = match[0];
        if (seen.has(text) || /\((?:e?s)\)$/.test(text) || seen.size > 200) continue;
        seen.add(text);
        const span = spanIn(draft, block, match.index, text.length);
        const message = `"${text.slice(0, 60)}" speaks of code; a functional plan leaves that to the engineer.`;
        yield { span, message, hint: 'Say what happens, not which class or function does it.' };
      }
    }
  },
};
