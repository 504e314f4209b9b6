import type { Finding } from '../../../base/finding.ts';
import { append } from '../../append.ts';
import type { DraftNeeds, DraftUnit, RuleEdge } from '../../draft.ts';
import type { DraftCommand } from '../../draft-parts.ts';
import type { IdGrammar } from '../../id-grammar.ts';
import { readFiles } from '../../files.ts';
import { boxesOf, type Outline } from '../../markdown/outline.ts';
import { everySection, type Section, sectionNamed } from '../../markdown/sections.ts';
import { type Cell, columnOf, type Table, type TableRow, tablesIn } from '../../markdown/tables.ts';
import type { Criterion } from '../../model.ts';
import { idsOf, type Ids, readNeeds } from '../../needs.ts';
import { statusOfWords } from '../../read.ts';
import { readConformance } from './conformance.ts';
import { minutesOf, noValues, readFields, restOf, type Values } from './fields.ts';
import type { Conformance, SpecTask } from './model.ts';
import type { ReadUnits } from './found.ts';
import { hasFields, ITEMS, listsUnits, TABLES } from './signs.ts';
import { cellValues } from './task-table.ts';
import { cellId, titledRow, waveIds } from './wave-ids.ts';
import { executionOrder } from './execution-order.ts';

/** A plan of rows with waves as read: units, and what its tables say of them. */
export interface ReadWaves extends ReadUnits {
  readonly grammar: IdGrammar;
  readonly edges: readonly RuleEdge[];
  readonly order: 'none' | 'document';
  readonly conformance: readonly Conformance[];
  /** Checks of the plan as a whole. */
  readonly verify: readonly DraftCommand[];
  readonly criteria: readonly Criterion[];
}

const SECTION =
  /^(?:(?:the )?(?:issues|issue list|issue breakdown|issue table|issues table|beads|tracker issues|work items|proposed work items))$/;

/** One unit as found in a table, under a heading of its own, or both. */
interface Row {
  readonly written: string;
  readonly title: string;
  readonly table: { readonly of: Table; readonly row: TableRow } | undefined;
  section: Section | undefined;
}

/** Reads an `## Issues` table or the headings below it; `undefined` when the document has neither. */
export function readWaves(outline: Outline, sections: readonly Section[], remarks: Finding[]): ReadWaves | undefined {
  const section = sectionNamed(sections, SECTION);
  return section === undefined ? undefined : readRows(outline, sections, section, remarks);
}

/**
 * Reads the items of a section such as `## Features` as rows; unless `always`, only when half of them state needs, files or
 * criteria.
 */
export function readItems(
  outline: Outline,
  sections: readonly Section[],
  always: boolean,
  remarks: Finding[],
): ReadWaves | undefined {
  for (const section of everySection(sections)) {
    if (!ITEMS.test(section.key)) continue;
    const units = section.children.filter(({ heading }) => titledRow(heading.title) !== undefined);
    const stated = units.filter(({ heading }) => hasFields(outline, heading)).length;
    if (units.length > 1 && (always || stated * 2 >= units.length))
      return readRows(outline, sections, section, remarks);
  }
  return undefined;
}

/** Reads the table of a section such as `## Tasks` that says what each unit depends on. */
export function readTable(outline: Outline, sections: readonly Section[], remarks: Finding[]): ReadWaves | undefined {
  for (const section of everySection(sections)) {
    if (!TABLES.test(section.heading.title.slice(0, 120).trim())) continue;
    const end = outline.headings[section.heading.index + 1]?.block ?? outline.blocks.length;
    if (tablesIn(outline, section.heading.block + 1, end).some(listsUnits))
      return readRows(outline, sections, section, remarks);
  }
  return undefined;
}

function readRows(
  outline: Outline,
  sections: readonly Section[],
  section: Section,
  remarks: Finding[],
): ReadWaves | undefined {
  const rows = rowsOf(outline, section);
  if (rows.length === 0) return undefined;
  const features = rows.every((row) => row.section !== undefined && /^feature\s/i.test(row.section.heading.title));
  const { ids, grammar } = waveIds(
    rows.map(({ written }) => written),
    features ? 'F' : 'I',
  );
  const read = rows.map((row, i) => readRow(outline, row, ids[i] as string, remarks));
  const known = idsOf(
    read.map(({ unit }) => unit),
    grammar,
  );
  const resolve = (text: string): readonly number[] => resolveIds(text, known);
  addMatrix(outline, sections, resolve, read, remarks);
  const order = executionOrder(outline, sections, resolve);
  const checks = readConformance(outline, sections, resolve, rows.length);
  const units = read.map(({ unit, task }, i): DraftUnit => {
    const wave = unit.declaredWave ?? order.get(i)?.wave;
    const own = checks.byUnit.get(i);
    return {
      ...unit,
      ...(wave === undefined ? {} : { declaredWave: wave, wave: `Wave ${wave}` }),
      quotes: [...(unit.quotes ?? [{ start: unit.start, end: unit.end }]), ...(own?.quotes ?? [])],
      verify: [...unit.verify, ...(own?.verify ?? [])],
      criteria: [...unit.criteria, ...(own?.criteria ?? [])],
      estimate: minutesOf(task.estimate),
    };
  });
  const tasks = read.map(({ task }, i): SpecTask => {
    const stated = order.get(i);
    return { ...task, waveSpan: task.waveSpan ?? stated?.span, orderWave: stated?.wave };
  });
  const edges = units.some(({ needs }) => needs.length > 0) ? [] : waveEdges(units);
  return {
    units,
    tasks,
    phases: [],
    section,
    grammar,
    edges,
    order: units.some(({ declaredWave }) => declaredWave !== undefined) ? 'none' : 'document',
    conformance: checks.rows,
    verify: checks.verify,
    criteria: checks.criteria,
  };
}

