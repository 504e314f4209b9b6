import type { Citation } from './model.ts';

/** Source of a regular expression for one contract id: `BC-3`, `BC-17-1`, `BC-EPD-1`, `BC-3a`. */
export const CONTRACT_ID = String.raw`BC-(?:(?:[A-Z]{1,12}\d{0,4}-)?\d{1,6}(?:[-.]\d{1,6}){0,3}[a-z]?|[A-Z]{1,12}\d{0,4})(?![A-Za-z0-9])`;

/** Source of a regular expression for any id that may open a contract where contracts stand: `AC-3`, `NC-1`, `BC-N1`. */
export const ANY_ID = String.raw`(?:BC-[A-Z]{1,12}\d{1,4}|[A-Z]{1,6}-(?:[A-Z]{1,12}\d{0,4}-)?\d{1,6}(?:[-.]\d{1,6}){0,3}[a-z]?)(?![A-Za-z0-9])`;

/** The only spelling of a contract id: upper case, dashes, no zeros in front of numbers; a letter behind a number stays small. */
export function contractId(text: string): string {
  return text
    .toUpperCase()
    .replaceAll('.', '-')
    .replace(/-0+(?=\d)/g, '-')
    .replace(/(\d)([A-Z])$/, (_, digit: string, letter: string) => digit + letter.toLowerCase());
}

const TO = String.raw`\s{0,3}(?:-|–|—|\.\.\.?|…|through|thru|to)\s{0,3}`;
const CITED = new RegExp(
  String.raw`(?<![A-Za-z0-9-])(${CONTRACT_ID}|${ANY_ID})(?:${TO}(${CONTRACT_ID}|${ANY_ID}|\d{1,6}(?![\w.])))?`,
  'gi',
);
const TAIL = /\s{0,3}(?:,|\/|&|\+|\band\b)\s{0,3}(\d{1,6})(?![\w%.-]|\s{1,3}[a-z])/iy;

/** Longest range that is taken for one, and how many contracts are read of one text. */
const MAX_RANGE = 200;
const MAX_CITED = 20_000;

/**
 * The contracts that a text names: lists, ranges (`BC-1 through BC-4`, `BC-1–4`) and shorthand (`BC-1, 2`). Ids other than
 * `BC-…` count only when they are known. `start` is where the text stands in the document; `most`, how many are read.
 */
export function citationsIn(
  text: string,
  start: number,
  known: ReadonlySet<string>,
  most: number = MAX_CITED,
): readonly Citation[] {
  const found: Citation[] = [];
  for (const match of text.matchAll(CITED)) {
    if (found.length >= most) break;
    const first = contractId(match[1] as string);
    const from = start + match.index;
    const to = from + match[0].length;
    const add = (id: string): void => {
      if (id.startsWith('BC-') || known.has(id)) found.push({ id, start: from, end: to });
    };
    const last = match[2] === undefined ? undefined : lastOf(first, match[2]);
    const range = last === undefined ? dashed(first, known) : between(first, last);
    const ends = [first, ...(last === undefined ? [] : [last])];
    // Of a range only what exists is meant; its ends are checked.
    if (range === undefined) for (const id of ends) add(id);
    else for (const id of range) if (known.size === 0 || known.has(id) || ends.includes(id)) add(id);
    if (!/\d$/.test(first)) continue;
    TAIL.lastIndex = match.index + match[0].length;
    for (let tail = TAIL.exec(text); tail !== null; tail = TAIL.exec(text)) {
      add(first.replace(/\d+$/, String(Number(tail[1]))));
    }
  }
  return found;
}

function lastOf(first: string, text: string): string {
  return /^\d+$/.test(text) ? first.replace(/\d+[a-z]?$/, String(Number(text))) : contractId(text);
}

function between(first: string, last: string): readonly string[] | undefined {
  const a = /^(.*-[A-Z]{0,12})(\d+)$/.exec(first);
  const b = /^(.*-[A-Z]{0,12})(\d+)$/.exec(last);
  if (a === null || b === null || a[1] !== b[1]) return undefined;
  const from = Number(a[2]);
  const to = Number(b[2]);
  if (to < from || to - from > MAX_RANGE) return undefined;
  return Array.from({ length: to - from + 1 }, (_, i) => `${a[1]}${from + i}`);
}

/** `BC-1-4` is an id where the plan has such a contract, else the range from BC-1 to BC-4 where it has both of these. */
function dashed(id: string, known: ReadonlySet<string>): readonly string[] | undefined {
  const match = known.has(id) ? null : /^(.*-)(\d+)-(\d+)$/.exec(id);
  if (match === null) return undefined;
  const [first, last] = [`${match[1]}${match[2]}`, `${match[1]}${match[3]}`];
  return known.has(first) && known.has(last) ? between(first, last) : undefined;
}
