import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { project } from '../rig/world.ts';

/** Fails the first time that it is run in a tree with this text, and never again. */
const ONCE = (world: string): string =>
  `seen="$HOME/seen-$( (cat t1.txt t2.txt 2>/dev/null || true) | cksum | tr -d ' ')-${world}"; [ -e "$seen" ] || { : > "$seen"; echo by chance; exit 1; }`;

test('a command that fails by chance costs no attempt, is told in status, and nobody is sent back for it', async () => {
  const world = await project({
    plan: [
      { id: 'T1', verify: ['test -e t1.txt'] },
      { id: 'T2', verify: ['test -e t2.txt'] },
    ],
    config: { verify: { commands: [ONCE('a')], env: {} } },
  });
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(3);
  expect(world.eventsOf('attempt_started')).toHaveLength(2);
  const flaked = world.eventsOf('verification_flaked');
  expect(flaked.length).toBeGreaterThanOrEqual(2);
  expect(world.eventsOf('landing_rejected')).toEqual([]);
  const [run] = await world
    .json<{ runs: { board: { queue: { flaky: { times: number }[] } } }[] }>(['status'])
    .then(({ runs }) => runs);
  expect(run?.board.queue.flaky).toMatchObject([{ times: flaked.length, quarantined: false }]);
  await expectOrder(world);
});

test('in quarantine it does not count any more, and that is in the evidence', async () => {
  const world = await project({
    plan: [
      { id: 'T1', verify: ['test -e t1.txt'] },
      { id: 'T2', needs: ['T1'], verify: ['test -e t2.txt'] },
    ],
    config: { verify: { commands: [`${ONCE('b')}; test ! -e t2.txt`], flaky: 'quarantine' } },
  });
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(3);
  expect(world.eventsOf('verification_flaked')).toMatchObject([{ task: 'T1' }]);
  const last = world.eventsOf('verification_finished').filter(({ task }) => task === 'T2');
  expect(last[0]).toMatchObject({ passed: true, excused: [expect.stringContaining('seen')] });
});

test('who believes the first word is told by it', async () => {
  const world = await project({
    plan: [{ id: 'T1', verify: ['test -e t1.txt'] }],
    config: { verify: { commands: [ONCE('c')], flaky: 'fail' } },
  });
  world.everyoneWorks();
  expect((await world.runs()).code).toBe(3);
  expect(world.eventsOf('verification_flaked')).toEqual([]);
  expect(world.eventsOf('attempt_started')).toHaveLength(2);
});
