import { describe, expect, test } from 'vitest';
import type { Usage } from '../../../src/core/agents/event.ts';
import { accept } from '../../../src/core/run/accept.ts';
import { decide } from '../../../src/core/run/decide.ts';
import { restUntil } from '../../../src/core/run/lanes.ts';
import type { RunEvent } from '../../../src/core/run/event.ts';
import { overBudgetNow } from '../../../src/core/run/budgets.ts';
import { LISTED, listedPrice, plainModel } from '../../../src/core/agents/prices.ts';
import { costOf, exceeds, spentBy, spentOf, spentInRun } from '../../../src/core/run/spending.ts';
import type { RunSettings, SpokenAgent } from '../../../src/core/run/settings.ts';
import { SETTINGS, Story, task } from './story.ts';

const common = { command: ['x'], env: [], idle_timeout: 0, timeout: 0, max_output: 0, max_concurrent: 0 } as const;
const spoken = (fields: Partial<SpokenAgent> = {}): SpokenAgent => ({
  kind: 'codex',
  permission: 'all',
  patience: 0,
  ...common,
  ...fields,
});
const settings = (fields: Partial<RunSettings> = {}): RunSettings => ({
  ...SETTINGS,
  agents: { worker: spoken({ price: { input: 2, cached: 0.2, output: 10 } }), codex: spoken({ lane: 'openai' }) },
  ...fields,
});
const reported = (id: string, usage: Usage, attempt = 1): RunEvent => ({
  event: 'agent_reported',
  task: id,
  attempt,
  family: 'codex',
  how: 'completed',
  failure: null,
  status: null,
  message: '',
  session: null,
  model: null,
  program: null,
  usage,
});
const works = (story: Story): string[] => decide(story.state).flatMap((one) => (one.type === 'work' ? [one.key] : []));
const records = (story: Story): readonly RunEvent[] =>
  decide(story.state).flatMap((one) => (one.type === 'record' ? one.events : []));
const answer = (story: Story, gate: string, said: string): Story => {
  const request = {
    schema: 1,
    id: `${gate}${said}`,
    by: 'ada',
    how: 'test',
    request: 'answer',
    gate,
    answer: said,
  } as const;
  const accepted = accept(story.state, request);
  if (!accepted.ok) throw new Error(accepted.error.message);
  return story.tell(...accepted.value);
};

describe('what a run used', () => {
  test('is the sum of all attempts, failed ones included; money is told or reckoned, or said to be unknown', () => {
    const story = new Story([task('T1'), task('T2')], settings()).approved().started('T1').started('T2');
    story.tell(reported('T1', { input: 1_000_000, cached: 1_000_000, output: 100_000 }));
    story.tell(reported('T2', { input: 10, output: 5, cost: 0.5 }));
    const spent = spentInRun(story.state);
    expect(spent).toMatchObject({ tokens: 2_100_015, estimated: true, unknown: 0, attempts: 2 });
    expect(spent.cost).toBeCloseTo(2 + 0.2 + 1 + 0.5);
    const nameless = new Story([task('T1', { agent: 'codex' })], settings()).approved();
    nameless.tell({ ...startOf('T1'), agent: 'codex' }, reported('T1', { input: 5, output: 5 }));
    expect(spentInRun(nameless.state)).toMatchObject({ cost: 0, unknown: 1 });
    expect(spentOf(nameless.state, 'agent').map(([name]) => name)).toEqual(['codex']);
  });

  test('one answer is enough, however much more than the budget is used', () => {
    const budget = { task: { tokens: 10 } };
    const story = new Story([task('T1')], settings({ budget })).approved().started('T1');
    story.tell(reported('T1', { input: 5_000, output: 5 })).tell({
      event: 'attempt_finished',
      task: 'T1',
      attempt: 1,
      ending: 'limited',
      reason: 'used up',
      exit_code: null,
    });
    story.tell(...records(story));
    answer(story, 'budget:T1', 'go-on');
    expect(records(story)).toEqual([]);
    expect(story.state.raised).toEqual({ 'budget:T1': 500 });
  });

  test('stops new attempts at the budget of the run, until a person lets it go on with as much again', () => {
    const budget = { run: { tokens: 100 }, attempt: { tokens: 40 } };
    const story = new Story([task('T1'), task('T2'), task('T3')], settings({ budget, parallel: 2 })).approved();
    expect(works(story)).toHaveLength(2);
    story.started('T1').started('T2');
    story.tell(reported('T1', { input: 90, output: 5 })).done('T1');
    // 95 used and 40 reserved for T2.
    expect(records(story)).toMatchObject([{ event: 'gate_opened', gate: 'budget' }]);
    story.tell(...records(story));
    expect(works(story)).toEqual(['work:T2#1']);
    answer(story, 'budget', 'go-on');
    expect(works(story)).toContain('work:T3#1');
  });

  test('of a task stops that task alone', () => {
    const story = new Story(
      [task('T1'), task('T2')],
      settings({ budget: { task: { cost: 1 } }, parallel: 1 }),
    ).approved();
    story.started('T1').tell(reported('T1', { input: 1, output: 1, cost: 1.5 }));
    story.tell({ event: 'attempt_finished', task: 'T1', attempt: 1, ending: 'failed', reason: 'no', exit_code: 1 });
    expect(records(story)).toMatchObject([
      {
        gate: 'budget:T1',
        detail: [
          expect.stringMatching(/^it had one attempt \(\$1.50, 2 tokens, 2 s\)/),
          expect.stringMatching(/^block: /),
        ],
      },
    ]);
    story.tell(...records(story));
    expect(decide(story.state).filter(({ type }) => type === 'work')).toMatchObject([{ task: 'T2' }]);
  });
});

