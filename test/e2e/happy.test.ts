import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/core/run/event.ts';
import { until } from '../io/until.ts';
import { expectOrder, together } from '../rig/order.ts';
import { DIAMOND } from '../rig/plan.ts';
import { project } from '../rig/world.ts';

test('a diamond: needs first, two at once, one commit for each task', async () => {
  const world = await project({ plan: DIAMOND });
  const run = world.run();

  const first = await world.agent('T1');
  expect(world.puppets.all).toHaveLength(1);
  await first.write('t1.txt', 'one\n');
  await first.done({ summary: 'Made the first file.' });

  const [second, third] = await Promise.all([world.agent('T2'), world.agent('T3')]);
  expect([second.gone, third.gone]).toEqual([false, false]);
  expect(await second.sh('cat t1.txt')).toBe('one\n');
  await second.write('t2.txt', 'two\n');
  await third.write('t3.txt', 'three\n');
  await third.commit('My own words');
  await Promise.all([second.done(), third.done()]);

  const fourth = await world.agent('T4');
  expect(await fourth.sh('cat t1.txt t2.txt t3.txt')).toBe('one\ntwo\nthree\n');
  await fourth.write('t4.txt', 'four\n');
  await fourth.done();

  const ended = await run.end();
  expect(ended.code).toBe(3);
  const landed = world.landed();
  const id = world.eventsOf('run_created')[0]?.run;
  expect(new Set(landed.map((one) => one.trailers['Masterplan-Task']))).toEqual(new Set(['T1', 'T2', 'T3', 'T4']));
  expect(landed).toHaveLength(4);
  expect(landed[0]?.trailers).toEqual({
    'Masterplan-Run': id,
    'Masterplan-Task': 'T1',
    'Masterplan-Attempt': `${id}/T1#1`,
  });
  expect(landed[0]?.subject).toBe('T1: Make t1.txt');
  expect(world.files()).toMatchObject({ 't1.txt': 'one', 't2.txt': 'two', 't3.txt': 'three', 't4.txt': 'four' });
  expect(world.git('status', '--porcelain', '--untracked-files=no')).toBe('');
  await expectOrder(world);
});

test('overlapping scopes never at once, disjoint ones are', async () => {
  const world = await project({
    plan: [
      { id: 'T1', files: ['src/a.txt'] },
      { id: 'T2', files: ['src/'], verify: ['test -e src/b.txt'] },
      { id: 'T3', files: ['other.txt'] },
    ],
  });
  world.puppets.follow(async (agent) => {
    if (agent.task === 'T3') await world.event('merge_finished');
    await agent.write({ T1: 'src/a.txt', T2: 'src/b.txt', T3: 'other.txt' }[agent.task] ?? '', 'x\n');
    await agent.done();
  });
  expect((await world.runs()).code).toBe(3);
  const sets = together(world.events());
  expect(sets.filter((tasks) => tasks.includes('T1') && tasks.includes('T2'))).toEqual([]);
  expect(sets.filter((tasks) => tasks.includes('T3') && tasks.length === 2)).not.toEqual([]);
  await expectOrder(world);
});

test('no more agents at once than asked for', async () => {
  const world = await project({ plan: ['T1', 'T2', 'T3', 'T4'].map((id) => ({ id })) });
  world.puppets.follow(async (agent) => {
    await until('two agents', () => world.puppets.all.length > 1);
    await agent.write(`${agent.task.toLowerCase()}.txt`, 'x\n');
    await agent.done();
  });
  expect((await world.runs(['--yes', '--parallel', '2'])).code).toBe(3);
  const sets = together(world.events(), 'attempt_finished');
  expect(Math.max(...sets.map((tasks) => tasks.length))).toBe(2);
  await expectOrder(world);
});

test.each([
  ['merge', 'main'],
  ['keep', 'masterplan/demo'],
  ['discard', undefined],
])('finish %s', async (choice, branch) => {
  const world = await project({ plan: [{ id: 'T1' }] });
  world.everyoneWorks();
  const before = world.git('rev-parse', 'main');
  const ended = await world.runs(['--yes', '--finish', choice]);
  expect(ended.code).toBe(0);
  expect(world.eventsOf('run_completed')).toMatchObject([{ outcome: choice }]);
  if (branch !== undefined) expect(world.files(branch)).toMatchObject({ 't1.txt': 'T1' });
  const branches = world.git('branch', '--format=%(refname:short)').split('\n');
  expect(branches.includes('masterplan/demo')).toBe(choice !== 'discard');
  expect(world.git('rev-parse', 'main') === before).toBe(choice !== 'merge');
  // The work tree went along with its branch.
  expect(world.git('status', '--porcelain', '--untracked-files=no')).toBe('');
  await expectOrder(world);
  // Once more changes nothing.
  const log = world.read(world.logFile);
  await world.runs(['--yes', '--finish', choice]);
  expect(world.read(world.logFile)).toBe(log);
});

