import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { chosenSeed, dice } from '../rig/dice.ts';
import { expectOrder } from '../rig/order.ts';
import type { TaskText } from '../rig/plan.ts';
import { project, type World } from '../rig/world.ts';

const KILLS = 50;

const PLAN: readonly TaskText[] = [
  { id: 'T1' },
  { id: 'T2' },
  { id: 'T3', needs: ['T1'] },
  { id: 'T4', needs: ['T1', 'T2'] },
  { id: 'T5', needs: ['T3'] },
  { id: 'T6', needs: ['T3', 'T4'] },
  { id: 'T7', needs: ['T4'] },
  { id: 'T8', needs: ['T5', 'T6', 'T7'] },
];

/** What every agent does: it says what it finds of its needs, so that a wrong order would show in the content. */
async function begin(): Promise<World> {
  const world = await project({ plan: PLAN });
  world.puppets.follow(async (agent) => {
    const needs = PLAN.find((task) => task.id === agent.task)?.needs ?? [];
    const found =
      needs.length === 0 ? '' : await agent.sh(`cat ${needs.map((need) => `${need.toLowerCase()}.txt`).join(' ')}`);
    await agent.write(`${agent.task.toLowerCase()}.txt`, `${found}${agent.task}\n`);
    if (agent.attempt % 2 === 0) await agent.commit();
    await agent.done();
  });
  return world;
}

test(`killed at ${KILLS} random moments, the end is that of an undisturbed run`, { timeout: 180_000 }, async () => {
  const seed = chosenSeed();
  const roll = dice(seed);
  const replay = `replay: VITEST_SEED=${seed}`;
  const calm = await begin();
  expect((await calm.runs()).code).toBe(3);
  await expectOrder(calm);

  for (let kills = 0; kills < KILLS;) {
    const world = await begin();
    for (;;) {
      const run = world.run();
      // The moment is what is random here; nothing is expected to have happened by then.
      if (kills < KILLS) await Promise.race([delay(roll(900)), run.end()]);
      if (kills < KILLS && !run.over) {
        kills++;
        const agents = world.puppets.all.filter((one) => !one.gone);
        const victim = roll(3) === 0 ? agents[roll(agents.length)] : undefined;
        if (victim !== undefined && roll(2) === 0) await victim.die('SIGKILL', roll(2) === 0);
        run.kill();
        if (victim !== undefined && !victim.gone) await victim.die('SIGKILL', roll(2) === 0);
      }
      const ended = await run.end();
      if (ended.signal === 'SIGKILL') continue;
      expect([ended.code, ended.stderr], replay).toEqual([3, '']);
      break;
    }
    expect(world.files(), replay).toEqual(calm.files());
    expect(world.eventsOf('merge_finished'), replay).toHaveLength(PLAN.length);
    await expectOrder(world);
  }
});
