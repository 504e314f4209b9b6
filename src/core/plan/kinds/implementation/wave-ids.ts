import type { IdGrammar } from '../../id-grammar.ts';

/** Stems of ids that a pattern names one by one; documents number their rows below one epic. */
const MAX_STEMS = 40;

const SHAPE = String.raw`[A-Za-z0-9]{1,40}(?:[-_][A-Za-z0-9]{1,40}){0,5}(?:\.\d{1,9}){0,4}`;
const WORD = String.raw`(?:(?:issues?|beads?|work items?|features?|stor(?:y|ies)|tasks?)\s+)`;

const TITLE = new RegExp(
  String.raw`^${WORD}?\[?#?(${SHAPE})\]?\s{0,3}(?:[:—–]|\.(?=\s)|\)|-{1,2}(?=\s))\s*(\S.*)$`,
  'i',
);

/** `Issue 3: Title`, `12-3jc.4 — Title`, `### 2. Title` taken apart. */
export function titledRow(title: string): { readonly id: string; readonly title: string } | undefined {
  const match = TITLE.exec(title.slice(0, 2000));
  if (match === null) return undefined;
  const id = match[1] as string;
  // Without a number it is an id only behind the word: `Goal: x` is a heading like any other.
  if (!/\d/.test(id) && !/^(?:issues?|beads?)\s/i.test(title)) return undefined;
  return { id, title: (match[2] as string).trim() };
}

const CELL = new RegExp(String.raw`^${WORD}?\[?#?(${SHAPE})\]?$`, 'i');

/** The id that a cell holds, without marks and words around it; `undefined` when it holds a sentence. */
export function cellId(text: string): string | undefined {
  return CELL.exec(text.slice(0, 300))?.[1];
}

/** The spelling that ids are compared by: plain numbers are `I3`, zeros in front do not count. */
function normal(written: string, letter: string): string {
  const bare = written.replace(/(^|[^\dA-Za-z]|[A-Za-z])0+(?=\d{1,9}$)/, '$1');
  return /^\d+$/.test(bare) ? `${letter}${bare}` : bare;
}

/** The ids of the rows of one document and how they are named in its text; `letter` stands before plain numbers. */
export function waveIds(
  written: readonly string[],
  letter = 'I',
): { readonly ids: readonly string[]; readonly grammar: IdGrammar } {
  const byKey = new Map<string, string>();
  const stems = new Set<string>();
  const ids = written.map((one) => {
    const id = normal(one, letter);
    const key = id.toLowerCase();
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, id);
    const stem = one.replace(/\d{1,9}$/, '');
    if (stems.size < MAX_STEMS && stem.length <= 200) stems.add(stem);
    return known ?? id;
  });
  const longest = [...stems]
    .sort((a, b) => b.length - a.length)
    .map((stem) => stem.replace(/[.\\^$*+?()[\]{}|/-]/g, '\\$&'));
  const known = longest.length === 0 ? '' : `(?:${longest.join('|')})\\d{0,9}|`;
  return {
    ids,
    grammar: {
      pattern: `${WORD}?#?(?:(?:${known}${SHAPE})(?![A-Za-z0-9]))`,
      normalise(text) {
        const bare = text
          .replace(/^(?:(?:issues?|beads?|work items?|features?|stor(?:y|ies)|tasks?)\s+)?#?/i, '')
          .trim();
        const id = normal(bare, letter);
        const written = byKey.get(id.toLowerCase());
        if (written !== undefined) return written;
        // `12-3jc.5-13`: a bare number ends a range, unless ids are bare numbers here.
        if (/^\d+$/.test(bare) && !stems.has('')) return undefined;
        // Words of a sentence are no ids; a code with a number that nothing defines is a dangling one.
        return /\d/.test(bare) ? id : undefined;
      },
    },
  };
}
