import { labelOf } from '../../annotations.ts';
import type { Outline } from '../../markdown/outline.ts';
import { cellOf, columnOf, tablesIn } from '../../markdown/tables.ts';
import { leadingId, type References } from './ids.ts';
import type { ErrorCase, FunctionalRequirement, Placed } from './model.ts';
import {
  bulletsIn,
  itemsOfPart,
  namedParts,
  type NamedPart,
  placedCell,
  type PlacedSection,
  rowsOf,
  textOfPart,
} from './parts.ts';

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    hint: ['agent hint', 'agent', 'agent hints', 'hint'],
    description: ['description', 'summary', 'what', 'statement'],
    inputs: ['inputs', 'input', 'input fields', 'fields'],
    behaviour: ['behaviour', 'behavior', 'behaviours', 'flow'],
    success: ['success criteria', 'success', 'success criterion'],
    errors: ['error cases', 'errors', 'error handling', 'error case', 'failure cases'],
    priority: ['priority', 'notes', 'note', 'outputs', 'output', 'rationale', 'acceptance criteria', 'dependencies'],
  }).flatMap(([name, labels]) => labels.map((label) => [labelOf(label), name] as const)),
);

/** Reads the functional requirements: sections or, where a document has none, list items and table rows. */
export function readRequirements(
  outline: Outline,
  placed: readonly PlacedSection[],
  references: References,
): readonly FunctionalRequirement[] {
  const found: FunctionalRequirement[] = [];
  for (const { section, part } of placed) {
    if (part !== 'requirements' && part !== undefined) continue;
    const leading = leadingId(section.title, 'FR');
    if (leading === undefined) continue;
    const { heading } = section;
    // A requirement inside a requirement (`#### FR-3a`) is one of its own.
    const inner = section.children.find((child) => leadingId(child.title, 'FR') !== undefined);
    const criterion = section.children.find((child) => leadingId(child.title, 'AC') !== undefined);
    const body = {
      from: section.from,
      to: inner?.heading.block ?? section.to,
      end: inner?.heading.start ?? section.end,
    };
    const parts = namedParts(outline, body, NAMES);
    const tables = tablesIn(outline, body.from, body.to);
    const tableIn = (one: NamedPart | undefined) =>
      one === undefined ? undefined : tables.find(({ start }) => start >= one.from && start < one.end);
    const list = (name: string): readonly Placed[] | undefined => {
      const one = parts.get(name);
      if (one === undefined) return undefined;
      const table = tableIn(one);
      return table === undefined ? itemsOfPart(outline, one) : rowsOf(table).flatMap(({ row }) => rowText(row.cells));
    };
    const text = (name: string): Placed | undefined => {
      const one = parts.get(name);
      return one === undefined ? undefined : textOfPart(outline, one);
    };
    found.push({
      id: leading.id,
      written: leading.written,
      title: leading.rest,
      head: { start: heading.start, end: heading.end },
      start: heading.start,
      end: section.end,
      ownEnd: Math.min(body.end, criterion?.heading.start ?? body.end),
      hint: text('hint'),
      description: text('description'),
      inputs: list('inputs'),
      behaviour: list('behaviour'),
      success: list('success'),
      errors: parts.has('errors') ? errorCases(outline, parts.get('errors') as NamedPart, tables) : undefined,
      rules: references.in(outline.source.shadow.slice(heading.end, body.end), heading.end, 'BR'),
      full: true,
    });
  }
  return found.length > 0 ? found : briefRequirements(outline, placed, references);
}

function rowText(
  cells: readonly { readonly text: string; readonly start: number; readonly end: number }[],
): readonly Placed[] {
  const [first] = cells;
  const last = cells.at(-1);
  if (first === undefined || last === undefined) return [];
  return [{ text: cells.map((cell) => cell.text).join(' — '), start: first.start, end: last.end }];
}

function errorCases(outline: Outline, part: NamedPart, tables: ReturnType<typeof tablesIn>): readonly ErrorCase[] {
  const table = tables.find(({ start }) => start >= part.from && start < part.end);
  if (table !== undefined) {
    const when = Math.max(0, columnOf(table, 'condition', 'case', 'when', 'error', 'situation'));
    return rowsOf(table).flatMap(({ row }) => {
      const then = cellOf(
        table,
        row,
        'expected behaviour',
        'expected behavior',
        'expected',
        'behaviour',
        'response',
        'then',
      );
      const condition = placedCell(row.cells[when]);
      return condition === undefined || condition.text === ''
        ? []
        : [{ condition, expected: placedCell(then ?? row.cells[when + 1]) ?? { ...condition, text: '' } }];
    });
  }
  return itemsOfPart(outline, part).map((item) => {
    const cut = /\s*(?:→|->|=>|—|: )\s*/.exec(item.text.slice(0, 2000));
    const then = cut === null ? '' : item.text.slice(cut.index + cut[0].length);
    return {
      condition: { ...item, text: cut === null ? item.text : item.text.slice(0, cut.index) },
      expected: { ...item, text: then },
    };
  });
}

function briefRequirements(
  outline: Outline,
  placed: readonly PlacedSection[],
  references: References,
): readonly FunctionalRequirement[] {
  const found: FunctionalRequirement[] = [];
  const add = (text: string, start: number, end: number, words?: string): void => {
    const leading = leadingId(text, 'FR');
    if (leading === undefined) return;
    const title = words ?? leading.rest;
    found.push({
      id: leading.id,
      written: leading.written,
      title,
      head: { start, end },
      start,
      end,
      ownEnd: end,
      hint: undefined,
      description: { text: title, start, end },
      inputs: undefined,
      behaviour: undefined,
      success: undefined,
      errors: undefined,
      rules: references.in(outline.source.shadow.slice(start, end), start, 'BR'),
      full: false,
    });
  };
  for (const { section, part } of placed) {
    if (part !== 'requirements') continue;
    const own = { from: section.from, to: section.ownTo };
    for (const bullet of bulletsIn(outline, own)) add(bullet.text, bullet.start, bullet.end);
    for (const table of tablesIn(outline, own.from, own.to)) {
      for (const { row } of rowsOf(table)) {
        const at = row.cells.findIndex(({ text }) => leadingId(text, 'FR') !== undefined);
        const cell = row.cells[at];
        if (cell === undefined || at > 1) continue;
        const rest = leadingId(cell.text, 'FR')?.rest ?? '';
        add(cell.text, row.start, row.end, rest === '' ? row.cells[at + 1]?.text : undefined);
      }
    }
  }
  return found;
}
