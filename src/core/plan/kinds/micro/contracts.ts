import type { Block } from '../../markdown/blocks.ts';
import { pieces, plainText, withoutComments } from '../../markdown/inline.ts';
import { blockFrom, type Outline } from '../../markdown/outline.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import { cellOf, tablesIn } from '../../markdown/tables.ts';
import { ANY_ID, CONTRACT_ID, contractId } from './ids.ts';
import type { ClauseKey, Contract, Said } from './model.ts';
import { isPart, isTitle } from './parts.ts';

/** One line of text and where it stands among lists. */
interface Line {
  readonly text: string;
  readonly start: number;
  /** How many lists it stands in. */
  readonly depth: number;
  /** The first line of its paragraph, item or heading. */
  readonly first: boolean;
  /** Level of a heading, else 0. */
  readonly level: number;
}

/**
 * The behavioural contracts of a plan: below headings that announce them, or, where no heading does, in front of the
 * first task wherever an id is followed by GIVEN, WHEN or THEN.
 */
export function readContracts(outline: Outline, sections: readonly Section[], taskStart: number): readonly Contract[] {
  const all: Contract[] = [];
  let announced = false;
  for (const section of everySection(sections)) {
    if (!isPart(section, 'contracts') || isTitle(section.heading)) continue;
    if (all.some((contract) => contract.start >= section.heading.start)) continue;
    const before = all.length;
    const ends = Math.min(section.end, section.heading.start < taskStart ? taskStart : section.end);
    readRange(outline, section.from, blockFrom(outline, ends), ANY_ID, true, all);
    readTables(outline, section.from, blockFrom(outline, ends), all);
    announced ||= all.length > before;
  }
  if (!announced) {
    const loose: Contract[] = [];
    readRange(outline, 0, blockFrom(outline, taskStart), CONTRACT_ID, false, loose);
    for (const contract of loose) if (Object.keys(contract.clauses).length > 0) all.push(contract);
  }
  // A list of names in front of the contracts themselves says nothing new.
  const whole = new Set(all.filter((one) => Object.keys(one.clauses).length > 0).map(({ id }) => id));
  return all.filter(({ id, clauses }) => !whole.has(id) || Object.keys(clauses).length > 0);
}

/** `fences`: plain fences count as text, for some people put each contract into one. */
function* linesOf(outline: Outline, blocks: readonly Block[], fences: boolean, depth = 0): Iterable<Line> {
  const { source } = outline;
  for (const block of blocks) {
    if (block.kind === 'fence') {
      if (fences) yield* fencedLines(outline, block);
    } else if (block.kind === 'heading' || block.kind === 'paragraph') {
      const text = withoutComments(source.shadow.slice(block.start, block.end));
      let at = block.start;
      let first = true;
      for (const line of text.split('\n')) {
        const bare = block.kind === 'heading' && !block.setext ? line.replace(/^#{1,6}[ \t]*/, '') : line;
        const from = at + line.length - bare.length;
        if (bare.trim() !== '') {
          yield { text: bare, start: from, depth, first, level: block.level };
          first = false;
        }
        at += line.length + 1;
      }
    } else if (block.kind === 'list') yield* linesOf(outline, block.children, fences, depth + 1);
    else if (block.kind === 'quote' || block.kind === 'item') yield* linesOf(outline, block.children, fences, depth);
  }
}

const FENCED_TEXT = /^(?:`{3,}|~{3,})[ \t]*(?:text|txt|plain|plaintext|gherkin|markdown|md|yaml)?[ \t]*$/i;

function* fencedLines({ source }: Outline, block: Block): Iterable<Line> {
  const open = source.lineEnd(block.start);
  if (open >= block.end || !FENCED_TEXT.test(source.shadow.slice(block.start, Math.min(open, block.start + 80))))
    return;
  let first = true;
  let depth = 0;
  for (let at = open + 1; at < block.end; at = source.lineEnd(at) + 1) {
    const line = source.shadow.slice(at, source.lineEnd(at));
    if (/^[ \t]*(?:(?:`{3,}|~{3,})[ \t]*)?$/.test(line.slice(0, 200))) {
      first = true;
      depth = 0;
      continue;
    }
    const bullet = /^[ \t]{0,8}[-*+][ \t]{1,4}/.exec(line.slice(0, 20))?.[0].length ?? 0;
    if (bullet > 0) depth = 1;
    yield { text: line.slice(bullet), start: at + bullet, depth, first: first || bullet > 0, level: 0 };
    first = false;
  }
}

