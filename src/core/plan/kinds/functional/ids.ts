import type { IdGrammar } from '../../id-grammar.ts';
import type { Reference } from './model.ts';

/** The series of ids that functional plans use. */
export type Series = 'FR' | 'NFR' | 'BR' | 'AC' | 'WS';

const REFERENCE = /(?<![\w-])(NFR|FR|BR|AC|WS)[-_ \u2010\u2011]?0{0,9}(\d{1,6})((?:\.\d{1,4}){0,3}[a-z]?)(?!\w)/gi;
const RANGE_END =
  /(?:[ \t]*(?:-|–|—|\.{2,3}|…)[ \t]*|[ \t]+(?:to|through|until)[ \t]+)(?:(?:NFR|FR|BR|AC|WS)[-_ ]?)0{0,9}(\d{1,6})(?!\w)|(?:[-–—]|\.{2,3}|…|[ \t]+(?:to|through)[ \t]+)0{0,9}(\d{1,6})(?![\w.%])/iy;
const TAIL = /[ \t]*[,/&+][ \t]*-?0{0,9}(\d{1,6})([a-z]?)(?=[ \t]*(?:[,;/&+)|\]]|and\b|$))/iy;
const FACET = /[ \t]*\(([^()\n]{1,120})\)/y;

/** Ids that one document may name altogether: ranges of ranges would fill the memory. */
const MAX_REFERENCES = 100_000;

/** How long a range may be. */
const MAX_RANGE = 2_000;

/** Reads the ids that texts of one document name; keeps count, so that a hostile document costs no more than a large one. */
export class References {
  #left = MAX_REFERENCES;

  /** The ids of these series in a text that begins at `start`: lists, ranges, shorthand tails, facets. */
  in(text: string, start: number, ...series: readonly Series[]): readonly Reference[] {
    const found: Reference[] = [];
    REFERENCE.lastIndex = 0;
    for (let match = REFERENCE.exec(text); match !== null && this.#left > 0; match = REFERENCE.exec(text)) {
      const kind = (match[1] as string).toUpperCase() as Series;
      const end = match.index + match[0].length;
      const ids = [`${kind}-${Number(match[2])}${(match[3] as string).toLowerCase()}`];
      let until = match[3] === '' ? this.#range(text, end, kind, Number(match[2]), ids) : end;
      until = tails(text, until, kind, ids);
      const facet = facetAt(text, until);
      REFERENCE.lastIndex = facet?.end ?? until;
      if (!series.includes(kind)) continue;
      this.#left -= ids.length;
      const place = { facet: facet?.text, start: start + match.index, end: start + (facet?.end ?? until) };
      ids.forEach((id, i) => found.push({ id, written: i === 0 ? (match as RegExpExecArray)[0] : id, ...place }));
    }
    return found;
  }

  #range(text: string, end: number, kind: Series, first: number, ids: string[]): number {
    RANGE_END.lastIndex = end;
    const match = RANGE_END.exec(text);
    if (match === null) return end;
    const last = Number(match[1] ?? match[2]);
    if (last <= first || last - first > Math.min(MAX_RANGE, this.#left)) return end;
    for (let n = first + 1; n <= last; n++) ids.push(`${kind}-${n}`);
    return end + match[0].length;
  }
}

function tails(text: string, end: number, kind: Series, ids: string[]): number {
  let until = end;
  for (let n = 0; n < 500; n++) {
    TAIL.lastIndex = until;
    const match = TAIL.exec(text);
    if (match === null) break;
    ids.push(`${kind}-${Number(match[1])}${(match[2] as string).toLowerCase()}`);
    until += match[0].length;
  }
  return until;
}

function facetAt(text: string, end: number): { readonly text: string; readonly end: number } | undefined {
  FACET.lastIndex = end;
  const match = FACET.exec(text);
  if (match === null) return undefined;
  REFERENCE.lastIndex = 0;
  const inner = match[1] as string;
  // `FR-1 (FR-2)` names two requirements.
  return REFERENCE.test(inner) ? undefined : { text: inner.trim(), end: end + match[0].length };
}

/** `FR-3a` → `FR-3`, `FR-2.1` → `FR-2`; an id that is no sub-id stays. */
export function parentId(id: string): string {
  return /^[A-Z]+-\d+/.exec(id)?.[0] ?? id;
}

/** The id that a text begins with, and what follows it. */
export function leadingId(
  text: string,
  series: Series,
): { readonly id: string; readonly written: string; readonly rest: string } | undefined {
  const match =
    /^\[?(NFR|FR|BR|AC|WS)[-_ \u2010\u2011]?0{0,9}(\d{1,6})((?:\.\d{1,4}){0,3}[a-z]?)(?!\w)\]?\s{0,9}(?:(?:[:.)—–-]+)\s{0,9})?(.*)$/is.exec(
      text.slice(0, 4000),
    );
  if (match === null || (match[1] as string).toUpperCase() !== series) return undefined;
  const id = `${series}-${Number(match[2])}${(match[3] as string).toLowerCase()}`;
  return {
    id,
    written: /^\[?([^\s:\])]+(?: \d+[a-z]?)?)/i.exec(match[0])?.[1] ?? id,
    rest: (match[4] as string).trim(),
  };
}

/** How streams are named: `WS-1`, `ws1`, `M-ws-1`, `Stream 1`, `1`. */
export const STREAM_IDS: IdGrammar = {
  pattern: String.raw`(?:(?:work[ ]?)?streams?[ ]{0,3})?#?(?:(?:M-)?WS[-_ ]?|S-?)?\d{1,6}[a-z]?`,
  normalise: streamId,
};

/** The only spelling of a stream's id; `undefined` when the text is none. */
export function streamId(text: string): string | undefined {
  const match =
    /^(?:(?:work[ ]?)?streams?[ ]{0,3})?#?(?:(?:m-)?ws[-_ ]?|s-?)?0{0,9}(\d{1,6})([a-z]?)$/i.exec(text.trim()) ??
    undefined;
  return match === undefined ? undefined : `WS-${Number(match[1])}${(match[2] as string).toLowerCase()}`;
}
