import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRepositories } from '../src/engine/git/create.ts';
import type { Repositories } from '../src/engine/git/repositories.ts';
import { nodeIo } from '../src/io/node/index.ts';

/** Medians in milliseconds, for one repository. */
export interface LandingTimes {
  readonly files: number;
  /** What an attempt costs around the agent's work. */
  readonly openWorktree: number;
  readonly collect: number;
  readonly removeWorktree: number;
  /** What a verification costs around its commands. */
  readonly checkout: number;
  /** The git part of landing: onto the commit it was made on, and onto one that moved on. */
  readonly integrateSame: number;
  readonly integrateMoved: number;
  readonly publish: number;
  readonly landSame: number;
  readonly landMoved: number;
  /** `git --version`, started the same way: the floor under each of the three to five commands of a landing. */
  readonly gitVersion: number;
}

const io = nodeIo();
const IDENTITY = { name: 'Bench', email: 'bench@example.org' };

/** Lands `rounds` attempts of five changed files each in a repository of `files` files. */
export async function landing(files: number, rounds: number): Promise<LandingTimes> {
  const directory = mkdtempSync(join(tmpdir(), 'masterplan-bench-'));
  try {
    const root = join(directory, 'project');
    mkdirSync(root);
    const env = { PATH: process.env['PATH'] ?? '', HOME: directory, GIT_CONFIG_NOSYSTEM: '1' };
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, env, encoding: 'utf8' }).trim();
    fill(root, files);
    git('init', '--quiet', '--initial-branch=main');
    git('config', 'gc.auto', '0');
    git('add', '--all');
    git('-c', 'user.name=B', '-c', 'user.email=b@example.org', 'commit', '--quiet', '--message', 'Begin');
    git('gc', '--quiet');
    const base = git('rev-parse', 'HEAD');
    const repositories = createRepositories(io, {
      root,
      gitDirectory: join(root, '.git'),
      slug: 'bench',
      identity: IDENTITY,
      tools: { path: env.PATH, home: directory },
    });
    await repositories.prepare();
    return { files, ...(await measure(repositories, root, base, files, rounds)) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(
  repositories: Repositories,
  root: string,
  base: string,
  files: number,
  rounds: number,
): Promise<Omit<LandingTimes, 'files'>> {
  const times = new Map<string, number[]>();
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const value = await work();
    times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
    return value;
  };
  const branch = 'masterplan/bench';
  await repositories.publish(branch, base, undefined);
  let tip = base;
  for (let round = 0; round < rounds; round++) {
    const name = `T${round}.1`;
    const path = join(root, '.masterplan/worktrees/bench', name);
    const scratch = join(root, '.masterplan/scratch/bench', `${name}.git`);
    await timed('gitVersion', () =>
      io.processes.run({ argv: ['git', '--version'], cwd: root, env: { PATH: process.env['PATH'] ?? '' } }),
    );
    const text = {
      message: `Land ${name}\n\nMasterplan-Run: r\nMasterplan-Task: T${round}\nMasterplan-Attempt: r/T${round}#1`,
      date: 1_700_000_000_000 + round,
    };
    // Every second attempt begins where the branch stands, the others find that it has moved on.
    const from = round % 2 === 0 ? tip : base;
    await timed('openWorktree', () => repositories.openWorktree(path, scratch, from));
    for (let n = 0; n < 5; n++)
      writeFileSync(join(path, fileName((round * 7 + n * 31) % files)), `round ${round}\n`.repeat(40));
    const collected = await timed('collect', () => repositories.collect(path, scratch, from, name, text));
    await timed('removeWorktree', () => repositories.removeWorktree(path, scratch));
    if (collected === undefined) throw new Error('nothing collected');
    const kind = from === tip ? 'Same' : 'Moved';
    const onto = tip;
    const landed = await timed(`land${kind}`, async () => {
      const result = await timed(`integrate${kind}`, () => repositories.integrate(collected.commit, from, onto, text));
      if ('conflicts' in result) return undefined;
      await timed('publish', () => repositories.publish(branch, result.commit, onto));
      return result.commit;
    });
    if (landed === undefined) continue;
    tip = landed;
    if (round < 4) {
      const checkout = join(root, '.masterplan/runs/bench/checkouts/one');
      await timed('checkout', () => repositories.checkout(landed, checkout));
      await repositories.removeWorktree(checkout);
    }
  }
  const of = (name: string): number => median(times.get(name) ?? []);
  return {
    openWorktree: of('openWorktree'),
    collect: of('collect'),
    removeWorktree: of('removeWorktree'),
    checkout: of('checkout'),
    integrateSame: of('integrateSame'),
    integrateMoved: of('integrateMoved'),
    publish: of('publish'),
    landSame: of('landSame'),
    landMoved: of('landMoved'),
    gitVersion: of('gitVersion'),
  };
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
}

for (const [files, rounds] of [
  [1_000, 30],
  [20_000, 16],
] as const) {
  console.log(JSON.stringify(await landing(files, rounds)));
}
