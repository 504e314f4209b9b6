import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentSettings } from '../src/core/environment/settings.ts';
import { setUp } from '../src/engine/environment/setup.ts';
import { leaseFor } from '../src/engine/environment/site.ts';
import { createRepositories } from '../src/engine/git/create.ts';
import { runPaths } from '../src/engine/paths.ts';
import type { Performing } from '../src/engine/perform/performer.ts';
import { nodeIo } from '../src/io/node/index.ts';
import { median, percentile } from './lib/measure.ts';
import { inPlace } from './lib/place.ts';
import { type Goal, options, print, type Row } from './lib/report.ts';

/*
 * A worktree ready for work: opened, two ports leased, files copied and made, and one command run in it that does nothing; in
 * repositories of three sizes, beside a bare `git worktree add`. `--most 20000` leaves larger ones out.
 */

const { json, rounds, most } = options({ rounds: 0, most: 100_000 });
const io = nodeIo();
const SETTINGS: EnvironmentSettings = {
  setup: [{ command: 'true', from: 'bench' }],
  teardown: [],
  timeout: 60_000,
  ports: { web: 1, db: 1 },
  env: [],
  files: [{ path: '.env', from: '.env.example', names: ['PORT'] }],
  copy: ['local.key'],
  checkouts: false,
  tools: [],
};
const ROUNDS: Readonly<Record<number, number>> = { 1_000: 20, 20_000: 10, 100_000: 4 };

/** What each way took in each round, in milliseconds. */
async function measure(directory: string, files: number): Promise<Map<string, number[]>> {
  const root = join(directory, `project-${files}`);
  const env = { PATH: process.env['PATH'] ?? '', HOME: directory, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
  fill(root, files);
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'gc.auto', '0');
  git('config', 'maintenance.auto', 'false');
  git('add', '--all');
  git('-c', 'user.name=B', '-c', 'user.email=b@example.org', 'commit', '--quiet', '--message', 'Begin');
  git('gc', '--quiet');
  writeFileSync(join(root, 'local.key'), 'key\n');
  const commit = git('rev-parse', 'HEAD');
  const repositories = createRepositories(io, {
    root,
    gitDirectory: join(root, '.git'),
    slug: 'bench',
    identity: { name: 'Bench', email: 'bench@example.org' },
    tools: { path: env.PATH, home: directory },
  });
  await repositories.prepare();
  const paths = runPaths(root, 'docs/masterplan', 'bench');
  const performing = {
    io,
    git: repositories,
    paths,
    base: { PATH: env.PATH, HOME: directory },
    env: { '@file:.env': { PORT: '{port:web}' } },
    leases: join(directory, 'leases'),
    shell: ['sh', '-e', '-c'],
    state: () => ({ run: 'bench', tasks: [] }),
    confirm: () => Promise.resolve(),
  } as unknown as Performing;
  const times = new Map<string, number[]>();
  const timed = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const start = performance.now();
    await work();
    times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
  };
  const count = rounds > 0 ? rounds : (ROUNDS[files] ?? 1);
  for (let round = 0; round < count; round++) {
    const plain = join(directory, `plain-${round}`);
    await timed('git worktree add', async () => git('worktree', 'add', '--quiet', '--detach', plain, commit));
    git('worktree', 'remove', '--force', plain);
    const path = join(paths.worktrees, `T${round}.1`);
    const scratch = join(paths.scratch, `T${round}.1.git`);
    const site = { path, slug: 'bench', task: `T${round}`, commit, outputs: join(paths.attempts, 'T'), nonce: 'bench' };
    const start = performance.now();
    await timed('opened', () => repositories.openWorktree(path, scratch, commit));
    const lease = await leaseFor(site, SETTINGS, performing);
    if (!lease.ok) throw new Error(lease.error);
    const outcome = await setUp(site, lease.value, SETTINGS, performing, new AbortController().signal);
    if (outcome.how !== 'ready') throw new Error(JSON.stringify(outcome));
    times.set('ready for work', [...(times.get('ready for work') ?? []), performance.now() - start]);
    await timed('removed', () => repositories.removeWorktree(path, scratch));
  }
  return times;
}

function fill(root: string, files: number): void {
  for (let index = 0; index < files; index++) {
    const directory = Math.floor(index / 50);
    const path = join(root, `d${directory % 20}/e${directory}/f${index}.txt`);
    if (index % 50 === 0) mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `file ${index}\n${'some line of text that fills the file a little\n'.repeat(index % 100)}`);
  }
  writeFileSync(join(root, '.gitignore'), '.env\nlocal.key\n.masterplan/\n');
  writeFileSync(join(root, '.env.example'), 'PORT=3000\n');
}

const rows: Row[] = [];
const goals: Goal[] = [];
await inPlace(async (directory) => {
  for (const files of [1_000, 20_000, 100_000].filter((size) => size <= most)) {
    const times = await measure(directory, files);
    const bare = times.get('git worktree add') ?? [];
    for (const [way, all] of times) {
      const ratio = median(all.map((took, round) => took / (bare[round] ?? Number.NaN)));
      rows.push({ files, way, 'p50, ms': median(all), 'p95, ms': percentile(all, 0.95), 'against git': ratio });
      if (way === 'opened')
        goals.push({ what: `worktree of ${files} files against git worktree add`, value: ratio, atMost: 1.2 });
    }
  }
});
print({ name: 'worktree', rows, goals }, json);
