import { describe, expect, test } from 'vitest';
import { describeEvent } from '../../../src/core/run/describe.ts';
import { decide } from '../../../src/core/run/decide.ts';
import type { RunEvent } from '../../../src/core/run/event.ts';
import type { RunSettings } from '../../../src/core/run/settings.ts';
import { standInsFor, wantedAgents, type StandIns } from '../../../src/core/run/stand-in.ts';
import { SETTINGS, Story, task } from './story.ts';

const settings = (fields: Partial<RunSettings> = {}): RunSettings => ({
  ...SETTINGS,
  agents: { ...SETTINGS.agents, spare: SETTINGS.agents['worker'] as RunSettings['agents'][string] },
  failover: ['spare', 'codex'],
  ...fields,
});
const TASKS = [task('T1'), task('T2', { agent: 'codex' }), task('T3', { agent: 'nobody-knows' })];
const gone = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, 'not there']));
const check = (missing: Record<string, string>, fields: Partial<RunSettings> = {}, known: StandIns = {}) =>
  standInsFor(settings(fields), wantedAgents(settings(fields), TASKS), missing, known);

describe('agents that are named', () => {
  test('are those of the role, of tasks, and of failover, each once', () => {
    expect(wantedAgents(settings(), TASKS)).toEqual([
      { agent: 'worker', role: 'implement' },
      { agent: 'codex', role: 'task' },
      { agent: 'spare', role: 'failover' },
    ]);
    // Whoever no open task needs is not looked for.
    expect(wantedAgents(settings({ failover: ['unheard-of'] }), [])).toEqual([]);
  });

  test('and are all there: nothing to say', () => {
    expect(check({})).toEqual({ ok: true, value: [] });
  });

  test('and are not there: the first of failover who is takes their place, and each is told once', () => {
    expect(check(gone('worker'))).toEqual({
      ok: true,
      value: [{ event: 'agent_degraded', role: 'implement', from: 'worker', to: 'spare', why: 'not there' }],
    });
    const both = check(gone('worker', 'spare'));
    expect(both).toMatchObject({
      ok: true,
      value: [
        { role: 'implement', from: 'worker', to: 'codex' },
        { role: 'failover', from: 'spare', to: null },
      ],
    });
    expect(check(gone('worker', 'spare'), {}, { worker: 'codex', spare: null })).toEqual({ ok: true, value: [] });
    expect(check(gone('worker'), {}, { worker: 'codex', spare: null })).toMatchObject({
      value: [
        { from: 'worker', to: 'spare' },
        { event: 'agent_restored', role: 'failover', agent: 'spare' },
      ],
    });
    expect(check({}, {}, { worker: 'spare' })).toEqual({
      ok: true,
      value: [{ event: 'agent_restored', role: 'implement', agent: 'worker' }],
    });
  });

  test('and nobody can take their place: refused, whatever the policy', () => {
    for (const unavailable_policy of ['degrade-loudly', 'block'] as const) {
      const refused = check(gone('worker', 'spare', 'codex'), { unavailable_policy });
      expect(refused).toMatchObject({ ok: false, error: { message: expect.stringMatching(/"worker".*not there/) } });
      expect(refused.ok || refused.error.hint).toMatch(/masterplan agents/);
    }
    expect(check(gone('worker'), { failover: [] })).toMatchObject({
      error: { message: expect.stringContaining('limits.failover names nobody else') },
    });
  });

  test('and the policy is to block: refused, with the way to go on', () => {
    const refused = check(gone('worker'), { unavailable_policy: 'block' });
    expect(refused).toMatchObject({ ok: false, error: { hint: expect.stringContaining('degrade-loudly') } });
    // A spare that is not there is no role that nobody plays.
    expect(check(gone('spare'), { unavailable_policy: 'block' })).toMatchObject({ ok: true, value: [{ to: null }] });
  });
});

describe('a stand-in', () => {
  const degraded = (from: string, to: string | null, role: 'implement' | 'failover' = 'implement'): RunEvent => ({
    event: 'agent_degraded',
    role,
    from,
    to,
    why: 'not there',
  });
  const agents = (story: Story): string[] =>
    decide(story.state).flatMap((one) => (one.type === 'work' ? [one.agent] : []));

  test('gets the tasks until the agent is there again', () => {
    const story = new Story([task('T1'), task('T2')], settings()).approved().tell(degraded('worker', 'spare'));
    expect(agents(story)).toEqual(['spare', 'spare']);
    story.tell({ event: 'agent_restored', role: 'implement', agent: 'worker' });
    expect(agents(story)).toEqual(['worker', 'worker']);
  });

  test('that is not there itself is not failed over to', () => {
    const parked: RunEvent = {
      event: 'lane_parked',
      lane: 'worker',
      failure: 'usage-limit',
      until: '2030-01-01T00:00:00.000Z',
      known: 'reported',
      message: '',
    };
    const story = new Story([task('T1')], settings()).approved().tell(degraded('spare', null, 'failover'), parked);
    expect(agents(story)).toEqual(['codex']);
  });

  test('is said in one line', () => {
    expect(describeEvent(degraded('worker', 'spare'))).toBe(
      'degraded: worker (implement) cannot be started (not there); spare takes its place',
    );
    expect(describeEvent(degraded('spare', null, 'failover'))).toMatch(/nobody takes its place/);
  });
});
