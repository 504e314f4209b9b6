import { expect, test } from 'vitest';
import { project } from '../rig/world.ts';

test('another terminal follows a run, event by event, until it rests', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
  const run = world.run(['--yes']);
  const agent = await world.agent('T1');
  const all = world.start(['watch', '--json', '--from', '1']);
  const lines = world.start(['watch', '--plain']);
  await all.says(/"event":"attempt_started"/);
  world.everyoneWorks();
  await agent.write('t1.txt', 'T1\n');
  await agent.done();
  expect((await run.end()).code).toBe(3);

  const followed = await all.end();
  expect(followed.code).toBe(3);
  const told = followed.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(told.at(-1)).toMatchObject({ end: 'rests', board: { status: 'waiting' } });
  const logged = world.events().map(({ seq, event }) => [seq, event]);
  expect(told.slice(0, -1).map(({ seq, event }) => [seq, event])).toEqual(logged);

  const plain = await lines.end();
  expect(plain.code).toBe(3);
  expect(plain.stdout).toContain('T2 merged as');
  expect(plain.stdout).toContain('masterplan approve demo --finish merge');

  expect((await world.masterplan('approve', 'demo', '--finish', 'keep')).code).toBe(0);
  expect((await world.runs([])).code).toBe(0);
  expect(await world.json<{ end: string }>(['watch', 'demo'])).toMatchObject({ end: 'over' });
});
