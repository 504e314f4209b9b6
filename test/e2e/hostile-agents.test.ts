import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { project, type World } from '../rig/world.ts';

/** A program that leaves a mark when anybody runs it. */
function trap(world: World): { readonly program: string; sprung(): boolean } {
  const program = join(world.directory, 'trap.sh');
  const mark = join(world.directory, 'SPRUNG');
  world.write(program, `#!/bin/sh\necho "$0 $*" >>'${mark}'\ncat\n`);
  chmodSync(program, 0o755);
  return { program, sprung: () => existsSync(mark) };
}

const HOOKS = [
  'pre-commit',
  'post-checkout',
  'post-index-change',
  'reference-transaction',
  'post-merge',
  'pre-merge-commit',
  'commit-msg',
  'prepare-commit-msg',
  'post-update',
  'update',
  'pre-receive',
];

test('hooks, filters, monitors and drivers that an agent plants where git tells it to are never run by us', async () => {
  const world = await project({
    files: { 'kept.txt': 'kept\n' },
    plan: [
      { id: 'T1', files: ['t1.txt', '.gitattributes', 'kept.txt'], verify: ['test -e t1.txt'] },
      { id: 'T2', needs: ['T1'] },
    ],
  });
  const { program, sprung } = trap(world);
  const run = world.run(['--yes', '--finish', 'merge']);
  const agent = await world.agent('T1');
  await agent.sh('git config core.fsmonitor false');
  await agent.sh(
    `d=$(git rev-parse --absolute-git-dir); mkdir -p "$d/hooks"; for h in ${HOOKS.join(' ')}; do cp '${program}' "$d/hooks/$h"; done`,
  );
  const settings = {
    'core.fsmonitor': program,
    'core.sshCommand': program,
    'core.pager': program,
    'core.editor': program,
    'core.alternateRefsCommand': program,
    'gpg.program': program,
    'diff.external': program,
    'filter.evil.clean': program,
    'filter.evil.smudge': program,
    'filter.evil.process': program,
    'merge.evil.driver': program,
    'diff.evil.textconv': program,
    'diff.evil.command': program,
  };
  for (const [key, value] of Object.entries(settings)) await agent.sh(`git config '${key}' '${value}'`);
  await agent.write('.gitattributes', '* filter=evil merge=evil diff=evil\n');
  await agent.write('kept.txt', 'changed\n');
  await agent.write('t1.txt', 'x\n');
  // The agent's own git would spring the trap; ours must not.
  await agent.done();
  const second = await world.agent('T2');
  await second.write('t2.txt', 'y\n');
  await second.done();
  expect((await run.end()).code).toBe(0);
  expect(sprung()).toBe(false);
  expect(world.files('main')).toMatchObject({ 't1.txt': 'x', 't2.txt': 'y', 'kept.txt': 'changed' });
  await expectOrder(world);
});

test("files that an agent writes into the user's checkout are told of and left alone", async () => {
  const world = await project({ files: { 'mine.txt': 'mine\n' }, plan: [{ id: 'T1' }] });
  const run = world.run(['--yes', '--finish', 'keep']);
  const agent = await world.agent('T1');
  await agent.sh(`echo theirs >>'${world.path('mine.txt')}'; echo new >'${world.path('planted.txt')}'`);
  await agent.write('t1.txt', 'x\n');
  await agent.done();
  expect((await run.end()).code).toBe(0);
  expect(world.eventsOf('checkout_changed')).toMatchObject([
    { attempts: ['T1#1'], paths: ['mine.txt', 'planted.txt'], count: 2 },
  ]);
  expect(world.read(world.path('mine.txt'))).toBe('mine\ntheirs\n');
  await expectOrder(world);
});

