import { reachability } from './closure.ts';
import { circlesOf, taskGraph, topologicalOrder } from './graph.ts';
import type { Edge, PlanTask } from './model.ts';
import { scopeForm, scopesOverlap } from './scope.ts';

/** Globs are compared with every other task; beyond this many comparisons the rest is left to the scheduler. */
const MAX_COMPARISONS = 200_000;
/** Directories above a path that are remembered; nobody's repository is deeper. */
const MAX_DEPTH = 64;

/**
 * Edges between tasks that may change the same path and do not wait for each other already: the one that comes later in
 * an order of work waits. They are a view of what the scheduler will do: it never lets two such tasks work at once. Linear
 * in files and directories; a task is tied to the last one before it on each path, so a path gives a chain, not a web.
 */
export function sharedPaths(tasks: readonly PlanTask[]): readonly Edge[] {
  return overlaps(tasks).map(({ first, second }) => ({
    from: (tasks[first] as PlanTask).id,
    to: (tasks[second] as PlanTask).id,
    why: 'resource',
    origin: 'rule',
  }));
}

/** What is asked of a task here: {@link PlanTask} fits. */
export type ScopedTask = Pick<PlanTask, 'id' | 'needs' | 'scope'>;

/** Two tasks, by position, that may change the same path and of which neither waits for the other. */
export interface Overlap {
  readonly first: number;
  readonly second: number;
  /** An entry of the second one's scope that lies in both. */
  readonly path: string;
}

/** The pairs behind {@link sharedPaths}; worked out once for a list of tasks, for edges and findings are made of them. */
export function overlaps(tasks: readonly ScopedTask[]): readonly Overlap[] {
  let known = KNOWN.get(tasks);
  if (known === undefined) KNOWN.set(tasks, (known = findOverlaps(tasks)));
  return known;
}

const KNOWN = new WeakMap<readonly ScopedTask[], readonly Overlap[]>();

function findOverlaps(tasks: readonly ScopedTask[]): readonly Overlap[] {
  const { order, waiting } = orderOf(tasks);
  const globs = tasks.map(({ scope }) => scope.some((entry) => scopeForm(entry) === 'glob'));
  // Globs are compared with all other tasks but those that wait anyhow; paths alone leave few pairs to ask about.
  const waits = globs.includes(true) ? waiting() : undefined;
  const found: Overlap[] = [];
  const paths = new Paths();
  let comparisons = 0;
  for (const i of order) {
    const { scope } = tasks[i] as ScopedTask;
    if (scope.length === 0) continue;
    const others = new Map<number, string>();
    for (const entry of scope) {
      for (const other of paths.sharing(entry)) if (!others.has(other)) others.set(other, entry);
    }
    const glob = globs[i] === true;
    for (const other of glob ? paths.members : paths.withGlobs) {
      if (others.has(other) || waits?.(i, other) === true || ++comparisons > MAX_COMPARISONS) continue;
      const theirs = (tasks[other] as ScopedTask).scope;
      if (!scopesOverlap(scope, theirs)) continue;
      others.set(other, scope.find((entry) => scopesOverlap([entry], theirs)) ?? (scope[0] as string));
    }
    for (const [first, path] of [...others].sort(([a], [b]) => a - b)) {
      if (waits?.(i, first) !== true) found.push({ first, second: i, path });
    }
    paths.remember(i, scope, glob);
  }
  if (waits !== undefined) return found;
  const asked = waiting(found.map(({ first }) => first));
  return found.filter(({ first, second }) => !asked(second, first));
}

interface Order {
  /** Positions in an order of work. */
  readonly order: readonly number[];
  /** Who waits for whom, of all tasks or of some that may be waited for. */
  readonly waiting: (asked?: readonly number[]) => (a: number, b: number) => boolean;
}

/** An order of work, and who waits for whom. Tasks of one circle stand in it together and count as waiting for each other. */
function orderOf(tasks: readonly ScopedTask[]): Order {
  const graph = taskGraph(tasks);
  const order = topologicalOrder(graph);
  if (order.length === tasks.length) return { order, waiting: (asked) => reachability(graph, order, asked) };
  // Each circle becomes one node, at the place of the member that comes first.
  const node = tasks.map((_, i) => i);
  for (const { members } of circlesOf(graph.needs)) for (const i of members) node[i] = members[0] as number;
  const members: number[][] = tasks.map(() => []);
  const needs: Set<number>[] = tasks.map(() => new Set());
  const dependants: number[][] = tasks.map(() => []);
  node.forEach((own, i) => {
    members[own]?.push(i);
    for (const need of graph.needs[i] as readonly number[]) {
      const from = node[need] as number;
      if (from === own || needs[own]?.has(from) === true) continue;
      needs[own]?.add(from);
      dependants[from]?.push(own);
    }
  });
  const nodes = { needs: needs.map((from) => [...from]), dependants };
  const nodeOrder = topologicalOrder(nodes);
  return {
    order: nodeOrder.flatMap((at) => members[at] as readonly number[]),
    waiting: (asked) => {
      const reach = reachability(
        nodes,
        nodeOrder,
        asked?.map((i) => node[i] as number),
      );
      return (a, b) => node[a] === node[b] || reach(node[a] as number, node[b] as number);
    },
  };
}

/** Who was the last to name a path, and who named something below a directory since that was last named itself. */
class Paths {
  readonly members: number[] = [];
  readonly withGlobs: number[] = [];
  readonly #exact = new Map<string, number>();
  readonly #below = new Map<string, Set<number>>();

  *sharing(entry: string): Iterable<number> {
    const form = scopeForm(entry);
    if (form === 'glob') return;
    const exact = this.#exact.get(entry);
    if (exact !== undefined) yield exact;
    for (const directory of directoriesAbove(entry)) {
      const other = this.#exact.get(directory);
      if (other !== undefined) yield other;
    }
    if (form === 'directory') yield* this.#below.get(entry) ?? [];
  }

  remember(i: number, scope: readonly string[], globs: boolean): void {
    this.members.push(i);
    if (globs) this.withGlobs.push(i);
    for (const entry of scope) {
      if (scopeForm(entry) === 'glob') continue;
      this.#exact.set(entry, i);
      this.#below.delete(entry);
      for (const directory of directoriesAbove(entry)) {
        const below = this.#below.get(directory);
        if (below === undefined) this.#below.set(directory, new Set([i]));
        else below.add(i);
      }
    }
  }
}

function* directoriesAbove(entry: string): Iterable<string> {
  let depth = 0;
  for (let at = entry.indexOf('/'); at >= 0 && at < entry.length - 1 && depth < MAX_DEPTH; depth++) {
    yield entry.slice(0, at + 1);
    at = entry.indexOf('/', at + 1);
  }
}
