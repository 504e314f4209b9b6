import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRepositories } from '../src/engine/git/create.ts';
import { nodeIo } from '../src/io/node/index.ts';
import { median } from './lib/measure.ts';
import { inPlace } from './lib/place.ts';
import { options, print, type Row } from './lib/report.ts';

/*
 * What keeping unfinished work costs, in repositories of several sizes: the first snapshot of a worktree, one of which nothing
 * changed, one of which five files changed, and a look of the radar at a pair. Beside them `git add --all` and `git stash create`
 * in the same worktree, which is what one would do by hand.
 */

const { json, rounds } = options({ rounds: 10 });
const io = nodeIo();
const CHANGED = 5;

async function measure(directory: string, files: number): Promise<Row> {
  const root = join(directory, `project-${files}`);
  const env = { PATH: process.env['PATH'] ?? '', HOME: directory, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync('git', args, { cwd, env, encoding: 'utf8' }).trim();
  const path = (i: number): string => `src/d${Math.floor(i / 100)}/file${i}.txt`;
  const write = (base: string, i: number, text: string): void => {
    mkdirSync(dirname(join(base, path(i))), { recursive: true });
    writeFileSync(join(base, path(i)), text);
  };
  for (let i = 0; i < files; i++) write(root, i, `file ${i}\n${'line of text\n'.repeat(20)}`);
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'config', 'gc.auto', '0');
  git(root, 'add', '--all');
  git(root, '-c', 'user.name=B', '-c', 'user.email=b@example.org', 'commit', '--quiet', '--message', 'Begin');
  const base = git(root, 'rev-parse', 'HEAD');
  const identity = { name: 'Bench', email: 'bench@example.org' };
  const tools = { path: env.PATH, home: directory };
  const gitDirectory = join(root, '.git');
  const repositories = createRepositories(io, { root, gitDirectory, slug: 'bench', identity, tools });
  await repositories.prepare();
  const open = async (name: string): Promise<string> => {
    const worktree = join(root, '.masterplan/worktrees/bench', name);
    await repositories.openWorktree(worktree, join(root, '.masterplan/scratch/bench', `${name}.git`), base);
    return worktree;
  };
  const times = new Map<string, number[]>();
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const value = await work();
    times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
    return value;
  };
  const take = async (worktree: string, name: string, round: number): Promise<string> => {
    const of = {
      run: 'bench-1',
      slug: 'bench',
      task: name,
      attempt: 1,
      base,
      why: 'interval',
      title: 'Bench',
    } as const;
    const taken = await repositories.snapshot({
      ...of,
      path: worktree,
      name,
      date: 1_700_000_000_000 + round,
      exclude: [],
      put: [],
      largest: 50_000_000,
    });
    return taken?.commit ?? base;
  };
  const [one, other, plain] = [await open('T1.1'), await open('T2.1'), await open('T3.1')];
  write(one, 0, 'begun\n');
  write(other, 0, 'begun otherwise\n');
  let mine = await timed('first', () => take(one, 'T1.1', 0));
  const theirs = await take(other, 'T2.1', 0);
  for (let round = 1; round <= rounds; round++) {
    await timed('nothing changed', () => take(one, 'T1.1', round));
    for (let i = 0; i < CHANGED; i++) write(one, i * 7, `round ${round}\n`);
    mine = await timed('five changed', () => take(one, 'T1.1', round));
    await timed('paths', () => repositories.touched(mine, base));
    await timed('pair', () => repositories.foresee(mine, theirs));
    for (let i = 0; i < CHANGED; i++) write(plain, i * 7, `round ${round}\n`);
    await timed('by hand', async () => {
      git(plain, 'add', '--all');
      git(plain, 'stash', 'create');
    });
  }
  const of = (name: string): number => Number(median(times.get(name) ?? []).toFixed(1));
  return {
    files,
    'first ms': of('first'),
    'nothing changed ms': of('nothing changed'),
    'five changed ms': of('five changed'),
    'add + stash create ms': of('by hand'),
    'radar: paths ms': of('paths'),
    'radar: pair ms': of('pair'),
  };
}

await inPlace(async (directory) => {
  const rows: Row[] = [];
  for (const files of [1_000, 20_000, 100_000]) rows.push(await measure(directory, files));
  const share = Number((((rows[1]?.['five changed ms'] as number) / 10_000) * 100).toFixed(2));
  const notes = [
    `with the default interval of 10 s, and 20,000 files, ${share} % of the time goes into snapshots while everything changes`,
  ];
  print({ name: `Snapshots and radar, medians of ${rounds}`, rows, notes }, json);
});
