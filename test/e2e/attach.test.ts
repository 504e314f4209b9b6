import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Attached } from '../../src/app/attach.ts';
import { expectOrder } from '../rig/order.ts';
import { project, type World } from '../rig/world.ts';

async function attach(world: World, task: string): Promise<Attached> {
  return (await world.json<{ attached: Attached }>(['attach', task])).attached;
}

test('a person takes a task from its agent, does it by hand, survives kill -9 of the owner, and it lands under their name', async () => {
  const verify = ['grep -q whole t1.txt'];
  const world = await project({ plan: [{ id: 'T1', verify }, { id: 'T2', needs: ['T1'] }, { id: 'T3' }] });
  const run = world.run(['--yes', '--finish', 'keep']);
  const agent = await world.agent('T1');
  const beside = await world.agent('T3');
  await agent.write('t1.txt', 'half\n');

  const attached = await attach(world, 't1');
  expect(attached).toMatchObject({ task: 'T1', verify, again: false });
  expect(world.read(join(attached.place, 't1.txt'))).toBe('half\n');
  expect(world.read(attached.brief)).toContain('masterplan return T1');
  await world.event('gate_opened', ({ gate }) => gate === 'attached:T1');
  run.kill();
  await run.end();
  await beside.write('t3.txt', 'T3\n');
  await beside.done();

  const status = (await world.masterplan('status')).stdout;
  expect(status).toContain('ada does T1 by hand');
  expect(status).toContain('masterplan return T1');
  expect((await world.masterplan('explain', 'T1')).stdout).toContain('ada does it by hand');
  expect((await world.runs(['--yes'])).code).toBe(3);
  expect((await world.masterplan('answer', 'attached:T1', 'return')).stderr).toContain('masterplan return T1');

  // What does not hold comes back to whoever did it, with their work.
  expect((await world.masterplan('return', 'T1')).stdout).toContain('returned');
  expect(existsSync(attached.place)).toBe(false);
  expect((await world.runs(['--yes'])).code).toBe(3);
  expect((await world.masterplan('status')).stdout).toContain('is with ada again');

  const again = await attach(world, 'T1');
  expect(world.read(join(again.place, 't1.txt'))).toBe('half\n');
  writeFileSync(join(again.place, 't1.txt'), 'whole\n');
  execFileSync('git', ['commit', '--quiet', '--all', '--message', 'By hand'], {
    cwd: again.place,
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@b',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@b',
    },
  });
  expect(await attach(world, 'T1')).toMatchObject({ again: true });
  // Returned before the run goes on: with nothing to do it would rest, perhaps before it is asked.
  expect((await world.masterplan('return', 'T1', '--run', world.slug)).code).toBe(0);
  const other = world.run([]);
  const next = await world.agent('T2');
  await next.write('t2.txt', 'T2\n');
  await next.done();
  await other.end();
  const [first] = world.landed().filter(({ trailers }) => trailers['Masterplan-Task'] === 'T1');
  expect(first?.trailers).toMatchObject({ 'Masterplan-Task': 'T1', 'Masterplan-Person': 'ada' });
  expect(world.files()).toMatchObject({ 't1.txt': 'whole', 't2.txt': 'T2', 't3.txt': 'T3' });
  expect(await world.masterplan('retro')).toMatchObject({ code: 0 });
  await expectOrder(world);
});

test('a task that is given back goes to an agent, with what the person did', async () => {
  const world = await project({ plan: [{ id: 'T1' }] });
  const first = world.run(['--yes', '--finish', 'keep']);
  await world.agent('T1');
  const { place } = await attach(world, 'T1');
  expect((await first.end()).code).toBe(3);
  writeFileSync(join(place, 't1.txt'), 'mine\n');
  expect((await world.masterplan('return', 'T1', '--drop')).stdout).toContain('given back to agents');
  const run = world.run([]);
  const next = await world.agent('T1');
  expect(next.hello.brief).toContain('unfinished work');
  expect(await next.sh('cat t1.txt')).toContain('mine');
  await next.done();
  expect((await run.end()).code).toBe(0);
  expect(world.files()).toMatchObject({ 't1.txt': 'mine' });
});
