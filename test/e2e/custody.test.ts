import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { until } from '../io/until.ts';
import { isAlive, processesWith, SEES_PROCESSES } from '../rig/processes.ts';
import { project } from '../rig/world.ts';

interface Row {
  readonly what: string;
  readonly standing: string;
  readonly task?: string;
  readonly pid: number;
  readonly memory: number;
  readonly tree: readonly { readonly command: string; readonly depth: number }[];
}

describe.skipIf(!SEES_PROCESSES)('custody', () => {
  test('ps shows what runs and what nobody looks after, and ends that when told to', { timeout: 240_000 }, async () => {
    const world = await project();
    const run = world.run();
    const agent = await world.agent('T1');
    const escaped = await agent.leave({ escaped: true });
    const rows = async (): Promise<readonly Row[]> => (await world.json<{ rows: Row[] }>(['ps'])).rows;
    const found = await rows();
    expect(found.map(({ what, standing }) => [what, standing])).toEqual([
      ['masterplan', 'at-work'],
      ['agent', 'at-work'],
    ]);
    const row = found[1] as Row;
    expect(row.task).toBe('T1');
    expect(row.memory).toBeGreaterThan(1_000_000);
    // The shell that notes the exit code, the agent, and what the agent left in a session of its own.
    expect(row.tree.length).toBeGreaterThanOrEqual(3);

    run.kill();
    await run.end();
    expect((await rows()).map(({ what, standing }) => [what, standing])).toEqual([['agent', 'unattended']]);
    const refused = await world.masterplan('ps', '--kill-orphans');
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('masterplan ps --kill-orphans --yes')]);
    expect(isAlive(escaped)).toBe(true);

    const ended = await world.json<{ ended: Row[] }>(['ps', '--kill-orphans', '--yes']);
    expect(ended.ended).toHaveLength(1);
    await agent.left();
    await until('what it left to be gone', () => !isAlive(escaped));
    world.everyoneWorks();
    expect((await world.runs()).code).toBe(3);
    expect(await rows()).toEqual([]);
  });

  test('what an earlier life left behind is ended at the next start, and told', { timeout: 240_000 }, async () => {
    const world = await project({ plan: [{ id: 'T1', verify: ['sleep 1000'] }] });
    world.everyoneWorks();
    const run = world.run();
    await world.event('verification_started');
    const id = world.eventsOf('run_created')[0]?.run ?? '';
    await until('the verify command', () => processesWith(`MASTERPLAN_VERIFIES=${id}`).length > 0);
    // And a git of ours that was killed with its lock in its hand.
    writeFileSync(world.path('.git/refs/heads/masterplan/demo.lock'), '');
    run.kill();
    await run.end();
    const next = world.run();
    const ended = await world.event('leftovers_ended', ({ processes }) => processes.length > 0);
    expect(ended.processes[0]).toContain('a verify command');
    const locks = await world.event('leftovers_ended', ({ locks = [] }) => locks.length > 0);
    expect(locks.locks).toEqual(['.git/refs/heads/masterplan/demo.lock']);
    next.kill();
    await next.end();
  });

  test(
    'an attempt that has more in memory than it may is ended, with a class of its own',
    { timeout: 240_000 },
    async () => {
      const world = await project({ agent: { max_memory: '220 MB' }, config: { attempts: 1 } });
      world.puppets.follow(async (agent) => {
        await agent.sh(`${process.execPath} -e "globalThis.x = Buffer.alloc(4e8, 1); setTimeout(() => {}, 1e6)"`);
      });
      await world.runs();
      const [finished] = world.eventsOf('attempt_finished');
      expect(finished?.ending).toBe('out_of_memory');
      expect(finished?.reason).toMatch(/^it had \d+ MB in memory, more than 220 MB$/);
      expect(processesWith(`HOME=${world.home}`)).toEqual([]);
    },
  );
});
