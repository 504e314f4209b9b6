import { rankTasks, taskGraph, topologicalOrder, type TaskGraph } from '../plan/graph.ts';
import type { GraphTaskRow, PlanGraph } from '../plan/plan-graph.ts';
import { known, type Known, type PastTask, usualMinutes } from '../run/past-tasks.ts';

export interface ForecastOptions {
  /** Agents at work at once. */
  readonly agents: number;
  readonly seed: number;
  /** Simulated runs; fewer for plans of many thousand tasks. */
  readonly samples: number;
  /** Minutes of a task without an estimate, where past does not say. */
  readonly usual: number;
  /** How often an attempt fails, 0 to 0.9, where past does not say. */
  readonly failures: number;
  /** What an hour of one agent costs. */
  readonly rate: number | undefined;
  readonly past: readonly PastTask[];
}

/** Half of the simulated runs stay at or below `p50`, nine of ten at or below `p90`. */
export interface Spread {
  readonly p50: number;
  readonly p90: number;
}

export interface Forecast {
  readonly schema: 1;
  readonly agents: number;
  readonly seed: number;
  readonly samples: number;
  readonly tasks: number;
  /** What the durations were drawn from. */
  readonly from: {
    readonly estimates: number;
    readonly assumed: number;
    readonly past: number;
    readonly failures: number;
    readonly usual: number;
    /** How durations are known that earlier runs tell, and of how many tasks. */
    readonly known: readonly { readonly how: string; readonly tasks: number }[];
  };
  /** Minutes from the start to the last landing. */
  readonly minutes: Spread;
  /** Hours of agents altogether. */
  readonly agentHours: Spread;
  /** In the unit of `rate`. */
  readonly cost: Spread | null;
  /** Share of the agents' time that is work, at the median. */
  readonly utilisation: number;
  /** Tasks by how often they lay on the longest chain of a simulated run. */
  readonly critical: readonly { readonly task: string; readonly share: number }[];
  /** Minutes at P50 with more agents. */
  readonly withAgents: readonly { readonly agents: number; readonly minutes: number; readonly saves: number }[];
  /** Edges whose removal would save most at P50, best first. */
  readonly withoutEdge: readonly {
    readonly from: string;
    readonly to: string;
    readonly why: string;
    readonly minutes: number;
    readonly saves: number;
  }[];
}

/** Simulated task runs beyond which samples are cut. */
const BUDGET = 3_000_000;
/** Edges that are tried without. */
const CANDIDATES = 12;
/** Spread of actual durations around an estimate: nine of ten tasks take less than about twice as long. */
const SIGMA = 0.5;
/** Past tasks that say enough. */
const ENOUGH = 5;
const MAX_ATTEMPTS = 8;

/**
 * Simulates runs of a plan: durations drawn around estimates (log-normal) or from what earlier tasks took, failed attempts
 * done again, tasks started as a run starts them: longest chain first, never more agents than there are. The same seed
 * gives the same forecast, and comparisons use the same draws. Undefined for a plan that has circles.
 */