interface Open {
  id: string;
  name: string;
  polarity: Contract['polarity'];
  clauses: Partial<Record<ClauseKey, { text: string; start: number; end: number }>>;
  head: { start: number; end: number };
  end: number;
  depth: number;
  level: number;
  last: ClauseKey | undefined;
  lastDepth: number;
  /** Its name stands behind no colon: a contract only if clauses follow. */
  tentative: boolean;
}

function readRange(outline: Outline, from: number, to: number, ids: string, fences: boolean, into: Contract[]): void {
  const opens = headPattern(ids);
  let open: Open | undefined;
  let polarity: Contract['polarity'];
  const close = (): void => {
    if (open === undefined) return;
    if (open.tentative && open.last === undefined) {
      open = undefined;
      return;
    }
    const { id, name, clauses, head, end, depth } = open;
    const bullet = `${'  '.repeat(Math.min(depth, 6))}- `;
    into.push({ id, name, polarity: open.polarity, clauses, head, start: head.start, end, bullet });
    open = undefined;
  };
  for (const line of linesOf(outline, outline.blocks.slice(from, to), fences)) {
    const head = line.first || line.depth === 0 ? headOf(line, opens) : undefined;
    if (head !== undefined) {
      close();
      const end = line.start + line.text.trimEnd().length;
      open = {
        id: head.id,
        name: head.name,
        tentative: head.tentative,
        polarity,
        clauses: {},
        head: { start: line.start, end },
        end,
        depth: line.depth,
        level: line.level,
        last: undefined,
        lastDepth: 0,
      };
      addClauses(open, line, head.from, head.clauses);
      continue;
    }
    const group = line.first && line.depth === 0 ? groupOf(line) : undefined;
    if (
      group !== undefined ||
      (line.level > 0 && (open === undefined || open.level === 0 || line.level <= open.level))
    ) {
      close();
      polarity = group ?? (line.level > 0 ? undefined : polarity);
      continue;
    }
    if (open !== undefined) addClauses(open, line, 0, line.first);
  }
  close();
}

function headPattern(ids: string): RegExp {
  return new RegExp(
    String.raw`^\s{0,8}(?:\[[ xX]\]\s{1,4})?([*_\x60]{0,4})(${ids})([*_\x60]{0,4})(\s{0,3}\([^()]{0,200}\))?([*_]{0,3})(\s{0,3}(?:[:.—–]|--?(?=\s))[*_]{0,3}|\s|$)`,
  );
}

interface HeadLine {
  readonly id: string;
  readonly name: string;
  /** Where behind them the line goes on. */
  readonly from: number;
  readonly tentative: boolean;
  /** A keyword in any case opens what follows: "BC-4: given …, when …, then …", but not a name such as "When idle". */
  readonly clauses: boolean;
}

/** The contract that a line opens. */
function headOf(line: Line, opens: RegExp): HeadLine | undefined {
  const text = line.text.slice(0, 4000);
  const match = opens.exec(text);
  if (match === null) return undefined;
  const [whole, before, id, after, aside, , separator] = match;
  // `BC-4 and BC-5 are …` is a sentence, unless GIVEN follows; `**BC-4** Name` and a heading are none.
  const bold = /^[*_]{2}/.test(before as string) && (after as string) !== '';
  const tentative =
    (separator as string).trim() === '' && whole.length < text.trimEnd().length && !bold && line.level === 0;
  if (tentative && !line.first) return undefined;
  const rest = text.slice(whole.length);
  const found = clausesIn(rest, true);
  const clauses = found.length > 1;
  const clause = clauses ? found[0] : clausesIn(rest, false)[0];
  const own = plainText(clause === undefined ? rest : rest.slice(0, clause.at)).replace(/[\s:;,—–-]+$/, '');
  const name = own === '' ? plainText(aside ?? '').replace(/^\(|\)$/g, '') : own.replace(/^\*+|\*+$/g, '');
  return { id: contractId(id as string), name, from: whole.length, tentative, clauses };
}

