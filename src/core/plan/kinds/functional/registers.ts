import type { Outline } from '../../markdown/outline.ts';
import { everySection, keyOfTitle, type Section } from '../../markdown/sections.ts';
import { cellOf, columnOf, tablesIn } from '../../markdown/tables.ts';
import { leadingId, type References } from './ids.ts';
import type {
  Concern,
  Contract,
  ContractRow,
  Integration,
  Named,
  Placed,
  Quality,
  Row,
  Scenario,
  SchemaChange,
} from './model.ts';
import { bulletsIn, itemsOfPart, placedCell, rowsIn, rowsOf, textOfCell } from './parts.ts';

/** Business rules: rows or list items that begin with an id. */
export function readRules(outline: Outline, section: Section | undefined): readonly Named[] {
  if (section === undefined) return [];
  const rows = rowsIn(outline, section).flatMap(({ row }): Named[] => {
    const at = row.cells.findIndex(({ text }) => leadingId(text, 'BR') !== undefined);
    const leading = leadingId(row.cells[at]?.text ?? '', 'BR');
    if (leading === undefined) return [];
    const text = [leading.rest, ...row.cells.slice(at + 1).map((cell) => cell.text)]
      .filter((one) => one !== '')
      .join(' — ');
    return [{ id: leading.id, text, start: row.start, end: row.end }];
  });
  if (rows.length > 0) return rows;
  return bulletsIn(outline, section).flatMap(({ text, start, end }): Named[] => {
    const leading = leadingId(text, 'BR');
    return leading === undefined ? [] : [{ id: leading.id, text: leading.rest, start, end }];
  });
}

/** Non-functional requirements: rows, or list items that begin with an id. */
export function readQualities(outline: Outline, section: Section | undefined): readonly Quality[] {
  if (section === undefined) return [];
  const rows = rowsIn(outline, section).flatMap((one): Quality[] => {
    const { table, row } = one;
    const named = columnOf(table, 'requirement', 'name', 'quality', 'attribute', 'category', 'nfr');
    const ids = row.cells.map(({ text }) => leadingId(text, 'NFR'));
    const at = ids.findIndex((leading) => leading !== undefined);
    const leading = ids[at];
    const title =
      row.cells[named >= 0 && (named !== at || leading?.rest !== '') ? named : at < 0 ? 0 : at + 1] ?? row.cells[0];
    if (title === undefined) return [];
    const text = leadingId(title.text, 'NFR')?.rest ?? title.text;
    const target = placedCell(cellOf(table, row, 'target', 'threshold', 'metric', 'measure', 'value'));
    return [
      {
        id: leading?.id,
        title: { text, start: title.start, end: title.end },
        target,
        row,
        start: row.start,
        end: row.end,
      },
    ];
  });
  if (rows.length > 0) return rows;
  const headed = [...everySection(section.children)].flatMap((child): Quality[] => {
    const leading = leadingId(child.title, 'NFR');
    const { start, end } = child.heading;
    return leading === undefined ? [] : [quality(leading.id, { text: leading.rest, start, end }, child.end)];
  });
  if (headed.length > 0) return headed;
  return bulletsIn(outline, section).map((bullet) => {
    const leading = leadingId(bullet.text, 'NFR');
    return quality(leading?.id, { ...bullet, text: leading?.rest ?? bullet.text }, bullet.end);
  });
}

function quality(id: string | undefined, title: Placed, end: number): Quality {
  return { id, title, target: undefined, row: undefined, start: title.start, end };
}

/** Dependencies, consumers and external calls. */
export function readIntegrations(outline: Outline, section: Section | undefined): readonly Integration[] {
  if (section === undefined) return [];
  const groups = [...everySection(section.children)].map(({ heading, key }) => ({
    start: heading.start,
    group: groupOf(key),
  }));
  let next = 0;
  let group: Integration['group'] = 'other';
  return rowsIn(outline, section).map((one) => {
    while (next < groups.length && (groups[next] as { start: number }).start < one.row.start) {
      group = (groups[next++] as { group: Integration['group'] }).group;
    }
    const { cells, start, end } = one.row;
    const text = (at: number): string => cells[at]?.text ?? '';
    return { group, system: text(0), purpose: text(1), notes: text(2), start, end };
  });
}

function groupOf(key: string): Integration['group'] {
  if (/^(?:dependenc|upstream|needs)/.test(key)) return 'dependency';
  if (/^(?:consumer|downstream|used by)/.test(key)) return 'consumer';
  return /^(?:external|outbound|calls)/.test(key) ? 'call' : 'other';
}

/** Test scenarios with the area whose heading stands above them. */
export function readScenarios(outline: Outline, section: Section | undefined): readonly Scenario[] {
  if (section === undefined) return [];
  const areas = [...everySection(section.children)];
  let next = 0;
  let area = '';
  return rowsIn(outline, section).map((one) => {
    while (next < areas.length && (areas[next] as Section).heading.start < one.row.start) {
      area = (areas[next++] as Section).title;
    }
    const { start, end, cells } = one.row;
    return {
      area,
      scenario: textOfCell(one, 'scenario', 'case', 'test') || (cells[0]?.text ?? ''),
      inputs: textOfCell(one, 'inputs', 'input', 'given'),
      expected: textOfCell(one, 'expected outcome', 'expected', 'outcome', 'result', 'then'),
      start,
      end,
    };
  });
}

