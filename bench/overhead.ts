import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext } from '../src/app/context.ts';
import { openRun } from '../src/app/run.ts';
import type { Io } from '../src/io/io.ts';
import { inPlace } from './lib/place.ts';
import { median } from './lib/measure.ts';
import { options, print, type Row } from './lib/report.ts';

/*
 * What masterplan itself costs a task: a whole run of tasks whose agents and verifications take no time, against the git
 * commands and shells that the same work takes by hand. The second table says where our time goes.
 */

const { json, tasks: count, rounds, parallel } = options({ tasks: 20, rounds: 3, parallel: 1 });
const AGENT =
  'printf "%s\\n" "$MASTERPLAN_TASK" >"$MASTERPLAN_TASK.txt"; printf %s \'{"contract_id":"implement.v1","status":"completed","summary":"done"}\' >"$MASTERPLAN_DIGEST"';

interface Spent {
  calls: number;
  ms: number;
}

/** An `Io` that notes how often each of its calls is made and how long all of them take. */
function watched(io: Io, spent: Map<string, Spent>): Io {
  const watch = <T extends object>(
    part: T,
    label: (method: string, args: readonly unknown[]) => string | undefined,
  ): T =>
    new Proxy(part, {
      get(target, property, receiver) {
        const method: unknown = Reflect.get(target, property, receiver);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]): unknown => {
          const name = label(String(property), args);
          const start = performance.now();
          const result: unknown = Reflect.apply(method, target, args);
          if (name === undefined) return result;
          const done = (): void => {
            const one = spent.get(name) ?? { calls: 0, ms: 0 };
            spent.set(name, { calls: one.calls + 1, ms: one.ms + performance.now() - start });
          };
          if (result instanceof Promise) return result.finally(done);
          done();
          return result;
        };
      },
    });
  const program = (args: readonly unknown[]): string => {
    const { argv } = args[0] as { argv: readonly string[] };
    if (argv[0] !== 'git') return `run ${argv[0] ?? ''}`;
    const at = argv.findIndex((argument, i) => i > 0 && argument !== '-c' && argv[i - 1] !== '-c');
    return `git ${argv[at] ?? ''}`;
  };
  return {
    ...io,
    clock: watch(io.clock, (method) => (method === 'wait' ? 'waits' : undefined)),
    files: watch(io.files, (method) => (method === 'watch' ? undefined : `files.${method}`)),
    processes: watch(io.processes, (method, args) =>
      method === 'run' ? program(args) : method === 'self' ? undefined : `processes.${method}`,
    ),
  };
}

function newProject(root: string): (...args: string[]) => string {
  mkdirSync(root, { recursive: true });
  const env = { PATH: process.env['PATH'] ?? '', HOME: root, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, env, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Bench');
  git('config', 'user.email', 'bench@example.org');
  for (let i = 0; i < 50; i++) writeFileSync(join(root, `file${i}.txt`), `file ${i}\n`);
  writeFileSync(join(root, '.gitignore'), '/.masterplan/\n/by-hand/\n');
  const one = `agents:\n  mine:\n    command: [sh, -c, ${JSON.stringify(AGENT)}]\nparallelism:\n  max_agents: ${parallel}\n`;
  writeFileSync(join(root, '.masterplan.yaml'), one);
  const units = Array.from(
    { length: count },
    (_, i) =>
      `### Task ${i + 1}: Write a file\n\n**Files:** \`T${i + 1}.txt\`\n**Needs:** none\n**Verify:** \`true\`\n\nWrite it.\n`,
  );
  writeFileSync(join(root, 'plan.md'), `# Files\n\n**Goal:** files.\n\n${units.join('\n')}`);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Begin');
  return git;
}

/** Milliseconds of a whole run, from approval to the finish gate. */
async function ours(root: string, spent: Map<string, Spent>): Promise<number> {
  newProject(root);
  const env = { PATH: process.env['PATH'] ?? '', HOME: root, USER: 'bench' };
  const context = createContext({ cwd: root, env, argv: ['run', 'plan.md'], node: process.execPath });
  const opened = await openRun({ ...context, io: watched(context.io, spent) }, { target: 'plan.md' });
  if (!opened.ok) throw new Error(`${opened.error.message}: ${opened.error.hint}`);
  const run = opened.value;
  await run.approve('bench');
  spent.clear();
  const start = performance.now();
  await run.run();
  const took = performance.now() - start;
  const { counts } = run.board();
  await run.close();
  if (counts.merged !== count) throw new Error(`only ${counts.merged} of ${count} tasks are merged`);
  return took;
}

/** The same by hand, one after the other: worktree, agent, commit, a clean checkout for the check, landing, tidying. */
function byHand(root: string): number {
  const git = newProject(root);
  const shell = (cwd: string, command: string, more: Record<string, string> = {}): void => {
    execFileSync('sh', ['-c', command], { cwd, env: { PATH: process.env['PATH'] ?? '', ...more } });
  };
  git('branch', 'work');
  const start = performance.now();
  for (let i = 1; i <= count; i++) {
    const worktree = join(root, 'by-hand', `T${i}`);
    const checkout = join(root, 'by-hand', `check${i}`);
    const base = git('rev-parse', 'refs/heads/work');
    git('worktree', 'add', '--quiet', '--detach', worktree, base);
    shell(worktree, AGENT, { MASTERPLAN_TASK: `T${i}`, MASTERPLAN_DIGEST: join(root, 'by-hand', 'digest') });
    git('-C', worktree, 'add', '--all');
    git('-C', worktree, 'commit', '--quiet', '--message', `T${i}`);
    const commit = git('-C', worktree, 'rev-parse', 'HEAD');
    git('worktree', 'add', '--quiet', '--detach', checkout, commit);
    shell(checkout, 'true');
    git('worktree', 'remove', '--force', checkout);
    const tree = git('merge-tree', '--write-tree', base, commit);
    const landed = git('commit-tree', '-p', base, '-m', `T${i}`, tree);
    git('update-ref', 'refs/heads/work', landed, base);
    git('worktree', 'remove', '--force', worktree);
  }
  return performance.now() - start;
}

await inPlace(async (directory) => {
  const spent = new Map<string, Spent>();
  const times: { ours: number; hand: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const hand = byHand(join(directory, `hand-${round}`));
    const own = await ours(join(directory, `own-${round}`), spent);
    if (round > 0) times.push({ hand, ours: own });
    for (const name of ['hand', 'own']) rmSync(join(directory, `${name}-${round}`), { recursive: true, force: true });
  }
  const rows: Row[] = [
    {
      tasks: count,
      agents: parallel,
      'masterplan, ms a task': median(times.map((one) => one.ours)) / count,
      'by hand, ms a task': median(times.map((one) => one.hand)) / count,
      'masterplan / by hand': median(times.map((one) => one.ours / one.hand)),
    },
  ];
  print({ name: 'overhead of a task with an instant agent', rows }, json);
  const parts = [...spent].map(([what, one]) => ({
    what,
    'calls a task': one.calls / count,
    'ms a task': one.ms / count,
  }));
  print(
    {
      name: 'where it goes (last round; what runs side by side counts twice)',
      rows: parts.sort((a, b) => b['ms a task'] - a['ms a task']).slice(0, 24),
    },
    json,
  );
});
