import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultyGraph, faultyTaskMaster } from './lib/graph-plans.ts';
import { median } from './lib/measure.ts';
import { writeChanges } from './lib/openspec.ts';
import { inPlace } from './lib/place.ts';
import { options, print, type Goal, type Row } from './lib/report.ts';
import { type Ended, PROGRAM, whole } from './lib/whole.ts';

/*
 * Side by side with the programs whose plans we read, on the same files: `openspec validate --all` on 1,000 changes, and
 * `task-master validate-dependencies` on 1,000 tasks. Their programs are JavaScript files that are started with this Node:
 * --openspec <file> or MASTERPLAN_BENCH_OPENSPEC, --task-master <file> or MASTERPLAN_BENCH_TASK_MASTER; without them only
 * ours is measured. Nothing is installed and no network is used. What both found is compared.
 */

const given = options({ rounds: 3, changes: 1000, tasks: 1000, limit: 60 }, ['openspec', 'task-master']);
const { json, rounds, changes, tasks, limit } = given;
const openSpec = given.openspec || (process.env['MASTERPLAN_BENCH_OPENSPEC'] ?? '');
const taskMaster = given['task-master'] || (process.env['MASTERPLAN_BENCH_TASK_MASTER'] ?? '');

interface Found {
  /** What is wrong, by name. */
  readonly wrong: ReadonlySet<string>;
}

interface Side {
  readonly args: readonly string[];
  readonly found: (ended: Ended) => Found;
}

const rows: Row[] = [];
const goals: Goal[] = [];
const notes: string[] = [];

/** Both programs in turn, and whether they and the generator agree on what is wrong. */
function compare(
  what: string,
  root: string,
  expected: ReadonlySet<string>,
  ours: Side,
  theirs: Side | undefined,
): void {
  const own: number[] = [];
  const other: number[] = [];
  let cut = false;
  for (let round = 0; round < rounds; round++) {
    const mine = whole(root, ours.args);
    if (mine.code !== 0 && mine.code !== 4) throw new Error(mine.stderr);
    own.push(mine.ms);
    if (round === 0) tell(`${what}: ours`, expected, ours.found(mine));
    if (theirs === undefined || cut) continue;
    const ended = whole(root, theirs.args, { limit: limit * 1000, home: root });
    other.push(ended.ms);
    cut = ended.cut;
    if (round === 0 && !cut) tell(`${what}: theirs`, expected, theirs.found(ended));
  }
  const ratio = median(other.map((ms, round) => ms / (own[round] ?? Number.NaN)));
  rows.push({
    what,
    'ours ms': median(own),
    'theirs ms': theirs === undefined ? 'not given' : cut ? `over ${median(other).toFixed(0)}` : median(other),
    'theirs / ours': theirs === undefined ? '' : cut ? `over ${ratio.toFixed(0)}` : ratio,
  });
  if (cut) notes.push(`${what}: theirs was ended after ${limit} s`);
  if (theirs !== undefined) goals.push({ what: `${what}: ours / theirs`, value: 1 / ratio, atMost: 1 / 20, unit: 'x' });
}

function tell(who: string, expected: ReadonlySet<string>, { wrong }: Found): void {
  const missed = [...expected].filter((one) => !wrong.has(one));
  const more = [...wrong].filter((one) => !expected.has(one));
  notes.push(
    missed.length + more.length === 0
      ? `${who}: found all ${expected.size}, and nothing else`
      : `${who}: missed ${missed.slice(0, 5).join(', ') || 'none'} (${missed.length}), and found ${more.slice(0, 5).join(', ') || 'nothing'} (${more.length}) beside them`,
  );
}

function program(path: string, name: string): string | undefined {
  if (path !== '' && existsSync(path)) return path;
  notes.push(path === '' ? `${name} is not given: only ours is measured` : `${name}: there is no file ${path}`);
  return undefined;
}

interface Findings {
  readonly files: readonly {
    readonly file: string;
    readonly findings: readonly { readonly severity: string; readonly message: string }[];
  }[];
  readonly plans: readonly { readonly cycles: readonly (readonly string[])[] }[];
}

await inPlace(async (directory) => {
  const specs = join(directory, 'specs');
  mkdirSync(specs);
  const invalid = writeChanges(specs, changes);
  const openSpecProgram = program(openSpec, 'openspec');
  compare(
    `${changes} OpenSpec changes`,
    specs,
    invalid,
    {
      args: [PROGRAM, 'validate', 'openspec/', '--json'],
      found: ({ stdout }) => {
        const { files } = JSON.parse(stdout) as Findings;
        const bad = files.filter(({ findings }) => findings.some(({ severity }) => severity === 'error'));
        return { wrong: new Set(bad.flatMap(({ file }) => /changes\/([^/]+)\//.exec(file)?.[1] ?? [])) };
      },
    },
    openSpecProgram === undefined
      ? undefined
      : {
          args: [openSpecProgram, 'validate', '--all', '--json'],
          found: ({ stdout }) => {
            const { items } = JSON.parse(stdout) as { items: { id: string; valid: boolean }[] };
            return { wrong: new Set(items.filter(({ valid }) => !valid).map(({ id }) => id)) };
          },
        },
  );
  const taskMasterProgram = program(taskMaster, 'task-master');
  for (const most of [1, 3]) {
    const graph = faultyGraph(tasks, { most });
    const root = join(directory, `tasks-${most}`);
    mkdirSync(join(root, '.taskmaster/tasks'), { recursive: true });
    writeFileSync(join(root, '.taskmaster/tasks/tasks.json'), faultyTaskMaster(graph));
    compare(
      `${tasks} Task Master tasks of up to ${most} ${most === 1 ? 'need' : 'needs'}`,
      root,
      new Set(graph.circles.flat().map(String)),
      {
        args: [PROGRAM, 'validate', '.taskmaster/tasks/tasks.json', '--json'],
        found: ({ stdout }) => ({
          wrong: new Set((JSON.parse(stdout) as Findings).plans.flatMap(({ cycles }) => cycles.flat())),
        }),
      },
      taskMasterProgram === undefined
        ? undefined
        : {
            args: [taskMasterProgram, 'validate-dependencies'],
            found: ({ stdout, stderr }) => ({
              wrong: new Set(
                [...`${stdout}\n${stderr}`.matchAll(/\[CIRCULAR\] Task (\d+):/g)].map((match) => match[1] ?? ''),
              ),
            }),
          },
    );
  }
});
print({ name: 'beside the programs of other tools, whole processes', rows, goals, notes }, json);