/** Rows of Security Considerations. */
export function readConcerns(outline: Outline, section: Section | undefined): readonly Concern[] {
  return rowsIn(outline, section).flatMap(({ table, row }): Concern[] => {
    const applies = placedCell(cellOf(table, row, 'applies', 'applicable', 'relevant'));
    const notes = placedCell(cellOf(table, row, 'notes', 'note', 'mitigation', 'details', 'how'));
    const concern = (cellOf(table, row, 'concern', 'area', 'topic') ?? row.cells[0])?.text ?? '';
    return applies === undefined || concern === '' ? [] : [{ concern, applies, notes }];
  });
}

/** Rows of Schema Changes, and the steps of Deploy Ordering. */
export function readSchema(
  outline: Outline,
  section: Section | undefined,
): { readonly changes: readonly SchemaChange[]; readonly order: readonly Placed[] } {
  if (section === undefined) return { changes: [], order: [] };
  const changes = rowsIn(outline, section).flatMap(({ table, row }): SchemaChange[] => {
    const phase = placedCell(cellOf(table, row, 'phase', 'stage', 'type'));
    const change = placedCell(cellOf(table, row, 'change', 'migration', 'what') ?? row.cells[0]);
    if (phase === undefined || change === undefined || change.text === '') return [];
    const after = placedCell(cellOf(table, row, 'dependency', 'depends on', 'dependencies', 'after', 'when', 'notes'));
    return [{ change, phase: { ...phase, text: phase.text.toLowerCase() }, after }];
  });
  const order = [...everySection(section.children)].find(({ key }) =>
    /^(?:deploy|rollout|release|migration)/.test(key),
  );
  return { changes, order: order === undefined ? [] : itemsOfPart(outline, stretch(order)) };
}

function stretch(section: Section): { readonly from: number; readonly end: number } {
  return { from: section.heading.end, end: section.end };
}

/** One of the three contracts. */
export function readContract(
  outline: Outline,
  section: Section | undefined,
  references: References,
): Contract | undefined {
  if (section === undefined) return undefined;
  const tables = tablesIn(outline, section.from, section.to);
  const { shadow } = outline.source;
  const rows = tables.flatMap((table): ContractRow[] => {
    const fr = columnOf(table, 'fr', 'frs', 'requirement', 'requirements', 'req');
    const ac = columnOf(table, 'ac', 'acs', 'criterion', 'criteria', 'acceptance criterion', 'acceptance criteria');
    if (fr < 0 && ac < 0) return [];
    return rowsOf(table).map((one): ContractRow => {
      const { cells } = one.row;
      const named = (at: number, ...series: readonly ('FR' | 'NFR' | 'BR' | 'AC')[]) => {
        const cell = cells[at];
        return cell === undefined ? [] : references.in(shadow.slice(cell.start, cell.end), cell.start, ...series);
      };
      return {
        ...one,
        requirements: named(fr, 'FR', 'NFR', 'BR'),
        criteria: named(ac, 'AC'),
        criterionCell: placedCell(cells[ac]),
        text: textOfRow(one),
        box: cells.find(({ box }) => box !== undefined)?.box,
      };
    });
  });
  return { section, tables, rows };
}

function textOfRow(row: Row): string {
  const what = textOfCell(
    row,
    'observable behaviour',
    'observable behavior',
    'observable',
    'scenario',
    'what to check',
    'behaviour',
  );
  const result = textOfCell(row, 'expected', 'pass criteria');
  return result === '' ? what : `${what}: ${result}`;
}

/** `**Similar features exist**: …` lines of Codebase Notes. */
export function readNotes(
  outline: Outline,
  section: Section | undefined,
): readonly { readonly label: string; readonly value: Placed }[] {
  if (section === undefined) return [];
  const items = itemsOfPart(outline, stretch(section));
  const { shadow } = outline.source;
  return items.flatMap(({ start, end }) =>
    shadow
      .slice(start, end)
      .split('\n')
      .flatMap((line, i, lines) => {
        const at = start + lines.slice(0, Math.min(i, 50)).reduce((sum, one) => sum + one.length + 1, 0);
        const match =
          i < 50 ? /^[ \t]*(?:\*\*|__)([^*_\n]{1,60}?):?(?:\*\*|__):?[ \t]*(\S.*)?$/.exec(line.slice(0, 4000)) : null;
        if (match === null) return [];
        const value = (match[2] ?? '').trim();
        const from = at + line.length - (match[2] ?? '').length;
        return [
          { label: keyOfTitle(match[1] as string), value: { text: value, start: from, end: from + value.length } },
        ];
      }),
  );
}

/** The tables of API Contract: endpoints have a path, shapes have fields. */
export function readApi(
  outline: Outline,
  section: Section | undefined,
): { readonly endpoints: readonly Row[]; readonly shapes: readonly Row[] } {
  if (section === undefined) return { endpoints: [], shapes: [] };
  const tables = tablesIn(outline, section.from, section.to);
  const having = (...names: readonly string[]): readonly Row[] =>
    tables.filter((table) => names.some((name) => table.columns.includes(name))).flatMap(rowsOf);
  return { endpoints: having('path', 'endpoint', 'method', 'route'), shapes: having('field') };
}
