import type { Edit } from '../../base/finding.ts';
import type { DraftUnit } from '../draft.ts';
import { codeSpan, inertLine, oneLine } from '../kinds/task-inert.ts';
import { applyEdits } from '../markdown/edits.ts';
import { everySection } from '../markdown/sections.ts';
import { type Cell, columnOf, type Table, type TableRow, tablesIn } from '../markdown/tables.ts';
import type { Document } from './document.ts';
import { renumbered, spelled } from './edits.ts';
import type { NewUnit } from './new-unit.ts';

/*
 * Units that are rows of a table: what edits.ts does to sections, done to cells. As there, each is a text to be read again, and none has to
 * be right.
 */

/** Where a unit is a row. */
interface Place {
  readonly table: Table;
  readonly row: TableRow;
}

/** What a column of the table says of a unit; columns that say the same of all kinds of things are `other`. */
type Role = 'id' | 'title' | 'needs' | 'files' | 'verify' | 'wave' | 'number' | 'status' | 'words' | 'who' | 'other';

const NAMES: readonly (readonly [Role, RegExp])[] = [
  ['needs', /^(?:depend|deps\b|needs\b|blocked by|after\b|prerequisite)/],
  ['wave', /^wave\b/],
  ['status', /^(?:status|state|done)\b/],
  ['who', /^(?:agent|owner|assigned|command|parallel|estimate|effort|hours|time|est\b|loc\b)/],
  ['files', /^(?:files?|scope|primary files)\b/],
  ['verify', /^(?:tests?|validation|verify|verification)\b/],
  ['words', /^(?:description|changes?|details|what|notes|goal|deliverables?|summary)\b/],
];

/** The table and the row that a unit is; `undefined`: it is written in another form. */
export function rowOf({ draft: { outline } }: Document, unit: DraftUnit): Place | undefined {
  const at = outline.blocks.findIndex(({ start, end }) => start <= unit.heading.start && unit.heading.start < end);
  if (at < 0) return undefined;
  for (const table of tablesIn(outline, at, at + 1))
    for (const row of table.rows)
      if (row.start <= unit.heading.start && unit.heading.start < row.end) return { table, row };
  return undefined;
}

