import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/core/run/event.ts';
import { expectOrder } from '../rig/order.ts';
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
  expect(landed.map((one) => one.trailers['Masterplan-Task']).toSorted()).toEqual(['T1', 'T2', 'T3', 'T4']);
  expect(landed[0]?.trailers).toEqual({ 'Masterplan-Run': id, 'Masterplan-Task': 'T1', 'Masterplan-Attempt': `${id}/T1#1` });
  expect(landed[0]?.subject).toBe('T1: Make t1.txt');
  expect(world.files()).toMatchObject({ 't1.txt': 'one', 't2.txt': 'two', 't3.txt': 'three', 't4.txt': 'four' });
  expect(world.git('status', '--porcelain', '--untracked-files=no')).toBe('');
  await expectOrder(world);
});
