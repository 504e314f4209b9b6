import { labelOf } from '../../annotations.ts';
import { boxAt, type Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import { cellOf, columnOf, type Table, tablesIn } from '../../markdown/tables.ts';
import type { Box } from '../../model.ts';
import { leadingId, type References, streamId } from './ids.ts';
import type { FunctionalRequirement, Placed, Quality, Reference, Row, Stream, StreamRole } from './model.ts';
import { namedParts, placedCell, type PlacedSection, rowsOf, textOfPart } from './parts.ts';

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    agent: ['agent', 'owner', 'assigned to'],
    command: ['command', 'commands'],
    requirements: ['requirements', 'requirement', 'frs', 'covers', 'scope', 'implements'],
    needs: ['depends on', 'dependencies', 'needs', 'blocked by', 'after'],
    parallel: ['parallel with', 'parallel', 'runs with'],
    other: ['description', 'goal', 'deliverables', 'notes', 'estimate', 'blocks', 'status'],
  }).flatMap(([name, labels]) => labels.map((label) => [labelOf(label), name] as const)),
);

/** What "all requirements" in a cell stands for. */
interface Whole {
  readonly requirements: readonly FunctionalRequirement[];
  readonly qualities: readonly Quality[];
}

/** Reads the streams: the rows of the table, and the sections `### WS-1: Name`, which may say more of a row. */
export function readStreams(
  outline: Outline,
  placed: readonly PlacedSection[],
  references: References,
  whole: Whole,
): readonly Stream[] {
  const streams: Stream[] = [];
  const at = new Map<string, number>();
  const inside = new Set<Section>();
  for (const { section, part } of placed) {
    if (part !== 'streams') continue;
    inside.add(section);
    if (section.parent !== undefined && inside.has(section.parent)) continue;
    for (const table of tablesIn(outline, section.from, section.to)) {
      for (const stream of streamsOfTable(outline, table, references, whole)) {
        // A second table that only orders the streams says nothing new.
        if (at.has(stream.id) && streams[at.get(stream.id) as number]?.row?.table !== table) continue;
        if (!at.has(stream.id)) at.set(stream.id, streams.length);
        streams.push(stream);
      }
    }
  }
  for (const { section, part } of placed) {
    if (part !== 'streams' && part !== undefined) continue;
    const leading = leadingStream(section.title);
    if (leading === undefined) continue;
    const known = at.get(leading.id) ?? -1;
    const listed = streams[known];
    if (listed?.row !== undefined) {
      if (listed.section === undefined) streams[known] = { ...listed, section };
      continue;
    }
    if (part === undefined && streams.some(({ row }) => row !== undefined)) continue;
    const parts = namedParts(outline, section, NAMES);
    const value = (name: string): Placed | undefined => {
      const one = parts.get(name);
      return one === undefined ? undefined : textOfPart(outline, one);
    };
    const cells = {
      agent: value('agent'),
      command: value('command'),
      dependsOn: value('needs'),
      parallelCell: value('parallel'),
    };
    const requirementsCell = value('requirements');
    const { heading } = section;
    if (!at.has(leading.id)) at.set(leading.id, streams.length);
    streams.push({
      id: leading.id,
      written: leading.written,
      title: leading.rest || leading.written,
      role: roleOf(leading.id, cells.agent?.text, cells.command?.text, leading.rest),
      head: { start: heading.start, end: heading.end },
      box: heading.box,
      row: undefined,
      section,
      ...cells,
      requirementsCell,
      requirements: requirementsIn(outline, requirementsCell, references, whole),
      parallel: streamsIn(outline, cells.parallelCell, references),
    });
  }
  return streams;
}

/** `WS-1: Name`, `Stream 1 — Name`. */
function leadingStream(
  text: string,
): { readonly id: string; readonly written: string; readonly rest: string } | undefined {
  const match = /^((?:work[ ]?)?streams?[ ]{1,3}#?\d{1,6}[a-z]?)(?:\s*[:.)—–-]+\s*|\s*$)(.*)$/is.exec(
    text.slice(0, 2000),
  );
  const id = match === null ? undefined : streamId(match[1] as string);
  if (match !== null && id !== undefined) return { id, written: match[1] as string, rest: (match[2] as string).trim() };
  return leadingId(text, 'WS');
}

const FIELDS = ['agent', 'requirements', 'depends on', 'command', 'dependencies', 'frs', 'owner', 'parallel with'];

