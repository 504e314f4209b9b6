import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../io/until.ts';
import { expectOrder } from '../rig/order.ts';
import { project, type World } from '../rig/world.ts';

test('a second process that runs the plan is refused, and says who does', async () => {
  const world = await project();
  const run = world.run();
  const agent = await world.agent();
  const second = await world.runs();
  expect([second.code, second.stdout]).toEqual([1, '']);
  expect(second.stderr).toContain(String(run.pid));
  expect(second.stderr).toContain(`kill ${run.pid}`);
  await agent.write('t1.txt', 'x\n');
  await agent.done();
  expect((await run.end()).code).toBe(3);
  expect(new Set(world.events().map((event) => event.fence)).size).toBe(1);
  await expectOrder(world);
});

test('of many that start a run at once, one gets it', async () => {
  const world = await project();
  world.everyoneWorks();
  const ended = await Promise.all(Array.from({ length: 6 }, () => world.run().end()));
  const winners = ended.filter((one) => one.code === 3);
  // Whoever comes when the winner has ended already, only sees that the run waits.
  expect(winners.length).toBeGreaterThanOrEqual(1);
  for (const one of ended.filter((each) => each.code !== 3))
    expect([one.code, one.stderr]).toEqual([1, expect.stringContaining('is working on this run')]);
  expect(world.eventsOf('run_created')).toHaveLength(1);
  expect(world.puppets.all.map((one) => one.name)).toEqual(['T1#1']);
  await expectOrder(world);
});

const MANY = Array.from({ length: 20 }, (_, i) => `T${i + 1}`);

/** Each of the tasks is retried by a process of its own, and one of them by two. */
async function retryAll(world: World): Promise<void> {
  const before = world.eventsOf('task_reopened').length;
  const asked = [...MANY, 'T7'];
  const ended = await Promise.all(asked.map((id) => world.start(['retry', id]).end()));
  // What was acknowledged is in the log, once; what was refused is not.
  const reopened = world.eventsOf('task_reopened').slice(before);
  expect(reopened.map((event) => event.task).toSorted()).toEqual(MANY.toSorted());
  expect(new Set(reopened.map((event) => event.request)).size).toBe(MANY.length);
  expect(ended.filter((one) => one.code === 0)).toHaveLength(MANY.length);
  expect(ended.filter((one) => one.code !== 0).map((one) => [one.code, one.stderr])).toEqual([
    [1, expect.stringContaining('only a failed task can be retried')],
  ]);
}

test(
  'twenty writers at once, without an owner and with one: each request is accepted once',
  { timeout: 240_000 },
  async () => {
    const quick = { command: ['sh', '-c', 'test -e "$HOME/well" && echo x >"$MASTERPLAN_TASK.txt"'] };
    const tasks = MANY.map((id) => ({ id, files: [`${id}.txt`], verify: ['true'], agent: 'quick' }));
    // The first of the plan starts first, however busy the machine is.
    const world = await project({ plan: [{ id: 'T21' }, ...tasks] });
    const { agents } = JSON.parse(world.read('.masterplan.yaml')) as { agents: Record<string, unknown> };
    world.configure({
      agents: { ...agents, quick },
      roles: { implement: 'puppet' },
      attempts: 1,
      parallelism: { max_agents: 8 },
    });
    world.commit('Two agents');
    const first = world.run();
    await (await world.agent('T21')).done({ status: 'failed' });
    expect((await first.end()).code).toBe(1);
    expect(world.eventsOf('task_failed')).toHaveLength(MANY.length + 1);

    await retryAll(world);

    expect((await world.masterplan('retry', 'T21')).code).toBe(0);
    const owner = world.run();
    // While this agent is at work, somebody owns the run.
    await world.agent('T21');
    await until('as many failures again', () => world.eventsOf('task_failed').length === 2 * MANY.length + 1);
    world.write(join(world.home, 'well'), '');
    await retryAll(world);
    expect((await world.masterplan('cancel', '--yes')).code).toBe(0);
    await owner.end();
    await expectOrder(world);
  },
);