export function forecast(plan: PlanGraph, options: ForecastOptions): Forecast | undefined {
  const waits = new Map<string, Set<string>>(plan.tasks.map(({ id }) => [id, new Set()]));
  for (const { from, to } of plan.edges) waits.get(to)?.add(from);
  const tasks = plan.tasks.map(({ id, estimate }) => ({
    id,
    needs: [...(waits.get(id) ?? [])],
    estimate: estimate ?? undefined,
  }));
  const graph = taskGraph(tasks);
  const waves = plan.barrier === 'wave' ? plan.tasks.map(({ wave }) => wave) : undefined;
  if (topologicalOrder(graph).length < tasks.length) return undefined;
  const draw = drawsFrom(options, plan.tasks);
  const samples = Math.max(20, Math.min(options.samples, Math.floor(BUDGET / Math.max(1, tasks.length))));
  const random = generator(options.seed);
  const durations = Array.from({ length: samples }, () => tasks.map((_, at) => draw(at, random)));
  const expected = tasks.map((task, at) => ({ ...task, estimate: draw.expected(at) }));
  const ranks = rankTasks(expected);
  const runs = durations.map((drawn) => simulate(graph, ranks, drawn, options.agents, waves));
  const work = durations.map((drawn) => drawn.reduce((sum, minutes) => sum + minutes, 0));
  const minutes = spread(runs.map(({ length }) => length));
  const agentHours = spread(work.map((sum) => sum / 60));
  const often = tasks.map(() => 0);
  for (const { chain } of runs) for (const at of chain) often[at] = (often[at] ?? 0) + 1;
  const critical = tasks
    .map(({ id }, at) => ({ task: id, share: round((often[at] ?? 0) / samples) }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
  const middle = (agents: number, without?: readonly [number, number]): number => {
    const less = without === undefined ? graph : cut(graph, without);
    return spread(durations.map((drawn) => simulate(less, ranks, drawn, agents, waves).length)).p50;
  };
  const saved = (value: number): { minutes: number; saves: number } => ({
    minutes: round(value),
    saves: round(Math.max(0, minutes.p50 - value)),
  });
  return {
    schema: 1,
    agents: options.agents,
    seed: options.seed,
    samples,
    tasks: tasks.length,
    from: {
      estimates: tasks.filter(({ estimate }) => estimate !== undefined).length,
      assumed: tasks.filter(({ estimate }) => estimate === undefined).length,
      past: options.past.length,
      failures: round(draw.failures),
      usual: round(draw.usual),
      known: [...draw.known].map(([how, count]) => ({ how, tasks: count })).sort((a, b) => b.tasks - a.tasks),
    },
    minutes: rounded(minutes),
    agentHours: rounded(agentHours),
    cost:
      options.rate === undefined
        ? null
        : rounded({ p50: agentHours.p50 * options.rate, p90: agentHours.p90 * options.rate }),
    utilisation: round((agentHours.p50 * 60) / Math.max(1, options.agents * minutes.p50)),
    critical: critical.slice(0, 50),
    withAgents: [1, 2, options.agents]
      .map((more) => ({
        agents: options.agents + more,
        ...saved(middle(options.agents + more)),
      }))
      .filter(({ agents }, at, all) => all.findIndex((one) => one.agents === agents) === at),
    withoutEdge: candidates(plan, graph, often)
      .map(({ from, to, edge }) => ({ ...edge, ...saved(middle(options.agents, [from, to])) }))
      .filter(({ saves }) => saves > 0)
      .sort((a, b) => b.saves - a.saves)
      .slice(0, 3),
  };
}

/** Edges between tasks that were critical most often together. */
function candidates(plan: PlanGraph, graph: TaskGraph, often: readonly number[]) {
  const at = new Map(plan.tasks.map(({ id }, i) => [id, i]));
  return plan.edges
    .map(({ from, to, why }) => {
      const [a, b] = [at.get(from) ?? -1, at.get(to) ?? -1];
      return { from: a, to: b, edge: { from, to, why }, weight: Math.min(often[a] ?? 0, often[b] ?? 0) };
    })
    .filter(({ weight, from, to }) => weight > 0 && graph.needs[to]?.includes(from) === true)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, CANDIDATES);
}

function cut(graph: TaskGraph, [from, to]: readonly [number, number]): TaskGraph {
  return {
    needs: graph.needs.map((needs, i) => (i === to ? needs.filter((need) => need !== from) : needs)),
    dependants: graph.dependants.map((list, i) => (i === from ? list.filter((next) => next !== to) : list)),
  };
}

/** One simulated run: how long it took, and the tasks whose waiting and working made it that long, last first. */
function simulate(
  { needs, dependants }: TaskGraph,
  ranks: readonly number[],
  minutes: readonly number[],
  agents: number,
  waves: readonly number[] | undefined,
): { readonly length: number; readonly chain: readonly number[] } {
  const missing = needs.map((list) => list.length);
  const ready = new Heap((at) => ranks[at] as number);
  const finish = new Float64Array(needs.length);
  const working = new Heap((at) => finish[at] as number);
  // Whose end let a task start: its last need, or whoever freed the agent.
  const before = new Int32Array(needs.length).fill(-1);
  // Under a barrier, what is ready waits for the end of the waves before its own.
  const open = waves === undefined ? undefined : new Waves(waves);
  const offer = (at: number): void => {
    if (open === undefined || open.admits(at)) ready.push(at);
  };
  missing.forEach((count, at) => {
    if (count === 0) offer(at);
  });
  let now = 0;
  let last = -1;
  let freed = -1;
  while (ready.size > 0 || working.size > 0) {
    while (ready.size > 0 && working.size < agents) {
      const at = ready.pop();
      finish[at] = now + (minutes[at] as number);
      before[at] = freed;
      working.push(at);
    }
    const done = working.pop();
    now = finish[done] as number;
    last = done;
    freed = done;
    for (const next of dependants[done] as readonly number[]) {
      const left = (missing[next] as number) - 1;
      missing[next] = left;
      if (left === 0) offer(next);
    }
    for (const next of open?.finished(done) ?? []) ready.push(next);
  }
  const chain: number[] = [];
  for (let at = last; at >= 0; at = before[at] as number) chain.push(at);
  return { length: now, chain };
}

/** Which wave is open, and who waits for a later one. */
class Waves {
  readonly #waves: readonly number[];
  readonly #left: number[] = [];
  readonly #waiting: number[][] = [];
  #open = 0;

  constructor(waves: readonly number[]) {
    this.#waves = waves;
    for (const wave of waves) this.#left[wave] = (this.#left[wave] ?? 0) + 1;
  }

  /** Whether a ready task may start; if not, it is remembered. */
  admits(at: number): boolean {
    const wave = this.#waves[at] as number;
    if (wave <= this.#open) return true;
    (this.#waiting[wave] ??= []).push(at);
    return false;
  }

  /** What may start now that this task is done. */
  finished(at: number): readonly number[] {
    const wave = this.#waves[at] as number;
    this.#left[wave] = (this.#left[wave] as number) - 1;
    const freed: number[] = [];
    while (this.#open < this.#left.length && (this.#left[this.#open] ?? 0) === 0)
      freed.push(...(this.#waiting[++this.#open] ?? []));
    return freed;
  }
}

interface Draw {
  /** Minutes of the task at a position, all of its attempts together. */
  (at: number, random: () => number): number;
  /** What is expected of it, for the order of work. */
  readonly expected: (at: number) => number;
  readonly usual: number;
  readonly failures: number;
  /** In which words what is known of the tasks is told, with how many of them. */
  readonly known: ReadonlyMap<string, number>;
}

/** How long tasks take: by tasks like them in earlier runs, else by their estimates, else as usual. */
function drawsFrom({ past, usual, failures }: ForecastOptions, tasks: readonly GraphTaskRow[]): Draw {
  const enough = past.length >= ENOUGH;
  const attempts = past.reduce((sum, task) => sum + task.attempts, 0);
  const rate = enough ? Math.min(0.9, Math.max(0, 1 - past.length / Math.max(1, attempts))) : failures;
  const cache = new Map<string, Known | undefined>();
  const words = new Map<string, number>();
  const like = tasks.map((task) => {
    const key = JSON.stringify([task.agent, task.estimate, task.planFirst, task.scope]);
    if (!cache.has(key)) cache.set(key, known(past, task, task.agent ?? undefined));
    const one = cache.get(key);
    if (one !== undefined) words.set(one.how, (words.get(one.how) ?? 0) + 1);
    return one;
  });
  const once = (at: number, random: () => number): number => {
    const minutes = like[at]?.minutes;
    if (minutes !== undefined) return minutes[Math.floor(random() * minutes.length)] as number;
    return (tasks[at]?.estimate ?? usual) * logNormal(random);
  };
  const draw = (at: number, random: () => number): number => {
    let sum = once(at, random);
    for (let n = 1; n < MAX_ATTEMPTS && random() < rate; n++) sum += once(at, random);
    return sum;
  };
  return Object.assign(draw, {
    expected: (at: number) => like[at]?.middle ?? tasks[at]?.estimate ?? usual,
    usual: usualMinutes(past) ?? usual,
    failures: rate,
    known: words,
  });
}

function logNormal(random: () => number): number {
  // Box and Muller; the median is 1.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.exp(SIGMA * normal);
}

/** Numbers from 0 up to 1 that depend on the seed alone (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p90: at(0.9) };
}

function rounded({ p50, p90 }: Spread): Spread {
  return { p50: round(p50), p90: round(p90) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A heap of positions, smallest key first; of equal keys, the smaller position. */
class Heap {
  readonly #items: number[] = [];
  readonly #key: (at: number) => number;

  constructor(key: (at: number) => number) {
    this.#key = key;
  }

  get size(): number {
    return this.#items.length;
  }

  push(at: number): void {
    const items = this.#items;
    let child = items.push(at) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#before(items[child] as number, items[parent] as number)) break;
      [items[child], items[parent]] = [items[parent] as number, items[child] as number];
      child = parent;
    }
  }

  pop(): number {
    const items = this.#items;
    const first = items[0] as number;
    const last = items.pop() as number;
    if (items.length === 0) return first;
    items[0] = last;
    for (let parent = 0; ;) {
      let child = 2 * parent + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#before(items[child + 1] as number, items[child] as number)) child++;
      if (!this.#before(items[child] as number, items[parent] as number)) break;
      [items[child], items[parent]] = [items[parent] as number, items[child] as number];
      parent = child;
    }
    return first;
  }

  #before(a: number, b: number): boolean {
    const [one, two] = [this.#key(a), this.#key(b)];
    return one < two || (one === two && a < b);
  }
}