function rowsOf(outline: Outline, section: Section): readonly Row[] {
  const rows: Row[] = [];
  const byId = new Map<string, Row>();
  for (const table of tablesIn(outline, section.from, section.to)) {
    const idAt = idColumn(table);
    const titleAt = columnOf(table, 'title', 'task', 'name', 'summary', 'description', 'issue', 'what');
    if (idAt < 0 || titleAt < 0 || idAt === titleAt) continue;
    for (const row of table.rows) {
      const written = cellId(row.cells[idAt]?.text ?? '');
      const title = row.cells[titleAt]?.text ?? '';
      if (written === undefined) continue;
      const found: Row = { written, title, table: { of: table, row }, section: undefined };
      rows.push(found);
      if (!byId.has(written.toLowerCase())) byId.set(written.toLowerCase(), found);
    }
  }
  for (const one of everySection(section.children)) {
    const head = titledRow(one.heading.title);
    if (head === undefined) continue;
    const known = byId.get(head.id.toLowerCase());
    if (known?.table !== undefined && known.section === undefined) known.section = one;
    // Headings inside one of a unit are its parts: `#### 1. First step`.
    else if (!inside(one, section, byId))
      rows.push({ written: head.id, title: head.title, table: undefined, section: one });
  }
  return rows;
}

/** The column of ids: one that is named so, rather than a column that counts the rows. */
function idColumn(table: Table): number {
  const named = columnOf(table, 'id', 'issue id', 'task id', 'ticket', 'story');
  const first = named < 0 ? undefined : table.rows[0]?.cells[named]?.text;
  if (first !== undefined && cellId(first) !== undefined) return named;
  return columnOf(table, 'id', 'issue id', '#', 'key', 'bead', 'issue', 'no', 'no.');
}

/** Whether a section stands inside one that is a unit itself. */
function inside(one: Section, limit: Section, byId: ReadonlyMap<string, Row>): boolean {
  for (let up = one.parent; up !== undefined && up !== limit; up = up.parent) {
    const head = titledRow(up.heading.title);
    if (head !== undefined && (byId.size === 0 || byId.has(head.id.toLowerCase()) || up.parent === limit)) return true;
  }
  return false;
}

function readRow(
  outline: Outline,
  row: Row,
  id: string,
  remarks: Finding[],
): { readonly unit: DraftUnit; readonly task: SpecTask } {
  const { source } = outline;
  const { table, section } = row;
  const cells = table === undefined ? noValues() : cellValues(outline, table.of, table.row, remarks);
  const below =
    section === undefined ? noValues() : readFields(outline, outline.blocks.slice(section.from, section.to), remarks);
  const values = merged(cells, below);
  const cell = (...names: string[]): Cell | undefined => {
    const at = table === undefined ? -1 : columnOf(table.of, ...names);
    return at < 0 ? undefined : table?.row.cells[at];
  };
  const wave = cell('wave');
  const waveNumber = /^(?:wave\s+)?#?(\d{1,6})\b/i.exec(wave?.text ?? '')?.[1];
  const accept = cell('acceptance', 'acceptance criteria', 'done when');
  if (accept !== undefined && accept.text !== '') values.criteria.push(accept.text);
  const status = cell('status', 'state');
  const start = table?.row.start ?? section?.heading.start ?? 0;
  const end = table?.row.end ?? section?.end ?? start;
  const head = section === undefined || table !== undefined ? undefined : section.heading;
  return {
    unit: {
      id,
      unit: `issue:${id.replace(/^[IF](?=\d+$)/, '')}`,
      title: row.title === '' ? id : row.title,
      heading: head ?? { start, end, box: table?.row.cells.find(({ box }) => box !== undefined)?.box },
      start,
      end,
      quotes: [
        ...(table === undefined ? [] : [table.of.header, table.row]),
        ...(section === undefined ? [] : [{ start: section.heading.start, end: section.end }]),
      ].map((one) => ({ start: one.start, end: one.end })),
      wave: undefined,
      ...(waveNumber === undefined ? {} : { declaredWave: Number(waveNumber) }),
      needs: values.needs,
      group: undefined,
      paths: values.paths,
      verify: values.verify,
      criteria: values.criteria,
      nonCommitting: values.nonCommitting,
      agent: values.agent,
      estimate: minutesOf(values.estimate),
      boxes: [
        ...(table === undefined ? [] : table.row.cells.flatMap(({ box }) => box ?? [])),
        ...(section?.heading.box === undefined ? [] : [section.heading.box]),
        ...(section === undefined ? [] : boxesOf(outline, section.from, section.to)),
      ],
      phase: undefined,
      ...restOf(values),
    },
    task: {
      number: row.written,
      numberSpan: undefined,
      phase: undefined,
      fields: values.fields,
      text: cell('description', 'details', 'notes')?.text ?? '',
      estimate: values.estimate,
      status:
        status === undefined || status.text === ''
          ? undefined
          : { value: statusOfWords(status.raw), text: status.text, span: source.span(status.start, status.end) },
      priority: cell('priority')?.text,
      waveSpan: wave === undefined || waveNumber === undefined ? undefined : source.span(wave.start, wave.end),
      orderWave: undefined,
      room: undefined,
    },
  };
}

