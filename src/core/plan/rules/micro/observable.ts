import { pieces } from '../../markdown/inline.ts';
import type { Rule } from '../rule.ts';

/** Endings of file names, which look like members of a type. */
const FILE =
  /\.(?:md|go|ts|tsx|js|mjs|py|rs|java|rb|sh|ya?ml|json|toml|txt|csv|html|css|lock|sum|mod|com|org|io|net|dev|log|sql|xml|proto|sock)$/i;

const MEMBER = /(?<![\w./-])\*?[A-Za-z_]\w{0,60}\.[A-Z]\w{0,60}(?![\w/])/g;
const LOWER_MEMBER = /(?<![\w./-])[A-Z][a-z]\w{0,60}\.[a-z_]\w{0,60}(?![\w/])/g;
const POINTER = /(?<![\w*)])\*[A-Z]\w{0,60}(?![\w*])/;
const CALL = /(?<![\w.])(?:len|cap|sizeof|append)\(/;
const FORMULA = /\w[\])]?\s(?:=|==|:=|!=|\/|\+|\*)\s[\w([-]/;

/** MI-06: what only a look into the code can tell is no behaviour; a test of it breaks with every refactoring. */
export const observable: Rule<'micro'> = {
  id: 'MI-06',
  name: 'then-observable',
  about: 'The THEN of a contract speaks of code (a type, a field, a formula) instead of what can be observed.',
  severity: 'warning',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const { source } = draft.outline;
    for (const { id, clauses } of detail.contracts) {
      const { then } = clauses;
      if (then === undefined) continue;
      const text = source.shadow.slice(then.start, Math.min(then.end, then.start + 8000));
      const found = codeIn(text);
      if (found === undefined) continue;
      const at = then.start + text.indexOf(found.shown);
      yield {
        span: source.span(at, at + found.shown.length),
        message: `The THEN of ${id} speaks of ${found.what}: ${found.shown}.`,
        hint: 'Say what a user, a caller or a log sees; how it is done belongs behind MECHANISM.',
      };
    }
  },
};

function codeIn(text: string): { readonly what: string; readonly shown: string } | undefined {
  for (const piece of pieces(text)) {
    const part = text.slice(piece.start, piece.end);
    const call = CALL.exec(part);
    if (call !== null) return { what: 'code', shown: call[0] };
    for (const match of part.matchAll(MEMBER))
      if (!FILE.test(match[0])) return { what: 'a type or field', shown: match[0] };
    if (!piece.code) continue;
    for (const match of part.matchAll(LOWER_MEMBER))
      if (!FILE.test(match[0])) return { what: 'a field', shown: match[0] };
    const pointer = POINTER.exec(part);
    if (pointer !== null) return { what: 'a type', shown: pointer[0] };
    const formula = part.length > 300 ? null : FORMULA.exec(part);
    if (formula !== null && !/^`+\s?(?:[$>./-]|[a-z][\w-]*\s+-)/.test(part)) return { what: 'a formula', shown: part };
  }
  return undefined;
}
