import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { project } from '../rig/world.ts';

test('a task that fails three times in the same way is asked about; advice goes into the next brief', async () => {
  const world = await project({
    plan: [{ id: 'T1', files: ['t1.txt', 'right.txt'], verify: ['echo "took $$ ms"; test -e right.txt'] }],
  });
  const briefs: string[] = [];
  world.puppets.follow(async (agent) => {
    briefs.push(agent.hello.brief);
    await agent.write(agent.hello.brief.includes('call it right') ? 'right.txt' : 't1.txt', 'x\n');
    await agent.done();
  });
  const ended = await world.runs(['--yes', '--finish', 'keep']);
  expect(ended.code, ended.stderr).toBe(3);
  expect(world.eventsOf('circuit_opened')).toMatchObject([{ task: 'T1', count: 3, agents: ['puppet'] }]);
  expect(world.eventsOf('task_failed')).toEqual([]);
  expect(ended.stdout).toMatch(/--gate circuit:T1 --answer retry/);
  const answered = await world.masterplan(
    'approve',
    'demo',
    '--gate',
    'circuit:T1',
    '--answer',
    'retry',
    '--note',
    'call it right',
  );
  expect(answered.code, answered.stderr).toBe(0);
  const again = await world.start(['run', 'demo']).end();
  expect(again.code, again.stdout + again.stderr).toBe(0);
  expect(briefs).toHaveLength(4);
  expect(briefs[3]).toContain('A person says:\n\ncall it right');
  expect(world.landed()).toHaveLength(1);
  await expectOrder(world);
});
