import { expect, test } from 'vitest';
import type { PlanTerms, TermGate } from '../../../../src/core/plan/terms.ts';
import { accept } from '../../../../src/core/run/accept.ts';
import { composeBrief, renderBrief } from '../../../../src/core/run/brief.ts';
import { decide } from '../../../../src/core/run/decide.ts';
import type { RunEvent } from '../../../../src/core/run/event.ts';
import { taskOf } from '../../../../src/core/run/state.ts';
import { boardOf } from '../../../../src/core/views/board.ts';
import { explainTask } from '../../../../src/core/views/explain.ts';
import { SETTINGS, Story, task } from '../story.ts';

const TASKS = [task('T1'), task('T2'), task('T3', { needs: ['T1'] })];

function stop(id: string, fields: Partial<TermGate>): TermGate {
  return {
    id,
    kind: 'approval',
    title: `about ${id}`,
    after: [],
    before: [],
    criteria: [],
    onFail: undefined,
    commands: [],
    ...fields,
  };
}

function story(...gates: TermGate[]): Story {
  const terms: PlanTerms = { criteria: [], rows: [], whole: [], gates };
  return new Story(TASKS, { ...SETTINGS, parallel: 4 }, [], terms).approved();
}

const keys = (one: Story): string[] => decide(one.state).map(({ key }) => key);
const starts = (one: Story): string[] => keys(one).filter((key) => key.startsWith('work:'));
const asked = (one: Story): Extract<RunEvent, { event: 'gate_opened' }>[] =>
  decide(one.state).flatMap((effect) =>
    effect.type === 'record' ? effect.events.filter((event) => event.event === 'gate_opened') : [],
  );

test('only the tasks that an open question touches wait for its answer, and the answer is in their briefs', () => {
  const one = story(stop('Q-1', { asks: 'question', before: ['T2'] }));
  expect(starts(one)).toEqual(['work:T1#1']);
  const [gate] = asked(one);
  expect(gate).toMatchObject({ gate: 'open-question:Q-1', options: ['answer', 'leave-open', 'cancel'] });
  one.tell(gate as RunEvent);
  expect(explainTask(one.state, 'T2')?.because).toContain('Q-1');
  const request = {
    schema: 1 as const,
    id: 'r',
    by: 'ann',
    how: 'test',
    request: 'answer' as const,
    gate: 'open-question:Q-1',
  };
  expect(accept(one.state, { ...request, answer: 'answer' })).toMatchObject({ ok: false });
  const answered = accept(one.state, { ...request, answer: 'answer', note: 'at most ten' });
  if (answered.ok) one.tell(...answered.value);
  expect(starts(one)).toEqual(['work:T1#1', 'work:T2#1']);
  const text = { goal: '', context: '' };
  const brief = (id: string): string =>
    renderBrief(composeBrief(one.state, taskOf(one.state, id) as never, 1, 'base', 'worker', text));
  expect(brief('T2')).toContain('at most ten');
  expect(brief('T1')).not.toContain('at most ten');
});

test('a validation runs its commands when what comes before it is merged; nothing behind it starts before they pass', () => {
  const one = story(
    stop('V1', { kind: 'validation', after: ['T1'], before: ['T3'], commands: ['bench'], onFail: 'a sketch' }),
  );
  expect(keys(one).some((key) => key.startsWith('stop:'))).toBe(false);
  one.landed('T1');
  expect(starts(one)).not.toContain('work:T3#1');
  expect(keys(one).some((key) => key.startsWith('stop:V1:0'))).toBe(true);
  const checked = {
    event: 'stop_checked' as const,
    stop: 'V1',
    commit: 'l-T1',
    tree: 't',
    checks: 'c',
    evidence: 'evidence/x',
    duration_ms: 1,
  };
  one.tell({ ...checked, passed: false, failed: { command: 'bench', exit_code: 1, reason: 'exit code 1', tail: '' } });
  expect(starts(one)).not.toContain('work:T3#1');
  const [gate] = asked(one);
  expect(gate).toMatchObject({ gate: 'validation:V1', options: ['again', 'waive', 'cancel'], recommended: 'again' });
  expect(gate?.detail.join(' ')).toContain('a sketch');
  one.tell(gate as RunEvent, {
    event: 'gate_answered',
    gate: 'validation:V1',
    answer: 'again',
    by: 'ann',
    how: 'test',
  });
  expect(keys(one).some((key) => key.startsWith('stop:V1:1'))).toBe(true);
  one.tell({ ...checked, passed: true });
  expect(starts(one)).toContain('work:T3#1');
});

test('a validation without commands is asked about; who passes it over says why', () => {
  const one = story(stop('V1', { kind: 'validation', before: ['T1'] }));
  expect(starts(one)).toEqual(['work:T2#1']);
  one.tell(asked(one)[0] as RunEvent);
  const request = {
    schema: 1 as const,
    id: 'r',
    by: 'ann',
    how: 'test',
    request: 'answer' as const,
    gate: 'validation:V1',
  };
  expect(accept(one.state, { ...request, answer: 'waive' })).toMatchObject({ ok: false });
  const waived = accept(one.state, { ...request, answer: 'waive', note: 'we tried it last year' });
  if (waived.ok) one.tell(...waived.value);
  expect(starts(one)).toContain('work:T1#1');
});

test.each(['gated', 'loose', 'full'] as const)(
  'under %s a person is asked at each stop that no command opens',
  (autonomy) => {
    const stops = [
      stop('Q-1', { asks: 'question', before: ['T2'] }),
      stop('A-1', { asks: 'assumption', before: ['T2'] }),
      stop('V1', { kind: 'validation', before: ['T1'] }),
      stop('C1', { kind: 'checkpoint', before: ['T1'] }),
    ];
    const terms: PlanTerms = { criteria: [], rows: [], whole: [], gates: stops };
    const one = new Story(TASKS, { ...SETTINGS, autonomy }, [], terms).approved();
    const gates = asked(one);
    expect(gates.map(({ gate }) => gate)).toEqual([
      'open-question:Q-1',
      'assumption:A-1',
      'validation:V1',
      'checkpoint:C1',
    ]);
    for (const { detail } of gates)
      expect(detail.some((line) => line.startsWith(`asked under ${autonomy}, too: `))).toBe(autonomy !== 'gated');
    expect(starts(one)).toEqual([]);
  },
);

test('a validation that stands nowhere in the order keeps everything, and one after everything keeps the finish', () => {
  expect(starts(story(stop('V1', { kind: 'validation' })))).toEqual([]);
  const one = story(stop('C1', { kind: 'checkpoint', after: ['T1', 'T2', 'T3'] }));
  one.landed('T1');
  one.landed('T2');
  one.landed('T3');
  expect(keys(one)).not.toContain('record:finish');
  expect(asked(one)[0]?.gate).toBe('checkpoint:C1');
});

test('what is shown to be typed is taken as it stands: where an answer needs words there is room for them', () => {
  const one = story(stop('Q-1', { kind: 'approval', asks: 'question', before: ['T2'] }));
  one.tell(...asked(one));
  expect(boardOf(one.state).waiting[0]?.type.map((line) => line.split('--answer ')[1])).toEqual([
    'answer --note "…"',
    'leave-open',
    'cancel',
  ]);
});
