import { expect, test } from 'vitest';
import { emptyState, type RunState } from '../../src/core/run/state.ts';
import { loadConfig } from '../../src/app/config.ts';
import { changedBy, flagsOf } from '../../src/app/config-resume.ts';
import { recordOf } from '../../src/app/config-record.ts';
import { desk } from './rig.ts';

/** A run that was started with one file, and goes on beside another. */
async function run(started: string, later: string) {
  const place = desk({ '.masterplan.yaml': started });
  const config = await loadConfig(place.context, place.root);
  if (!config.ok) throw new Error(config.error.message);
  place.write('.masterplan.yaml', later);
  const state: RunState = {
    ...emptyState(),
    slug: 'one',
    settings: config.value.settings,
    config: recordOf(config.value),
  };
  const change = async (...set: string[]) => {
    const flags = flagsOf({ set });
    if (!flags.ok) throw new Error(flags.error.message);
    const changed = await changedBy(place.context, place.root, state, flags.value);
    if (!changed.ok) throw new Error(changed.error.message);
    return changed.value as { settings: RunState['settings']; config: RunState['config'] } | undefined;
  };
  return { state, change };
}

const STARTED =
  'agents: {mine: {command: [./a.sh], env: {KEY: secret-value}}}\nattempts: 5\nparallelism: {max_agents: 2}\n';

test('what a run was started with wins over files, and flags win over that', async () => {
  const { state, change } = await run(STARTED, 'agents: {other: {command: [x]}}\nattempts: 9\n');
  expect(await change()).toBeUndefined();
  expect(await change('attempts=5')).toBeUndefined();
  const changed = await change('attempts=7', 'budget.run.cost=3');
  expect(changed?.settings).toEqual({ ...state.settings, attempts: 7, budget: { run: { cost: 3 } } });
  expect(changed?.config?.find(({ key }) => key === 'attempts')).toEqual({
    key: 'attempts',
    value: 7,
    from: 'flag',
    where: '--set attempts=7',
  });
});

test('a complexity changes what its preset says, and nothing that was given', async () => {
  const { state, change } = await run(`${STARTED}complexity: high\n`, '');
  expect(state.config?.some(({ from }) => from === 'preset')).toBe(true);
  expect((await change('complexity=low'))?.settings).toMatchObject({
    complexity: 'low',
    autonomy: 'loose',
    parallel: 2,
  });
});

test('of variables only names are recorded, and what belongs to the person or the machine is not', async () => {
  const own =
    'notify: {webhook: "https://hooks.example/secret-value"}\nmachine: {agents: 3}\nenvironment: {env: {A: secret-value}}\n';
  const { state } = await run(STARTED + own, '');
  expect(JSON.stringify(state.config)).not.toContain('secret-value');
  expect(state.config?.map(({ key, value }) => [key, value])).toEqual([
    ['agents.mine.command', [expect.stringMatching(/^\/.*\/a\.sh$/)]],
    ['agents.mine.env', ['KEY']],
    ['attempts', 5],
    ['parallelism.max_agents', 2],
  ]);
});

test('what cannot change while a run is under way is refused', async () => {
  const { change } = await run(STARTED, '');
  await expect(change('environment.timeout=5m')).rejects.toThrow('goes on as it was started');
});
