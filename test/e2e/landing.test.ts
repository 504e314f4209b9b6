import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { project, type World } from '../rig/world.ts';

const LIST = { 'list.txt': 'first\nlast\n' };

/** Two tasks that both may change one list. */
const BOTH = `# Plan: Demo

## T1: Add apples

**Needs:** none

**Verify:**

\`\`\`sh
grep -qx apples list.txt
\`\`\`

Apples belong on the list: AC-1.

## T2: Add pears

**Needs:** none

**Verify:**

\`\`\`sh
grep -qx pears list.txt
\`\`\`
`;

/** Both are at work, T1 lands, then T2 is done: they conflict. */
async function conflicting(config: Readonly<Record<string, unknown>> = {}): Promise<World> {
  const world = await project({ plan: BOTH, files: LIST, config });
  world.run();
  const [one, two] = [await world.agent('T1'), await world.agent('T2')];
  await one.write('list.txt', 'first\napples\nlast\n');
  await one.done();
  await world.event('merge_finished');
  await two.write('list.txt', 'first\npears\nlast\n');
  await two.done();
  return world;
}

test('who conflicts is handed both sides, and what the other task was for; what it resolves lands', async () => {
  const world = await conflicting();
  const again = await world.agent('T2');
  const { brief } = again.hello;
  expect(brief).toContain('Attempt 1 was good alone, and conflicts with T1');
  expect(brief).toContain('### T1 — Add apples');
  expect(brief).toContain('Apples belong on the list: AC-1.');
  expect(brief).toContain('grep -qx apples list.txt');
  expect(brief).toContain('+apples');
  const there = await again.sh('cat list.txt');
  expect(there).toMatch(/^<{7} .*\napples\n={7}\npears\n>{7} /m);
  await again.write('list.txt', 'first\napples\npears\nlast\n');
  await again.done();
  await world.event('gate_opened', ({ gate }) => gate === 'finish');
  expect(world.files()['list.txt']).toBe('first\napples\npears\nlast');
  // It cost no attempt.
  expect(world.eventsOf('merge_conflicted')).toMatchObject([{ task: 'T2', paths: ['list.txt'], with: ['T1'] }]);
});

test('a side that vanishes in a resolution is found, and so are marks that are left; who names the file may replace it', async () => {
  const world = await conflicting();
  const second = await world.agent('T2');
  await second.write('list.txt', 'first\npears\nlast\n');
  await second.done();
  expect(await world.event('loss_found')).toMatchObject({
    task: 'T2',
    losses: [{ path: 'list.txt', side: 'theirs', lines: ['apples'] }],
  });
  const third = await world.agent('T2');
  expect(third.hello.brief).toContain('list.txt: apples');
  await third.write('elsewhere.txt', '');
  await third.sh('rm elsewhere.txt');
  await third.done();
  expect(await world.event('witness_failed')).toMatchObject({ check: 'marks of a conflict are left in list.txt' });
});

test('what is replaced on purpose is no loss when its path is named', async () => {
  const world = await conflicting();
  const second = await world.agent('T2');
  await second.write('list.txt', 'first\npears instead of apples\npears\nlast\n');
  await second.done({ superseded: ['list.txt'] });
  // Whether that was right is for the commands of both to say: those of T1 are run again.
  const rejected = await world.event('landing_rejected');
  expect(rejected).toMatchObject({ task: 'T2', failed: { command: 'grep -qx apples list.txt' } });
  expect(world.eventsOf('loss_found')).toEqual([]);
});

test('who is sent back too often waits for a person', async () => {
  const world = await conflicting({ landing: { returns: 0 } });
  const gate = await world.event('gate_opened', (one) => one.gate === 'landing:T2');
  expect(gate.options).toEqual(['hand-back', 'fail', 'cancel']);
  expect(gate.detail.join('\n')).toContain('T1');
  expect((await world.masterplan('approve', 'demo', '--gate', 'landing:T2', '--answer', 'hand-back')).code).toBe(0);
  const run = world.run();
  const again = await world.agent('T2');
  await again.write('list.txt', 'first\napples\npears\nlast\n');
  await again.done();
  expect((await run.end()).code).toBe(3);
  expect(world.files()['list.txt']).toBe('first\napples\npears\nlast');
  await expectOrder(world);
});

test('tasks that are verified as one: one landing for both, and the culprit alone goes back', async () => {
  const world = await project({
    plan: [
      { id: 'T1', verify: ['sleep 0.3; ! grep -qs clash t1.txt || ! grep -qs clash t3.txt'] },
      { id: 'T2', verify: ['test -e t2.txt'] },
      { id: 'T3', verify: ['test -e t3.txt'] },
      { id: 'T4', verify: ['test -e t4.txt'] },
    ],
    config: { landing: { batch: 8 } },
  });
  const run = world.run();
  const agents = [await world.agent('T1'), await world.agent('T2'), await world.agent('T3'), await world.agent('T4')];
  for (const agent of agents) await agent.write(`${agent.task.toLowerCase()}.txt`, 'clash\n');
  await Promise.all(agents.map((agent) => agent.done()));
  const culprit = await world.agent();
  expect(['T1', 'T3']).toContain(culprit.task);
  expect(culprit.hello.brief).toContain('was good alone, and fails together with');
  // Gone on with where it was, on top of the other one.
  const own = `${culprit.task.toLowerCase()}.txt`;
  expect(await culprit.sh('cat t1.txt t3.txt')).toBe('clash\nclash\n');
  await culprit.write(own, 'peace\n');
  await culprit.done();
  expect((await run.end()).code).toBe(3);
  const rejected = world.eventsOf('landing_rejected');
  expect(rejected.map(({ task }) => task)).toEqual([culprit.task]);
  expect(rejected[0]?.with).toEqual(expect.arrayContaining([culprit.task === 'T1' ? 'T3' : 'T1']));
  await expectOrder(world);
});