describe('a lane', () => {
  const limited = (id: string, attempt = 1): RunEvent => ({
    event: 'attempt_finished',
    task: id,
    attempt,
    ending: 'limited',
    reason: 'limit',
    exit_code: 1,
  });
  const parked = (until: string | null): RunEvent => ({
    event: 'lane_parked',
    lane: 'openai',
    failure: until === null ? 'authentication' : 'usage-limit',
    until,
    known: 'reported',
    message: 'later',
  });

  test('at its limit starts nothing and costs no attempt; the other agent takes over where it is told to', () => {
    const one = new Story([task('T1', { agent: 'codex' }), task('T2')], settings({ failover: ['worker'] })).approved();
    one.tell({ ...startOf('T1'), agent: 'codex' }, parked('2030-01-01T00:00:00.000Z'), limited('T1'));
    expect(one.state.tasks[0]?.failures).toBe(0);
    const effects = decide(one.state);
    expect(effects).toContainEqual(expect.objectContaining({ type: 'wait', lane: 'openai' }));
    expect(effects).toContainEqual(expect.objectContaining({ type: 'work', task: 'T1', attempt: 2, agent: 'worker' }));
    const alone = new Story([task('T1', { agent: 'codex' })], settings())
      .approved()
      .tell(parked('2030-01-01T00:00:00.000Z'));
    expect(works(alone)).toEqual([]);
    answer(alone, 'lane:openai', 'retry');
    expect(works(alone)).toEqual(['work:T1#1']);
  });

  test('that is as good as used up takes over last, and is taken when there is no other', () => {
    const agents = { ...settings().agents, spare: spoken() };
    for (const [failover, takes] of [
      [['worker', 'spare'], 'spare'],
      [['worker'], 'worker'],
    ] as const) {
      const story = new Story([task('T1', { agent: 'codex' })], { ...settings({ failover }), agents }).approved();
      const windows = [{ window: 'five_hour', used: 99, by: 'event' }] as const;
      story.tell({ event: 'lane_told', lane: 'worker', agent: 'worker', windows }, parked('2030-01-01T00:00:00.000Z'));
      expect(decide(story.state)).toContainEqual(expect.objectContaining({ type: 'work', agent: takes }));
    }
  });

  test('that only a person can open is asked about once', () => {
    const story = new Story([task('T1', { agent: 'codex' })], settings()).approved().tell(parked(null));
    expect(records(story)).toMatchObject([{ event: 'gate_opened', gate: 'lane:openai', options: ['retry', 'cancel'] }]);
    story.tell(...records(story));
    expect(records(story)).toEqual([]);
    answer(story, 'lane:openai', 'retry');
    expect(works(story)).toEqual(['work:T1#1']);
  });

  test('rests until its limit ends, or longer with every try', () => {
    const now = 1_000_000;
    expect(restUntil('usage-limit', 0, now, now + 3_600_000, 0.5)).toMatchObject({ known: 'reported' });
    expect(restUntil('usage-limit', 0, now, undefined, 0)).toEqual({
      until: now + 1_800_000,
      known: 'estimated',
      by: 'guess',
    });
    const pauses = [0, 1, 2, 3, 9].map(
      (tries) => (restUntil('overloaded', tries, now, undefined, 0)?.until ?? 0) - now,
    );
    expect(pauses).toEqual([30_000, 60_000, 120_000, 300_000, 1_800_000]);
    expect(restUntil('authentication', 0, now, undefined, 0)).toEqual({ until: null, known: 'reported' });
    expect(restUntil('refusal', 0, now, undefined, 0)).toBeUndefined();
    expect(restUntil('server', 99, now, undefined, 0)?.until).toBeNull();
  });
});

