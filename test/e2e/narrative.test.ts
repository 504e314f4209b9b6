import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processesOf } from '../rig/processes.ts';
import { project, type World } from '../rig/world.ts';

/** A project whose agent does its task, and at the end of the run what the shell script says. */
async function asked(script: string): Promise<{ readonly world: World; readonly times: () => number }> {
  const world = await project({ plan: [{ id: 'T1' }] });
  const log = join(world.home, 'asked');
  const agent = `case $MASTERPLAN_TASK in
RETRO) echo asked >>"$HOME/asked"
${script}
;;
*) echo done >t1.txt ;;
esac
`;
  world.write(join(world.home, 'agent.sh'), agent);
  const scribe = { command: ['sh', join(world.home, 'agent.sh')] };
  world.configure({ agents: { worker: scribe, scribe }, roles: { implement: 'worker', retro: 'scribe' } });
  world.commit('Two agents');
  return { world, times: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0) };
}

const DIGEST = JSON.stringify({
  contract_id: 'retro.v1',
  status: 'completed',
  summary: 'One task, <b>done</b> at once.',
  went_well: [
    { text: 'It landed at the first attempt.', tasks: ['T1', 'T9'] },
    { text: 'T9 was a joy.', tasks: ['T9'] },
  ],
});

test('an agent is asked once what it makes of the run, and its words stand under a heading of their own', async () => {
  const { world, times } = await asked(
    `grep -q '# Retro: ' "$MASTERPLAN_BRIEF" && grep -q 'retro.v1' "$MASTERPLAN_BRIEF_JSON" && [ -z "$(ls)" ] && printf %s '${DIGEST}' >"$MASTERPLAN_DIGEST"`,
  );
  const ended = await world.runs(['--yes', '--finish', 'merge']);
  expect(ended.code, ended.stderr).toBe(0);
  expect(times()).toBe(1);
  const names = world.events().map(({ event }) => event);
  expect(names.slice(-3)).toEqual(['narrative_asked', 'narrative_told', 'run_archived']);
  const retro = world.read(world.bundle('retro.md'));
  expect(retro).toMatch(/## In the words of an agent\n\n\*scribe wrote this of what stands above\./);
  expect(retro).toContain('One task, \\<b\\>done\\</b\\> at once.');
  expect(retro).toContain('### It went well\n\n- It landed at the first attempt. (T1)\n');
  expect(retro).not.toContain('a joy');
  expect(retro).not.toContain('### Next time');
  // The log alone tells the same again.
  expect((await world.masterplan('retro', 'demo')).stdout).toContain('It landed at the first attempt. (T1)');
});

test('whoever is killed while an agent is asked asks nobody again, and the run ends without its words', async () => {
  const { world, times } = await asked('kill -9 $PPID; exec sleep 300');
  await world.runs(['--yes', '--finish', 'merge']);
  expect(world.events().at(-1)?.event).toBe('narrative_asked');
  expect(world.read(world.bundle('retro.md'))).toContain('## Outcomes');
  const again = await world.runs([]);
  expect(again.code, again.stderr).toBe(0);
  expect(times()).toBe(1);
  expect(processesOf(world)).toEqual([]);
  expect(world.eventsOf('narrative_told')).toMatchObject([{ ending: 'lost' }]);
  expect(world.events().at(-1)?.event).toBe('run_archived');
  expect(world.read(world.bundle('retro.md'))).not.toContain('In the words of an agent');
});

test.each([
  ['exit 3', 'failed', 'it gave no digest'],
  [`printf %s '{"contract_id":"retro.v1","status":"done"}' >"$MASTERPLAN_DIGEST"`, 'contract_violation', 'status'],
])('an agent that %s takes nothing from the run', async (script, ending, reason) => {
  const { world } = await asked(script);
  expect((await world.runs(['--yes', '--finish', 'keep'])).code).toBe(0);
  expect(world.eventsOf('narrative_told')).toMatchObject([{ ending, reason: expect.stringContaining(reason) }]);
  expect(world.events().at(-1)?.event).toBe('run_archived');
});
