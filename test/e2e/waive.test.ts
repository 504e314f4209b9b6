import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { project } from '../rig/world.ts';

test('a task that is waived while its agent works: the agent is ended, its work kept, and the run never calls it done', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
  const run = world.run(['--yes', '--finish', 'keep']);
  const agent = await world.agent('T1');
  await agent.write('t1.txt', 'half\n');
  expect((await world.masterplan('waive', 'T1', '--reason', '')).code).not.toBe(0);
  const waived = await world.masterplan('waive', 't1', '--reason', 'done elsewhere');
  expect(waived.stdout).toContain('waived, which is not done');
  const next = await world.agent('T2');
  expect(world.eventsOf('snapshot_taken')).toMatchObject([{ task: 'T1', attempt: 1 }]);
  expect((await world.masterplan('status')).stdout).toContain('waived, not done: T1 by ada: done elsewhere');
  expect((await world.masterplan('retry', 'T2', '--advice', 'mind the gap')).code).toBe(0);
  await next.write('t2.txt', 'wrong\n');
  await next.exit(1);
  const last = await world.agent('T2');
  expect(last.hello.brief).toContain('mind the gap');
  await last.write('t2.txt', 'T2\n');
  await last.done();
  const end = await run.end();
  expect(end.code).toBe(0);
  expect(end.stdout).toContain('1 waived, NOT DONE');
  expect((await world.masterplan('retro')).stdout).toContain('waived by ada (done elsewhere)');
  expect(world.landed()).toHaveLength(1);
  await expectOrder(world);
});

test('a failed task is waived when nobody runs the run, and the next start goes on', async () => {
  const world = await project({
    plan: [
      { id: 'T1', verify: ['false'] },
      { id: 'T2', needs: ['T1'] },
    ],
    config: { attempts: 1 },
  });
  world.everyoneWorks();
  expect((await world.runs(['--yes', '--finish', 'keep'])).code).toBe(1);
  expect((await world.masterplan('status')).stdout).toContain('masterplan waive T1');
  expect((await world.masterplan('waive', 'T1', '--reason', 'not wanted any more')).stdout).toContain('nobody runs it');
  expect((await world.runs([])).code).toBe(0);
  expect(world.eventsOf('merge_finished').map(({ task }) => task)).toEqual(['T2']);
});
