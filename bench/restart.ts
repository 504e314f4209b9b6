import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext } from '../src/app/context.ts';
import { openRun } from '../src/app/run.ts';
import { parseStamp } from '../src/core/base/time.ts';
import type { PlanTask } from '../src/core/plan/model.ts';
import type { RunEvent } from '../src/core/run/event.ts';
import { acquireLock } from '../src/engine/log/lock.ts';
import { openLog } from '../src/engine/log/log.ts';
import { runPaths, type RunPaths } from '../src/engine/paths.ts';
import { writeProjections } from '../src/engine/projections.ts';
import { nodeIo } from '../src/io/node/index.ts';
import { Chance } from './lib/chance.ts';
import { attempt } from './lib/history.ts';
import { median } from './lib/measure.ts';
import { inPlace } from './lib/place.ts';
import { options, print } from './lib/report.ts';
import { PROGRAM } from './lib/whole.ts';

/*
 * What a crash costs in time: a run of 1,000 tasks whose log has 100,000 events is carried on by the built program, which is killed (`kill -9`)
 * in the middle of its work and started again at once. Measured is the time from the last event before the kill to the next effect that was
 * dispatched afterwards, by the stamps of the log itself: the death, the start of the process, the replay, the look at what is there.
 */

const { json, rounds, tasks: count, events: many } = options({ rounds: 7, tasks: 1000, events: 100_000 });
const AGENT =
  'printf "%s\\n" "$MASTERPLAN_TASK" >"$MASTERPLAN_TASK.txt"; printf %s \'{"contract_id":"implement.v1","status":"completed","summary":"done"}\' >"$MASTERPLAN_DIGEST"';
/** Of ten tasks so many have landed when the first process is killed. */
const LANDED = 9;

/** What says in a log that something was begun. */
const DISPATCHED: readonly string[] = ['attempt_started', 'verification_started', 'merge_started'];

const env = (root: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'] ?? '',
  HOME: root,
  USER: 'bench',
  GIT_CONFIG_NOSYSTEM: '1',
});

