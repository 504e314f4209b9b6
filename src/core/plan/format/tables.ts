import type { Edit } from '../../base/finding.ts';
import { type TableRow, tablesIn } from '../markdown/tables.ts';
import { contentEnd, inLog, type Page } from './page.ts';

/**
 * One blank on both sides of a cell, bars at both ends of a row, `---` below the names, with the colons that align a column.
 * Columns are not padded: a change of one cell is a change of one line.
 */
export function tableCells({ outline }: Page): readonly Edit[] {
  const { source, blocks } = outline;
  const { text } = source;
  const edits: Edit[] = [];
  const put = (start: number, end: number, wanted: string): void => {
    if (text.slice(start, end) !== wanted) edits.push({ start, end, text: wanted });
  };
  blocks.forEach((block, i) => {
    if (block.kind === 'quote' || inLog(outline, block.start)) return;
    for (const table of tablesIn(outline, i, i + 1)) {
      const rows = [table.header, ...table.rows];
      if (!rows.every((row) => isPlain(text, row))) continue;
      const delimiter = source.lineEnd(table.header.end) + 1;
      const end = contentEnd(text, source.lineEnd(delimiter));
      const from = firstOf(text, delimiter, end);
      const marks = text.slice(from, end).replace(/^\||\|[ \t]*$/g, '');
      if (!/^[-: \t|]*$/.test(marks)) continue;
      // In a list, rows stand below its text.
      const lead = (start: number, to: number): number =>
        block.kind === 'list' ? firstOf(text, start, to) : source.lineStart(start);
      for (const row of rows) cells(text, row, lead(row.start, row.end), put);
      put(lead(from, end), end, `|${marks.split('|').map(aligned).join('|')}|`);
    }
  });
  return edits;
}

function aligned(cell: string): string {
  const marks = cell.trim();
  return `${marks.startsWith(':') ? ':' : ''}---${marks.length > 1 && marks.endsWith(':') ? ':' : ''}`;
}

/** Whether a row holds nothing but cells and bars: in a quote its mark stands in front. */
function isPlain(text: string, { start, cells: all }: TableRow): boolean {
  const first = all[0];
  return first !== undefined && /^[ \t]*\|?[ \t]*$/.test(text.slice(start, first.start));
}

function cells(
  text: string,
  row: TableRow,
  from: number,
  put: (start: number, end: number, wanted: string) => void,
): void {
  const last = row.cells.at(-1);
  if (last === undefined) return;
  let at = from;
  row.cells.forEach(({ start, end }, i) => {
    put(at, start, i === 0 ? '| ' : ' | ');
    at = end;
  });
  put(at, contentEnd(text, row.end), ' |');
}

function firstOf(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
  return at;
}