describe("an agent that changes the user's git directory stops the run", () => {
  const plants: readonly [string, (world: World, program: string) => string, string][] = [
    [
      'its configuration',
      (world, program) => `git config --file '${world.path('.git/config')}' core.fsmonitor '${program}'`,
      'config',
    ],
    [
      'a hook',
      (world, program) => `cp '${program}' '${world.path('.git/hooks/post-checkout')}'`,
      'hooks/post-checkout',
    ],
    [
      'attributes',
      (world) =>
        `mkdir -p '${world.path('.git/info')}' && echo '* filter=evil' >'${world.path('.git/info/attributes')}'`,
      'info/attributes',
    ],
    ['alternates', (world) => `echo /tmp >'${world.path('.git/objects/info/alternates')}'`, 'objects/info/alternates'],
  ];
  test.each(plants)('%s', async (_, plant, file) => {
    const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
    const { program, sprung } = trap(world);
    const tip = world.git('rev-parse', 'main');
    const run = world.run();
    const agent = await world.agent('T1');
    await agent.sh(plant(world, program));
    await agent.write('t1.txt', 'x\n');
    await agent.done();
    const ended = await run.end();
    expect(ended.code).toBe(3);
    expect(world.eventsOf('repository_tampered')).toMatchObject([{ files: [file] }]);
    expect(world.eventsOf('gate_opened').at(-1)).toMatchObject({ gate: 'tampered', recommended: 'cancel' });
    expect(ended.stdout).toContain(file);
    expect(sprung()).toBe(false);
    expect([world.eventsOf('merge_finished'), world.puppets.all.length]).toEqual([[], 1]);

    expect((await world.masterplan('approve', 'demo', '--gate', 'tampered', '--answer', 'cancel')).code).toBe(0);
    expect(world.eventsOf('run_cancelled')).toHaveLength(1);
    expect(sprung()).toBe(false);
    expect(world.read('.git/refs/heads/main').trim()).toBe(tip);
  });

  test('a person who looked may accept it, and the run goes on', async () => {
    const world = await project();
    const run = world.run();
    const agent = await world.agent('T1');
    await agent.sh(`git config --file '${world.path('.git/config')}' user.signingkey abc`);
    await agent.write('t1.txt', 'x\n');
    await agent.done();
    expect((await run.end()).code).toBe(3);
    expect((await world.masterplan('approve', 'demo', '--gate', 'tampered', '--answer', 'accept')).code).toBe(0);
    expect((await world.runs(['--yes'])).code).toBe(3);
    expect(world.eventsOf('merge_finished')).toHaveLength(1);
    await expectOrder(world);
  });
});

test('a link out of the worktree lands as a link, and what it points at is not read', async () => {
  const world = await project({
    plan: [{ id: 'T1', files: ['link', 't1.txt'], verify: ['test -L link'] }],
    config: { witness: { rules: { hidden: 'warn' } } },
  });
  world.write(join(world.home, 'secret'), 'secret words\n');
  const run = world.run();
  const agent = await world.agent();
  await agent.sh(`ln -s '${join(world.home, 'secret')}' link`);
  await agent.done();
  expect((await run.end()).code).toBe(3);
  expect(world.git('show', 'masterplan/demo:link')).toBe(join(world.home, 'secret'));
  await expectOrder(world);
});

test('a digest that is a link or a pipe is not followed and does not hang us', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2' }] });
  world.write(
    join(world.home, 'secret'),
    '{"contract_id":"implement.v1","status":"completed","summary":"secret words"}',
  );
  const run = world.run();
  const [one, two] = [await world.agent('T1'), await world.agent('T2')];
  await one.sh(`ln -s '${join(world.home, 'secret')}' "$MASTERPLAN_DIGEST"`);
  await two.sh('mkfifo "$MASTERPLAN_DIGEST"');
  for (const agent of [one, two]) {
    await agent.write(`${agent.task.toLowerCase()}.txt`, 'x\n');
    await agent.exit(0);
  }
  for (const id of ['T1', 'T2']) await (await world.agent(id)).exit(0);
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('contract_violation')).toHaveLength(2);
  expect(world.read(world.logFile)).not.toContain('secret words');
  await expectOrder(world);
});

test('work outside of its scope is rejected, by path, and the next attempt is told', async () => {
  const world = await project();
  const run = world.run();
  const agent = await world.agent();
  await agent.write('t1.txt', 'x\n');
  await agent.write('README.md', 'Mine now.\n');
  await agent.done();
  const next = await world.agent('T1');
  expect(next.hello.brief).toContain('README.md');
  expect(next.hello.brief).toMatch(/outside the scope/);
  await next.write('t1.txt', 'x\n');
  await next.done();
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('scope_violated')).toMatchObject([{ attempt: 1, paths: ['README.md'] }]);
  expect(world.files()['README.md']).toBe('A project.');
  await expectOrder(world);
});

