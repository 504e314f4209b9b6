import { err, ok, type Result } from '../base/result.ts';
import type { Draft, DraftUnit } from '../plan/draft.ts';
import { fixText } from '../plan/fix.ts';
import { formatText } from '../plan/format/format.ts';
import { renderAs } from '../plan/kinds/templates.ts';
import { lintDraft } from '../plan/lint.ts';
import { type Cell, tablesIn } from '../plan/markdown/tables.ts';
import type { PlanKind, UnknownPlan } from '../plan/model.ts';
import { readDraft } from '../plan/parse.ts';
import type { Portable, PortableUnit } from '../plan/portable.ts';
import { fitting } from './fitting.ts';
import { CARRIED, type Loss, lossesOf, matched, squeeze } from './losses.ts';
import { portableOf } from './plan-text.ts';

export type { Loss } from './losses.ts';

export interface Converted {
  readonly from: PlanKind;
  readonly to: PlanKind;
  readonly text: string;
  /** New ids by old ones, where they differ. */
  readonly ids: Readonly<Record<string, string>>;
  readonly losses: readonly Loss[];
}

/**
 * Writes a plan as one of another kind, through its units, needs and criteria. What the new kind wants and the old document
 * does not say stands as `[placeholder]`. What could not be carried is found by reading the result back and comparing, so
 * nothing is lost in silence.
 */
export function convertPlan(text: string, to: PlanKind, from?: PlanKind): Result<Converted, UnknownPlan> {
  const read = readDraft(text, from);
  if (!read.ok) return read;
  const { draft } = read.value;
  const bare = portableOf(text, from);
  if (bare === undefined) return err({ near: [], findings: [] });
  const rows = rowsOf(draft);
  const before = { ...bare, units: bare.units.map((unit, i) => withQuotes(unit, draft.units[i], draft, rows)) };
  const rendered = finished(renderAs(to, fitting(before, to)), to);
  const after = portableOf(rendered, to);
  const pairs = matched(before.units, after?.units ?? []);
  const ids: Record<string, string> = {};
  before.units.forEach(({ id }, i) => {
    const other = pairs[i];
    if (other !== undefined && other.id !== id) ids[id] = other.id;
  });
  const losses = lossesOf(draft, before, after, pairs, rendered, to);
  return ok({ from: draft.kind, to, text: rendered, ids, losses });
}

/** What the rows of tables say, by where they stand; of the line of names, nothing. */
function rowsOf({ outline }: Draft): ReadonlyMap<number, readonly { readonly name: string; readonly cell: Cell }[]> {
  const rows = new Map<number, readonly { readonly name: string; readonly cell: Cell }[]>();
  for (const table of tablesIn(outline, 0, outline.blocks.length)) {
    rows.set(table.header.start, []);
    for (const { start, cells } of table.rows) {
      rows.set(
        start,
        cells.map((cell, i) => ({ name: table.header.cells[i]?.text ?? '', cell })),
      );
    }
  }
  return rows;
}

/** A unit that stands in a table or in several places says what these say, beside what is a field of it anyway. */
function withQuotes(unit: PortableUnit, placed: DraftUnit | undefined, draft: Draft, rows: Rows): PortableUnit {
  const quotes = placed?.quotes ?? [];
  if (quotes.length === 0) return unit;
  const { text } = draft.outline.source;
  const known = squeeze([unit.id, unit.title, ...unit.scope, ...unit.verify, ...unit.criteria].join(' '));
  const parts = quotes.flatMap(({ start, end }) => {
    const row = rows.get(start);
    if (row === undefined) return text.slice(start, end).trim() || [];
    const words = row.flatMap(({ name, cell }) => {
      const said = squeeze(cell.text);
      return said === '' || CARRIED.test(name) || known.includes(said) ? [] : [`- ${name}: ${cell.raw}`];
    });
    return words.length === 0 ? [] : [words.join('\n')];
  });
  return { ...unit, body: parts.join('\n\n') };
}

type Rows = ReturnType<typeof rowsOf>;

/** A rendered plan with a stub for whatever its kind wants and it does not say, in canonical form. */
function finished(rendered: string, kind: PlanKind): string {
  const lint = (skip: ReadonlySet<string>) => (text: string) => {
    const read = readDraft(text, kind);
    if (!read.ok) return [];
    const found = lintDraft(read.value.draft, read.value.compiled, { most: Infinity });
    return found.filter(({ rule, fix }) => fix?.kind === 'stub' && !skip.has(rule));
  };
  const plain = portableOf(rendered, kind);
  const all = fixText(rendered, lint(new Set())).text;
  let stubbed = all;
  if (!saysTheSame(plain, portableOf(all, kind))) {
    // One of the stubs is read as more than a placeholder: without those of its rule.
    stubbed = rendered;
    const rules = new Set(lint(new Set())(rendered).map(({ rule }) => rule));
    for (const rule of rules) {
      const skip = new Set([...rules].filter((other) => other !== rule));
      const next = fixText(stubbed, lint(skip)).text;
      if (saysTheSame(plain, portableOf(next, kind))) stubbed = next;
    }
  }
  const formatted = formatText(stubbed, kind);
  return formatted.ok ? formatted.value.text : stubbed;
}

/** Whether a plan still says all that it said; a stub may add criteria, which are placeholders. */
function saysTheSame(a: Portable | undefined, b: Portable | undefined): boolean {
  const units = (plan: Portable | undefined): string =>
    JSON.stringify([plan?.units.map((unit) => ({ ...unit, body: '' })), plan?.verify]);
  const ids = new Set([...(b?.requirements ?? []), ...(b?.criteria ?? [])].map(({ id }) => id));
  return units(a) === units(b) && [...(a?.requirements ?? []), ...(a?.criteria ?? [])].every(({ id }) => ids.has(id));
}
