import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../io/until.ts';
import { expectOrder } from '../rig/order.ts';
import { isAlive, processesWith } from '../rig/processes.ts';
import { project, type World } from '../rig/world.ts';

const names = (world: World): string[] => world.puppets.all.map((one) => one.name);

test('killed while agents work: the next start attaches to them and starts none twice', async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2' }] });
  const first = world.run();
  const agents = [await world.agent('T1'), await world.agent('T2')];
  // Noted in the process records, so that it is not the nonce alone by which they are found.
  await until(
    'process records',
    () => /T1/.test(list(world.runtime('processes'))) && /T2/.test(list(world.runtime('processes'))),
  );
  first.kill();
  await first.end();

  const second = world.run();
  await world.event('recovered', (event) => event.attached.includes('T1#1'));
  await world.event('recovered', (event) => event.attached.includes('T2#1'));
  for (const agent of agents) {
    await agent.write(`${agent.task.toLowerCase()}.txt`, 'x\n');
    await agent.done();
  }
  expect((await second.end()).code).toBe(3);
  expect(names(world).toSorted()).toEqual(['T1#1', 'T2#1']);
  await expectOrder(world);
});

test('killed, and the agent finishes meanwhile: its work is adopted', async () => {
  const world = await project();
  const first = world.run();
  const agent = await world.agent();
  first.kill();
  await first.end();
  await agent.write('t1.txt', 'x\n');
  await agent.done();
  await until('the exit code', () => existsSync(world.runtime('attempts/T1.1/exit')));

  expect((await world.runs()).code).toBe(3);
  expect(world.eventsOf('recovered')).toMatchObject([{ adopted: ['T1#1'], attached: [], lost: [] }]);
  expect(names(world)).toEqual(['T1#1']);
  expect(world.eventsOf('merge_finished')).toHaveLength(1);
  await expectOrder(world);
});

test('both killed: lost, the uncommitted work is in a snapshot, and a second attempt does it', async () => {
  const world = await project();
  const first = world.run();
  const agent = await world.agent();
  await agent.write('t1.txt', 'tracked by nobody\n');
  first.kill();
  await first.end();
  await agent.die('SIGKILL', true);

  const second = world.run();
  const next = await world.agent('T1');
  await next.write('t1.txt', 'again\n');
  await next.done();
  expect((await second.end()).code).toBe(3);
  expect(world.eventsOf('recovered')).toMatchObject([{ lost: ['T1#1'] }]);
  expect(world.eventsOf('attempt_finished').map((event) => `${event.task}#${event.attempt} ${event.ending}`)).toEqual([
    'T1#1 lost',
    'T1#2 done',
  ]);
  const snapshot = world.eventsOf('snapshot_taken')[0];
  expect(world.git('--git-dir', world.queue, 'show', `${snapshot?.ref}:t1.txt`)).toBe('tracked by nobody');
  await expectOrder(world);
});

test('a child that a dead agent left behind is not taken for the agent', async () => {
  const world = await project();
  const first = world.run();
  const agent = await world.agent();
  const left = await agent.leave({ escaped: true });
  first.kill();
  await first.end();
  await agent.write('t1.txt', 'x\n');
  await agent.done();
  expect(isAlive(left)).toBe(true);
  expect((await world.runs()).code).toBe(3);
  expect(isAlive(left)).toBe(false);
  await expectOrder(world);
});

test('killed during a verification: it is run again, and the first one is gone', async () => {
  // Says that it is there, then waits for the file "go" in the home directory.
  const verify = [
    'echo started >>"$HOME/verifications"',
    'until test -e "$HOME/go"; do sleep 0.02; done',
    'test -e t1.txt',
  ];
  const world = await project({ plan: [{ id: 'T1', verify: [verify.join('; ')] }] });
  world.everyoneWorks();
  const times = (): number =>
    existsSync(join(world.home, 'verifications'))
      ? readFileSync(join(world.home, 'verifications'), 'utf8').split('\n').length - 1
      : 0;
  const first = world.run();
  await until('a verification', () => times() === 1);
  const nonce = processesWith(`HOME=${world.home}`)
    .filter((one) => one.command.includes('verifications'))
    .map((one) => one.pid);
  expect(nonce.length).toBeGreaterThan(0);
  first.kill();
  await first.end();

  const second = world.run();
  await until('a second verification', () => times() === 2);
  expect(nonce.filter(isAlive)).toEqual([]);
  writeFileSync(join(world.home, 'go'), '');
  expect((await second.end()).code).toBe(3);
  expect(names(world)).toEqual(['T1#1']);
  await expectOrder(world);
});

// Two dozen lives of masterplan, one after the other.
test('killed before and after every move of a ref: each task lands once', { timeout: 180_000 }, async () => {
  const world = await project({ plan: [{ id: 'T1' }, { id: 'T2', needs: ['T1'] }] });
  world.everyoneWorks();
  killAtRefs(world);
  let kills = 0;
  for (
    let ended = await world.runs(['--yes', '--finish', 'merge']);
    ended.code !== 0;
    ended = await world.runs(['--yes', '--finish', 'merge'])
  ) {
    expect([ended.signal, ended.stderr]).toEqual(['SIGKILL', '']);
    expect(++kills).toBeLessThan(40);
  }
  // Each of: making the run branch, keeping the work of both, landing both, moving the base branch.
  expect(kills).toBeGreaterThanOrEqual(12);
  expect(world.eventsOf('merge_finished').map((event) => event.task)).toEqual(['T1', 'T2']);
  expect(world.eventsOf('merge_finished').map((event) => event.adopted)).toEqual([true, true]);
  expect(names(world)).toEqual(['T1#1', 'T2#1']);
  expect(world.files('main')).toMatchObject({ 't1.txt': 'T1', 't2.txt': 'T2' });
  await expectOrder(world);
});

/** A `git` before the real one that kills masterplan once before and once after each `update-ref`. */
function killAtRefs(world: World): void {
  const real =
    (process.env['PATH'] ?? '')
      .split(':')
      .map((directory) => join(directory, 'git'))
      .find(existsSync) ?? 'git';
  const script = `#!/bin/sh
case " $* " in *" update-ref "*) ;; *) exec ${real} "$@" ;; esac
case " $* " in *" --stdin"*) input=$(cat; echo .) ;; *) input= ;; esac
input=\${input%.}
# A snapshot is another commit in each second: of these the ref alone is told apart.
seen="$HOME/$(printf '%s' "$* $input" | sed 's/^.* update-ref//; /refs.masterplan.snapshots/s/ [0-9a-f]\\{40\\}//g' | cksum | cut -d' ' -f1)"
if ! test -e "$seen.before"; then : >"$seen.before"; kill -9 $PPID; exit 1; fi
printf '%s' "$input" | ${real} "$@"
code=$?
if ! test -e "$seen.after"; then : >"$seen.after"; kill -9 $PPID; fi
exit $code
`;
  world.write(join(world.bin, 'git'), script);
  chmodSync(join(world.bin, 'git'), 0o755);
}

function list(directory: string): string {
  return existsSync(directory)
    ? readdirSync(directory)
        .map((name) => readFileSync(join(directory, name), 'utf8'))
        .filter((text) => text.includes('"pid"'))
        .join()
    : '';
}
