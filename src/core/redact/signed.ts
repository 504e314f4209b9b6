import { REDACTED } from './patterns.ts';

/** Characters of base64 in addresses, and the points between the parts of a token. */
const RUN = /[\w.-]+/y;
/** The shortest part of a token. */
const PART = 8;

/**
 * The text without JSON web tokens, signed (`eyJ….eyJ….…`) or encrypted (`eyJ….….….….…`), also where they are glued to a word. Each run
 * of their characters is looked at once.
 */
export function signed(text: string): string {
  let clean = '';
  let at = 0;
  for (let found = text.indexOf('eyJ'); found >= 0; found = text.indexOf('eyJ', RUN.lastIndex)) {
    RUN.lastIndex = found;
    const run = RUN.exec(text)?.[0] ?? 'eyJ';
    const from = tokenIn(run);
    RUN.lastIndex = found + run.length;
    if (from === undefined) continue;
    clean += text.slice(at, found + from.start) + REDACTED;
    at = found + from.end;
    RUN.lastIndex = at;
  }
  return at === 0 ? text : clean + text.slice(at);
}

/** Where in a run of characters a token begins and ends. */
function tokenIn(run: string): { readonly start: number; readonly end: number } | undefined {
  const parts = run.split('.');
  let at = 0;
  for (const [i, part] of parts.entries()) {
    const begins = part.indexOf('eyJ');
    if (begins >= 0 && part.length - begins >= PART + 3) {
      const [second, third = '', ...more] = parts.slice(i + 1, i + 5);
      const isLong = (one: string): boolean => one.length >= PART;
      const count =
        second === undefined || !isLong(third)
          ? 0
          : more.length === 2 && more.every(isLong)
            ? 5
            : second.startsWith('eyJ') && second.length >= PART + 3
              ? 3
              : 0;
      if (count > 0)
        return {
          start: at + begins,
          end: at + parts.slice(i, i + count).reduce((sum, one) => sum + one.length + 1, -1),
        };
    }
    at += part.length + 1;
  }
  return undefined;
}
