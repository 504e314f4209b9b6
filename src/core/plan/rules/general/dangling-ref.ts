import type { Draft } from '../../draft.ts';
import { pieces } from '../../markdown/inline.ts';
import { textIn } from '../../markdown/text.ts';
import { PLAN_KINDS } from '../../model.ts';
import type { Rule } from '../rule.ts';

/** How often one id is reported. */
const MAX_EACH = 3;

/**
 * GEN-004 where people write prose: an id of a series of which this document defines others. What a table or a list of
 * needs refers to is an error, for work hangs on it; a mention in prose may mean another document.
 */
export const danglingRef: Rule = {
  id: 'GEN-004',
  name: 'dangling-ref',
  about: 'An id is referred to that nothing in the plan defines.',
  severity: 'error',
  fix: 'none',
  refuses: true,
  kinds: PLAN_KINDS,
  *check({ draft, compiled }) {
    const defined = definedIn(draft);
    if (defined.series.size === 0) return;
    const { outline } = draft;
    const { source, blocks, logs } = outline;
    const told = [...draft.remarks, ...compiled.findings]
      .flatMap(({ rule, span }) => (rule === 'GEN-004' ? [span] : []))
      .sort((a, b) => a.start - b.start);
    const seen = new Map<string, number>();
    let next = 0;
    let log = 0;
    for (const { text, start } of textIn(outline, 0, blocks.length)) {
      while (log < logs.length && (logs[log] as { end: number }).end <= start) log++;
      if ((logs[log]?.start ?? Infinity) <= start) continue;
      for (const piece of pieces(text)) {
        if (piece.code) continue;
        for (const match of piece.text.matchAll(REFERENCE)) {
          const id = normal(match[1] as string, match[2] as string);
          if (!defined.series.has(seriesOf(id)) || isDefined(id, defined)) continue;
          // In a plan whose contracts are BC-17-1, BC-17-2, …, a BC-1 is one of another document.
          if (!defined.depths.has(`${seriesOf(id)} ${depthOf(id)}`)) continue;
          // The text of a link names what the link leads to.
          const behind = match.index + match[0].length;
          if (/^[^[\]]{0,200}\]\(/.test(piece.text.slice(behind, behind + 202))) continue;
          if (ELSEWHERE.test(piece.text.slice(behind, behind + 80))) continue;
          const at = start + piece.start + match.index;
          while (next < told.length && (told[next] as { end: number }).end <= at) next++;
          if ((told[next]?.start ?? Infinity) < at + match[0].length) continue;
          const count = (seen.get(id) ?? 0) + 1;
          seen.set(id, count);
          if (count > MAX_EACH) continue;
          yield {
            severity: 'warning',
            span: source.span(at, at + match[0].length),
            message: `${match[0]} is mentioned, but nothing in this plan defines it.`,
            hint: `Define it, or name one that exists: ${examples(defined, seriesOf(id))}.`,
          };
        }
      }
    }
  },
};

// "BC-1 through BC-25 (see the design document)", "FR-9 of the specification": defined in another document.
const ELSEWHERE =
  /^\s{0,2}(?:\((?:see|from|in|of|per)?\s{0,2}|(?:see|from|in|of|per)\s)(?:the\s)?[^().;\n]{0,30}\b(?:design|macro plan|parent plan|doc(?:ument)?|spec(?:ification)?|rfc|issue)\b/i;

const REFERENCE = /(?<![\w/#.-])([A-Za-z]{2,6})-(\d{1,6}(?:-\d{1,6}){0,2}[a-z]?)(?![\w]|-[A-Za-z]|\.\w)/g;

interface Defined {
  readonly ids: ReadonlySet<string>;
  readonly series: ReadonlyMap<string, readonly string[]>;
  /** Series, a blank, and how many numbers its ids have. */
  readonly depths: ReadonlySet<string>;
}

function depthOf(id: string): number {
  return id.split('-').length - 1;
}

function normal(prefix: string, tail: string): string {
  return `${prefix.toUpperCase()}-${tail.toUpperCase().replace(/(^|-)0+(?=\d)/g, '$1')}`;
}

function seriesOf(id: string): string {
  return id.slice(0, id.indexOf('-'));
}

function definedIn(draft: Draft): Defined {
  const ids = new Set<string>();
  const series = new Map<string, string[]>();
  const depths = new Set<string>();
  for (const { id } of [...draft.requirements, ...draft.criteria, ...draft.units]) {
    const match = /^([A-Z]{2,6})-(\d.*)$/i.exec(id.slice(0, 60));
    // Pull requests and issues have numbers that other documents and the host give out.
    if (match === null || /^PR$/i.test(match[1] as string)) continue;
    const own = normal(match[1] as string, match[2] as string);
    ids.add(own);
    depths.add(`${seriesOf(own)} ${depthOf(own)}`);
    // `BC-17` means all of BC-17-1, BC-17-2, …; `FR-3a` may stand for a part of FR-3.
    for (let cut = own.lastIndexOf('-'); cut > own.indexOf('-'); cut = own.lastIndexOf('-', cut - 1))
      ids.add(own.slice(0, cut));
    const list = series.get(seriesOf(own)) ?? [];
    list.push(id);
    series.set(seriesOf(own), list);
  }
  return { ids, series, depths };
}

function isDefined(id: string, { ids }: Pick<Defined, 'ids'>): boolean {
  if (ids.has(id) || ids.has(id.replace(/[A-Z]$/, ''))) return true;
  // `FR-1-5` is a range or a part: its beginning must exist.
  const cut = id.lastIndexOf('-');
  return cut > id.indexOf('-') && isDefined(id.slice(0, cut), { ids });
}

function examples({ series }: Defined, name: string): string {
  const list = series.get(name) ?? [];
  return list.length > 4 ? `${list.slice(0, 3).join(', ')} … ${list.at(-1)}` : list.join(', ');
}
