import type { Finding } from '../base/finding.ts';
import { barrierWaves, type Barrier } from './barrier.ts';
import { taskGraph, taskWaves, topologicalOrder } from './graph.ts';
import type { Edge, Plan, PlanGate, PlanKind } from './model.ts';
import { isKept } from './terms.ts';

/** One task of a plan's graph. */
export interface GraphTaskRow {
  readonly id: string;
  readonly title: string;
  /** The unit of the document: `phase:2`, `stream:WS-3`. */
  readonly unit: string;
  readonly needs: readonly string[];
  /**
   * From 0; -1 on or behind a circle of needs. Two tasks that share a path are never in one wave. With a barrier, the plan's own
   * waves and groups where it has some.
   */
  readonly wave: number;
  readonly scope: readonly string[];
  readonly verify: readonly string[];
  /** Sentences that must be true and no command checks. */
  readonly criteria: readonly string[];
  readonly agent: string | null;
  /** Minutes. */
  readonly estimate: number | null;
  /** The kind of the sub-plan that is written first, if the unit is a brief. */
  readonly planFirst: PlanKind | null;
  /** A unit that is repeated: at most so many rounds. */
  readonly loop: { readonly rounds: number; readonly until: string; readonly abort: string } | null;
  /** What it needs of the configured classes of things: `{ simulator: 1 }`. */
  readonly resources: Readonly<Record<string, number>>;
  /** The parallel group that the plan puts it in. */
  readonly group: string | null;
}

/** A plan as the graph that a run executes; docs/formats/graph.md. */
export interface PlanGraph {
  readonly schema: 1;
  readonly kind: PlanKind;
  readonly title: string;
  readonly sha256: string;
  /** Whether a run waits for the end of a wave before it begins the next one. */
  readonly barrier: Barrier;
  readonly tasks: readonly GraphTaskRow[];
  readonly gates: readonly PlanGate[];
  readonly edges: readonly Edge[];
  /** The longest chain of work, first task first; `minutes` when every task has an estimate. */
  readonly critical: { readonly tasks: readonly string[]; readonly minutes: number | null };
  /** What is wrong with the graph itself: circles, needs that name nothing, contradictions. */
  readonly findings: readonly Finding[];
}

/** Rules whose findings are about the graph. */
const ABOUT_GRAPH = new Set(['GEN-002', 'GEN-004', 'GEN-005', 'GEN-006', 'GEN-012', 'GEN-021', 'GEN-023', 'TK-01']);

/**
 * The graph of a plan. Waves and the critical path count every edge, those of shared paths included. Under the barrier `wave`, the
 * waves are those that a run keeps to.
 */
export function planGraph(plan: Plan, barrier: Barrier = 'none'): PlanGraph {
  const tasks = plan.units.map((unit) => unit.task);
  const shared = new Map<string, string[]>();
  for (const { from, to, why } of plan.edges) {
    if (why !== 'resource') continue;
    const list = shared.get(to);
    if (list === undefined) shared.set(to, [from]);
    else list.push(from);
  }
  const joined = tasks.map(({ id, needs, estimate }) => ({
    id,
    needs: [...needs, ...(shared.get(id) ?? [])],
    estimate,
  }));
  const waves = barrier === 'wave' ? barrierWaves(tasks, (plan.terms?.gates ?? []).filter(isKept)) : taskWaves(joined);
  return {
    schema: 1,
    kind: plan.kind,
    title: plan.title,
    sha256: plan.sha256,
    barrier,
    tasks: plan.units.map(({ task, criteria }, at) => ({
      id: task.id,
      title: task.title,
      unit: task.unit,
      needs: task.needs,
      wave: waves[at] ?? -1,
      scope: task.scope,
      verify: task.verify,
      criteria,
      agent: task.agent ?? null,
      estimate: task.estimate ?? null,
      planFirst: task.planFirst ?? null,
      loop: task.loop ?? null,
      resources: task.resources ?? {},
      group: task.group ?? null,
    })),
    gates: plan.gates,
    edges: plan.edges,
    critical: criticalPath(joined),
    findings: plan.findings.filter(({ rule }) => ABOUT_GRAPH.has(rule)),
  };
}

/** Ids wave by wave; tasks on a circle are in none. */
export function wavesOf(graph: PlanGraph): readonly (readonly string[])[] {
  const waves: string[][] = [];
  for (const { id, wave } of graph.tasks) if (wave >= 0) (waves[wave] ??= []).push(id);
  return waves;
}

function criticalPath(
  tasks: readonly { readonly id: string; readonly needs: readonly string[]; readonly estimate: number | undefined }[],
): PlanGraph['critical'] {
  const graph = taskGraph(tasks);
  const estimated = tasks.length > 0 && tasks.every(({ estimate }) => estimate !== undefined);
  const weight = (at: number): number => (estimated ? (tasks[at]?.estimate ?? 0) : 1);
  const finish = tasks.map(() => 0);
  const before = tasks.map(() => -1);
  let last = -1;
  for (const at of topologicalOrder(graph)) {
    let start = 0;
    for (const need of graph.needs[at] ?? []) {
      if ((finish[need] ?? 0) <= start) continue;
      start = finish[need] ?? 0;
      before[at] = need;
    }
    finish[at] = start + weight(at);
    if (last < 0 || (finish[at] ?? 0) > (finish[last] ?? 0)) last = at;
  }
  const path: string[] = [];
  for (let at = last; at >= 0; at = before[at] ?? -1) path.push(tasks[at]?.id ?? '');
  return { tasks: path.reverse(), minutes: estimated && last >= 0 ? (finish[last] ?? 0) : null };
}
