import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { project } from '../rig/world.ts';

test('a task that used up its time is ended at work, asked about, and gone on with from where it was', async () => {
  const world = await project({ config: { budget: { task: { time: '4s' } } } });
  const run = world.run(['--yes', '--finish', 'keep']);
  const first = await world.agent('T1');
  await first.write('t1.txt', 'half\n');
  const ended = await run.end();
  expect(ended.code, ended.stderr).toBe(3);
  expect(world.eventsOf('attempt_finished')).toMatchObject([
    { ending: 'limited', reason: expect.stringMatching(/the budget of T1 is used up: .* of 4 s are over/) },
  ]);
  expect(ended.stdout).toMatch(/the budget of T1 is used up.*it had one attempt/s);
  expect((await world.masterplan('approve', 'demo', '--gate', 'budget:T1', '--answer', 'go-on')).code).toBe(0);
  const again = world.start(['run', 'demo']);
  const second = await world.agent('T1');
  expect(second.hello.brief).toContain('Its unfinished work is the last commit of your worktree');
  await second.write('t1.txt', 'T1\n');
  await second.done();
  expect((await again.end()).code).toBe(0);
  expect(world.eventsOf('task_failed')).toEqual([]);
  await expectOrder(world);
});
