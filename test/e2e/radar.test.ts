import { expect, test } from 'vitest';
import { project } from '../rig/world.ts';

test('two agents who change the same lines: told while both work, and who tries again waits for the other', async () => {
  const world = await project({
    plan: [
      { id: 'T1', files: ['shared.txt'] },
      { id: 'T2', files: ['shared.txt'] },
    ],
    files: { 'shared.txt': 'one\n' },
    config: { scopes: 'advisory', snapshots: { interval: '100ms' } },
  });
  const run = world.run();
  const [first, second] = [await world.agent('T1'), await world.agent('T2')];
  await first.write('shared.txt', 'by T1\n');
  await second.write('shared.txt', 'by T2\n');
  expect(await world.event('conflict_foreseen')).toMatchObject({ tasks: ['T1', 'T2'], paths: ['shared.txt'] });
  expect((await world.masterplan('status')).stdout).toMatch(/conflict ahead: T1 and T2, in shared\.txt/);

  await second.digest({ status: 'failed', summary: 'Not this way.' });
  await second.exit(0);
  await world.event('attempt_finished', ({ task }) => task === 'T2');
  expect((await world.masterplan('explain', 'T2')).stdout).toMatch(/T1 did so far conflicts in shared\.txt/);
  // Nothing of T2 begins before T1 has landed, and then it begins with what T1 did.
  await first.done();
  const again = await world.agent('T2');
  expect(world.eventsOf('merge_finished').map(({ task }) => task)).toEqual(['T1']);
  expect(await again.sh('cat shared.txt')).toBe('by T1\n');
  await again.write('shared.txt', 'by T1\nby T2\n');
  await again.done();
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('merge_conflicted')).toEqual([]);
});