function startOf(id: string): Extract<RunEvent, { event: 'attempt_started' }> {
  return {
    event: 'attempt_started',
    task: id,
    attempt: 1,
    agent: 'worker',
    contract_id: 'implement.v1',
    base: 'base',
    nonce: id,
    brief_sha256: '',
  };
}

test('a limit of less than a cent is not told as nothing', () => {
  expect(exceeds({ cost: 0.0005 }, { cost: 0.052, tokens: 0 })).toBe('$0.05 of $0.0005 are spent');
  expect(exceeds({ cost: 20 }, { cost: 20.1, tokens: 0 })).toBe('$20.10 of $20.00 are spent');
  expect(exceeds({ cost: 1e-9 }, { cost: 1, tokens: 0 })).toBe('$1.00 of $1e-9 are spent');
});

describe('budgets of time', () => {
  const minute = 60_000;
  const over = (budget: RunSettings['budget'], after: number, used: Usage = {}) => {
    const story = new Story([task('T1'), task('T2')], settings(budget === undefined ? {} : { budget }))
      .approved()
      .started('T1');
    const started = story.state.tasks[0]?.attempts[0]?.started ?? 0;
    return overBudgetNow(story.state, 'T1', 1, started + after, { usage: used }, []);
  };

  test('end an attempt, or let it be gone on with when its task or the run is beyond its own', () => {
    expect(over(undefined, 1e9)).toBeUndefined();
    expect(over({ attempt: { time: minute } }, minute - 1)).toBeUndefined();
    expect(over({ attempt: { time: minute } }, minute)).toEqual({
      whose: 'attempt',
      words: '1 min 00 s of 1 min 00 s are over',
    });
    expect(over({ task: { time: minute } }, 2 * minute)).toMatchObject({ whose: 'task' });
    expect(over({ run: { time: minute } }, 2 * minute)).toMatchObject({ whose: 'run' });
    expect(over({ task: { tokens: 10 } }, 0, { input: 11 })).toMatchObject({ whose: 'task' });
    expect(over({ run: { cost: 1 } }, 0, { cost: 1.5 })).toMatchObject({ whose: 'run' });
  });

  test('hold an attempt at work by the model that its program names', () => {
    const story = new Story([task('T1')], settings({ agents: { worker: spoken({}) }, budget: { run: { cost: 1 } } }))
      .approved()
      .started('T1');
    const now = story.state.tasks[0]?.attempts[0]?.started ?? 0;
    const usage = { input: 1_000_000, output: 0 };
    const over = (model: string, beside: string) =>
      overBudgetNow(story.state, 'T1', 1, now, { usage, model }, [{ agent: 'worker', usage, model: beside }])?.words;
    // Two million tokens of it are four dollars.
    expect(over('claude-sonnet-5-5', 'claude-sonnet-5-5')).toBe('$4.00 of $1.00 are spent');
    expect(over('sonnet', 'claude-sonnet-5-5')).toBe('$2.00 of $1.00 are spent');
    expect(over('sonnet', 'sonnet')).toBeUndefined();
  });

  test('of the run is the time in which anybody was at work; of a task all its attempts', () => {
    const story = new Story([task('T1'), task('T2')], settings()).approved();
    story
      .started('T1')
      .started('T2')
      .ended('T1', 1, 'failed')
      .ended('T2', 1, 'failed')
      .started('T1', 2)
      .ended('T1', 2, 'failed');
    // Every event is a second after the one before it.
    expect(spentInRun(story.state).time).toBe(4000);
    expect(spentBy(story.state.tasks[0]?.attempts ?? [], undefined).time).toBe(3000);
  });

  test('the gate says what was used, and what the rest would take', () => {
    const budget = { run: { time: 1000 }, task: { time: 500 } };
    const story = new Story([task('T1'), task('T2'), task('T3')], settings({ budget, parallel: 1 })).approved();
    story
      .started('T1')
      .done('T1')
      .verified('T1', true, { checks: 'x' })
      .landing('T1', 'base', 't-T1-1')
      .merged('T1', 'base', 't-T1-1');
    expect(records(story)).toMatchObject([
      {
        gate: 'budget',
        question: 'the budget of the run is used up: 1 s of 1 s are over. Go on with as much again?',
        detail: ['1 of 3 tasks are merged', 'the 2 that are left would take, at 1 s a task: 2 s'],
      },
    ]);
    const one = new Story([task('T1')], settings({ budget: { task: { time: 500 } } })).approved();
    one.started('T1').ended('T1', 1, 'failed');
    expect(records(one)).toMatchObject([
      {
        gate: 'budget:T1',
        detail: [
          'it had one attempt (1 s), the last ended: failed on purpose',
          expect.stringContaining('block: the task is given up'),
        ],
      },
    ]);
  });
});