function streamsOfTable(outline: Outline, table: Table, references: References, whole: Whole): readonly Stream[] {
  const column = columnOf(table, 'stream', 'work stream', 'workstream', 'ws', 'id', '#');
  if (column < 0 || !FIELDS.some((name) => table.columns.includes(name))) return [];
  const rows = rowsOf(table);
  const named = columnOf(table, 'name', 'title', 'description', 'scope');
  // A row without an id is a stream all the same; it is numbered behind the others.
  let next = 0;
  for (const { row } of rows) {
    const id = leadingStream(row.cells[column]?.text ?? '')?.id ?? streamId(row.cells[column]?.text ?? '');
    next = Math.max(next, Number(/\d+/.exec(id ?? '')?.[0] ?? 0));
  }
  return rows.flatMap((one): Stream[] => {
    const cell = one.row.cells[column];
    if (cell === undefined || cell.text === '') return [];
    const text = cell.text.replace(/^\[[ xX]\]\s+/, '');
    const plainNumber = streamId(text);
    const leading =
      leadingStream(text) ??
      (plainNumber !== undefined
        ? { id: plainNumber, written: text, rest: '' }
        : { id: `WS-${(next += 1)}`, written: text, rest: text });
    return [streamOfRow(outline, one, leading, named === column ? -1 : named, references, whole)];
  });
}

function streamOfRow(
  outline: Outline,
  one: Row,
  leading: { readonly id: string; readonly written: string; readonly rest: string },
  named: number,
  references: References,
  whole: Whole,
): Stream {
  const { table, row } = one;
  const cell = (...names: readonly string[]): Placed | undefined => placedCell(cellOf(table, row, ...names));
  const title = leading.rest || row.cells[named]?.text || leading.written;
  const agent = cell('agent', 'owner');
  const command = cell('command');
  const requirementsCell = cell('requirements', 'requirement', 'frs', 'fr');
  const parallelCell = cell('parallel with', 'parallel');
  const first = row.cells[0];
  return {
    id: leading.id,
    written: leading.written,
    title,
    role: roleOf(leading.id, agent?.text, command?.text, title),
    head: { start: first?.start ?? row.start, end: row.end },
    box: boxOfRow(outline, one),
    row: one,
    section: undefined,
    agent,
    command,
    requirements: requirementsIn(outline, requirementsCell, references, whole),
    requirementsCell,
    dependsOn: cell('depends on', 'dependencies', 'depends', 'needs', 'blocked by'),
    parallel: streamsIn(outline, parallelCell, references),
    parallelCell,
  };
}

function boxOfRow(outline: Outline, { row }: Row): Box | undefined {
  for (const cell of row.cells) {
    const box = cell.box ?? (cell.raw.startsWith('[') ? boxAt(outline.source, cell.start) : undefined);
    if (box !== undefined) return box;
  }
  return undefined;
}

const ALL =
  /^(?:all|every|\*)(?:\s+(?:of\s+the\s+)?(?:functional\s+)?(n?frs?|requirements?))?(?:\s+(?:and|\+|&)\s+n?frs?)?\.?$/i;

function requirementsIn(
  outline: Outline,
  cell: Placed | undefined,
  references: References,
  { requirements, qualities }: Whole,
): readonly Reference[] {
  if (cell === undefined) return [];
  const text = cell.text.slice(0, 200);
  const all = ALL.exec(text);
  if (all === null) return references.in(outline.source.shadow.slice(cell.start, cell.end), cell.start, 'FR', 'NFR');
  const place = { facet: undefined, start: cell.start, end: cell.end };
  const only = all[1]?.toUpperCase() ?? '';
  const frs = only.startsWith('NFR') ? [] : requirements.map(({ id, written }) => ({ id, written, ...place }));
  const nfrs = /nfr/i.test(text)
    ? qualities.flatMap(({ id }) => (id === undefined ? [] : [{ id, written: id, ...place }]))
    : [];
  return [...frs, ...nfrs];
}

function streamsIn(outline: Outline, cell: Placed | undefined, references: References): readonly Reference[] {
  if (cell === undefined) return [];
  return references.in(outline.source.shadow.slice(cell.start, cell.end), cell.start, 'WS');
}

/** What a stream is about, by its agent and command first, its name second. */
export function roleOf(id: string, agent = '', command = '', title = ''): StreamRole {
  const who = `${agent.slice(0, 200)} ${command.slice(0, 200)}`.toLowerCase();
  const name = title.slice(0, 300).toLowerCase();
  if (id === 'WS-0' || /^(?:local )?dev(?:elopment)? env|environment setup/.test(name)) return 'environment';
  if (/database|\bdba\b|\/schema|schema-/.test(who)) return 'schema';
  if (/api-design|\/api\b|contract-design/.test(who)) return 'contract';
  if (/front-?end|\bui-|-ui\b|mobile-engineer/.test(who)) return 'frontend';
  if (/observab|telemetry|\bsre\b/.test(who)) return 'observability';
  if (/test|review|doc|design|writer|qa\b|security/.test(agent.toLowerCase())) return 'other';
  if (/front-?end|\bui\b|web client|browser/.test(name)) return 'frontend';
  if (/software-engineer|back-?end|engineer|developer|\/implement/.test(who)) return 'backend';
  if (/\bapi contract\b|interface contract/.test(name)) return 'contract';
  if (/\bschema\b|\bmigrations?\b|data layer/.test(name)) return 'schema';
  if (/observab|telemetry|metrics|logging/.test(name)) return 'observability';
  return /back-?end|service|logic|\bapi\b/.test(name) ? 'backend' : 'other';
}
