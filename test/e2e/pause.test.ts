import { expect, test } from 'vitest';
import { project } from '../rig/world.ts';

test('a paused run lets what is at work land, starts nothing, and stays paused until somebody lets it go on', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
  const run = world.run(['--yes', '--finish', 'keep']);
  const agent = await world.agent('T1');
  expect((await world.masterplan('pause', '--reason', 'lunch')).stdout).toContain('masterplan resume demo');
  expect((await world.masterplan('pause')).stderr).toContain('it is paused already');
  world.everyoneWorks();
  await agent.write('t1.txt', 'T1\n');
  await agent.done();
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('merge_finished').map(({ task }) => task)).toEqual(['T1']);
  expect((await world.masterplan('explain', 'T2')).stdout).toContain('paused by ada: lunch');
  // Whoever only starts it again does not let it go on.
  expect((await world.runs([])).code).toBe(3);
  expect(world.eventsOf('attempt_started')).toHaveLength(1);
  expect((await world.masterplan('answer', 'pause', 'perhaps')).stderr).toContain('answer one of: go-on, cancel');
  expect((await world.masterplan('resume')).code).toBe(0);
  expect(world.eventsOf('run_completed')).toHaveLength(1);
  expect(world.landed()).toHaveLength(2);
});

test('a run that another terminal carries on is paused and resumed there', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
  const run = world.run(['--yes', '--finish', 'keep']);
  const agent = await world.agent('T1');
  expect((await world.masterplan('pause')).code).toBe(0);
  expect((await world.masterplan('resume', 'demo')).stdout).toContain('goes on, with the process that runs it');
  world.everyoneWorks();
  await agent.write('t1.txt', 'T1\n');
  await agent.done();
  expect((await run.end()).code).toBe(0);
});