/** What each column says of the unit in this row. */
function rolesOf(unit: DraftUnit, { table, row }: Place): readonly Role[] {
  const { cells } = row;
  const holding = (spans: readonly { readonly span: { readonly start: number } }[]): number =>
    cells.findIndex(({ start, end }) => spans.some(({ span }) => start <= span.start && span.start < end));
  const number = /(\d+)[a-z]?$/i.exec(unit.id)?.[1];
  const named = cells.findIndex(({ raw }) => raw.toLowerCase().includes(unit.id.toLowerCase()));
  const numbered = cells.findIndex(({ text }) => Number(/^\D{0,20}?0*(\d+)\b/.exec(text)?.[1]) === Number(number));
  const id = named >= 0 ? named : numbered;
  const exact = cells.findIndex(({ text }, i) => i !== id && oneLine(text) === oneLine(unit.title));
  const known: readonly (readonly [Role, number])[] = [
    ['id', id],
    ['title', exact >= 0 ? exact : id],
    ['needs', holding(unit.needs)],
    ['files', holding(unit.paths)],
    ['verify', holding(unit.verify)],
  ];
  return table.columns.map((name, i) => {
    const [role] = known.find(([, at]) => at === i) ?? [];
    if (role !== undefined) return role;
    if (/^(?:#|no\.?|nr|number|step|order)$/.test(name) && /^\d+$/.test(cells[i]?.text ?? '')) return 'number';
    const [named = 'other'] = NAMES.find(([, pattern]) => pattern.test(name)) ?? [];
    // What stands once in a row stands in the column in which it was read.
    return known.some(([one, at]) => one === named && at >= 0) ? 'other' : named;
  });
}

/** Whether a table has a column for what is to be said of a unit beyond its title. */
export function hasWords({ columns }: Table): boolean {
  return columns.some((name) => NAMES.find(([, pattern]) => pattern.test(name))?.[0] === 'words');
}

function cellText(text: string): string {
  return text.replace(/(?<!\\)\|/g, '\\|');
}

/** The line of a row with other cells, by column; boxes are open. */
function lineWith({ text }: Document, row: TableRow, values: ReadonlyMap<number, string>): string {
  const start = text.lastIndexOf('\n', row.start - 1) + 1;
  const next = text.indexOf('\n', row.start);
  const line = text.slice(start, next < 0 ? text.length : next);
  const edits: Edit[] = [];
  row.cells.forEach((cell, i) => {
    const value = (values.get(i) ?? cell.raw).replace(/^\[[xX]\]/, '[ ]');
    if (value !== cell.raw) edits.push({ start: cell.start - start, end: cell.end - start, text: padded(cell, value) });
  });
  return applyEdits(line, edits).text;
}

/** An empty cell has no blanks of its own around its text. */
function padded({ start, end }: Cell, value: string): string {
  return start === end ? ` ${value} ` : value;
}

/** The cell of an id, or of an id and a title, for another unit; `undefined`: what stands there cannot be counted on. */
function headCell(
  cell: Cell,
  unit: DraftUnit,
  to: { readonly id: string; readonly title: string },
): string | undefined {
  const at = cell.raw.lastIndexOf(unit.title);
  const both = at > 0 && cell.raw.slice(0, at).trim() !== '' && unit.title !== unit.id;
  if (!both) return to.id === unit.id ? cell.raw : renumbered(cell.raw, unit.id, to.id);
  const lead = to.id === unit.id ? cell.raw.slice(0, at) : renumbered(cell.raw.slice(0, at), unit.id, to.id);
  return lead === undefined
    ? undefined
    : lead + cellText(inertLine(oneLine(to.title))) + cell.raw.slice(at + unit.title.length);
}

/** Cells with another id and title in the row of a unit. */
function heads(
  unit: DraftUnit,
  { row }: Place,
  roles: readonly Role[],
  to: { readonly id: string; readonly title: string },
): Map<number, string> | undefined {
  const values = new Map<number, string>();
  for (const [i, cell] of row.cells.entries()) {
    if (roles[i] === 'id') {
      const value = headCell(cell, unit, to);
      if (value === undefined) return undefined;
      values.set(i, value);
    } else if (roles[i] === 'title') values.set(i, cellText(inertLine(oneLine(to.title))));
  }
  return values;
}

/** Texts in which a row has another title. */
export function* withRowTitle(document: Document, unit: DraftUnit, title: string): Generator<string> {
  const place = rowOf(document, unit);
  if (place === undefined) return;
  const values = heads(unit, place, rolesOf(unit, place), { id: unit.id, title });
  for (const [i, value] of values ?? []) {
    const { start, end } = place.row.cells[i] as Cell;
    yield applyEdits(document.text, [{ start, end, text: value }]).text;
  }
}

function behindRow({ text }: Document, { row }: Place, line: string): string {
  const end = text.indexOf('\n', row.end);
  const at = end < 0 ? text.length : end;
  return applyEdits(text, [{ start: at, end: at, text: `\n${line}` }]).text;
}

/** How the table says that there is nothing. */
function nothing({ table }: Place, column: number): readonly string[] {
  const said = table.rows.map(({ cells }) => cells[column]?.raw.trim() ?? '');
  const words = said.filter((raw) => /^(?:—|–|--?|none|n\/a)$/i.test(raw));
  return [...new Set([...words.slice(0, 1), '—', 'None'])];
}

/** The next number of a column that counts its rows. */
function nextIn({ table }: Place, column: number): string {
  return String(Math.max(0, ...table.rows.map(({ cells }) => Number(cells[column]?.text) || 0)) + 1);
}

/** The wave behind those of some tasks. */
function waveBehind({ tasks }: Document, needs: readonly string[]): string {
  return String(1 + Math.max(0, ...tasks.filter(({ id }) => needs.includes(id)).map(({ wave }) => wave ?? 0)));
}

/** Texts with a row for a new unit behind another one. */
export function* withNewRow(document: Document, behind: DraftUnit, unit: NewUnit): Generator<string> {
  const place = rowOf(document, behind);
  if (place === undefined) return;
  const roles = rolesOf(behind, place);
  const values = heads(behind, place, roles, unit);
  if (values === undefined) return;
  let words = unit.text === '';
  place.row.cells.forEach(({ box }, i) => {
    if (values.has(i)) return;
    const [none = '—'] = nothing(place, i);
    const role = roles[i];
    if (box !== undefined) values.set(i, '[ ]');
    else if (role === 'number') values.set(i, nextIn(place, i));
    else if (role === 'wave') values.set(i, waveBehind(document, unit.needs));
    else if (role === 'status') values.set(i, openIn(place, i) ?? none);
    else if (role === 'files') values.set(i, cellText(unit.scope.map(codeSpan).join(', ')) || none);
    else if (role === 'verify') values.set(i, cellText(unit.verify.map(codeSpan).join(', ')) || none);
    else if (role === 'words' && !words) {
      values.set(i, cellText(inertLine(unit.text)));
      words = true;
    } else values.set(i, none);
  });
  const needs = roles.indexOf('needs');
  for (const value of needs < 0
    ? ['']
    : unit.needs.length > 0
      ? spelled(document, unit.needs)
      : nothing(place, needs)) {
    if (needs >= 0) values.set(needs, value);
    const text = behindRow(document, place, lineWith(document, place.row, values));
    if (words) yield text;
    else if (document.draft.kind === 'functional') yield withSectionOfRow(document, text, place, unit);
  }
}

/** What is to be said of a stream beyond its row, in a section of its own behind the table. */
function withSectionOfRow({ text: before }: Document, text: string, { table }: Place, unit: NewUnit): string {
  const line = text.indexOf('\n', table.end + text.length - before.length);
  const at = line < 0 ? text.length : line + 1;
  const lead = `${text.slice(0, at).endsWith('\n') ? '' : '\n'}\n`;
  return applyEdits(text, [
    { start: at, end: at, text: `${lead}### ${unit.id}: ${inertLine(unit.title)}\n\n${unit.text.trim()}\n` },
  ]).text;
}

/** How rows of which nothing is done yet say so. */
function openIn({ table }: Place, column: number): string | undefined {
  return table.rows
    .map(({ cells }) => cells[column]?.raw ?? '')
    .find((raw) => /^\W*(?:open|to ?do|pending|planned|not started)\b/i.test(raw));
}

/** Texts with a row that says what the row of another unit says, under an id and a title of its own, behind a third one. */
export function* withCopiedRow(
  document: Document,
  whole: DraftUnit,
  behind: DraftUnit,
  to: { readonly id: string; readonly title: string },
): Generator<string> {
  const [place, after] = [rowOf(document, whole), rowOf(document, behind)];
  if (place === undefined || after === undefined) return;
  const roles = rolesOf(whole, place);
  const values = heads(whole, place, roles, to);
  if (values === undefined) return;
  roles.forEach((role, i) => {
    if (role === 'number') values.set(i, nextIn(place, i));
    else if (role === 'status') values.set(i, openIn(place, i) ?? (place.row.cells[i] as Cell).raw);
  });
  yield behindRow(document, after, lineWith(document, place.row, values));
}

/** Texts in which a row says of which part of its requirements it is, so that no two rows carry the same. */
export function* withPart(document: Document, unit: DraftUnit, part: string): Generator<string> {
  const place = rowOf(document, unit);
  if (place === undefined) return;
  const words = oneLine(part.replace(/[()[\]|`*_<>]/g, ' '))
    .slice(0, 80)
    .trim();
  const at = columnOf(place.table, 'requirements', 'requirement', 'frs');
  const cell = at < 0 ? undefined : place.row.cells[at];
  if (cell !== undefined && words !== '' && !/\d\s*(?:[–—]|-\s|\.\.|to\b|through\b)/i.test(cell.raw)) {
    const text = cell.raw.replace(
      /(\bN?FR[-_ ]?\d+(?:\.\d+)*[a-z]?)(?![\w.])(?:[ \t]*\(([^()]*)\))?/gi,
      (_, id: string, facet: string | undefined) =>
        `${id} (${facet === undefined ? words : `${facet.trim()}, ${words}`})`,
    );
    if (text !== cell.raw) yield applyEdits(document.text, [{ start: cell.start, end: cell.end, text }]).text;
  }
  // Its title says it, too.
  yield document.text;
}

/** Texts in which the row of a unit says what another row says as well; that is read in the text as it was. */
export function mergedRow(
  document: Document,
  into: DraftUnit,
  from: DraftUnit,
): ReadonlyMap<number, string> | undefined {
  const [place, other] = [rowOf(document, into), rowOf(document, from)];
  if (place === undefined || other === undefined || place.table.columns.join('|') !== other.table.columns.join('|'))
    return undefined;
  const roles = rolesOf(into, place);
  const values = new Map<number, string>();
  roles.forEach((role, i) => {
    if (['id', 'title', 'needs', 'number', 'wave', 'status', 'who'].includes(role)) return;
    const [one, more] = [place.row.cells[i]?.raw ?? '', other.row.cells[i]?.raw ?? ''];
    const empty = (raw: string): boolean => /^(?:—|–|--?|none|n\/a)?$/i.test(raw.trim());
    if (empty(more) || one.trim() === more.trim() || place.row.cells[i]?.box !== undefined) return;
    if (empty(one)) values.set(i, more);
    else {
      const parts = [...one.split(/,\s*/), ...more.split(/,\s*/)];
      const list = parts.every((each) => /^(?:`[^`]*`|[\w-]*\d[\w.]*(?:\s*\([^()]*\))?)$/.test(each.trim()));
      values.set(i, list ? [...new Set(parts.map((each) => each.trim()))].join(', ') : `${one}; ${more}`);
    }
  });
  return values;
}

/** The text with some cells of a unit's row otherwise. */
export function* withCells(
  document: Document,
  unit: DraftUnit,
  values: ReadonlyMap<number, string>,
): Generator<string> {
  const place = rowOf(document, unit);
  if (place === undefined) return;
  const edits = [...values].flatMap(([i, value]): Edit[] => {
    const cell = place.row.cells[i];
    return cell === undefined ? [] : [{ start: cell.start, end: cell.end, text: padded(cell, value) }];
  });
  yield applyEdits(document.text, edits).text;
}

/** Texts in which the cells of a row say something of one role otherwise: files, commands. */
export function* withRowList(
  document: Document,
  unit: DraftUnit,
  role: 'needs' | 'files' | 'verify',
  entries: readonly string[],
): Generator<string> {
  const place = rowOf(document, unit);
  if (place === undefined) return;
  const at = rolesOf(unit, place).indexOf(role);
  if (at < 0) return;
  const values =
    entries.length === 0
      ? nothing(place, at)
      : role === 'needs'
        ? spelled(document, entries)
        : [', ', '; ', '<br>', ' and '].map((between) => cellText(entries.map(codeSpan).join(between)));
  for (const value of values) yield* withCells(document, unit, new Map([[at, value]]));
}

/** The text without the row of a unit, and without the sections that say more of it. */
export function* withoutRow(document: Document, unit: DraftUnit): Generator<string> {
  const place = rowOf(document, unit);
  if (place === undefined) return;
  const { text } = document;
  const start = text.lastIndexOf('\n', place.row.start - 1) + 1;
  const next = text.indexOf('\n', place.row.end);
  const row: Edit = { start, end: next < 0 ? text.length : next + 1, text: '' };
  const quoted = new Set(unit.quotes?.map((one) => one.start));
  const own = [...everySection(document.draft.sections)].filter(
    ({ title, heading }) => quoted.has(heading.start) && isAboutUnit(title, unit.id),
  );
  const sections = own.map(({ heading, end }): Edit => ({ start: heading.start, end, text: '' }));
  if (sections.length > 0)
    yield applyEdits(
      text,
      [row, ...sections].toSorted((a, b) => a.start - b.start),
    ).text;
  yield applyEdits(text, [row]).text;
}

function isAboutUnit(title: string, id: string): boolean {
  return title.toLowerCase().startsWith(id.toLowerCase()) && /^(?:\s*[:.)—–]|\s+-|\s*$)/.test(title.slice(id.length));
}
