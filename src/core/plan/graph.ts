/** What a graph needs to know of a task: {@link PlanTask} fits. */
export interface GraphTask {
  readonly id: string;
  readonly needs: readonly string[];
  readonly estimate?: number | undefined;
}

/** Needs as numbers: `needs[i]` and `dependants[i]` hold positions in the task list. Needs that name no task are left out. */
export interface TaskGraph {
  readonly needs: readonly (readonly number[])[];
  readonly dependants: readonly (readonly number[])[];
}

/** Resolves the needs of a task list to positions; of two tasks with one id, the first is meant. Linear. */
export function taskGraph(tasks: readonly GraphTask[]): TaskGraph {
  const at = new Map<string, number>();
  tasks.forEach((task, i) => {
    if (!at.has(task.id)) at.set(task.id, i);
  });
  const dependants: number[][] = tasks.map(() => []);
  const needs = tasks.map((task, i) => {
    const resolved: number[] = [];
    for (const id of task.needs.length > 1 ? new Set(task.needs) : task.needs) {
      const need = at.get(id);
      if (need === undefined) continue;
      resolved.push(need);
      (dependants[need] as number[]).push(i);
    }
    return resolved;
  });
  return { needs, dependants };
}

/**
 * Positions of the tasks in an order in which each comes after its needs (Kahn), document order among the free ones of
 * one wave. Tasks on a cycle, and all that need them, are missing from the result.
 */
export function topologicalOrder(graph: TaskGraph): readonly number[] {
  const missing = graph.needs.map((needs) => needs.length);
  const order: number[] = [];
  missing.forEach((count, i) => {
    if (count === 0) order.push(i);
  });
  for (let head = 0; head < order.length; head++) {
    for (const next of graph.dependants[order[head] as number] as readonly number[]) {
      const left = (missing[next] as number) - 1;
      missing[next] = left;
      if (left === 0) order.push(next);
    }
  }
  return order;
}

/** One cycle of needs as a path of ids, first and last the same (`T1 → T2 → T1`: T1 needs T2), or `undefined`. */
export function findCycle(tasks: readonly GraphTask[]): readonly string[] | undefined {
  const graph = taskGraph(tasks);
  const order = topologicalOrder(graph);
  if (order.length === tasks.length) return undefined;
  const sorted = new Set(order);
  let at = tasks.findIndex((_, i) => !sorted.has(i));
  // Each task that could not be sorted has a need that could not be sorted: following these must come round.
  const seenAt = new Map<number, number>();
  const path: number[] = [];
  while (!seenAt.has(at)) {
    seenAt.set(at, path.length);
    path.push(at);
    at = (graph.needs[at] as readonly number[]).find((need) => !sorted.has(need)) as number;
  }
  return [...path.slice(seenAt.get(at)), at].map((i) => (tasks[i] as GraphTask).id);
}

/**
 * Every circle of needs, each strongly connected component once: a shortest way round through the member that comes first
 * in the list, as ids, first and last the same (`T1 → T2 → T1`: T1 needs T2). In the order of those members. Linear.
 */
export function findCycles(tasks: readonly GraphTask[]): readonly (readonly string[])[] {
  const { needs } = taskGraph(tasks);
  return circlesOf(needs).map(({ path }) => path.map((i) => (tasks[i] as GraphTask).id));
}

/** Positions that need each other, in order, and a shortest way round that begins and ends with the first of them. */
export interface Circle {
  readonly members: readonly number[];
  readonly path: readonly number[];
}

/** {@link findCycles} by positions. */
export function circlesOf(needs: TaskGraph['needs']): readonly Circle[] {
  const inside = new Int32Array(needs.length);
  return components(needs)
    .map((members) => members.sort((a, b) => a - b))
    .sort(([a = 0], [b = 0]) => a - b)
    .map((members, at) => {
      for (const i of members) inside[i] = at + 1;
      return { members, path: wayRound(members[0] as number, needs, inside) };
    });
}