test('an agent that claims to be done and did nothing is not believed', async () => {
  const world = await project({ config: { attempts: 1 } });
  const run = world.run();
  await (await world.agent()).done({ files_changed: ['t1.txt'], tests_passed: true });
  expect((await run.end()).code).toBe(1);
  expect(world.eventsOf('witness_failed')).toMatchObject([{ check: 'no file changed' }]);
  await expectOrder(world);
});

test('a worktree deleted by hand while the agent works: the attempt is lost, the next one works', async () => {
  const world = await project();
  const run = world.run();
  const agent = await world.agent();
  rmSync(agent.hello.cwd, { recursive: true });
  const next = await world.agent('T1');
  expect(next.attempt).toBe(2);
  expect(agent.gone).toBe(true);
  await next.write('t1.txt', 'x\n');
  await next.done();
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('attempt_finished').map((event) => event.ending)).toEqual(['lost', 'done']);
  await expectOrder(world);
});

test("git's housekeeping in the middle of a run takes nothing away", async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2' }, { id: 'T3', needs: ['T1', 'T2'] }] });
  const run = world.run();
  const clean = (): unknown => [world.git('gc', '--quiet', '--prune=now'), world.git('worktree', 'prune')];
  const [one, two] = [await world.agent('T1'), await world.agent('T2')];
  await one.write('t1.txt', 'x\n');
  clean();
  await one.done();
  await world.event('merge_finished');
  clean();
  await two.write('t2.txt', 'y\n');
  await two.commit();
  clean();
  await two.done();
  const three = await world.agent('T3');
  clean();
  await three.write('t3.txt', 'z\n');
  await three.done();
  expect((await run.end()).code).toBe(3);
  expect(world.files()).toMatchObject({ 't1.txt': 'x', 't2.txt': 'y', 't3.txt': 'z' });
  expect(world.git('fsck', '--connectivity-only')).toBe('');
  await expectOrder(world);
});

describe('the run branch, touched by hand', () => {
  async function disturbed(disturb: (world: World) => void): Promise<World> {
    const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
    const run = world.run();
    const first = await world.agent('T1');
    await first.write('t1.txt', 'x\n');
    await first.done();
    const second = await world.agent('T2');
    disturb(world);
    await second.write('t2.txt', 'y\n');
    await second.done();
    expect((await run.end()).code).toBe(3);
    return world;
  }

  test.each([
    ['deleted', (world: World): unknown => world.git('branch', '-D', 'masterplan/demo'), /deleted masterplan\/demo/],
    [
      'moved back',
      (world: World): unknown => world.git('branch', '-f', 'masterplan/demo', 'main'),
      /moved masterplan\/demo/,
    ],
  ])('%s: a person is asked, and it is put back', async (_, disturb, words) => {
    const world = await disturbed(disturb);
    expect(world.eventsOf('gate_opened').at(-1)).toMatchObject({
      gate: 'branch',
      question: expect.stringMatching(words),
    });
    expect((await world.masterplan('approve', 'demo', '--gate', 'branch', '--answer', 'restore')).code).toBe(0);
    expect((await world.runs()).code).toBe(3);
    expect(world.files()).toMatchObject({ 't1.txt': 'x', 't2.txt': 'y' });
    await expectOrder(world);
  });

  test('moved forward: built upon', async () => {
    const world = await disturbed((one) => {
      const tree = one.git('rev-parse', 'masterplan/demo^{tree}');
      const commit = one.git('commit-tree', tree, '-p', 'masterplan/demo', '-m', 'By hand');
      one.git('update-ref', 'refs/heads/masterplan/demo', commit);
    });
    expect(world.eventsOf('branch_moved')).toMatchObject([{ forward: true }]);
    expect(world.landed().map((one) => one.subject)).toEqual(['T1: Make t1.txt', 'By hand', 'T2: Make t2.txt']);
  });
});