/** What a row and a section say of one unit; needs that both state are taken from the row. */
function merged(row: Values, section: Values): Values {
  const needs: DraftNeeds[] = row.needs.length > 0 ? row.needs : section.needs;
  return {
    fields: [...row.fields, ...section.fields],
    paths: [...row.paths, ...section.paths],
    verify: [...row.verify, ...section.verify],
    criteria: [...row.criteria, ...section.criteria],
    needs: [...needs],
    estimate: row.estimate ?? section.estimate,
    agent: row.agent ?? section.agent,
    nonCommitting: row.nonCommitting || section.nonCommitting,
    criterionIds: [...row.criterionIds, ...section.criterionIds],
    requirementIds: [...row.requirementIds, ...section.requirementIds],
    planFirst: row.planFirst ?? section.planFirst,
  };
}

/** Positions of the units that a text names: `12-3jc.2 through 12-3jc.13 (all of them)`, `All issues`. */
function resolveIds(text: string, known: Ids): readonly number[] {
  const count = known.units.length;
  if (/^\W*(?:all|every|each)\b(?!\s+(?:above|before|other))/i.test(text.slice(0, 40))) {
    return Array.from({ length: count }, (_, i) => i);
  }
  return readNeeds({ text, span: EMPTY }, count - 1, known).needs;
}

const EMPTY = { start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };

/** Adds what a matrix of units and files says that they write. */
function addMatrix(
  outline: Outline,
  sections: readonly Section[],
  resolve: (text: string) => readonly number[],
  read: { unit: DraftUnit; readonly task: SpecTask }[],
  remarks: Finding[],
): void {
  const section = sectionNamed(
    sections,
    /^file(?:s)? (?:dependency|conflict|access|ownership|change|impact)? ?matrix$|^file (?:ownership|map|mapping)$/,
  );
  if (section === undefined) return;
  for (const table of tablesIn(outline, section.from, section.to)) {
    const at = columnOf(table, 'task', 'issue', 'id', 'bead');
    const fileAt = columnOf(table, 'file', 'files', 'path', 'paths');
    const accessAt = columnOf(table, 'access', 'mode', 'operation');
    if (at < 0 || fileAt < 0) continue;
    for (const row of table.rows) {
      const cell = row.cells[fileAt];
      if (cell === undefined || /^(?:read|r|ro|reads)\b/i.test(row.cells[accessAt]?.text ?? '')) continue;
      const files = readFiles(outline.source, {
        key: 'files',
        label: 'files',
        at: cell.start,
        value: cell.raw,
        start: cell.start,
        following: [],
        section: false,
      });
      append(remarks, files.remarks);
      for (const i of resolve(row.cells[at]?.text ?? '')) {
        const one = read[i];
        if (one !== undefined) one.unit = { ...one.unit, paths: [...one.unit.paths, ...files.paths] };
      }
    }
  }
}

/** Where two waves multiply to more edges than this, the first unit of the later one stands for the rest of it. */
const MAX_EDGES = 100_000;

/** Without stated needs, every wave waits for the one before it. */
function waveEdges(units: readonly DraftUnit[]): readonly RuleEdge[] {
  const waves = new Map<number, number[]>();
  units.forEach(({ declaredWave }, i) => {
    if (declaredWave === undefined) return;
    const members = waves.get(declaredWave);
    if (members === undefined) waves.set(declaredWave, [i]);
    else members.push(i);
  });
  const sorted = [...waves].sort(([a], [b]) => a - b).map(([, members]) => members);
  const edges: RuleEdge[] = [];
  sorted.slice(1).forEach((members, n) => append(edges, betweenAll(sorted[n] as number[], members)));
  return edges;
}

/** Edges by which all of `after` wait for all of `before`: each for each, or through the first of them where that is too many. */
export function betweenAll(before: readonly number[], after: readonly number[]): readonly RuleEdge[] {
  const edges: RuleEdge[] = [];
  const [first, ...rest] = after;
  if (first === undefined || before.length === 0) return edges;
  const each = before.length * after.length <= MAX_EDGES;
  for (const from of before) {
    for (const to of each ? after : [first]) edges.push({ from, to, why: 'order' });
  }
  if (!each) for (const to of rest) edges.push({ from: first, to, why: 'order' });
  return edges;
}
