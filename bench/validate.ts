import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../src/core/plan/compile.ts';
import { GRAPH_ALONE } from '../src/core/plan/graph-rules.ts';
import { lintDraft } from '../src/core/plan/lint.ts';
import { readDraft } from '../src/core/plan/parse.ts';
import { faultyGraph, faultyPlan } from './lib/graph-plans.ts';
import { paired, processorTime, type Subject } from './lib/measure.ts';
import { inPlace } from './lib/place.ts';
import { options, print } from './lib/report.ts';
import { PROGRAM, whole } from './lib/whole.ts';

/*
 * The graph of plans of 5,000, 10,000 and 20,000 tasks with circles, needs that name nothing and overlapping scopes: from
 * the document as read to the findings; the same with reading; and `masterplan validate` as a process.
 */

const { json, rounds } = options({ rounds: 9 });

interface Subjected {
  readonly text: string;
  readonly graph: () => number;
  readonly all: () => number;
}

function subject(count: number): Subjected {
  const made = faultyGraph(count);
  const text = faultyPlan(made);
  const read = readDraft(text, 'task');
  if (!read.ok) throw new Error('the plan of this benchmark is none');
  const { draft } = read.value;
  const check = (of: typeof draft): void => {
    const found = lintDraft(of, compile(of), { rules: GRAPH_ALONE, most: Infinity });
    const circles = found.filter(({ rule }) => rule === 'GEN-005').length;
    const dangling = found.filter(({ rule }) => rule === 'GEN-004').length;
    const shared = found.filter(({ rule }) => rule === 'GEN-012').length;
    if (circles !== made.circles.length || dangling !== made.dangling || shared === 0)
      throw new Error(`${circles} circles, ${dangling} dangling needs and ${shared} overlaps were found`);
  };
  return {
    text,
    graph: () => processorTime(() => check(draft)),
    all: () =>
      processorTime(() => {
        const again = readDraft(text, 'task');
        if (again.ok) lintDraft(again.value.draft, again.value.compiled, { rules: GRAPH_ALONE, most: Infinity });
      }),
  };
}

await inPlace(async (directory) => {
  const [five, ten, twenty] = [5000, 10_000, 20_000].map(subject) as [Subjected, Subjected, Subjected];
  writeFileSync(join(directory, 'plan.md'), ten.text);
  const run = (...args: string[]): void => {
    const ended = whole(directory, args);
    if (ended.code !== 0 && ended.code !== 4) throw new Error(ended.stderr);
  };
  const subjects: Record<string, Subject> = {
    'cut into lines, 10,000 tasks': () => processorTime(() => void ten.text.split('\n').map((line) => line.trim())),
    'graph of 5,000 tasks': five.graph,
    'graph of 10,000 tasks': ten.graph,
    'graph of 20,000 tasks': twenty.graph,
    'read and graph, 10,000 tasks': ten.all,
    'read and graph, 20,000 tasks': twenty.all,
    'node -e 0': () => run('-e', '0'),
    'masterplan validate, 10,000 tasks': () => run(PROGRAM, 'validate', './plan.md', '--json'),
  };
  const measured = await paired(subjects, rounds);
  const ms = (name: string): number => measured.find((one) => one.name === name)?.ms ?? Number.NaN;
  // Growth by the fastest of each: a round that met a collection of garbage says nothing of it.
  const fastest = (name: string): number => measured.find((one) => one.name === name)?.fastest ?? Number.NaN;
  print(
    {
      name: 'graphs with faults, milliseconds of processor time (processes: of wall time)',
      rows: measured.map((one) => ({ what: one.name, ms: one.ms, fastest: one.fastest, 'x lines': one.ratio })),
      goals: [
        { what: 'graph of 10,000 tasks', value: ms('graph of 10,000 tasks'), atMost: 300, unit: 'ms' },
        {
          what: '10,000 against 5,000 tasks',
          value: fastest('graph of 10,000 tasks') / fastest('graph of 5,000 tasks'),
          atMost: 2.6,
          unit: 'x',
        },
        {
          what: '20,000 against 10,000 tasks',
          value: fastest('graph of 20,000 tasks') / fastest('graph of 10,000 tasks'),
          atMost: 2.6,
          unit: 'x',
        },
      ],
      notes: [`10,000 tasks: ${(ten.text.length / 1e6).toFixed(2)} MB`],
    },
    json,
  );
});
