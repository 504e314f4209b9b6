import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRepositories } from '../src/engine/git/create.ts';
import { nodeIo } from '../src/io/node/index.ts';
import { median } from './lib/measure.ts';
import { inPlace } from './lib/place.ts';
import { type Goal, options, print, type Row } from './lib/report.ts';

/*
 * The git part of an attempt: its worktree, collecting its work, carrying it onto the branch and moving the branch, in
 * repositories of two sizes. Beside it a bare `git --version`, the floor under each of the processes of a landing, and a
 * bare `git worktree add`.
 */

const { json, rounds } = options({ rounds: 10 });
const io = nodeIo();
const BRANCH = 'masterplan/bench';

/** Every attempt changes this many files. */
const CHANGED = 5;

/** Lands attempts in a repository of `files` files; for each step what it took, in milliseconds, round by round. */
export async function landing(directory: string, files: number): Promise<Map<string, number[]>> {
  const root = join(directory, `project-${files}`);
  const env = { PATH: process.env['PATH'] ?? '', HOME: directory, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, env, encoding: 'utf8' }).trim();
  fill(root, files);
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'gc.auto', '0');
  git('add', '--all');
  git('-c', 'user.name=B', '-c', 'user.email=b@example.org', 'commit', '--quiet', '--message', 'Begin');
  git('gc', '--quiet');
  const base = git('rev-parse', 'HEAD');
  const identity = { name: 'Bench', email: 'bench@example.org' };
  const tools = { path: env.PATH, home: directory };
  const gitDirectory = join(root, '.git');
  const repositories = createRepositories(io, { root, gitDirectory, slug: 'bench', identity, tools });
  await repositories.prepare();
  await repositories.publish(BRANCH, base, undefined);

  const times = new Map<string, number[]>();
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const value = await work();
    times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
    return value;
  };
  let tip = base;
  for (let round = 0; round < rounds; round++) {
    const name = `T${round}.1`;
    const path = join(root, '.masterplan/worktrees/bench', name);
    const scratch = join(root, '.masterplan/scratch/bench', `${name}.git`);
    const trailers = `Masterplan-Run: r\nMasterplan-Task: T${round}\nMasterplan-Attempt: r/T${round}#1`;
    const text = { message: `Land ${name}\n\n${trailers}`, date: 1_700_000_000_000 + round };
    // Every second attempt began where the branch stands, the others find that it has moved on.
    const from = round % 2 === 0 ? tip : base;
    const plain = join(directory, `plain-${files}-${round}`);
    await timed('worktree add', async () => git('worktree', 'add', '--quiet', '--detach', plain, from));
    git('worktree', 'remove', '--force', plain);
    await timed('git --version', () => io.processes.run({ argv: ['git', '--version'], cwd: root, env }));
    await timed('openWorktree', () => repositories.openWorktree(path, scratch, from));
    for (let n = 0; n < CHANGED; n++) {
      writeFileSync(join(path, fileName((round * 7 + n * 31) % files)), `round ${round}\n`.repeat(40));
    }
    const collected = await timed('collect', () => repositories.collect(path, scratch, from, name, text));
    await timed('removeWorktree', () => repositories.removeWorktree(path, scratch));
    if (collected === undefined) throw new Error('nothing was collected');
    const landed = await timed(from === tip ? 'land' : 'land after others', async () => {
      // As the merge queue does it: where nothing landed meanwhile, the stored commit itself lands.
      const result =
        from === tip ? { commit: collected.commit } : await repositories.integrate(collected.commit, from, tip, text);
      if ('conflicts' in result) throw new Error(`conflicts in ${result.conflicts.join(', ')}`);
      if ((await repositories.publish(BRANCH, result.commit, tip)) !== 'moved') throw new Error('it did not move');
      return result.commit;
    });
    tip = landed;
  }
  return times;
}

function fill(root: string, files: number): void {
  for (let index = 0; index < files; index++) {
    const path = join(root, fileName(index));
    if (index % 50 === 0) mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `file ${index}\n${'some line of text that fills the file a little\n'.repeat(index % 100)}`);
  }
}

function fileName(index: number): string {
  const directory = Math.floor(index / 50);
  return `d${directory % 20}/e${directory}/f${index}.txt`;
}

const rows: Row[] = [];
const goals: Goal[] = [];
const notes: string[] = [];
await inPlace(async (directory) => {
  for (const files of [1_000, 20_000]) {
    const times = await landing(directory, files);
    const of = (name: string): number[] => times.get(name) ?? [];
    const against = (name: string, yardstick: string): number =>
      median(of(name).map((took, round) => took / (of(yardstick)[round] ?? Number.NaN)));
    const ratio = against('openWorktree', 'worktree add');
    rows.push({ files, ...Object.fromEntries([...times].map(([name, all]) => [`${name}, ms`, median(all)])) });
    rows.push({
      files: 'fastest',
      ...Object.fromEntries([...times].map(([name, all]) => [`${name}, ms`, Math.min(...all)])),
    });
    goals.push({ what: `git part of landing, ${files} files`, value: median(of('land')), atMost: 10, unit: 'ms' });
    const floor = median(of('git --version'));
    notes.push(
      `${files} files: landing takes ${(median(of('land')) / floor).toFixed(1)} times as long as one git --version (it is two processes and their syncs), after others ${(median(of('land after others')) / floor).toFixed(1)} times`,
    );
    goals.push({ what: `worktree, ${files} files, against git worktree add`, value: ratio, atMost: 1.2 });
  }
});
print({ name: 'landing', rows, goals, notes }, json);