function groupOf(line: Line): Contract['polarity'] {
  const text = plainText(line.text.slice(0, 200));
  const match =
    /^(?:\(?\d\)?[.)]?\s*)?(positive|negative|error(?:[ -]handling)?)\b(?: (?:behaviou?ral )?(?:contracts?|cases?|paths?))?/i.exec(
      text,
    );
  if (match === null) return undefined;
  const marked = line.level > 0 || /^\s*(?:\*\*|__)/.test(line.text) || /contracts?\b/i.test(match[0]);
  if (!marked || text.length > 120) return undefined;
  const word = (match[1] as string).toLowerCase();
  return word === 'positive' || word === 'negative' ? word : 'error';
}

interface FoundClause {
  readonly key: ClauseKey | 'and';
  /** Where the keyword begins, and where what it says does. */
  readonly at: number;
  readonly to: number;
}

const START =
  /^\s{0,12}(?:\[[ xX]\]\s{1,4})?[*_`]{0,3}(given|when|then|and|but|mechanism)\b[*_`]{0,3}\s{0,3}:?[*_`]{0,3}\s{0,3}/i;
/** Not those of "must still use GIVEN/WHEN/THEN". */
const SHOUTED =
  /(?<=^|[\s,;.(—–→*_>`])(?<!\/\s)(GIVEN|WHEN|THEN|MECHANISM)\b(?!\s?\/)[*_`]{0,3}\s{0,3}:?[*_`]{0,3}\s{0,3}/g;
const BOLD = /(?:\*\*|__)(given|when|then|mechanism):?(?:\*\*|__):?\s{0,3}/gi;

/** The clauses that a line holds, in order. `begins`: a keyword that opens the line counts in any case. */
function clausesIn(line: string, begins: boolean): readonly FoundClause[] {
  let text = line;
  if (line.includes('`')) {
    text = '';
    for (const piece of pieces(line)) {
      text +=
        piece.code && !/^(?:GIVEN|WHEN|THEN|MECHANISM)$/.test(piece.text)
          ? '\u00b7'.repeat(piece.end - piece.start)
          : line.slice(piece.start, piece.end);
    }
  }
  const found: FoundClause[] = [];
  const add = (word: string, at: number, to: number): void => {
    const lower = word.toLowerCase();
    const key = lower === 'but' ? 'and' : (lower as FoundClause['key']);
    if (found.length < MAX_CLAUSES && !found.some((other) => at < other.to && to > other.at))
      found.push({ key, at, to });
  };
  const start = begins ? START.exec(text) : null;
  if (start !== null) add(start[1] as string, 0, start[0].length);
  for (const match of text.matchAll(SHOUTED)) add(match[1] as string, match.index, match.index + match[0].length);
  if (text.includes('**') || text.includes('__')) {
    for (const match of text.matchAll(BOLD)) add(match[1] as string, match.index, match.index + match[0].length);
  }
  found.sort((a, b) => a.at - b.at);
  return found.length === 1 ? asSentence(text, found) : found;
}

/** "Given a, when b, then c" in one sentence. */
function asSentence(text: string, found: readonly FoundClause[]): readonly FoundClause[] {
  const first = found[0] as FoundClause;
  if (first.key !== 'given' && first.key !== 'when') return found;
  const all = [first];
  let from = first.to;
  for (const key of first.key === 'given' ? (['when', 'then'] as const) : (['then'] as const)) {
    const word = key === 'when' ? /[\s,;]when\s/gi : /[\s,;]then\s/gi;
    word.lastIndex = from;
    const match = word.exec(text);
    if (match === null) return found;
    from = match.index + match[0].length;
    all.push({ key, at: match.index, to: from });
  }
  return all;
}

