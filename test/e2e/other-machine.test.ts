import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { project } from '../rig/world.ts';

test('a bundle goes on in another clone, whose git directory is its own', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }], config: { attempts: 1 } });
  const run = world.run();
  const first = await world.agent('T1');
  await first.write('t1.txt', 'one\n');
  await first.done();
  await (await world.agent('T2')).exit(1);
  expect((await run.end()).code).toBe(1);

  // All that a clone lacks, and what it has of its own.
  rmSync(world.path('.masterplan'), { recursive: true });
  world.git('config', 'remote.origin.url', '/elsewhere');

  expect((await world.start(['retry', 'T2']).end()).code).toBe(0);
  const again = world.run();
  const second = await world.agent('T2');
  expect(await second.sh('cat t1.txt')).toBe('one\n');
  await second.write('t2.txt', 'two\n');
  await second.done();
  expect((await again.end()).code).toBe(3);
  expect(world.eventsOf('repository_fingerprinted')).toHaveLength(2);
  expect(world.eventsOf('repository_tampered')).toEqual([]);
  await expectOrder(world);
});
