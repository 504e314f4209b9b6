import type { FailureClass } from '../agents/failure.ts';
import { rankTasks } from '../plan/graph.ts';
import { scopesOverlap } from '../plan/scope.ts';
import type { PlanTask } from '../plan/model.ts';
import { agentFor, parkedLane } from './lanes.ts';
import { taskUsedUp } from './spending.ts';
import { lastAttempt, plansFirst, type RunState, type Schedule, type TaskState } from './state.ts';

/** Builds the schedule of a plan none of whose tasks has started. Linear in tasks and needs. */
export function newSchedule(tasks: readonly PlanTask[]): Schedule {
  const index: Record<string, number> = {};
  tasks.forEach((task, at) => {
    index[task.id] = at;
  });
  const dependents: number[][] = tasks.map(() => []);
  const unmet = tasks.map((task, at) => {
    const needs = new Set(task.needs);
    for (const need of needs) dependents[index[need] as number]?.push(at);
    return needs.size;
  });
  const rank = [...rankTasks(tasks)];
  const ready = tasks.map((_, at) => at).filter((at) => unmet[at] === 0);
  ready.sort((a, b) => (rank[a] as number) - (rank[b] as number));
  return { index, rank, dependents, unmet, ready, active: [], untidy: [], planned: [], merged: 0, failed: 0 };
}

/**
 * Adds the tasks of an approved sub-plan, whose states are in `state.tasks` already from position `from` on. All tasks are
 * ranked anew: a parent stands for the last of its children. Children without needs are ready at once, for the parent's
 * own needs were merged before it was planned.
 */
export function extendSchedule(state: RunState, from: number): void {
  const { schedule, tasks } = state;
  const children = new Map<string, string[]>();
  tasks.forEach(({ task, parent }, at) => {
    if (at >= from) {
      schedule.index[task.id] = at;
      schedule.dependents.push([]);
    }
    if (parent === undefined) return;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [task.id]);
    else siblings.push(task.id);
  });
  for (let at = from; at < tasks.length; at++) {
    const needs = new Set((tasks[at] as TaskState).task.needs);
    for (const need of needs) schedule.dependents[schedule.index[need] as number]?.push(at);
    schedule.unmet.push(needs.size);
    if (needs.size === 0) schedule.ready.push(at);
  }
  const ranks = rankTasks(
    tasks.map(({ task }) => ({ ...task, needs: [...task.needs, ...(children.get(task.id) ?? [])] })),
  );
  ranks.forEach((rank, at) => {
    schedule.rank[at] = rank;
  });
  schedule.ready.sort((a, b) => (schedule.rank[a] as number) - (schedule.rank[b] as number));
}

/** Puts a task among the ready ones at its place. */
export function makeReady(schedule: Schedule, at: number): void {
  const place = placeOf(schedule, at);
  if (schedule.ready[place] !== at) schedule.ready.splice(place, 0, at);
}

/** Takes a task out of the ready ones. */
export function dropReady(schedule: Schedule, at: number): void {
  const place = placeOf(schedule, at);
  if (schedule.ready[place] === at) schedule.ready.splice(place, 1);
}

/** Where a task stands or would stand among the ready ones. */
function placeOf({ ready, rank }: Schedule, at: number): number {
  let low = 0;
  let high = ready.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rank[ready[middle] as number] as number) < (rank[at] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function drop(list: number[], at: number): void {
  const found = list.indexOf(at);
  if (found >= 0) list.splice(found, 1);
}

/** Why a ready task may not start now, given what is active and what is about to start. */
export type Obstacle =
  | { readonly kind: 'no-free-agent'; readonly limit: number; readonly agent?: string }
  | { readonly kind: 'scope-in-use'; readonly by: string }
  | { readonly kind: 'budget'; readonly words: string }
  | {
      readonly kind: 'lane-parked';
      readonly agent: string;
      readonly failure: FailureClass;
      readonly until: number | null;
    };

/**
 * Which ready tasks may start now, best first: no more agents than allowed, and never two tasks at once whose declared
 * scopes could touch the same path. A scope stays in use until its task is merged or its attempt has ended. Tasks in
 * `beginning` were chosen before and are about to be recorded as started: they keep their place. `reserved` places are taken
 * by others that are not in the log yet: reviews.
 */
export function startable(state: RunState, beginning: readonly string[] = [], reserved = 0): number[] {
  const chosen: number[] = [];
  if (state.settings === undefined) return chosen;
  const limit = state.settings.parallel - reserved;
  const { ready } = state.schedule;
  if (beginning.length > 0)
    chosen.push(...ready.filter((at) => beginning.includes((state.tasks[at] as TaskState).task.id)));
  for (const at of ready) {
    if (working(state) + chosen.length >= limit) break;
    if (!chosen.includes(at) && obstacle(state, at, chosen) === undefined) chosen.push(at);
  }
  return chosen;
}

/** What keeps the ready task at position `at` from starting beside the active ones and those in `chosen`. */
export function obstacle(state: RunState, at: number, chosen: readonly number[]): Obstacle | undefined {
  const settings = state.settings;
  const candidate = state.tasks[at];
  if (settings === undefined || candidate === undefined) return undefined;
  if (working(state) + chosen.length >= settings.parallel) return { kind: 'no-free-agent', limit: settings.parallel };
  const used = taskUsedUp(state, candidate);
  if (used !== undefined) return { kind: 'budget', words: used };
  const agent = agentFor(state, candidate.task);
  const parked = parkedLane(state, agent);
  if (parked !== undefined) return { kind: 'lane-parked', agent, failure: parked.failure, until: parked.until };
  const lane = settings.agents[agent]?.max_concurrent ?? 0;
  if (lane > 0) {
    const busy = state.schedule.active.filter((other) => {
      const task = state.tasks[other];
      return task !== undefined && isAtWork(task) && lastAttempt(task)?.agent === agent;
    });
    const about = chosen.filter((other) => agentFor(state, (state.tasks[other] as TaskState).task) === agent);
    if (busy.length + about.length >= lane) return { kind: 'no-free-agent', limit: lane, agent };
  }
  for (const other of [...state.schedule.active, ...chosen]) {
    const task = state.tasks[other];
    if (task !== undefined && scopesOverlap(inUse(candidate), inUse(task)))
      return { kind: 'scope-in-use', by: task.task.id };
  }
  return undefined;
}

/** What a task may change while an attempt of it is at work: writing a sub-plan changes nothing. */
function inUse(task: TaskState): readonly string[] {
  return plansFirst(task) ? [] : task.task.scope;
}

function working(state: RunState): number {
  let count = 0;
  for (const at of state.schedule.active) if (isAtWork(state.tasks[at] as TaskState)) count++;
  return count;
}

/** Whether an agent is busy with a task: doing its work, or reviewing it. */
export function isAtWork({ progress }: TaskState): boolean {
  return progress.status === 'working' || (progress.status === 'reviewing' && progress.reviewer !== undefined);
}