function newProject(root: string): (...args: string[]) => string {
  mkdirSync(root, { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, env: env(root), encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Bench');
  git('config', 'user.email', 'bench@example.org');
  writeFileSync(join(root, '.gitignore'), '/.masterplan/\n');
  const config = `agents:\n  mine:\n    command: [sh, -c, ${JSON.stringify(AGENT)}]\nattempts: 20\ncircuit: off\n`;
  writeFileSync(join(root, '.masterplan.yaml'), config);
  const units = Array.from(
    { length: count },
    (_, i) =>
      `### Task ${i + 1}: Write file ${i + 1}\n\n**Files:** \`T${i + 1}.txt\`\n**Needs:** ${i < 20 ? 'none' : `T${i - 19}`}\n**Verify:** \`true\`\n\nWrite it.\n`,
  );
  writeFileSync(join(root, 'plan.md'), `# Files\n\n**Goal:** files.\n\n${units.join('\n')}`);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Begin');
  return git;
}

/** Begins the run as any is begun, then writes what a long life of it would have left: many attempts, most of the tasks landed. */
async function grow(root: string): Promise<RunPaths> {
  const git = newProject(root);
  const context = createContext({
    cwd: root,
    env: env(root) as Record<string, string>,
    argv: [],
    node: process.execPath,
  });
  const opened = await openRun(context, { target: 'plan.md', slug: 'long' });
  if (!opened.ok) throw new Error(opened.error.message);
  const begun = opened.value;
  await begun.approve('bench');
  // It makes the branch and stops with its first attempts: what a run needs of git is there.
  begun.subscribe((all) => {
    if (all.some(({ event }) => event === 'branch_created')) begun.stop('now');
  });
  await begun.run();
  await begun.close();

  const io = nodeIo();
  const paths = runPaths(root, 'docs/masterplan', 'long');
  const lock = await acquireLock(io, paths.runtime, 'bench');
  if (!lock.ok) throw new Error(lock.error.message);
  const log = await openLog(io, paths.log, lock.value, { tornDirectory: paths.torn });
  if (!log.ok) throw new Error(log.error.problem);
  const { log: own } = log.value;
  const { state } = own;
  const branch = 'refs/heads/masterplan/long';
  const tip = git('commit-tree', `${branch}^{tree}`, '-p', branch, '-m', 'What landed until now');
  const chance = new Chance(7);
  const of: readonly PlanTask[] = state.tasks.map(({ task }) => task);
  const landed = Math.floor((count * LANDED) / 10);
  const rejected = Math.max(0, Math.round((many / landed - 10) / 6));
  const appended: Promise<unknown>[] = [];
  const numbers = state.tasks.map(({ attempts }) => attempts.length);
  of.slice(0, landed).forEach((task, i) => {
    let number = (numbers[i] ?? 0) + 1;
    for (let k = 0; k < rejected; k++)
      for (const group of attempt(task, number++, tip, 'failed', chance)) appended.push(own.append(group));
    const groups = attempt(task, number, tip, 'landed', chance);
    const end = groups.at(-1)?.at(-1);
    const hex = end?.event === 'merge_finished' ? end.commit : '';
    if (hex === '') throw new Error('what landed ends with a merge');
    for (const group of groups)
      appended.push(
        own.append(i < landed - 1 ? group : (JSON.parse(JSON.stringify(group).replaceAll(hex, tip)) as RunEvent[])),
      );
  });
  await Promise.all(appended);
  git('update-ref', branch, tip);
  await own.close();
  await writeProjections(io, paths, own.position, own.state);
  await lock.value.release();
  return paths;
}

interface Line {
  readonly seq: number;
  readonly event: string;
  readonly at: number;
}

/** The events at the end of a log, from a number on. */
function linesAfter(path: string, seq: number): Line[] {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  const bytes = Buffer.alloc(Math.min(size, 512 * 1024));
  readSync(file, bytes, 0, bytes.length, size - bytes.length);
  closeSync(file);
  return bytes
    .toString('utf8')
    .split('\n')
    .slice(1)
    .flatMap((text): Line[] => {
      try {
        const { seq: at, event, ts } = JSON.parse(text) as { seq: number; event: string; ts: string };
        return at > seq ? [{ seq: at, event, at: parseStamp(ts) }] : [];
      } catch {
        return [];
      }
    });
}

/** Milliseconds that parsing every line takes, as a measure of the machine in this very moment. */
function parseAll(path: string): number {
  const bytes = readFileSync(path);
  const began = performance.now();
  for (let at = 0, end = bytes.indexOf(10); end >= 0; at = end + 1, end = bytes.indexOf(10, at))
    JSON.parse(bytes.toString('utf8', at, end));
  return Math.round(performance.now() - began);
}

function start(root: string): ChildProcess {
  return spawn(process.execPath, [PROGRAM, 'run', 'long', '--json'], { cwd: root, env: env(root), stdio: 'ignore' });
}

async function until<T>(look: () => T | undefined, child: ChildProcess): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (child.exitCode !== null) throw new Error(`masterplan ended with ${child.exitCode} before anything was begun`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

await inPlace(async (directory) => {
  const root = join(directory, 'project');
  const { log } = await grow(root);
  const first = linesAfter(log, 0).at(-1)?.seq ?? 0;
  const chance = new Chance(3);
  const took: number[] = [];
  const fromStart: number[] = [];
  let child = start(root);
  let last = first;
  const bare: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    bare.push(parseAll(log));
    const from = last;
    const wanted = chance.whole(5, 40);
    await until(() => (linesAfter(log, from).length >= wanted ? true : undefined), child);
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await gone;
    const before = linesAfter(log, 0).at(-1) as Line;
    const began = Date.now();
    child = start(root);
    const next = await until(() => linesAfter(log, before.seq).find(({ event }) => DISPATCHED.includes(event)), child);
    last = next.seq;
    // The first round finds cold caches.
    if (round === 0) continue;
    took.push(next.at - before.at);
    fromStart.push(next.at - began);
  }
  child.kill('SIGKILL');
  const value = median(took);
  print(
    {
      name: 'restart after kill -9',
      rows: [
        {
          tasks: count,
          events: first,
          kills: took.length,
          'median, ms': value,
          'least, ms': Math.min(...took),
          'most, ms': Math.max(...took),
          'JSON.parse of every line alone, ms': median(bare),
          'of it from the start of the process, ms': median(fromStart),
        },
      ],
      goals: [{ what: 'last event before the kill to the next effect', value, atMost: 1000, unit: 'ms' }],
    },
    json,
  );
});
