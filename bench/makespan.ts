import { criticalLengths, taskWaves } from '../src/core/plan/graph.ts';
import type { PlanTask } from '../src/core/plan/model.ts';
import { Chance } from './lib/chance.ts';
import { FAMILIES, randomNeeds, tasksOf, type Family } from './lib/graphs.ts';
import { mean, percentile } from './lib/measure.ts';
import { options, print, type Goal, type Row } from './lib/report.ts';
import { simulate } from './lib/simulate.ts';

/*
 * How much longer a run takes than it must. Random graphs are carried out in virtual time by the product's own `decide`
 * and `evolve`; the bound below is the longest of the critical path, all work shared by all agents, and the work on the
 * busiest path of the scopes. Durations are lognormal and nobody tells them to the scheduler.
 */

const PARALLEL = [2, 4, 8, 16, 32];
/** The number of agents at which families are told apart and goals are set. */
const WATCHED = 8;
const { json, graphs: count, seed } = options({ graphs: 1000, seed: 1 });

interface Case {
  readonly name: string;
  /** Share of attempts that fail at their end. */
  readonly failing: number;
  /** Share of tasks that also change one of three shared files. */
  readonly hot: number;
  /** Minutes of one verification. */
  readonly verify: number;
  readonly parallel: readonly number[];
}

const CASES: readonly Case[] = [
  { name: 'no failures', failing: 0, hot: 0, verify: 0, parallel: PARALLEL },
  { name: '15 % failures', failing: 0.15, hot: 0, verify: 0, parallel: PARALLEL },
  { name: '15 % failures, 30 % on hot files', failing: 0.15, hot: 0.3, verify: 0, parallel: [WATCHED] },
  { name: '15 % failures, 1 min of verification', failing: 0.15, hot: 0, verify: 1, parallel: [WATCHED] },
];

/** A graph with what is decided by chance: minutes of each attempt of each task, the last one good. */
interface Graph {
  readonly family: Family;
  readonly tasks: readonly PlanTask[];
  readonly minutes: readonly (readonly number[])[];
}

function graph(at: number, one: Case): Graph {
  const chance = new Chance(seed * 1_000_003 + at);
  const family = FAMILIES[at % FAMILIES.length] as Family;
  const needs = randomNeeds(family, chance);
  const minutes = needs.map(() => {
    const own: number[] = [];
    do own.push(chance.lognormal(10, 0.8));
    while (own.length < 3 && chance.next() < one.failing);
    return own;
  });
  const scopes = needs.map((_, i) => [
    `src/task${i}.ts`,
    ...(chance.next() < one.hot ? [`src/hot${chance.whole(1, 3)}.ts`] : []),
  ]);
  return { family, tasks: tasksOf(needs, scopes), minutes };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** No schedule is shorter than this. */
function lowerBound({ tasks, minutes }: Graph, parallel: number): number {
  const totals = minutes.map(sum);
  const path = Math.max(...criticalLengths(tasks.map((task, i) => ({ ...task, estimate: totals[i] }))));
  const byFile = new Map<string, number>();
  tasks.forEach((task, i) => {
    for (const file of task.scope) byFile.set(file, (byFile.get(file) ?? 0) + (totals[i] ?? 0));
  });
  return Math.max(path, sum(totals) / parallel, ...byFile.values());
}

/** Levels with a barrier: a task that shares a file with one of its level moves a level down; failed ones get a new round. */
function waves({ tasks, minutes }: Graph, parallel: number): number {
  const level = [...taskWaves(tasks)];
  const at = new Map(tasks.map((task, i) => [task.id, i]));
  const taken: Set<string>[] = [];
  const order = tasks.map((_, i) => i).sort((a, b) => (level[a] ?? 0) - (level[b] ?? 0) || a - b);
  for (const i of order) {
    const task = tasks[i] as PlanTask;
    let own = Math.max(level[i] ?? 0, ...task.needs.map((need) => (level[at.get(need) ?? -1] ?? -1) + 1));
    while (task.scope.some((file) => taken[own]?.has(file))) own++;
    level[i] = own;
    for (const file of task.scope) (taken[own] ??= new Set()).add(file);
  }
  let clock = 0;
  for (let wave = 0; wave < taken.length; wave++) {
    const members = order.filter((i) => level[i] === wave);
    for (let round = 0; ; round++) {
      const again = members.flatMap((i) => minutes[i]?.[round] ?? []);
      if (again.length === 0) break;
      const agents = new Array<number>(parallel).fill(0);
      for (const took of again) {
        const first = agents.indexOf(Math.min(...agents));
        agents[first] = (agents[first] ?? 0) + took;
      }
      clock += Math.max(...agents);
    }
  }
  return clock;
}

const rows: Row[] = [];
const goals: Goal[] = [];
for (const one of CASES) {
  const all = Array.from({ length: count }, (_, at) => graph(at, one));
  for (const parallel of one.parallel) {
    const ours = all.map(
      (each) => simulate(each.tasks, each.minutes, parallel, one.verify) / lowerBound(each, parallel),
    );
    const theirs = all.map((each) => waves(each, parallel) / lowerBound(each, parallel));
    rows.push({
      case: one.name,
      agents: parallel,
      median: percentile(ours, 0.5),
      mean: mean(ours),
      p95: percentile(ours, 0.95),
      'waves median': percentile(theirs, 0.5),
      'waves mean': mean(theirs),
      'waves p95': percentile(theirs, 0.95),
    });
    if (parallel !== WATCHED) continue;
    for (const family of FAMILIES) {
      const own = ours.filter((_, at) => all[at]?.family === family);
      const other = theirs.filter((_, at) => all[at]?.family === family);
      rows.push({
        case: `  ${family}`,
        agents: parallel,
        median: percentile(own, 0.5),
        mean: mean(own),
        p95: percentile(own, 0.95),
        'waves median': percentile(other, 0.5),
        'waves mean': mean(other),
        'waves p95': percentile(other, 0.95),
      });
    }
    if (one.failing === 0) goals.push({ what: `${one.name}, 8 agents: mean`, value: mean(ours), atMost: 1.06 });
    else if (one.verify === 0)
      goals.push({ what: `${one.name}, 8 agents: median`, value: percentile(ours, 0.5), atMost: 1.1 });
  }
}

print(
  {
    name: `makespan / lower bound, ${count} random graphs`,
    rows,
    goals,
    notes: [
      'Verification and landing take no time, but in the last case: there it counts neither for the bound nor for the waves,',
      'and each task is verified twice, the second time alone in the merge queue, when another landed since it began.',
    ],
  },
  json,
);
