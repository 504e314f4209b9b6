import type { Finding } from '../base/finding.ts';
import type { Draft, DraftNeeds, DraftUnit, RuleEdge } from './draft.ts';
import { finding } from './draft.ts';
import type { Edge, PlanGate, PlanTask, PlanUnit } from './model.ts';
import { routeOf } from './route.ts';
import { sharedPaths } from './shared-paths.ts';
import { type Ids, idsOf, readNeeds } from './needs.ts';
import { normaliseScope } from './scope.ts';
import { append } from './append.ts';
import { commandToRun } from './commands.ts';
import { resourcesOf } from './resources.ts';
import { runsAtOnce, waveNeeds, wavesOf } from './waves.ts';

/** A draft with its needs resolved: what the graph rules look at, and what the plan is made of. */
export interface Compiled {
  readonly tasks: readonly PlanTask[];
  /** Every edge, needs and shared paths, in the order of the tasks that wait. */
  readonly edges: readonly Edge[];
  readonly gates: readonly PlanGate[];
  /** True when the document says itself what needs what. */
  readonly declared: boolean;
  readonly findings: readonly Finding[];
}

/** Turns a draft into tasks: resolves needs, adds the edges of its kind, normalises scopes. */
export function compile(draft: Draft): Compiled {
  const { units } = draft;
  const findings: Finding[] = [];
  const declared = units.some((unit) => unit.needs.length > 0);
  const texts = declared ? declaredNeeds(draft, findings) : units.map(() => []);
  const rules = ruleNeeds(draft, declared);
  const edges: Edge[] = [];
  const waves = runsAtOnce(units) ? wavesOf(units) : undefined;
  const tasks = units.map((unit, i): PlanTask => {
    const to = unit.id;
    const reasons = new Map<number, Omit<Edge, 'from' | 'to'>>();
    for (const at of texts[i] as readonly number[]) reasons.set(at, { why: 'declared', origin: 'text' });
    for (const { from, why } of rules[i] as readonly RuleEdge[]) {
      if (!reasons.has(from)) reasons.set(from, { why, origin: 'rule' });
    }
    const needs = [...reasons.keys()].sort((a, b) => a - b);
    for (const at of needs) {
      edges.push({ from: (units[at] as DraftUnit).id, to, ...(reasons.get(at) as Omit<Edge, 'from' | 'to'>) });
    }
    const route = routeOf(draft.outline.source.shadow.slice(unit.start, unit.end));
    const resources = resourcesOf(draft.outline.source, unit);
    return {
      id: unit.id,
      title: unit.title,
      unit: unit.unit,
      needs: needs.map((at) => (units[at] as DraftUnit).id),
      scope: scopeOf(unit, findings),
      verify: unit.verify.map(commandToRun),
      nonCommitting: unit.nonCommitting,
      agent: unit.agent,
      estimate: unit.estimate,
      ...(route === undefined ? {} : { route }),
      ...(unit.planFirst === undefined ? {} : { planFirst: unit.planFirst }),
      ...(unit.loop === undefined ? {} : { loop: unit.loop }),
      ...(resources === undefined ? {} : { resources }),
      ...(unit.group === undefined ? {} : { group: unit.group }),
      ...(waves === undefined ? {} : { wave: waves[i] as number }),
    };
  });
  append(edges, sharedPaths(tasks));
  const name = (at: number): string => (units[at] as DraftUnit).id;
  const gates = draft.gates.map(({ id, kind, title, after, before, criteria, onFail }) => ({
    id,
    kind,
    title,
    criteria,
    onFail,
    after: after.map(name),
    before: before.map(name),
  }));
  return { tasks, edges, gates, declared, findings };
}

/** Joins the compiled tasks with their text and boxes. */
export function unitsOf(draft: Draft, tasks: readonly PlanTask[]): readonly PlanUnit[] {
  const { source } = draft.outline;
  return draft.units.map((unit, i) => ({
    task: tasks[i] as PlanTask,
    text: (unit.quotes ?? [unit]).map(({ start, end }) => source.text.slice(start, end)).join('\n'),
    span: source.span(unit.start, unit.end),
    boxes: unit.boxes,
    criteria: unit.criteria,
  }));
}

/** The edges that no text declares, by the position of the task that waits. */
function ruleNeeds(draft: Draft, declared: boolean): readonly (readonly RuleEdge[])[] {
  const needs: RuleEdge[][] = draft.units.map(() => []);
  for (const edge of draft.edges) if (edge.from !== edge.to) needs[edge.to]?.push(edge);
  const ordered =
    draft.order === 'chain'
      ? draft.units.map((_, i) => (i === 0 ? [] : [i - 1]))
      : draft.order === 'document'
        ? documentNeeds(draft.units, declared)
        : [];
  ordered.forEach((list, to) => {
    for (const from of list) (needs[to] as RuleEdge[]).push({ from, to, why: 'order' });
  });
  return needs;
}

/** Needs of all tasks together. Thousands of tasks that each need "all above" would fill the memory. */
const MAX_NEEDS = 1_000_000;

function declaredNeeds({ units, ids: grammar }: Draft, findings: Finding[]): readonly (readonly number[])[] {
  const ids: Ids = idsOf(units, grammar);
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

/** Where every unit is in a wave, units that declare nothing wait for the wave before theirs; else the document's order counts. */
function documentNeeds(units: readonly DraftUnit[], declared: boolean): readonly (readonly number[])[] {
  const waves = wavesOf(units);
  if (waves === undefined) return declared ? [] : orderNeeds(units);
  if (!declared && !runsAtOnce(units)) return orderNeeds(units);
  const needs = waveNeeds(waves);
  return declared ? needs.map((list, i) => ((units[i] as DraftUnit).needs.length > 0 ? [] : list)) : needs;
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
