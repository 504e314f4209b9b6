import { barrierWaves } from '../plan/barrier.ts';
import { rankTasks } from '../plan/graph.ts';
import type { PlanTask } from '../plan/model.ts';
import { closedStops } from './finish/stops.ts';
import { weightOf } from './past-tasks.ts';
import { isOver, type RunState, type Schedule, type TaskState } from './state.ts';

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
 * Adds the tasks of an approved sub-plan, whose states are in `state.tasks` already from position `from` on. Children without needs
 * are ready at once, for the parent's own needs were merged before it was planned.
 */
export function extendSchedule(state: RunState, from: number): void {
  const { schedule, tasks } = state;
  for (let at = from; at < tasks.length; at++) {
    schedule.index[(tasks[at] as TaskState).task.id] = at;
    schedule.dependents.push([]);
  }
  for (let at = from; at < tasks.length; at++) {
    const needs = new Set((tasks[at] as TaskState).task.needs);
    for (const need of needs) schedule.dependents[schedule.index[need] as number]?.push(at);
    schedule.unmet.push(needs.size);
    if (needs.size === 0) schedule.ready.push(at);
  }
  rankAnew(state);
  setWaves(state);
}

/** Ranks all tasks anew, by what is expected of each; a parent stands for the last of its children. */
export function rankAnew(state: RunState): void {
  const { schedule, tasks } = state;
  const children = new Map<string, string[]>();
  for (const { task, parent } of tasks) {
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [task.id]);
    else siblings.push(task.id);
  }
  const ranks = rankTasks(
    tasks.map((one) => ({
      id: one.task.id,
      needs: [...one.task.needs, ...(children.get(one.task.id) ?? [])],
      estimate: weightOf(state, one),
    })),
  );
  ranks.forEach((rank, at) => {
    schedule.rank[at] = rank;
  });
  schedule.ready.sort((a, b) => (schedule.rank[a] as number) - (schedule.rank[b] as number));
}

/** Works out the waves that the run keeps to, if its settings ask for any. Tasks that are there already keep theirs. */
export function setWaves(state: RunState): void {
  if (state.settings?.barrier !== 'wave') return;
  const { schedule, tasks } = state;
  const own = tasks.filter(({ parent }) => parent === undefined);
  const closed = closedStops(state);
  const waves = schedule.waves ?? [
    ...barrierWaves(
      own.map(({ task }) => task),
      closed,
    ),
  ];
  // Tasks of a plan that was written in this run come after those that wrote it.
  const after = waves.length === 0 ? 0 : waves.reduce((most, wave) => Math.max(most, wave), 0) + 1;
  const joined = tasks.slice(waves.length).filter(({ parent }) => parent === undefined);
  const fresh = barrierWaves(
    joined.map(({ task }) => task),
    closed,
  );
  let next = 0;
  for (let at = waves.length; at < tasks.length; at++) {
    const parent = schedule.index[tasks[at]?.parent ?? ''];
    waves.push(parent === undefined ? after + (fresh[next++] ?? 0) : (waves[parent] ?? 0));
  }
  schedule.waves = waves;
}

/**
 * Works the schedule out anew, after a person changed what the tasks are or what became of them. Which tasks are under way, planned
 * or untidy is kept up by those who change that. Linear in tasks and needs.
 */
export function reschedule(state: RunState): void {
  const { schedule, tasks } = state;
  tasks.forEach(({ task }, at) => {
    schedule.index[task.id] = at;
  });
  schedule.dependents.length = 0;
  for (let at = 0; at < tasks.length; at++) schedule.dependents.push([]);
  schedule.unmet.length = 0;
  schedule.ready = [];
  schedule.merged = schedule.failed = schedule.settled = 0;
  tasks.forEach((one, at) => {
    let unmet = 0;
    for (const need of new Set(one.task.needs)) {
      const other = schedule.index[need];
      if (other === undefined) continue;
      schedule.dependents[other]?.push(at);
      if (!isOver(tasks[other] as TaskState)) unmet++;
    }
    schedule.unmet.push(unmet);
    const { status } = one.progress;
    if (status === 'pending' && unmet === 0) schedule.ready.push(at);
    if (status === 'merged') schedule.merged++;
    else if (status === 'failed') schedule.failed++;
    else if (isOver(one)) schedule.settled = (schedule.settled ?? 0) + 1;
  });
  rankAnew(state);
  if (state.settings?.barrier !== 'wave') return;
  const waves = tasks.map(() => 0);
  const own = tasks.flatMap((one, at) => (one.parent === undefined && one.progress.status !== 'dropped' ? [at] : []));
  const all = own.map((at) => (tasks[at] as TaskState).task);
  barrierWaves(all, closedStops(state)).forEach((wave, i) => {
    waves[own[i] as number] = wave;
  });
  tasks.forEach(({ parent }, at) => {
    if (parent !== undefined) waves[at] = waves[schedule.index[parent] as number] ?? 0;
  });
  schedule.waves = waves;
}

/** Puts a task among the ready ones at its place, unless it waits for others: then it gets there with the last of them. */
export function makeReady(schedule: Schedule, at: number): void {
  if ((schedule.unmet[at] ?? 0) > 0) return;
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
