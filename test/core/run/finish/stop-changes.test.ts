import { expect, test } from 'vitest';
import type { TermGate } from '../../../../src/core/plan/terms.ts';
import { accept } from '../../../../src/core/run/accept.ts';
import { checksOf } from '../../../../src/core/run/checks.ts';
import { decide } from '../../../../src/core/run/decide.ts';
import type { RunEvent } from '../../../../src/core/run/event.ts';
import { SETTINGS, Story, task } from '../story.ts';

const TASKS = [task('T1'), task('T2', { needs: ['T1'] }), task('T3', { needs: ['T2'] })];

function stop(fields: Partial<TermGate>): TermGate {
  const none = { criteria: [], onFail: undefined, commands: [] };
  return { id: 'V1', kind: 'validation', title: 'it holds', after: ['T1'], before: ['T3'], ...none, ...fields };
}

function story(...gates: TermGate[]): Story {
  return new Story(TASKS, { ...SETTINGS, parallel: 4 }, [], { criteria: [], rows: [], whole: [], gates })
    .approved()
    .landed('T1')
    .landed('T2');
}

/** The run goes on by another text, in which these are the stops. */
function amended(one: Story, ...gates: TermGate[]): Story {
  const sha256 = `plan ${one.state.seq}`;
  const plan = {
    sha256,
    tasks: TASKS,
    verify: [],
    texts: {},
    context: '',
    terms: { criteria: [], rows: [], whole: [], gates },
  };
  const request = { schema: 1, id: 'r', by: 'ann', how: 'test', request: 'amend', approved: true } as const;
  const events = accept(one.state, { ...request, sha256, before: one.state.planSha256 }, undefined, undefined, plan);
  if (!events.ok) throw new Error(events.error.message);
  return one.tell(...events.value);
}

function passed(...commands: string[]): RunEvent {
  const of = { commit: 'l-T2', tree: 't', checks: checksOf(commands), evidence: 'evidence/x', duration_ms: 1 };
  return { event: 'stop_checked', stop: 'V1', passed: true, ...of };
}

function answered(answer: string): RunEvent {
  return { event: 'gate_answered', gate: 'validation:V1', answer, by: 'ann', how: 'test', note: 'well' };
}

const keys = (one: Story): string[] => decide(one.state).map(({ key }) => key);
const starts = (one: Story): boolean => keys(one).includes('work:T3#1');
const checks = (one: Story): boolean => keys(one).some((key) => key.startsWith('stop:V1:'));
const ask = (one: Story): Story =>
  one.tell(...decide(one.state).flatMap((each) => (each.type === 'record' ? each.events : [])));

test('commands that passed at a stop count no more when an amendment puts others in their place', () => {
  const one = story(stop({ commands: ['bench'] })).tell(passed('bench'));
  expect(starts(one)).toBe(true);
  amended(one, stop({ commands: ['bench --slow'] }));
  expect([starts(one), checks(one)]).toEqual([false, true]);
  one.tell(passed('bench --slow'));
  // It is called otherwise, and stands before one more: nothing else is asked.
  expect(starts(amended(one, stop({ commands: ['bench --slow'], title: 'still', before: ['T2', 'T3'] })))).toBe(true);
});

test('what a person said counts no more when the sentence is another one, or more comes before the stop', () => {
  for (const now of [
    stop({ title: 'it is fast' }),
    stop({ criteria: ['in a second'] }),
    stop({ after: ['T1', 'T2'] }),
  ]) {
    const one = ask(story(stop({}))).tell(answered('passed'));
    expect(starts(one)).toBe(true);
    expect(starts(amended(one, now))).toBe(false);
  }
  const one = ask(story(stop({ after: ['T1', 'T2'] }))).tell(answered('passed'));
  expect(starts(amended(one, stop({ after: ['T2'] })))).toBe(true);
});

test('a question of the text before is not open any more: it is asked in the words of the new one, or not at all', () => {
  const one = ask(story(stop({})));
  expect(one.state.gates.map(({ id }) => id)).toEqual(['validation:V1']);
  ask(amended(one, stop({ title: 'it is fast' })));
  expect(one.state.gates[0]?.question).toContain('it is fast');
  amended(one);
  expect([one.state.gates, starts(one)]).toEqual([[], true]);
});

test('a stop that comes in while the run is about to be finished is settled first', () => {
  const one = story().landed('T3').tell({ event: 'phase_entered', phase: 'finish' });
  amended(one, stop({ kind: 'checkpoint', after: ['T3'], before: [] }));
  expect(one.state.phase).toBe('execute');
  expect(ask(one).state.gates.map(({ id }) => id)).toEqual(['checkpoint:V1']);
  one.tell({ event: 'gate_answered', gate: 'checkpoint:V1', answer: 'passed', by: 'ann', how: 'test' });
  expect(keys(one)).toContain('record:finish');
});

test('a stop that an amendment closes again is seen when the plan is looked at for what could never open', () => {
  const one = ask(story(stop({}))).tell(answered('passed'));
  expect(() => amended(one, stop({ after: ['T1', 'T3'] }))).toThrow(/V1 .*never open/);
});
