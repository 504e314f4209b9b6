import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { PROGRAM } from '../rig/program.ts';
import { project } from '../rig/world.ts';

test('SIGINT once: what is at work is finished, nothing new starts; the same command goes on', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
  const run = world.run();
  const agent = await world.agent('T1');
  run.kill('SIGINT');
  await run.says(/no new attempts/);
  expect(agent.gone).toBe(false);
  await agent.write('t1.txt', 'x\n');
  await agent.done();
  expect((await run.end()).code).toBe(130);
  expect(world.eventsOf('merge_finished').map((event) => event.task)).toEqual(['T1']);
  expect(world.eventsOf('attempt_started')).toHaveLength(1);
  await expectOrder(world);
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(3);
  await expectOrder(world);
});

test.each([
  ['SIGINT twice', ['SIGINT', 'SIGINT'], 130],
  ['SIGTERM', ['SIGTERM'], 143],
  ['SIGHUP', ['SIGHUP'], 129],
] as const)('%s: agents are ended, their work is kept, and the same command goes on', async (_, signals, code) => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2' }] });
  const run = world.run();
  const [one, two] = [await world.agent('T1'), await world.agent('T2')];
  await one.write('t1.txt', 'half done\n');
  await two.leave({ escaped: true });
  // What the shell around an agent leaves when it is ended between writing an exit code and giving it its name.
  world.write(world.runtime('attempts', 'T1.1', 'exit.tmp'), '0');
  for (const [i, signal] of signals.entries()) {
    run.kill(signal);
    await run.says(i < signals.length - 1 ? /no new attempts/ : /ending 2 attempts/);
  }
  const ended = await run.end();
  // What a shell says of it; of a program that ends by a signal's own means it says 128 and the number.
  expect(ended.code ?? (ended.signal === 'SIGHUP' ? 129 : ended.signal), ended.stderr).toBe(code);
  expect([one.gone, two.gone]).toEqual([true, true]);
  expect(world.eventsOf('attempt_finished').map((event) => event.ending)).toEqual(['cancelled', 'cancelled']);
  const snapshot = world.eventsOf('snapshot_taken')[0];
  expect(world.git('--git-dir', world.queue, 'show', `${snapshot?.ref}:t1.txt`)).toBe('half done');
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(3);
  // Being stopped is not held against a task.
  expect(world.eventsOf('merge_finished').map((event) => event.attempt)).toEqual([2, 2]);
  await expectOrder(world);
});

test('a closed standard output does not end the run', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
  const child = spawn(process.execPath, [PROGRAM, 'run', world.planFile, '--yes', '--json'], {
    cwd: world.root,
    env: world.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const agent = await world.agent('T1');
  child.stdout.destroy();
  child.stderr.destroy();
  await agent.write('t1.txt', 'x\n');
  await agent.done();
  const next = await world.agent('T2');
  await next.write('t2.txt', 'x\n');
  await next.done();
  expect((await ended)[0]).toBe(3);
  expect(world.eventsOf('merge_finished')).toHaveLength(2);
  await expectOrder(world);
});

test('cancel, on a live run and on a dead one: agents are ended, work is kept, nothing goes on', async () => {
  for (const alive of [true, false]) {
    const world = await project();
    const run = world.run();
    const agent = await world.agent();
    await agent.write('t1.txt', 'half done\n');
    if (!alive) {
      run.kill();
      await run.end();
    }
    expect((await world.masterplan('cancel', 'demo', '--yes', '--reason', 'wrong plan')).code).toBe(0);
    await agent.left();
    await run.end();
    expect(world.eventsOf('run_cancelled')).toMatchObject([{ reason: 'wrong plan', by: 'ada' }]);
    expect(world.eventsOf('snapshot_taken')).toHaveLength(1);
    const log = world.read(world.logFile);
    expect((await world.runs()).code).toBe(1);
    expect(world.read(world.logFile)).toBe(log);
    await expectOrder(world);
  }
});
