import type { Box } from '../model.ts';
import type { Block } from './blocks.ts';
import { pieces, plainText } from './inline.ts';
import type { Source } from './source.ts';

/** One cell. `start` and `end` enclose its text without the blanks around it. */
export interface Cell {
  /** The text as a reader sees it. */
  readonly text: string;
  readonly raw: string;
  readonly start: number;
  readonly end: number;
  /** The box of a cell that holds nothing else. */
  readonly box: Box | undefined;
}

export interface TableRow {
  readonly cells: readonly Cell[];
  readonly start: number;
  readonly end: number;
}

/** A table of GitHub's Markdown: a line of column names, a line of dashes, and rows. */
export interface Table {
  /** Names of the columns: lower case, no marks, single blanks. */
  readonly columns: readonly string[];
  readonly header: TableRow;
  readonly rows: readonly TableRow[];
  readonly start: number;
  readonly end: number;
}

/** The cell of a row below the first column that has one of these names or, failing that, begins with one. */
export function cellOf(table: Table, row: TableRow, ...names: readonly string[]): Cell | undefined {
  const at = columnOf(table, ...names);
  return at < 0 ? undefined : row.cells[at];
}

/** Position of the first column that has one of these names or, failing that, begins with one; -1 without. */
export function columnOf(table: Table, ...names: readonly string[]): number {
  for (const name of names) {
    const at = table.columns.indexOf(name);
    if (at >= 0) return at;
  }
  return table.columns.findIndex((column) => names.some((name) => column.startsWith(name)));
}

/** All tables among some top-level blocks, those in lists and quotes included, in document order. */
export function tablesIn(
  { source, blocks }: { readonly source: Source; readonly blocks: readonly Block[] },
  from: number,
  to: number,
): readonly Table[] {
  let read = TABLES.get(blocks);
  if (read === undefined) TABLES.set(blocks, (read = []));
  const found: Table[] = [];
  for (let i = from; i < to; i++) {
    let here = read[i];
    if (here === undefined) {
      const { start, end } = blocks[i] as Block;
      const own: Table[] = [];
      // Most blocks hold no bar; looking into the tree of those would take longer than the search.
      if (source.shadow.slice(start, end).includes('|')) collect(source, blocks[i] as Block, own);
      read[i] = here = own.length === 0 ? NO_TABLES : own;
    }
    for (const table of here) found.push(table);
  }
  return found;
}

/** Sections lie in sections, and rules look where readers looked: the tables of each block are read once. */
const TABLES = new WeakMap<readonly Block[], (readonly Table[] | undefined)[]>();
const NO_TABLES: readonly Table[] = [];

function collect(source: Source, block: Block, found: Table[]): void {
  // The last line of dashes of a one-column table makes it an underlined heading to CommonMark.
  if (block.kind === 'paragraph' || (block.kind === 'heading' && block.setext)) readTables(source, block, found);
  else for (const child of block.children) collect(source, child, found);
}

const DELIMITER = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

function readTables(source: Source, block: Block, found: Table[]): void {
  const { shadow } = source;
  if (!shadow.slice(block.start, block.end).includes('|')) return;
  let header: { start: number; end: number } | undefined;
  let table: { header: TableRow; columns: string[]; rows: TableRow[]; start: number; end: number } | undefined;
  for (let at = block.start; at < block.end;) {
    const end = Math.min(source.lineEnd(at), block.end);
    if (table !== undefined) {
      if (shadow.slice(at, end).includes('|')) {
        table.rows.push(readRow(source, at, end));
        table.end = end;
      } else table = undefined;
    } else if (header !== undefined && isDelimiter(shadow, at, end)) {
      const row = readRow(source, header.start, header.end);
      table = {
        header: row,
        columns: row.cells.map((cell) => nameOf(cell.text)),
        rows: [],
        start: header.start,
        end,
      };
      found.push(table);
      header = undefined;
    } else header = shadow.slice(at, end).includes('|') ? { start: at, end } : undefined;
    at = end + 1;
  }
}

function isDelimiter(shadow: string, start: number, end: number): boolean {
  const line = shadow.slice(start, Math.min(end, start + 4000));
  return line.includes('|') && line.includes('-') && DELIMITER.test(line);
}

function nameOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[?:*]+$/g, '')
    .replace(/[\s_]+/g, ' ')
    .trim();
}

function readRow(source: Source, start: number, end: number): TableRow {
  const line = source.shadow.slice(start, end);
  const cuts = bars(line);
  const cells: Cell[] = [];
  let from = 0;
  let first = true;
  for (const cut of [...cuts, line.length]) {
    const outer =
      (first && line.slice(from, cut).trim() === '') || (cut === line.length && line.slice(from).trim() === '');
    if (!outer || (cut < line.length && !first)) cells.push(readCell(source, start + from, start + cut));
    first = false;
    from = cut + 1;
  }
  return { cells, start, end };
}

/** Where a bar ends a cell: not escaped. As GitHub reads it, code spans do not protect a bar; people write as if they did. */
function bars(line: string): number[] {
  const found: number[] = [];
  for (const piece of pieces(line)) {
    if (piece.code) continue;
    for (let at = line.indexOf('|', piece.start); at >= 0 && at < piece.end; at = line.indexOf('|', at + 1)) {
      if (line[at - 1] !== '\\') found.push(at);
    }
  }
  return found;
}

function readCell(source: Source, start: number, end: number): Cell {
  const { shadow } = source;
  while (start < end && isBlank(shadow, start)) start++;
  while (end > start && isBlank(shadow, end - 1)) end--;
  const raw = source.text.slice(start, end);
  const box = /^\[([ xX])\]$/.exec(raw);
  return {
    text: plainText(raw.includes('\\|') ? raw.replaceAll('\\|', '|') : raw),
    raw,
    start,
    end,
    box: box === null ? undefined : { ticked: box[1] !== ' ', mark: source.span(start + 1, start + 2) },
  };
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}
