import { taskGraph, taskWaves } from './graph.ts';
import type { PlanGate } from './gate.ts';
import type { PlanTask } from './model.ts';
import { overlaps } from './shared-paths.ts';
import { scopesOverlap } from './scope.ts';

/** Whether a task waits for all of the waves before its own, or for its needs alone. */
export type Barrier = 'none' | 'wave';

/** What is asked of a task here: {@link PlanTask} fits. */
export type WaveTask = Pick<PlanTask, 'id' | 'needs' | 'scope' | 'group' | 'wave'>;

/** What is asked of a stop here: {@link PlanGate} fits. */
export type WaveStop = Pick<PlanGate, 'after' | 'before'>;

/**
 * The wave of each task, from 0; -1 on or behind a circle of needs. It is what a run keeps to under
 * `parallelism.barrier: wave`. A wave is
 *
 * - as the plan numbers it, where it puts every task into one (`## Wave 2`, `W2-T1`);
 * - where it names parallel groups: neighbours of one group that neither need each other nor share a path, and every other
 *   task by itself, in the order of the document;
 * - else everything whose needs, and neighbours on a shared path, lie in earlier waves.
 *
 * A task is always in a later wave than its needs and than what comes before a stop that it is behind, and two tasks of one
 * wave share no path. Without the stops, a wave could wait for a task that waits for a stop after the wave.
 *
 * @param stops  those that the run keeps to and that are not open
 */
export function barrierWaves(tasks: readonly WaveTask[], stops: readonly WaveStop[] = []): readonly number[] {
  const waiting = withStops(tasks, stops);
  const shared = new Map<string, string[]>();
  for (const { first, second } of overlaps(waiting)) {
    const [from, to] = [(tasks[first] as WaveTask).id, (tasks[second] as WaveTask).id];
    const list = shared.get(to);
    if (list === undefined) shared.set(to, [from]);
    else list.push(from);
  }
  const joined = waiting.map(({ id, needs }) => ({ id, needs: [...needs, ...(shared.get(id) ?? [])] }));
  const graph = taskGraph(joined);
  const levels = taskWaves(joined, graph);
  if (tasks.some(({ group }) => group !== undefined)) return groupWaves(tasks, graph.needs, levels);
  if (tasks.length > 0 && tasks.every(({ wave }) => wave !== undefined))
    return numberedWaves(tasks, graph.needs, levels);
  return levels;
}

/** Tasks that need what comes before their stops, too. */
function withStops(tasks: readonly WaveTask[], stops: readonly WaveStop[]): readonly WaveTask[] {
  const behind = new Map<string, string[]>();
  for (const { after, before } of stops) {
    if (after.length === 0) continue;
    for (const id of before) behind.set(id, [...(behind.get(id) ?? []), ...after]);
  }
  // The same list where nothing is added: what shares a path is remembered by it.
  if (behind.size === 0) return tasks;
  return tasks.map((task) => {
    const more = behind.get(task.id);
    return more === undefined ? task : { ...task, needs: [...new Set([...task.needs, ...more])] };
  });
}

/** The document's numbers, moved on where a need or a shared path lies in the same wave or a later one. */
function numberedWaves(
  tasks: readonly WaveTask[],
  needs: readonly (readonly number[])[],
  levels: readonly number[],
): readonly number[] {
  const waves = tasks.map(() => -1);
  for (const at of inOrder(levels)) {
    let wave = tasks[at]?.wave ?? 0;
    for (const need of needs[at] ?? []) wave = Math.max(wave, (waves[need] as number) + 1);
    waves[at] = wave;
  }
  // Numbers that nobody has (waves from 1, or 10, 20, 30) are no waves.
  const used = [...new Set(waves)].filter((wave) => wave >= 0).sort((a, b) => a - b);
  const place = new Map(used.map((wave, at) => [wave, at]));
  return waves.map((wave) => place.get(wave) ?? -1);
}

/** Neighbours of one group together, everything else alone, in document order as far as needs allow. */
function groupWaves(
  tasks: readonly WaveTask[],
  needs: readonly (readonly number[])[],
  levels: readonly number[],
): readonly number[] {
  const waves = tasks.map(() => -1);
  let wave = -1;
  let group: string | undefined;
  let members: number[] = [];
  for (const at of documentOrder(needs, levels)) {
    const { group: own, scope } = tasks[at] as WaveTask;
    const joins =
      own !== undefined &&
      own === group &&
      members.every((other) => needs[at]?.includes(other) !== true && !scopesOverlap(scope, tasks[other]?.scope ?? []));
    if (!joins) {
      wave++;
      members = [];
      group = own;
    }
    members.push(at);
    waves[at] = wave;
  }
  return waves;
}

/** Positions that are on no circle, those with fewer levels below them first. */
function inOrder(levels: readonly number[]): readonly number[] {
  return levels
    .map((_, at) => at)
    .filter((at) => (levels[at] as number) >= 0)
    .sort((a, b) => (levels[a] as number) - (levels[b] as number) || a - b);
}

/** The document's order; a task that stands before its needs comes right after the last of them. */
function documentOrder(needs: readonly (readonly number[])[], levels: readonly number[]): readonly number[] {
  const order: number[] = [];
  const placed = new Uint8Array(needs.length);
  for (let start = 0; start < needs.length; start++) {
    if ((levels[start] as number) < 0) continue;
    const stack = [start];
    while (stack.length > 0) {
      const at = stack.at(-1) as number;
      const missing = placed[at] === 1 ? [] : (needs[at] as readonly number[]).filter((need) => placed[need] === 0);
      if (missing.length > 0) {
        stack.push(...missing.toReversed());
        continue;
      }
      stack.pop();
      if (placed[at] === 1) continue;
      placed[at] = 1;
      order.push(at);
    }
  }
  return order;
}
