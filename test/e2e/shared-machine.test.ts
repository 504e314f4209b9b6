import { expect, test } from 'vitest';
import { until } from '../io/until.ts';
import { project, type World } from '../rig/world.ts';

/** Two projects of one person, whose runs know of each other. */
async function pair(machine: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) {
  const config = { machine, ...more };
  const plan = [{ id: 'T1' }, { id: 'T2' }, { id: 'T3' }];
  const one = await project({ plan, config });
  const other = await project({ plan, config });
  const env = { XDG_STATE_HOME: one.home };
  return { one, other, run: (world: World) => world.run(['--yes'], env), env };
}

test('two runs share the places of a machine: never more agents than there are, and both come to their end', async () => {
  const { one, other, run } = await pair({ agents: 2 });
  let atWork = 0;
  let most = 0;
  for (const world of [one, other])
    world.puppets.follow(async (agent) => {
      most = Math.max(most, ++atWork);
      await agent.write(`${agent.task.toLowerCase()}.txt`, agent.task);
      atWork--;
      await agent.done();
    });
  const ends = await Promise.all([run(one).end(), run(other).end()]);
  expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual([
    [3, ''],
    [3, ''],
  ]);
  expect(most).toBeLessThanOrEqual(2);
});

test('a run that waits for the other says so, and goes on when that one is killed', { timeout: 240_000 }, async () => {
  const { one, other, run } = await pair({ agents: 1 });
  const first = run(one);
  const agent = await one.agent();
  const second = run(other);
  await other.event('dispatch_paused', ({ why }) => why === 'places');
  const { runs } = await other.json<{ runs: { board: { waiting: { what: string; type: string[] }[] } }[] }>(['status']);
  expect(runs[0]?.board.waiting).toMatchObject([{ type: ['masterplan ps'] }]);
  expect(runs[0]?.board.waiting[0]?.what).toContain('nothing new starts');
  expect(other.puppets.all).toHaveLength(0);
  // Its agent lives on, but nobody has its place any more.
  first.kill();
  const next = await other.agent();
  expect(agent.gone).toBe(false);
  await next.write('a.txt', 'a');
  other.everyoneWorks();
  await next.done();
  expect((await second.end()).code).toBe(3);
  expect(other.eventsOf('dispatch_resumed')).toHaveLength(1);
});

test('a thing is had by one task at a time, and explained; more than there is refuses the run', async () => {
  const text = '**Resources:** simulator';
  const world = await project({
    plan: [
      { id: 'T1', text },
      { id: 'T2', text },
    ],
    config: { resources: { simulator: 1 } },
  });
  const run = world.run();
  const first = await world.agent();
  const waiting = await world.json<{ waiting: { task: string; kind: string; because: string }[] }>([
    'explain',
    '--why-not',
  ]);
  expect(waiting.waiting).toMatchObject([
    { task: 'T2', kind: 'resource', because: 'it needs simulator, which T1 has' },
  ]);
  expect(first.task).toBe('T1');
  await first.write('t1.txt', 'one');
  await first.done();
  const second = await world.agent('T2');
  expect(world.eventsOf('merge_finished').map(({ task }) => task)).toEqual(['T1']);
  await second.write('t2.txt', 'two');
  await second.done();
  expect((await run.end()).code).toBe(3);

  const poor = await project({
    plan: [{ id: 'T1', text: '**Resources:** gpu x3' }],
    config: { resources: { gpu: 2 } },
  });
  const refused = await poor.runs();
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('T1 needs 3 of gpu, and there are 2')]);
});

test('a review needs a place like any other agent, and gets it', async () => {
  const world = await project({ config: { machine: { agents: 1 }, review: 'on' } });
  const run = world.run();
  const author = await world.agent('T1');
  await author.write('t1.txt', 'one');
  await author.done();
  await (await world.agent('T1')).reviews();
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('merge_finished')).toHaveLength(1);
});

test('dispatch pauses while a disk is too full, visibly, and goes on when it is not', async () => {
  const world = await project({ config: { machine: { disk: '900000 GB' } } });
  world.everyoneWorks();
  const run = world.run();
  await world.event('dispatch_paused', ({ why }) => why === 'disk');
  const explained = await world.json<{ because: string }>(['explain', 'T1']);
  expect(explained.because).toContain('left on the disk');
  run.kill();
  await run.end();
  // What holds for a machine is read anew at each start.
  world.configure({ machine: { disk: '1 kB' } });
  expect((await world.runs()).code).toBe(3);
  await until('the run to go on', () => world.eventsOf('dispatch_resumed').length > 0);
});
