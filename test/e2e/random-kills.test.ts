import { existsSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { chosenSeed, dice } from '../rig/dice.ts';
import { expectOrder } from '../rig/order.ts';
import type { TaskText } from '../rig/plan.ts';
import { killOne, partsOf, type Part } from '../rig/parts.ts';
import { project, type World } from '../rig/world.ts';

/** `npm run kills -- --rounds 500` asks for more. */
const KILLS = Number(process.env['VITEST_KILLS'] ?? 12);

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
  // Verify commands and agents that are killed count as failures and losses: there are to be enough of both.
  const world = await project({ plan: PLAN, config: { attempts: 20, circuit: 'off' } });
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

/** Some time from now; or some events from now and a little later, so that it strikes everywhere on a slow machine as well. */
async function moment(world: World, roll: (below: number) => number): Promise<void> {
  if (roll(5) === 0) return delay(roll(900));
  const size = (): number => (existsSync(world.logFile) ? statSync(world.logFile).size : 0);
  const wanted = size() + 1 + roll(2500);
  const pause = roll(60);
  // A log that stands still for long will not grow any more.
  for (let looks = 0; size() < wanted && looks < 800; looks++) await delay(5);
  await delay(pause);
}

/** Parts live for milliseconds: one is waited for, but not for long. */
async function somePart(world: World): Promise<ReturnType<typeof partsOf>> {
  for (let looks = 0; looks < 20; looks++) {
    const found = partsOf(world);
    if (found.length > 0) return found;
    await delay(5);
  }
  return [];
}

/** A git that is killed leaves objects that it had not finished; nobody reads them, and git's own housekeeping removes them. */
const isUnfinishedObject = (path: string): boolean => /\/objects\/.*tmp_(?:obj|pack|idx|rev)_\w+$/.test(path);

test(
  `killed at ${KILLS} random moments, the end is that of an undisturbed run`,
  { timeout: 240_000 + KILLS * 4_000 },
  async () => {
    const seed = chosenSeed();
    const roll = dice(seed);
    const replay = `replay: VITEST_SEED=${seed}`;
    const calm = await begin();
    expect((await calm.runs()).code).toBe(3);
    await expectOrder(calm);

    const killed: Record<Part | 'masterplan' | 'agent', number> = {
      masterplan: 0,
      agent: 0,
      git: 0,
      verify: 0,
      shell: 0,
    };
    let kills = 0;
    let worlds = 0;
    for (; kills < KILLS; worlds++) {
      const world = await begin();
      for (;;) {
        const run = world.run();
        // A part of it is killed and it lives on; or it is killed itself, alone or with an agent.
        let parts = 0;
        for (let alive = true; alive && kills < KILLS;) {
          // The moment is what is random here; nothing is expected to have happened by then.
          await Promise.race([moment(world, roll), run.end()]);
          if (run.over) break;
          const found = roll(3) === 0 ? await somePart(world) : [];
          const part = found[roll(found.length)];
          if (part !== undefined && killOne(part.pid)) {
            killed[part.part]++;
            parts++;
            kills++;
            continue;
          }
          kills++;
          killed.masterplan++;
          alive = false;
          const agents = world.puppets.all.filter((one) => !one.gone);
          const victim = roll(3) === 0 ? agents[roll(agents.length)] : undefined;
          if (victim !== undefined) killed.agent++;
          if (victim !== undefined && roll(2) === 0) await victim.die('SIGKILL', roll(2) === 0);
          run.kill();
          if (victim !== undefined && !victim.gone) await victim.die('SIGKILL', roll(2) === 0);
        }
        const ended = await run.end();
        if (ended.signal === 'SIGKILL') continue;
        // Whose git was killed may have to say so, and is started again.
        if (parts > 0 && ended.code !== 3) continue;
        expect([ended.code, ended.stderr], replay).toEqual([3, '']);
        break;
      }
      expect(world.files(), replay).toEqual(calm.files());
      expect(world.eventsOf('merge_finished'), replay).toHaveLength(PLAN.length);
      await expectOrder(world, isUnfinishedObject);
      await world.close();
    }
    if (process.env['VITEST_KILLS'] !== undefined) {
      const each = Object.entries(killed).map(([what, count]) => `${count} ${what}`);
      console.log(
        `${kills} kills (${each.join(', ')}) in ${worlds} runs, seed ${seed}: no orphan, no lock, nothing lost`,
      );
    }
  },
);
