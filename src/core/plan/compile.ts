import type { Finding } from '../base/finding.ts';
import type { Draft, DraftNeeds, DraftUnit } from './draft.ts';
import { finding } from './draft.ts';
import type { PlanTask, PlanUnit } from './model.ts';
import { type Ids, idsOf, readNeeds } from './needs.ts';
import { normaliseScope } from './scope.ts';
import { append } from './append.ts';

/** A draft with its needs resolved: what the graph rules look at, and what the plan is made of. */
export interface Compiled {
  readonly tasks: readonly PlanTask[];
  /** True when the document says itself what needs what. */
  readonly declared: boolean;
  readonly findings: readonly Finding[];
}

/** Turns a draft into tasks: resolves needs, adds the edges of document order, normalises scopes. */
export function compile(draft: Draft): Compiled {
  const findings: Finding[] = [];
  const declared = draft.units.some((unit) => unit.needs.length > 0);
  const needs =
    draft.kind === 'phased'
      ? draft.units.map((_, i) => (i === 0 ? [] : [i - 1]))
      : declared
        ? declaredNeeds(draft.units, findings)
        : orderNeeds(draft.units);
  const tasks = draft.units.map((unit, i): PlanTask => ({
    id: unit.id,
    title: unit.title,
    unit: unit.unit,
    needs: (needs[i] as readonly number[]).map((at) => (draft.units[at] as DraftUnit).id),
    scope: scopeOf(unit, findings),
    verify: unit.verify.map((command) => command.run),
    nonCommitting: unit.nonCommitting,
    agent: unit.agent,
    estimate: unit.estimate,
  }));
  return { tasks, declared, findings };
}

/** Joins the compiled tasks with their text and boxes. */
export function unitsOf(draft: Draft, tasks: readonly PlanTask[]): readonly PlanUnit[] {
  const { source } = draft.outline;
  return draft.units.map((unit, i) => ({
    task: tasks[i] as PlanTask,
    text: source.text.slice(unit.start, unit.end),
    span: source.span(unit.start, unit.end),
    boxes: unit.boxes,
    criteria: unit.criteria,
  }));
}

/** Needs of all tasks together. Thousands of tasks that each need "all above" would fill the memory. */
const MAX_NEEDS = 1_000_000;

function declaredNeeds(units: readonly DraftUnit[], findings: Finding[]): readonly (readonly number[])[] {
  const ids: Ids = idsOf(units);
  let total = 0;
  return units.map((unit, i) => {
    const found = new Set<number>();
    if (total > MAX_NEEDS) return [];
    for (const declared of unit.needs) {
      const read = readNeeds(declared, i, ids);
      append(findings, read.findings);
      for (const need of read.needs) found.add(need);
    }
    total += found.size;
    if (total > MAX_NEEDS) {
      const span = (unit.needs[0] as DraftNeeds).span;
      const message = `Up to ${unit.id}, the tasks of this plan have more than ${MAX_NEEDS} needs.`;
      findings.push(
        finding('GEN-021', 'error', span, message, 'Needs reach through: name only the last tasks before this one.'),
      );
    }
    return [...found].sort((a, b) => a - b);
  });
}

/**
 * Without declared needs, the document's order is the order: neighbours of one parallel group are a stage, any other
 * task is a stage of its own, and each stage needs the whole stage before it.
 */
function orderNeeds(units: readonly DraftUnit[]): readonly (readonly number[])[] {
  let before: readonly number[] = [];
  let stage: number[] = [];
  let group: string | undefined;
  return units.map((unit, i) => {
    if (unit.group === undefined || unit.group !== group) {
      before = stage;
      stage = [];
    }
    group = unit.group;
    stage.push(i);
    return before;
  });
}

function scopeOf(unit: DraftUnit, findings: Finding[]): readonly string[] {
  const scope = new Set<string>();
  for (const { text, span } of unit.paths) {
    const normal = normaliseScope(text);
    if (normal.ok) scope.add(normal.value);
    else {
      const message = `The path ${JSON.stringify(text.slice(0, 80))} of ${unit.id} ${normal.error}.`;
      const hint = 'Name files, directories ("src/db/") or globs ("src/**/*.ts") inside the repository.';
      findings.push(finding('TK-01', 'error', span, message, hint));
    }
  }
  return [...scope];
}