/** `begins`: a keyword in front counts in any case. */
function addClauses(open: Open, line: Line, from: number, begins: boolean): void {
  const text = line.text.slice(from);
  const start = line.start + from;
  const found = clausesIn(text, begins);
  const end = line.start + line.text.trimEnd().length;
  const lead = found.length === 0 ? text.length : (found[0] as FoundClause).at;
  const joins = open.last !== undefined && (!line.first || line.depth > open.lastDepth);
  // What stands in front of the first keyword goes on with the clause of the line above.
  if (from === 0 && joins && text.slice(0, lead).trim() !== '') {
    join(open, open.last as ClauseKey, text.slice(0, lead), start, start + lead);
    open.end = Math.max(open.end, found.length === 0 ? end : start + lead);
  }
  found.forEach((clause, i) => {
    const next = found[i + 1]?.at ?? text.length;
    const key = clause.key === 'and' ? open.last : clause.key;
    if (key === undefined) return;
    const said = text.slice(clause.to, next);
    join(open, key, clause.key === 'and' ? `and ${said}` : said, start + clause.at, start + next);
    open.last = key;
    open.lastDepth = line.depth;
    open.end = Math.max(open.end, end);
  });
}

/** Longest clause that is put together from lines, and most clauses of one line: nobody writes more. */
const MAX_CLAUSE = 20_000;
const MAX_CLAUSES = 100;

function join(open: Open, key: ClauseKey, raw: string, start: number, end: number): void {
  const text = plainText(raw)
    .replace(/^[:\s*]+/, '')
    .replace(/[\s,;*]+$/, '');
  const before = open.clauses[key];
  if (before === undefined) open.clauses[key] = { text, start, end };
  else if (before.text.length < MAX_CLAUSE) {
    open.clauses[key] = { text: `${before.text} ${text}`.trim(), start: before.start, end: Math.max(before.end, end) };
  }
}

function readTables(outline: Outline, from: number, to: number, into: Contract[]): void {
  const id = new RegExp(String.raw`^(${ANY_ID})\s*[:.—–-]?\s*`);
  for (const table of tablesIn(outline, from, to)) {
    for (const row of table.rows) {
      const first = row.cells[0];
      const match = first === undefined ? null : id.exec(first.text.slice(0, 400));
      if (first === undefined || match === null) continue;
      const clauses: Partial<Record<ClauseKey, Said>> = {};
      for (const key of ['given', 'when', 'then', 'mechanism'] as const) {
        const cell = cellOf(table, row, key);
        if (cell !== undefined && cell.text !== '')
          clauses[key] = { text: cell.text, start: cell.start, end: cell.end };
      }
      const other = cellOf(
        table,
        row,
        'name',
        'title',
        'description',
        'behavior',
        'behaviour',
        'guarantee',
        'contract',
      );
      const name = first.text.slice(match[0].length) || (other === first ? '' : (other?.text ?? ''));
      into.push({
        id: contractId(match[1] as string),
        name,
        polarity: undefined,
        clauses,
        head: { start: first.start, end: first.end },
        start: row.start,
        end: row.end,
        bullet: '',
      });
    }
  }
}

/** The words of a contract in its usual form, for criteria. */
export function contractText({ clauses, name }: Contract): string {
  const said = (['given', 'when', 'then', 'mechanism'] as const).flatMap((key) => {
    const clause = clauses[key];
    return clause === undefined ? [] : [`${key.toUpperCase()} ${clause.text}`];
  });
  return said.length === 0 ? name : said.join('\n');
}

/** The clauses of a text that is not part of a document, such as the words of a criterion. */
export function clausesOfText(text: string): Partial<Record<ClauseKey, string>> {
  const open: Open = {
    id: '',
    name: '',
    polarity: undefined,
    clauses: {},
    head: { start: 0, end: 0 },
    end: 0,
    depth: 0,
    level: 0,
    last: undefined,
    lastDepth: 0,
    tentative: false,
  };
  let at = 0;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/^\s{0,12}[-*+]\s/, '');
    addClauses(open, { text: line, start: at, depth: 0, first: true, level: 0 }, 0, true);
    at += raw.length + 1;
  }
  const found: Partial<Record<ClauseKey, string>> = {};
  for (const [key, clause] of Object.entries(open.clauses)) found[key as ClauseKey] = clause.text;
  return found;
}