test('the finish gate is answered from another terminal', async () => {
  const world = await project();
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(3);
  const next = await world.json<{ runs: { next: string }[] }>(['next']);
  expect(next.runs[0]?.next).toContain('masterplan approve demo --finish');
  expect((await world.masterplan('approve', 'demo', '--finish', 'merge')).code).toBe(0);
  expect(world.files('main')).toMatchObject({ 't1.txt': 'T1' });
  await expectOrder(world);
});

interface Info {
  readonly board: {
    readonly status: string;
    readonly phase: string;
    readonly counts: Record<string, number>;
    readonly working: { task: string; agent: string }[];
  };
  readonly owner?: { readonly pid: number; readonly alive: boolean };
}

test('status, next, explain and validate from another terminal, on a live run and after it', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
  const run = world.run();
  const agent = await world.agent('T1');

  const live = await world.json<{ runs: Info[] }>(['status']);
  expect(live.runs).toMatchObject([
    { board: { status: 'running', phase: 'execute' }, owner: { pid: run.pid, alive: true } },
  ]);
  expect(live.runs[0]?.board.working).toMatchObject([{ task: 'T1', agent: 'puppet' }]);
  expect((await world.json<{ runs: { why: string }[] }>(['next'])).runs[0]?.why).toContain(String(run.pid));
  expect(await world.json(['explain', 'T2'])).toMatchObject({
    task: 'T2',
    status: 'pending',
    because: expect.stringContaining('T1'),
  });
  expect(await world.json(['explain', 'T1'])).toMatchObject({
    status: 'working',
    attempts: [{ attempt: 1, agent: 'puppet' }],
  });
  expect(await world.json(['validate'])).toMatchObject({ runs: [{ slug: 'demo', ok: true, findings: [] }] });
  for (const command of [['status'], ['next'], ['explain', 'T1'], ['validate']]) {
    const plain = await world.masterplan(...command);
    expect([command, plain.code, plain.stderr]).toEqual([command, 0, '']);
    expect(plain.stdout).not.toBe('');
  }

  await agent.write('t1.txt', 'one\n');
  await agent.done();
  const second = await world.agent('T2');
  await second.write('t2.txt', 'two\n');
  await second.done();
  expect((await run.end()).code).toBe(3);

  const after = await world.json<{ runs: Info[] }>(['status']);
  expect(after.runs).toMatchObject([{ board: { status: 'waiting', phase: 'finish', counts: { merged: 2 } } }]);
  expect(after.runs[0]?.owner).toBeUndefined();
  expect(await world.json(['explain', 'T2'])).toMatchObject({ status: 'merged' });
  await expectOrder(world);

  // Also when all runs are over, it is the task that there is none of.
  expect((await world.masterplan('approve', '--finish', 'keep')).code).toBe(0);
  expect((await world.masterplan('explain', 'T9')).stderr).toContain('the plan of "demo" has no task T9');
});

test('run --json streams exactly the events of the log', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2' }] });
  world.everyoneWorks();
  const ended = await world.runs(['--yes', '--json', '--finish', 'keep']);
  expect(ended.code).toBe(0);
  const streamed = ended.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedEvent);
  // The log adds to each event the checksum of its line, and nothing else.
  const logged = world
    .events()
    .map((event) => Object.fromEntries(Object.entries(event).filter(([key]) => key !== 'sum')));
  expect(streamed.filter((one) => 'seq' in one && 'event' in one)).toEqual(logged);
});

test('a plan waits for its approval, and nothing starts before', async () => {
  const world = await project();
  world.everyoneWorks();
  expect((await world.runs([])).code).toBe(3);
  expect(world.puppets.all).toEqual([]);
  expect(world.eventsOf('attempt_started')).toEqual([]);
  expect((await world.masterplan('approve')).code).toBe(0);
  // A flag says otherwise than what the run was started with, which was to ask.
  expect((await world.runs(['--finish', 'keep'])).code).toBe(0);
  expect(world.eventsOf('config_resolved')).toHaveLength(2);
  expect(world.eventsOf('plan_approved')).toHaveLength(1);
  await expectOrder(world);
});

test('a run that is over leaves its retro, and what people write in it is kept', async () => {
  const world = await project();
  world.puppets.follow(async (agent) => {
    await agent.write('t1.txt', 'one\n');
    await agent.done();
  });
  expect((await world.runs(['--yes', '--finish', 'keep'])).code).toBe(0);
  const file = 'docs/masterplan/demo/retro.md';
  expect(world.read(file)).toContain('1 of 1 task merged.');
  world.write(file, `${world.read(file)}We shall do it again.\n`);
  expect((await world.masterplan('retro', '--write')).code).toBe(0);
  expect(world.read(file)).toMatch(/\n## Notes\nWe shall do it again\.\n$/);
  world.write(file, world.read(file).replace('1 of 1', '2 of 1'));
  const refused = await world.masterplan('retro', '--write');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('changed by somebody else')]);
  expect(world.read(file)).toContain('2 of 1');
});
