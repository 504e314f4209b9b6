import type { IdGrammar } from '../../id-grammar.ts';

/** Sources of regular expressions, without groups of their own. */
const NAMED = String.raw`(?:pull\s{1,3}requests?|prs?|work\s{1,3}packages?|wps?|worktrees?|wt|gh)[\s-]{0,2}#?\d{1,6}(?:\.\d{1,3})?[a-z]?`;
const NUMBERED = String.raw`(?:issues?\s{1,3})?#\d{1,6}`;

const WRITTEN =
  /^(?:(pull\s+requests?|prs?|work\s+packages?|wps?|worktrees?|wt|gh|issues?)[\s-]{0,2})?(#)?0*(\d{1,6}(?:\.\d{1,3})?)([a-z]?)$/i;

/**
 * The only spelling of a pull request's id: `PR 17`, `PR-17`, `pr#17` are `PR-17`; `WP2` is `WP-2`; `#236` is `GH-236`;
 * `Worktree 1` is `WT-1`. `undefined` for text that is no id, and for a number alone.
 */
export function macroId(text: string): string | undefined {
  const match = WRITTEN.exec(text.trim());
  if (match === null) return undefined;
  const word = (match[1] ?? (match[2] === undefined ? '' : 'gh')).toLowerCase();
  const series = seriesOf(word);
  return series === undefined ? undefined : `${series}-${match[3]}${(match[4] as string).toLowerCase()}`;
}

function seriesOf(word: string): string | undefined {
  if (word === '') return undefined;
  if (word.startsWith('p')) return 'PR';
  if (word.startsWith('gh') || word.startsWith('i')) return 'GH';
  return word.startsWith('worktree') || word === 'wt' ? 'WT' : 'WP';
}

/** An id that a text names, and where. */
export interface Mention {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

const MENTION = new RegExp(
  String.raw`(?<![\w/&#-])(${NAMED}|${NUMBERED})(?!\w|-(?!pr|wp|gh)[a-z]\w)(?:\s{0,2}(?:-|–|—|to|through|\.\.)\s{0,2}(${NAMED}|${NUMBERED}|\d{1,6})(?![\w.%]))?`,
  'gi',
);

/** Ranges longer than this are not meant. */
const MAX_RANGE = 200;

/** The ids that a text names, ranges spelt out (`PR 3–5`, `WP1–WP4`) and tails of a plural too (`PRs 1, 2 and 4`). */
export function mentionsIn(text: string): readonly Mention[] {
  if (!/#\d|\d/.test(text)) return [];
  const found: Mention[] = [];
  for (const match of text.matchAll(MENTION)) {
    const first = macroId(match[1] as string);
    if (first === undefined) continue;
    const start = match.index;
    let end = start + match[0].length;
    const last = match[2];
    if (last === undefined) found.push({ id: first, start, end });
    else for (const id of spread(first, last)) found.push({ id, start, end });
    if (!/^(?:prs|wps|pull\s+requests|work\s+packages)/i.test(match[1] as string)) continue;
    for (let n = 0; n < MAX_RANGE; n++) {
      const more = /^\s{0,2}(?:,\s{0,2}and\b|,|and\b|&|\+|\/)\s{0,2}#?(\d{1,6})(?![\w.%])/i.exec(
        text.slice(end, end + 30),
      );
      if (more === null) break;
      const from = end + more[0].length - (more[1] as string).length;
      end += more[0].length;
      found.push({ id: `${first.slice(0, 2)}-${Number(more[1])}`, start: from, end });
    }
  }
  return found;
}

function spread(first: string, last: string): readonly string[] {
  const series = first.slice(0, 3);
  const to = macroId(last) ?? `${series}${last}`;
  const a = Number(first.slice(3));
  const b = Number(to.slice(3));
  if (!to.startsWith(series) || !Number.isInteger(a) || !Number.isInteger(b) || b < a || b - a > MAX_RANGE) {
    return macroId(last) === undefined ? [first] : [first, to];
  }
  return Array.from({ length: b - a + 1 }, (_, i) => `${series}${a + i}`);
}

/** The ids of one plan: what is written is matched with what is defined. */
export class MacroIds {
  readonly #known: ReadonlySet<string>;
  readonly #byNumber = new Map<string, string | undefined>();
  readonly #others: ReadonlyMap<string, string>;

  /** `others`: second names of units, such as the worktree of a pull request. */
  constructor(known: readonly string[], others: ReadonlyMap<string, string>) {
    this.#known = new Set(known);
    this.#others = others;
    for (const id of this.#known) {
      const number = id.slice(3);
      this.#byNumber.set(number, this.#byNumber.has(number) ? undefined : id);
    }
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  /**
   * The id of the plan that a normalised id means. People write `#17` for `PR 17`: a number that only one unit has is that
   * unit, whatever the words in front of it.
   */
  meant(id: string): string {
    if (this.#known.has(id)) return id;
    return this.#others.get(id) ?? this.#byNumber.get(id.slice(3)) ?? id;
  }

  /** The ids of this plan that a text names, once each, in the order of the text. */
  namedIn(text: string): readonly string[] {
    const ids = new Set<string>();
    for (const { id } of mentionsIn(text)) {
      const meant = this.meant(id);
      if (this.#known.has(meant)) ids.add(meant);
    }
    return [...ids];
  }

  /** How needs are read. */
  get grammar(): IdGrammar {
    return {
      pattern: String.raw`(?:${NAMED}|${NUMBERED}|\d{1,6}[a-z]?)`,
      normalise: (text) => {
        const id =
          macroId(text) ??
          (/^0*(\d{1,6}[a-z]?)$/i.test(text.trim()) ? `PR-${text.trim().replace(/^0+/, '').toLowerCase()}` : undefined);
        return id === undefined ? undefined : this.meant(id);
      },
    };
  }
}
