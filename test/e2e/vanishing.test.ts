import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { project, type World } from '../rig/world.ts';
import { until } from '../io/until.ts';

/** Keeps the unfinished work of agents quickly enough for a test. */
const QUICK = { config: { snapshots: { interval: '100ms' } } };

function kept(world: World, ...args: string[]): string {
  return execFileSync('git', ['--git-dir', world.path('.git/masterplan/kept.git'), ...args], {
    encoding: 'utf8',
    env: world.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

/** Waits until the newest snapshot of an attempt holds a file. */
async function snapshotWith(world: World, name: string, path: string): Promise<void> {
  await until(`a snapshot with ${path}`, () => {
    try {
      const ref = kept(world, 'for-each-ref', '--format=%(refname)', `refs/masterplan/snapshots/*/${name}`);
      return ref !== '' && kept(world, 'cat-file', '-t', `${ref}:${path}`) === 'blob';
    } catch {
      return false;
    }
  });
}

describe('a worktree that is taken away while its agent works', () => {
  const thefts: readonly [string, 'missing' | 'replaced', (worktree: string) => void][] = [
    ['removed', 'missing', (worktree) => rmSync(worktree, { recursive: true })],
    [
      'replaced by a link to the main checkout',
      'replaced',
      (worktree) => {
        renameSync(worktree, join(worktree, '../../../../../away'));
        symlinkSync(join(worktree, '../../../..'), worktree);
      },
    ],
    [
      'replaced by another repository',
      'replaced',
      (worktree) => {
        rmSync(worktree, { recursive: true });
        mkdirSync(worktree);
        execFileSync('git', ['init', '--quiet', worktree]);
        writeFileSync(join(worktree, 'precious.txt'), 'of somebody else\n');
      },
    ],
  ];
  test.each(thefts)('%s: the agent is ended, and the next one begins with the last snapshot', async (_, how, take) => {
    const world = await project({ plan: [{ id: 'T1' }], ...QUICK });
    const head = world.git('rev-parse', 'HEAD');
    const run = world.run();
    const first = await world.agent('T1');
    await first.write('t1.txt', 'half of it\n');
    await snapshotWith(world, 'T1.1', 't1.txt');
    take(first.hello.cwd);
    await first.left();
    const vanished = await world.event('worktree_vanished');
    expect(vanished).toMatchObject({ task: 'T1', attempt: 1, failure: 'vanished', how });

    const second = await world.agent('T1');
    expect(await second.sh('cat t1.txt')).toBe('half of it\n');
    await second.done();
    expect((await run.end()).code).toBe(3);
    expect(world.files()).toMatchObject({ 't1.txt': 'half of it' });
    expect(world.eventsOf('attempt_finished')[0]).toMatchObject({ ending: 'lost' });
    // What took its place is moved aside, never thrown away; the main checkout is as it was.
    if (how === 'replaced') {
      const removed = await world.event('worktree_removed', (event) => event.attempt === 1);
      expect(removed.proof?.how).toBe('moved');
      if (removed.proof?.how === 'moved' && !existsSync(world.path(removed.proof.to, 'README.md')))
        expect(world.read(join(removed.proof.to, 'precious.txt'))).toBe('of somebody else\n');
    }
    expect(world.git('rev-parse', 'HEAD')).toBe(head);
    expect(world.git('status', '--porcelain', '--untracked-files=no')).toBe('');
    await expectOrder(world);
  });

  test('twice, the second time before anything new was kept: what the first one did is still gone on with', async () => {
    const world = await project({ plan: [{ id: 'T1' }], config: { snapshots: { interval: '1s' } } });
    const run = world.run();
    const first = await world.agent('T1');
    await first.write('t1.txt', 'half of it\n');
    await snapshotWith(world, 'T1.1', 't1.txt');
    rmSync(first.hello.cwd, { recursive: true });
    await first.left();
    const second = await world.agent('T1');
    rmSync(second.hello.cwd, { recursive: true });
    await second.left();
    const third = await world.agent('T1');
    expect(await third.sh('cat t1.txt')).toBe('half of it\n');
    await third.done();
    expect((await run.end()).code).toBe(3);
    expect(world.files()).toMatchObject({ 't1.txt': 'half of it' });
  });

  test('an agent without its .git finds no repository: least of all the main checkout', async () => {
    const world = await project({ plan: [{ id: 'T1' }] });
    const run = world.run();
    const agent = await world.agent('T1');
    await agent.write('t1.txt', 'T1\n');
    expect(await agent.sh('rm .git; git rev-parse --show-toplevel 2>&1 || true')).toMatch(/not a git repository/);
    expect(await agent.sh('git add -A 2>&1 || true; git commit -m stolen 2>&1 || true')).not.toMatch(/main/);
    await agent.done();
    expect((await run.end()).code).toBe(3);
    expect(world.files()).toMatchObject({ 't1.txt': 'T1' });
  });

  test('with all of .masterplan: the same command goes on from the snapshot', async () => {
    const world = await project({ plan: [{ id: 'T1' }], ...QUICK });
    const run = world.run();
    const first = await world.agent('T1');
    await first.write('t1.txt', 'half of it\n');
    await snapshotWith(world, 'T1.1', 't1.txt');
    run.kill();
    await run.end();
    await first.die('SIGKILL', true);
    rmSync(world.path('.masterplan'), { recursive: true });
    world.puppets.follow(async (agent) => {
      await agent.sh('test -f t1.txt');
      await agent.done();
    });
    expect((await world.runs()).code).toBe(3);
    expect(world.files()).toMatchObject({ 't1.txt': 'half of it' });
  });
});
