import type { DraftGate, DraftUnit, RuleEdge } from '../../draft.ts';
import type { Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import type { MacroIds } from './ids.ts';
import type { Freeze, MacroRisk } from './model.ts';
import { column, ownTables } from './parts.ts';

/** From this many pull requests of rework on, a decision must be validated before anything builds on it. */
export const MANDATORY = 3;

export interface Gates {
  readonly gates: readonly DraftGate[];
  readonly edges: readonly RuleEdge[];
}

/** The stops that a plan states: validations of costly risks, freezes of interfaces, tables of gates and checkpoints. */
export function gatesOf(
  outline: Outline,
  all: readonly Section[],
  risks: readonly MacroRisk[],
  freezes: readonly Freeze[],
  units: readonly DraftUnit[],
  ids: MacroIds,
): Gates {
  const gates: DraftGate[] = [];
  const edges: RuleEdge[] = [];
  const at = new Map<string, number>();
  units.forEach(({ id }, i) => {
    if (!at.has(id)) at.set(id, i);
  });
  const places = (names: readonly string[]): number[] =>
    [...new Set(names)].flatMap((id) => at.get(id) ?? []).sort((a, b) => a - b);
  const join = (after: readonly number[], before: readonly number[], why: RuleEdge['why']): void => {
    for (const from of after)
      for (const to of before) if (from !== to && edges.length < 10_000) edges.push({ from, to, why });
  };
  risks.forEach((risk, i) => {
    if (risk.cost === undefined || risk.cost < MANDATORY) return;
    const after = places(risk.after);
    const before = places(risk.before);
    const criteria = risk.success === undefined ? [] : [risk.success];
    gates.push({
      id: `V${i + 1}`,
      kind: 'validation',
      title: risk.title,
      after,
      before,
      criteria,
      onFail: risk.abort,
      span: risk.span,
    });
    join(after, before, 'gate');
  });
  freezes.forEach((freeze, i) => {
    const after = places(freeze.after);
    if (after.length === 0) return;
    const before = places(freeze.before).filter((place) => !after.includes(place));
    gates.push({
      id: `F${i + 1}`,
      kind: 'freeze',
      title: freeze.name,
      after,
      before,
      criteria: [],
      onFail: undefined,
      span: freeze.span,
    });
    join(after, before, 'freeze');
  });
  const tables = ownTables(outline, 0, outline.blocks.length).filter(({ columns }) =>
    /^(?:gate|checkpoint|milestone)s?$/.test(columns[0] ?? ''),
  );
  let number = 0;
  for (const table of tables) {
    const done = column(
      table,
      /^(?:completed?|after|requires|needs|merged|prs? (?:completed?|merged)|depends on|when|prerequisites?|follows)\b/,
    );
    const opens = column(table, /^(?:unlocked|unlocks|before|enables|blocks|opens|next)\b/);
    const criteria = column(
      table,
      /\bcriteri(?:a|on)\b|^(?:validates?|validation|checks?|verif|what|condition|success)/,
    );
    const fails = column(table, /^(?:on failure|if (?:it )?fails|abort|fallback)\b/);
    if (done < 0 && opens < 0) continue;
    for (const { cells, start, end } of table.rows) {
      const title = cells[0]?.text ?? '';
      const after = places(ids.namedIn(cells[done]?.text ?? ''));
      const before = places(ids.namedIn(cells[opens]?.text ?? '')).filter((place) => !after.includes(place));
      const kind =
        /^checkpoint|^milestone/.test(table.columns[0] ?? '') || inCheckpoints(all, start)
          ? 'checkpoint'
          : 'validation';
      const want = cells[criteria]?.text ?? '';
      number++;
      gates.push({
        id: `G${number}`,
        kind,
        title,
        after,
        before,
        criteria: want === '' ? [] : [want],
        onFail: cells[fails]?.text || undefined,
        span: outline.source.span(start, end),
      });
      join(after, before, 'gate');
    }
  }
  return { gates, edges };
}

function inCheckpoints(all: readonly Section[], at: number): boolean {
  return all.some(({ key, heading, end }) => heading.start < at && at < end && /\bcheckpoints?\b/.test(key));
}
