import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RescueDetails, RescueReport, Restored } from '../../src/app/rescue.ts';
import { project, type World } from '../rig/world.ts';
import { until } from '../io/until.ts';

const QUICK = { config: { snapshots: { interval: '100ms' } } };

const list = (world: World, ...args: string[]): Promise<RescueReport> => world.json<RescueReport>(['rescue', ...args]);

/** A run whose masterplan and agent were killed in the middle of T1, after a snapshot of half.txt. */
async function halfway(): Promise<World> {
  const world = await project({ plan: [{ id: 'T1' }], ...QUICK });
  const run = world.run();
  const agent = await world.agent('T1');
  await agent.write('half.txt', 'half of it\n');
  await until('a snapshot', async () => {
    const { items } = await list(world);
    return items.some((one) => one.kind === 'snapshot') ? true : undefined;
  });
  run.kill();
  await run.end();
  await agent.die('SIGKILL', true);
  return world;
}

describe('rescue', () => {
  test('says that nothing is lost where nothing is, and what it looked at', async () => {
    const world = await project();
    const before = await world.masterplan('rescue');
    expect([before.code, before.stderr]).toEqual([0, '']);
    expect(before.stdout).toMatch(/nothing is lost here/);
    world.everyoneWorks();
    expect((await world.runs(['--yes', '--finish', 'merge'])).code).toBe(0);
    expect((await list(world)).items).toEqual([]);
    expect((await list(world)).landed).toBeGreaterThan(0);
    const none = await world.masterplan('rescue', 'show', 'abcdef');
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/nothing with the id abcdef/)]);
  });

  test('brings unfinished work back when .masterplan, the bundle and the run branch are gone', async () => {
    const world = await halfway();
    rmSync(world.path('.masterplan'), { recursive: true });
    rmSync(world.path('docs/masterplan'), { recursive: true });
    world.git('branch', '-D', 'masterplan/demo');
    world.git('reflog', 'expire', '--expire=now', '--all');
    world.git('gc', '--quiet', '--prune=now');
    const { items } = await list(world);
    expect(items).toEqual([
      expect.objectContaining({ kind: 'snapshot', slug: 'demo', task: 'T1', attempt: 1, state: 'alone' }),
    ]);
    const id = items[0]?.id ?? '';
    expect((await world.json<RescueDetails>(['rescue', 'show', id])).changes).toEqual([
      { path: 'half.txt', kind: 'added' },
    ]);
    expect((await world.masterplan('rescue', 'show', 'T1#1')).stdout).toMatch(/added +half.txt/);

    const { branch = '' } = await world.json<Restored>(['rescue', 'restore', id]);
    expect(world.git('show', `${branch}:half.txt`)).toBe('half of it');
    // Once more onto the same branch: nothing is overwritten.
    const again = await world.masterplan('rescue', 'restore', id, '--to', branch);
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/overwrites nothing/)]);
    expect(await world.json(['rescue', 'restore', id, '--into', 'out'])).toMatchObject({
      directory: world.path('out'),
    });
    expect(readFileSync(world.path('out/half.txt'), 'utf8')).toBe('half of it\n');
    expect(existsSync(world.path('out/.git'))).toBe(false);
    const full = await world.masterplan('rescue', 'restore', id, '--into', 'out');
    expect([full.code, full.stderr]).toEqual([1, expect.stringMatching(/not empty/)]);
    expect(world.git('status', '--porcelain', '--untracked-files=no')).not.toMatch(/^.M/m);
  });

  test('finds the run branch that somebody deleted, work that did not land, and stashes of agents', async () => {
    const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }], config: { attempts: 1 } });
    const run = world.run();
    const first = await world.agent('T1');
    await first.write('t1.txt', 'T1\n');
    await first.done();
    const second = await world.agent('T2');
    await second.write('t2.txt', 'tried\n');
    await second.commit('by the agent');
    await second.write('t2.txt', 'stashed\n');
    await second.sh('git stash --quiet');
    const during = await list(world);
    expect(during.items.find(({ kind }) => kind === 'stash')).toMatchObject({ task: 'T2', attempt: 1 });
    await second.digest({ status: 'failed', summary: 'It does not work.' });
    await second.exit(0);
    expect((await run.end()).code).toBe(1);
    const tip = world.git('rev-parse', 'masterplan/demo');
    world.git('branch', '-D', 'masterplan/demo');

    const { items } = await list(world);
    expect(items).toContainEqual(expect.objectContaining({ kind: 'branch', slug: 'demo', commit: tip }));
    expect(items).toContainEqual(expect.objectContaining({ kind: 'result', task: 'T2', state: 'unfinished' }));
    const stash = items.find(({ kind }) => kind === 'stash');
    expect(stash).toMatchObject({ task: 'T2' });
    await world.json(['rescue', 'restore', stash?.id ?? '', '--into', 'stash']);
    expect(readFileSync(world.path('stash/t2.txt'), 'utf8')).toBe('stashed\n');
    await world.json(['rescue', 'restore', tip, '--to', 'masterplan/demo']);
    expect(world.git('rev-parse', 'masterplan/demo')).toBe(tip);
  });

  test('snapshots of what landed are dropped when their time has come, and not before', async () => {
    const world = await project({ config: { snapshots: { interval: '100ms', keep: '1h' } } });
    world.everyoneWorks();
    const run = ['--yes', '--finish', 'keep'];
    expect((await world.runs(run)).code).toBe(0);
    await world.runs(run);
    expect((await list(world, '--all')).items.length).toBeGreaterThan(0);
    const kept = (): string =>
      execFileSync('git', ['--git-dir', world.path('.git/masterplan/kept.git'), 'for-each-ref'], { encoding: 'utf8' });
    expect(kept()).toMatch(/T1\.1/);
    const other = await project({ config: { snapshots: { interval: '100ms', keep: '1ms' } } });
    other.everyoneWorks();
    await other.runs(run);
    await other.runs(run);
    expect(
      execFileSync('git', ['--git-dir', other.path('.git/masterplan/kept.git'), 'for-each-ref'], { encoding: 'utf8' }),
    ).toBe('');
  });

  test('a planted scratch repository misleads nobody', async () => {
    const world = await halfway();
    const scratch = world.path('.masterplan/scratch/demo/T1.1.git');
    const mark = join(world.directory, 'SENTINEL');
    writeFileSync(join(scratch, 'refs/heads/evil'), `${'0'.repeat(39)}1\n`);
    mkdirSync(join(scratch, 'hooks'), { recursive: true });
    execFileSync('git', ['config', '--file', join(scratch, 'config'), 'core.fsmonitor', `touch ${mark}`]);
    expect((await list(world)).items.map(({ kind }) => kind)).toContain('snapshot');
    expect(existsSync(mark)).toBe(false);
  });
});
