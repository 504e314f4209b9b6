import type { Finding } from '../../../base/finding.ts';
import { readFiles } from '../../files.ts';
import type { Block } from '../../markdown/blocks.ts';
import type { Outline } from '../../markdown/outline.ts';
import { type Cell, cellOf, columnOf, type Table, type TableRow, tablesIn } from '../../markdown/tables.ts';
import { append } from '../../append.ts';
import { readVerify } from '../../commands.ts';
import { effortOf } from './effort.ts';
import { isRunnable, noValues, type Values } from './fields.ts';
import type { FieldRole } from './model.ts';
import type { Found } from './found.ts';

const COLUMNS: readonly (readonly [FieldRole, readonly string[]])[] = [
  ['files', ['files', 'file', 'scope']],
  ['changes', ['changes', 'change', 'description', 'details', 'what']],
  ['tests', ['tests', 'test', 'validation', 'verify', 'verification']],
  ['needs', ['depends on', 'dependencies', 'deps', 'needs', 'blocked by']],
  ['estimate', ['estimate', 'effort', 'hours', 'time', 'est']],
];

const TITLES = ['task', 'title', 'name', 'action', 'feature', 'work', 'item'] as const;

/** Reads tables with a column of tasks as tasks: `| # | Task | Files | Tests | Depends on |`. */
export function tableTasks(
  outline: Outline,
  places: readonly { readonly block: Block; readonly phase: number | undefined }[],
  remarks: Finding[],
): readonly Found[] {
  const { source } = outline;
  const found: Found[] = [];
  for (const { block, phase } of places) {
    for (const table of tablesIn({ source, blocks: [block] }, 0, 1)) {
      if (columnOf(table, ...TITLES) < 0) continue;
      table.rows.forEach((row, n) => {
        const title = cellOf(table, row, ...TITLES);
        if (title === undefined || title.text === '') return;
        const id = cellOf(table, row, '#', 'id', 'no', 'no.', 'nr', 'number', 'step');
        const label = /^(?:task\s+)?#?t?(\d{1,6}(?:\.\d{1,6}){0,3})(?:\s*[:.)—–-]\s*(.*))?$/i.exec(
          (id === undefined || id === title ? title : id).text.slice(0, 500),
        );
        const values = cellValues(outline, table, row, remarks);
        found.push({
          number: label?.[1],
          numberAt: undefined,
          title: id === undefined || id === title ? label?.[2]?.trim() || title.text : title.text,
          text: '',
          head: { start: row.start, end: row.end, box: row.cells.find(({ box }) => box !== undefined)?.box },
          start: row.start,
          end: row.end,
          phase,
          opens: n === 0,
          values,
          boxes: row.cells.flatMap(({ box }) => box ?? []),
          room: undefined,
        });
      });
    }
  }
  return found;
}

/** What the cells of a row say, read as the fields of a task are. */
export function cellValues(outline: Outline, table: Table, row: TableRow, remarks: Finding[]): Values {
  const { source } = outline;
  const values = noValues();
  for (const [role, names] of COLUMNS) {
    const at = columnOf(table, ...names);
    const cell = at < 0 ? undefined : row.cells[at];
    if (cell === undefined || cell.text === '') continue;
    const span = source.span(cell.start, cell.end);
    values.fields.push({ role, label: table.columns[at] as string, text: cell.text, span, end: cell.end });
    if (role === 'needs') values.needs.push({ text: cell.raw, span });
    else if (role === 'estimate')
      values.estimate = effortOf(source, withUnit(cell, table.columns[at] as string), cell.start);
    else if (role === 'files') {
      const files = readFiles(source, asAnnotation(cell));
      append(values.paths, files.paths);
      values.nonCommitting ||= files.none;
      append(remarks, files.remarks);
    } else if (role === 'tests') {
      const read = readVerify(source, asAnnotation(cell));
      for (const command of read.commands) {
        if (isRunnable(command.run)) values.verify.push(command);
        else values.criteria.push(`${command.run} passes`);
      }
      append(values.criteria, read.criteria);
    }
  }
  return values;
}

function withUnit({ raw }: Cell, column: string): string {
  return /^\s*\d+(?:\.\d+)?(?:\s*[-–]\s*\d+(?:\.\d+)?)?\s*$/.test(raw.slice(0, 40)) && /hour|\(h\)/.test(column)
    ? `${raw} h`
    : raw;
}

function asAnnotation({ raw, start }: Cell) {
  return { key: 'other', label: '', at: start, value: raw, start, following: [], section: false } as const;
}