describe('prices', () => {
  const usage = { input: 1_000_000, cached: 1_000_000, output: 100_000 };
  const codex = (fields: Partial<SpokenAgent> = {}) => spoken(fields);

  test('are dated, and every one of them is for a model of one name', () => {
    for (const { model, asOf, input, output } of LISTED) {
      expect(plainModel(model)).toBe(model);
      expect(asOf).toMatch(/^20\d\d-[01]\d-[0-3]\d$/);
      expect(output).toBeGreaterThan(input);
    }
    expect(new Set(LISTED.map(({ model }) => model)).size).toBe(LISTED.length);
    expect(listedPrice('anthropic/claude-opus-5[1m]')?.input).toBe(5);
    expect(listedPrice('claude-haiku-4-5-20251001')?.output).toBe(5);
    expect(listedPrice('gpt-5.5-codex')).toBeUndefined();
    expect(listedPrice('fake-model')).toBeUndefined();
  });

  test('what the program says, then the agent, the configuration, the list; all but the first are estimates', () => {
    expect(costOf(codex(), { ...usage, cost: 3 }, 'gpt-5.4')).toEqual({ cost: 3, estimated: false });
    expect(costOf(codex({ price: { input: 1, output: 1 } }), usage, 'gpt-5.4').cost).toBeCloseTo(2.1);
    expect(costOf(codex(), usage, 'gpt-5.4', { 'gpt-5.4': { input: 2, cached: 0, output: 0 } }).cost).toBeCloseTo(2);
    expect(costOf(codex(), usage, 'gpt-5.4').cost).toBeCloseTo(2.5 + 0.25 + 1.5);
    expect(costOf(codex(), usage, 'gpt-5.4').estimated).toBe(true);
    expect(costOf(codex(), usage, 'nobody-knows')).toEqual({ cost: undefined, estimated: false });
    expect(costOf(codex({ model: 'gpt-5.4' }), usage).cost).toBeCloseTo(4.25);
  });
});
