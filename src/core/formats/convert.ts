import { err, ok, type Result } from '../base/result.ts';
import { renderAs } from '../plan/kinds/templates.ts';
import type { PlanKind, UnknownPlan } from '../plan/model.ts';
import { readDraft } from '../plan/parse.ts';
import type { Portable, PortableUnit } from '../plan/portable.ts';
import { portableOf } from './plan-text.ts';

/** Something of a plan that its new form does not say. */
export interface Loss {
  /** The unit it belongs to, by its id in the old document; `undefined`: the plan as a whole. */
  readonly unit: string | undefined;
  /** `needs`, `scope`, `verify`, `criteria`, `section` … */
  readonly what: string;
  /** What it was and what became of it, in one sentence. */
  readonly message: string;
  /** Where the old document says it; from 1. */
  readonly line: number;
}

export interface Converted {
  readonly from: PlanKind;
  readonly to: PlanKind;
  readonly text: string;
  /** New ids by old ones, where they differ. */
  readonly ids: Readonly<Record<string, string>>;
  readonly losses: readonly Loss[];
}

/**
 * Writes a plan as one of another kind, through its units, needs and criteria. What could not be carried is found by
 * reading the result back and comparing, so nothing is lost in silence.
 */
export function convertPlan(text: string, to: PlanKind, from?: PlanKind): Result<Converted, UnknownPlan> {
  const read = readDraft(text, from);
  if (!read.ok) return read;
  const { draft } = read.value;
  const bare = portableOf(text, draft.kind);
  if (bare === undefined) return err({ near: [], findings: [] });
  const { source } = draft.outline;
  const before: Portable = {
    ...bare,
    units: bare.units.map((unit, i) => {
      const quotes = draft.units[i]?.quotes;
      return quotes === undefined || quotes.length === 0
        ? unit
        : { ...unit, body: quotes.map(({ start, end }) => source.text.slice(start, end).trim()).join('\n\n') };
    }),
  };
  const rendered = renderAs(to, before);
  const after = portableOf(rendered, to);
  const lineOf = (at: number): number => source.span(at, at).line;
  const losses: Loss[] = [];
  const ids: Record<string, string> = {};
  if (after === undefined || after.units.length !== before.units.length) {
    const message = `the new plan has ${after?.units.length ?? 0} units, the old one ${before.units.length}`;
    losses.push({ unit: undefined, what: 'units', message, line: 1 });
  }
  const byPlace = after?.units ?? [];
  before.units.forEach((unit, i) => {
    const other = byPlace[i];
    if (other === undefined || other.id === unit.id) return;
    ids[unit.id] = other.id;
  });
  const renamed = (id: string): string => ids[id] ?? id;
  before.units.forEach((unit, i) => {
    const other = byPlace[i];
    const line = lineOf(draft.units[i]?.start ?? 0);
    if (other !== undefined) losses.push(...unitLosses(unit, other, renamed).map((loss) => ({ ...loss, line })));
  });
  losses.push(
    ...seriesLosses('requirement', before.requirements, after?.requirements ?? [], draft.requirements, lineOf),
  );
  losses.push(...seriesLosses('criterion', before.criteria, after?.criteria ?? [], draft.criteria, lineOf));
  const commands = before.verify.filter((run) => after?.verify.includes(run) !== true);
  for (const run of commands) {
    losses.push({
      unit: undefined,
      what: 'verify',
      message: `the command \`${run}\` that proves the whole is not in it`,
      line: 1,
    });
  }
  // Sections whose text is nowhere in the new document, not even as part of a unit or of the context.
  const flat = squeeze(rendered);
  for (const section of draft.sections.flatMap((one) => (one.heading.level === 1 ? one.children : [one]))) {
    const body = squeeze(source.text.slice(section.heading.end, section.end));
    if (body.length < 3 || flat.includes(body)) continue;
    if (draft.units.some(({ start, end }) => start < section.end && end > section.heading.start)) continue;
    const message = `the section "${section.title}" has no place in a plan of kind ${to} as it stands`;
    losses.push({ unit: undefined, what: 'section', message, line: lineOf(section.heading.start) });
  }
  return ok({ from: draft.kind, to, text: rendered, ids, losses });
}

type UnitLoss = Omit<Loss, 'line'>;

function unitLosses(unit: PortableUnit, other: PortableUnit, renamed: (id: string) => string): readonly UnitLoss[] {
  const losses: UnitLoss[] = [];
  const lose = (what: string, message: string): void => void losses.push({ unit: unit.id, what, message });
  if (squeeze(unit.title) !== squeeze(other.title)) lose('title', `is called "${other.title}" now`);
  const needs = unit.needs.map(renamed);
  const fewer = needs.filter((need) => !other.needs.includes(need));
  const more = other.needs.filter((need) => !needs.includes(need));
  if (fewer.length > 0) lose('needs', `no longer needs ${fewer.join(', ')} by itself`);
  if (more.length > 0) lose('needs', `also needs ${more.join(', ')} now, by the order of its kind`);
  compare('scope', 'may no longer change', unit.scope, other.scope);
  compare('verify', 'is no longer verified by', unit.verify, other.verify);
  compare('criteria', 'no longer says', unit.criteria.map(squeeze), other.criteria.map(squeeze));
  if (unit.agent !== undefined && unit.agent !== other.agent)
    lose('agent', `no longer asks for the agent ${unit.agent}`);
  if (unit.estimate !== undefined && unit.estimate !== other.estimate)
    lose('estimate', `its estimate of ${unit.estimate} min is gone`);
  if (unit.done && !other.done) lose('done', 'was ticked, and is not now');
  return losses;

  function compare(what: string, words: string, old: readonly string[], now: readonly string[]): void {
    const gone = old.filter((one) => !now.includes(one));
    if (gone.length > 0)
      lose(
        what,
        `${words} ${gone
          .slice(0, 5)
          .map((one) => `\`${one}\``)
          .join(', ')}${gone.length > 5 ? ', …' : ''}`,
      );
  }
}

function seriesLosses(
  what: string,
  before: readonly { readonly id: string; readonly title: string }[],
  after: readonly { readonly id: string }[],
  placed: readonly { readonly id: string; readonly span: { readonly start: number } }[],
  lineOf: (at: number) => number,
): readonly Loss[] {
  const there = new Set(after.map(({ id }) => id));
  return before.flatMap(({ id, title }, i) =>
    there.has(id)
      ? []
      : [
          {
            unit: undefined,
            what,
            message: `the ${what} ${id} ${title}`.trim() + ' is not one of it',
            line: lineOf(placed[i]?.span.start ?? 0),
          },
        ],
  );
}

/** Text by its words: marks, blanks and line ends do not matter. */
function squeeze(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}
