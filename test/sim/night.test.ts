import { expect, test } from 'vitest';
import type { SpokenAgent } from '../../src/core/run/settings.ts';
import { Dice } from './dice.ts';
import { type Faults, type Scenario, scenarioOf, type Script } from './scenario.ts';
import { simulate } from './simulate.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const QUIET: Faults = {
  fuses: [],
  pauses: [],
  slowest: 1,
  crowded: false,
  full: undefined,
  badSync: 0,
  clock: undefined,
  meddling: [],
  cancelAt: undefined,
  pauseAt: [],
  twoStarts: false,
  strayRequests: [],
  steering: [],
  rethinking: [],
};

const agent = (name: string): SpokenAgent => ({
  kind: 'claude',
  command: [name],
  env: [],
  idle_timeout: 0,
  timeout: 0,
  max_output: 0,
  max_concurrent: 2,
  permission: 'all',
  patience: 0,
});

/** Twenty tasks of some minutes each, three vendors with two places each, and two of them at their limits for hours. */
function night(seed: number, faults: Partial<Faults>): Scenario {
  const dice = new Dice(seed, 'night');
  const vendors = ['claude', 'codex', 'gemini'];
  const scripts = new Map<string, Script>();
  const tasks = Array.from({ length: 20 }, (_, i) => {
    const id = `T${i + 1}`;
    const main = `src/t${i + 1}/out.txt`;
    const common = { misdeeds: [], hopeless: false, notes: false, rival: undefined, children: [] };
    scripts.set(id, { ...common, main, pace: dice.spread(2 * MINUTE, 12 * MINUTE) });
    return {
      gone: new Set(),
      spare: [],
      id,
      title: `task ${i + 1}`,
      unit: `task:${i + 1}`,
      needs: i > 2 && dice.chance(0.4) ? [`T${dice.whole(1, i)}`] : [],
      scope: [`src/t${i + 1}/`],
      verify: [`verify ${id}`],
      nonCommitting: false,
      agent: vendors[i % 3],
      estimate: undefined,
    };
  });
  return {
    ...scenarioOf(seed),
    // Nobody is there all night to be asked.
    terms: undefined,
    tasks,
    scripts,
    verify: ['verify all'],
    settings: {
      agents: Object.fromEntries(vendors.map((name) => [name, agent(name)])),
      roles: { implement: 'claude' },
      failover: vendors,
      parallel: 6,
      verify_parallel: 2,
      attempts: 2,
      losses: 5,
      verify: { timeout: 3000, commands: [], env: [] },
      finish: 'merge',
    },
    finish: 'merge',
    outages: [
      { agent: 'claude', from: 5 * MINUTE, until: 5 * HOUR, failure: 'usage-limit', told: true },
      { agent: 'codex', from: 12 * MINUTE, until: 3 * HOUR, failure: 'usage-limit', told: false },
    ],
    faults: { ...QUIET, ...faults },
  };
}

test.each([1, 2, 3])('a night with three vendors, twenty tasks and two limits, seed %i', async (seed) => {
  const { violation, log, took } = await simulate(seed, { scenario: night(seed, {}) });
  expect(violation).toBeUndefined();
  const of = (name: string) => log.filter(({ event }) => event === name);
  expect(of('merge_finished')).toHaveLength(20);
  // Whoever was at work when a limit came is the only one who loses a turn, and nobody loses one to the same limit twice.
  const limited = log.flatMap((event) =>
    event.event === 'attempt_finished' && event.ending === 'limited' ? [event] : [],
  );
  expect(of('attempt_started')).toHaveLength(20 + limited.length);
  expect(limited.length).toBeGreaterThan(0);
  expect(limited.length).toBeLessThanOrEqual(6);
  expect(of('task_failed')).toEqual([]);
  // The third vendor carries the night: nobody waits for five hours.
  expect(took).toBeLessThan(4 * HOUR);
});

test('the same with one vendor: the run waits for the end of the limit and goes on by itself', async () => {
  const alone = night(7, {});
  const scenario: Scenario = {
    ...alone,
    tasks: alone.tasks.map((task) => ({ ...task, agent: 'claude' })),
    settings: { ...alone.settings, failover: [] },
  };
  const { violation, log, took } = await simulate(7, { scenario });
  expect(violation).toBeUndefined();
  expect(log.filter(({ event }) => event === 'merge_finished')).toHaveLength(20);
  expect(took).toBeGreaterThan(5 * HOUR);
  expect(log.filter((event) => event.event === 'lane_opened')).toHaveLength(1);
});

test('the same with crashes in between', async () => {
  const fuses = [
    { blow: 'kill', when: 'time', ms: 7 * MINUTE },
    { blow: 'power', when: 'time', ms: 20 * MINUTE },
    { blow: 'kill', when: 'time', ms: 40 * MINUTE },
  ] as const;
  const { violation, log } = await simulate(9, { scenario: night(9, { fuses, pauses: [1000, 1000, 1000] }) });
  expect(violation).toBeUndefined();
  expect(log.filter(({ event }) => event === 'merge_finished')).toHaveLength(20);
});

test('the same in quiet hours: the account rests on until they end, and the others carry the night', async () => {
  const usual = night(3, {});
  // The simulated clock begins somewhere in a day: nine hours from then on are quiet.
  const begin = ((await simulate(3, { scenario: usual })).log[0]?.ts ?? '').slice(11, 16).split(':').map(Number);
  const from = (begin[0] ?? 0) * 60 + (begin[1] ?? 0);
  const quiet_hours = { from, to: (from + 9 * 60) % 1440 };
  const scenario: Scenario = {
    ...usual,
    tasks: usual.tasks.map((task) => ({ ...task, agent: 'claude' })),
    settings: { ...usual.settings, quiet_hours, failover: [] },
  };
  const { violation, log, took } = await simulate(3, { scenario });
  expect(violation).toBeUndefined();
  expect(log.filter(({ event }) => event === 'merge_finished')).toHaveLength(20);
  expect(log.flatMap((one) => (one.event === 'lane_held' ? [one.why] : []))).toEqual(['quiet-hours']);
  expect(took).toBeGreaterThan(8.9 * HOUR);
});

test('the same where nothing is resumed unattended: a person is asked when the limit is over', async () => {
  const alone = night(7, {});
  const scenario: Scenario = {
    ...alone,
    tasks: alone.tasks.map((task) => ({ ...task, agent: 'claude' })),
    settings: { ...alone.settings, resume_unattended: false, failover: [] },
  };
  const { violation, log } = await simulate(7, { scenario });
  expect(violation).toBeUndefined();
  expect(log.filter(({ event }) => event === 'merge_finished')).toHaveLength(20);
  expect(log.flatMap((one) => (one.event === 'lane_held' ? [one.why] : []))).toEqual(['unattended']);
  const asked = log.findIndex((one) => one.event === 'gate_opened' && one.gate === 'lane:claude');
  const opened = log.findIndex(({ event }) => event === 'lane_opened');
  expect(asked).toBeGreaterThan(0);
  expect(opened).toBeGreaterThan(asked);
});
