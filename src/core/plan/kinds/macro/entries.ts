import type { Block } from '../../markdown/blocks.ts';
import { plainText } from '../../markdown/inline.ts';
import { itemStart, type Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import type { Cell } from '../../markdown/tables.ts';
import { labelOf } from '../../annotations.ts';
import { macroId, mentionsIn } from './ids.ts';
import { ownTables } from './parts.ts';
import { fieldName, isAbout } from './vocabulary.ts';

/** Where a pull request of the series stands and how it is named. */
export interface Entry {
  readonly id: string;
  /** Second name, such as the worktree of a pull request. */
  readonly alias: string | undefined;
  readonly title: string;
  readonly form: 'heading' | 'line' | 'row';
  readonly lean: boolean;
  readonly done: boolean;
  /** What opens it. */
  readonly head: { readonly start: number; readonly end: number };
  readonly titleEnd: number;
  readonly start: number;
  readonly end: number;
  /** Top-level blocks of its text, what opens it left out: from, to. */
  readonly from: number;
  readonly to: number;
  /** Titles of the headings above it, nearest last. */
  readonly above: readonly string[];
  /** Where the heading right above it stands, whose own text speaks of all entries below it; its blocks: from, to. */
  readonly below: { readonly start: number; readonly from: number; readonly to: number } | undefined;
  /** Blocks of a list item, whose text is no top-level block of its own. */
  readonly item: Block | undefined;
  /** The cells of a row of a table, with the names of its columns. */
  readonly row?: { readonly columns: readonly string[]; readonly cells: readonly Cell[] };
}

const ID = String.raw`(?:(?:pull\s+requests?|pr|work\s+package|wp|gh)[\s-]{0,2}#?\d{1,6}(?:\.\d{1,3})?[a-z]?(?![\w])|(?:(?:issue|fix|bug|feature|closes)\s*:?\s*)?#\d{1,6}(?![\w]))`;
const AFTER_ID = String.raw`(?:\s*(?:of|/)\s*\d{1,4})?(?:\s*\(([^()]{0,80})\))?`;
const NAMED = new RegExp(String.raw`^(${ID})${AFTER_ID}(?:\s*[:—–.]\s*|\s+-{1,2}\s+|\s*$)(.*)$`, 'i');
const TRACK =
  /^(worktree|workstream|work stream|stream|track|lane|slot)\s+#?(\w{1,4})\s*(?:[:—–.]|\s-{1,2}(?=\s))\s*(\S.*)$/i;
const PHASE = /^phase\s+\d{1,3}\s*(?:[:—–.]|\s-{1,2}(?=\s))\s*(\S.*)$/i;

interface Named {
  readonly id: string;
  readonly alias: string | undefined;
  readonly title: string;
  readonly done: boolean;
  readonly lean: boolean;
}

/** The pull request that a title opens: `PR 17: x`, `WP 2 — x`, `Worktree 1: PR17 — x`, `#236: x`. */
export function namedPull(text: string): Named | undefined {
  const line = text.slice(0, 1000).replace(/^[\s✅☑✔⏳🚧❌⬜]+/u, '');
  const named = NAMED.exec(line);
  if (named !== null) return make(named[1] as string, named[3] as string, undefined, false);
  const track = TRACK.exec(line);
  if (track === null) return undefined;
  const number = track[2] as string;
  const alias = /^\d+$/.test(number) ? `WT-${Number(number)}` : undefined;
  const inner = NAMED.exec(track[3] as string);
  if (inner !== null) return make(inner[1] as string, inner[3] as string, alias, true);
  if (!/^worktree/i.test(track[1] as string) || alias === undefined) return undefined;
  const { title, done } = withoutStatus(track[3] as string);
  return { id: alias, alias: undefined, title: title || alias, done, lean: true };
}

function make(written: string, rest: string, alias: string | undefined, lean: boolean): Named | undefined {
  const id = macroId(written.replace(/^(?:fix|bug|feature|closes)\s*:?\s*/i, ''));
  if (id === undefined) return undefined;
  const { title, done } = withoutStatus(rest);
  return { id, alias, title: title || id, done: done || /^[\s✅☑✔]+/u.test(rest), lean: lean || id.startsWith('GH') };
}

const STATUS_TAIL =
  /^[\s—–|()[\]✅☑✔⏳🚧-]*(?:pr\s*#?\d{1,6}\s*[,:]?\s*)?[\s✅☑✔⏳🚧]*(?:(completed?|merged|done|shipped|landed|finished)|in progress|in review|pending|planned|not started|open|todo|awaiting merge|blocked|deferred|wip|draft)?\s*[:,]?\s*(?:on\s+)?\(?(?:\d{4}-\d{2}-\d{2})?\)?(?:\s*\([^()]{0,80}\))?[\s)\].]*$/iu;

/** A title without the status that stands behind it, and whether that status means done. */
export function withoutStatus(text: string): { readonly title: string; readonly done: boolean } {
  const from = Math.max(0, text.length - 160);
  const tail = text.slice(from);
  for (const separator of tail.matchAll(/^|[—–|([✅☑✔⏳🚧]|\s-{1,2}(?=\s)/gu)) {
    const rest = tail.slice(separator.index).replaceAll('\uFE0F', '');
    if (separator.index === 0 && from > 0) continue;
    const match = STATUS_TAIL.exec(rest);
    if (match === null || !/[\p{L}✅☑✔⏳🚧]/u.test(rest)) continue;
    // A parenthesis alone, `(phase 2)`, is part of the title; so are lone words of a title such as "Draft".
    const glyph = /[✅☑✔]/u.test(rest);
    if (match[1] === undefined && !glyph && !STATUS_WORD.test(rest)) continue;
    if (separator.index === 0 && !glyph && !/^\s*[—–(|[]/.test(rest)) continue;
    return { title: text.slice(0, from + separator.index).trim(), done: match[1] !== undefined || glyph };
  }
  return { title: text.trim(), done: false };
}

const STATUS_WORD =
  /^[\s—–|()[\]✅☑✔⏳🚧-]*(?:pr\s*#?\d{1,6}\s*[,:]?\s*)?(?:in progress|in review|pending|planned|not started|open|todo|awaiting merge|blocked|deferred|wip|draft)(?![\w])|[⏳🚧]/iu;

/**
 * Finds the pull requests of a document: headings; without any, bold lines and list items; without any, the rows of a table.
 * In a document with a section for the series only what stands in it counts, for people also write headings such as
 * `### PR 3: risks` elsewhere.
 */
export function entriesOf(outline: Outline, all: readonly Section[]): readonly Entry[] {
  const series = outermost(all.filter((section) => isAbout(section, 'series')));
  const inSeries = headingEntries(outline, within(all, series));
  if (inSeries.length > 0) return inSeries;
  const about = all.filter((section) => ELSEWHERE.some((name) => isAbout(section, name)));
  const rest = marked(all, about);
  const found = headingEntries(outline, rest);
  if (found.length > 0) return found;
  for (const section of series) {
    const lines = lineEntries(outline, section);
    if (lines.length > 0) return lines;
    const rows = rowEntries(outline, section);
    if (rows.length > 0) return rows;
  }
  return [];
}

const ELSEWHERE = [
  'recon',
  'risks',
  'crossCutting',
  'frozen',
  'dag',
  'prevention',
  'revisions',
  'friction',
  'summary',
] as const;

/** Of some sections in document order, those that lie in no other one of them. */
function outermost(sections: readonly Section[]): readonly Section[] {
  let end = -1;
  return sections.filter((section) => {
    if (section.heading.start < end) return false;
    end = section.end;
    return true;
  });
}

/** The sections below some others that do not overlap; both in document order. */
function within(all: readonly Section[], outer: readonly Section[]): readonly Section[] {
  let at = 0;
  return all.filter(({ heading }) => {
    while (at < outer.length && (outer[at] as Section).end <= heading.start) at++;
    const one = outer[at];
    return one !== undefined && one.heading.start < heading.start;
  });
}

/** The sections that lie in none of `out`; both in document order. */
function marked(all: readonly Section[], out: readonly Section[]): readonly Section[] {
  let end = -1;
  let next = 0;
  return all.filter((section) => {
    while (next < out.length && (out[next] as Section).heading.start <= section.heading.start) {
      end = Math.max(end, (out[next] as Section).end);
      next++;
    }
    return section.heading.start >= end;
  });
}

function headingEntries(outline: Outline, sections: readonly Section[]): readonly Entry[] {
  const named = sections.flatMap((section) => {
    const one =
      section.heading.level === 1 && section.children.length > 0
        ? undefined
        : (namedPull(section.title) ?? namedPull(section.heading.title));
    return one === undefined ? [] : [{ section, one }];
  });
  const starts = new Set(named.map(({ section }) => section.heading.start));
  // A phase that holds no entry and names a pull request outside parentheses is an entry: `Phase 0: Quick Fix #234 (…)`.
  if (named.length > 0) {
    for (const section of sections) {
      const one = starts.has(section.heading.start) ? undefined : phaseEntry(section, starts);
      if (one !== undefined) named.push({ section, one });
    }
    named.sort((a, b) => a.section.heading.start - b.section.heading.start);
  }
  // A heading inside another entry is part of that entry, not one of its own.
  let end = -1;
  const outer = named.filter(({ section }) => {
    if (section.heading.start < end) return false;
    end = section.end;
    return true;
  });
  return outer.map(({ section, one }): Entry => {
    const { heading } = section;
    return {
      ...one,
      form: 'heading',
      head: heading,
      titleEnd: titleEnd(outline, heading.start, heading.end),
      start: heading.start,
      end: section.end,
      from: section.from,
      to: section.to,
      above: titlesAbove(section),
      below:
        section.parent === undefined
          ? undefined
          : { start: section.parent.heading.start, from: section.parent.from, to: section.parent.ownTo },
      item: undefined,
    };
  });
}

function phaseEntry(section: Section, starts: ReadonlySet<number>): Named | undefined {
  const match = PHASE.exec(section.heading.title.slice(0, 400));
  if (match === null || holds(section, starts)) return undefined;
  const bare = (match[1] as string).replace(/\([^()]{0,200}\)/g, ' ');
  const mentions = new Set(mentionsIn(bare).map(({ id }) => id));
  if (mentions.size !== 1) return undefined;
  const { title, done } = withoutStatus(bare.replace(/\s+/g, ' '));
  const [id] = mentions;
  return { id: id as string, alias: undefined, title, done, lean: true };
}

function holds(section: Section, starts: ReadonlySet<number>): boolean {
  return section.children.some((child) => starts.has(child.heading.start) || holds(child, starts));
}

function titlesAbove(section: Section): readonly string[] {
  const titles: string[] = [];
  for (let one = section.parent; one !== undefined; one = one.parent) titles.unshift(one.heading.title);
  return titles;
}

// Behind the last character of a heading's words, closing marks left out.
function titleEnd({ source }: Outline, start: number, end: number): number {
  const line = Math.min(end, source.lineEnd(start));
  const text = source.shadow.slice(start, line).trimEnd();
  const closing = /\s+#{1,6}$/.exec(text.slice(-60));
  return start + text.length - (closing?.[0].length ?? 0);
}

const BOLD = /^(?:\[[ xX]\]\s+)?(?:\*\*|__)([^*\n]{2,300})(?:\*\*|__)([^\n]{0,300})/;

function lineEntries(outline: Outline, section: Section): readonly Entry[] {
  const { source, blocks } = outline;
  const found: (Omit<Entry, 'end' | 'to'> & { end: number; to: number })[] = [];
  const close = (at: number, offset: number): void => {
    const last = found.at(-1);
    if (last === undefined || last.item !== undefined || last.to >= 0) return;
    last.to = at;
    last.end = offset;
  };
  const above = [...titlesAbove(section), section.heading.title];
  const open = (start: number, block: number, item: Block | undefined): void => {
    const from = item === undefined ? start : itemStart(source, item);
    const line = source.shadow.slice(from, source.lineEnd(from));
    const match = BOLD.exec(line.slice(0, 700));
    if (match === null) return;
    const bold = plainText(match[1] as string).replace(/:$/, '');
    const named = namedPull(bold) ?? namedPull(plainText(line));
    if (named === undefined) return;
    if (item === undefined) close(block, start);
    const title =
      named.title === named.id ? plainText(match[2] as string).replace(/^[\s:—–-]+/, '') || named.id : named.title;
    const end = source.lineEnd(from);
    const head = { start, end };
    const shared = {
      ...named,
      title,
      form: 'line' as const,
      head,
      titleEnd: end,
      start,
      above,
      below: undefined,
      item,
    };
    found.push({
      ...shared,
      end: item?.end ?? -1,
      from: item === undefined ? block + 1 : block,
      to: item === undefined ? -1 : block + 1,
    });
  };
  for (let i = section.from; i < section.to; i++) {
    const block = blocks[i] as Block;
    if (block.kind === 'heading') close(i, block.start);
    else if (block.kind === 'paragraph') open(block.start, i, undefined);
    else if (block.kind === 'list') for (const item of block.children) open(item.start, i, item);
  }
  close(section.to, section.end);
  return found;
}

function rowEntries(outline: Outline, section: Section): readonly Entry[] {
  const above = [...titlesAbove(section), section.heading.title];
  for (const table of ownTables(outline, section.from, section.to)) {
    const titles = table.columns.findIndex((name) =>
      /^(?:title|name|description|scope|what|deliverables?|summary)$/.test(fieldName(labelOf(name)) ?? name),
    );
    const found = table.rows.flatMap((row): readonly Entry[] => {
      const [first] = row.cells;
      const named = namedPull(first?.text ?? '') ?? namedPull(`PR ${first?.text ?? ''}`);
      if (first === undefined || named === undefined) return [];
      const title = named.title === named.id ? (row.cells[titles === 0 ? 1 : titles]?.text ?? named.id) : named.title;
      const head = { start: row.start, end: row.end };
      return [
        {
          ...named,
          title,
          form: 'row',
          head,
          titleEnd: first.end,
          start: row.start,
          end: row.end,
          from: 0,
          to: 0,
          above,
          below: undefined,
          item: undefined,
          row: { columns: table.columns, cells: row.cells },
        },
      ];
    });
    if (found.length > 1) return found;
  }
  return [];
}