/** The strongly connected components with a circle in them (Tarjan, without recursion). */
function components(needs: TaskGraph['needs']): number[][] {
  const index = new Int32Array(needs.length).fill(-1);
  const low = new Int32Array(needs.length);
  const next = new Int32Array(needs.length);
  const onStack = new Uint8Array(needs.length);
  const stack: number[] = [];
  const calls: number[] = [];
  const found: number[][] = [];
  let count = 0;
  const enter = (i: number): void => {
    index[i] = low[i] = count++;
    stack.push(i);
    onStack[i] = 1;
    calls.push(i);
  };
  for (let root = 0; root < needs.length; root++) {
    if (index[root] === -1) enter(root);
    while (calls.length > 0) {
      const i = calls.at(-1) as number;
      const own = needs[i] as readonly number[];
      const to = own[next[i] as number];
      if (to !== undefined) {
        next[i] = (next[i] as number) + 1;
        if (index[to] === -1) enter(to);
        else if (onStack[to] === 1) low[i] = Math.min(low[i] as number, index[to] as number);
        continue;
      }
      calls.pop();
      const above = calls.at(-1);
      if (above !== undefined) low[above] = Math.min(low[above] as number, low[i] as number);
      if (low[i] !== index[i]) continue;
      const from = stack.lastIndexOf(i);
      const members = stack.splice(from);
      for (const member of members) onStack[member] = 0;
      if (members.length > 1 || own.includes(i)) found.push(members);
    }
  }
  return found;
}

/** A shortest way from a task back to itself inside its component, breadth first. */
function wayRound(start: number, needs: TaskGraph['needs'], inside: Int32Array): readonly number[] {
  const from = new Map<number, number>();
  const queue = [start];
  for (let head = 0; head < queue.length; head++) {
    const i = queue[head] as number;
    for (const to of needs[i] as readonly number[]) {
      if (to === start) {
        const path = [start];
        for (let step = i; step !== start; step = from.get(step) as number) path.push(step);
        return [start, ...path.slice(1).reverse(), start];
      }
      if (inside[to] !== inside[start] || from.has(to)) continue;
      from.set(to, i);
      queue.push(to);
    }
  }
  return [start, start];
}

/** The wave of each task: 0 without needs, else one more than the latest wave of its needs; -1 on or behind a cycle. */
export function taskWaves(tasks: readonly GraphTask[], graph: TaskGraph = taskGraph(tasks)): readonly number[] {
  const waves = tasks.map(() => -1);
  for (const i of topologicalOrder(graph)) {
    let wave = 0;
    for (const need of graph.needs[i] as readonly number[]) wave = Math.max(wave, (waves[need] as number) + 1);
    waves[i] = wave;
  }
  return waves;
}

/**
 * The longest work that hangs on each task, its own included (the "b-level" of scheduling): in minutes when every task
 * has an estimate, else each task counts 1.
 */
export function criticalLengths(tasks: readonly GraphTask[], graph: TaskGraph = taskGraph(tasks)): readonly number[] {
  const estimated = tasks.every((task) => task.estimate !== undefined);
  const lengths = tasks.map(() => 0);
  const order = topologicalOrder(graph);
  for (let k = order.length - 1; k >= 0; k--) {
    const i = order[k] as number;
    let longest = 0;
    for (const next of graph.dependants[i] as readonly number[]) longest = Math.max(longest, lengths[next] as number);
    lengths[i] = longest + (estimated ? ((tasks[i] as GraphTask).estimate as number) : 1);
  }
  return lengths;
}

/**
 * The rank of each task when several are ready: `rank[i]` is the place of task `i`, 0 first. Who has the longest work
 * hanging on it goes first; equals keep document order, so that two runs of one plan take the same way.
 */
export function rankTasks(tasks: readonly GraphTask[]): readonly number[] {
  const lengths = criticalLengths(tasks);
  const order = tasks.map((_, i) => i).sort((a, b) => (lengths[b] as number) - (lengths[a] as number) || a - b);
  const ranks = new Array<number>(tasks.length);
  order.forEach((i, rank) => {
    ranks[i] = rank;
  });
  return ranks;
}
