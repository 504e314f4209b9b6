import { expect, test } from 'vitest';
import type { PlanTask } from '../../../../src/core/plan/model.ts';
import type { PlanTerms, TermGate } from '../../../../src/core/plan/terms.ts';
import { accept } from '../../../../src/core/run/accept.ts';
import type { AmendedPlan } from '../../../../src/core/run/amend/document.ts';
import { changesTo } from '../../../../src/core/run/amend/diff.ts';
import { changeWords } from '../../../../src/core/run/amend/words.ts';
import { drawBalance } from '../../../../src/core/run/finish/draw.ts';
import { decide } from '../../../../src/core/run/decide.ts';
import { SETTINGS, Story, task } from '../story.ts';

const TASKS = [task('T1'), task('T2'), task('T3')];
const gate = (id: string, title: string, fields: Partial<TermGate> = {}): TermGate => ({
  id,
  kind: 'approval',
  title,
  after: [],
  before: ['T2'],
  criteria: [],
  onFail: undefined,
  commands: [],
  ...fields,
});
const question = (id: string, title: string): TermGate => gate(id, title, { asks: 'question' });
const terms = (...gates: TermGate[]): PlanTerms => ({ criteria: [], rows: [], whole: [], gates });

function story(...gates: TermGate[]): Story {
  const one = new Story(TASKS, { ...SETTINGS, parallel: 4 }, [], terms(...gates)).approved();
  return ask(one);
}

/** What should be asked now is asked. */
function ask(one: Story): Story {
  for (const effect of decide(one.state)) if (effect.type === 'record') one.tell(...effect.events);
  return one;
}

const settle = (one: Story, name: string, answer: string, note?: string): Story =>
  one.tell({
    event: 'gate_answered',
    gate: name,
    answer,
    by: 'ann',
    how: 'test',
    ...(note === undefined ? {} : { note }),
  });

function amend(one: Story, ...gates: TermGate[]): Story {
  one.tell({
    event: 'plan_amended',
    sha256: 'other',
    before: 'plan',
    by: 'ann',
    how: 'test',
    changes: [],
    impact: [],
    tasks: [],
    verify: [],
    texts: {},
    context: '',
    terms: terms(...gates),
  });
  return ask(one);
}

const open = (one: Story): string[] => one.state.gates.map(({ id }) => id);
const starts = (one: Story): string[] =>
  decide(one.state).flatMap((effect) => (effect.type === 'work' ? [effect.task] : []));

test('a question before the one that was answered: the answer stays with its own question', () => {
  const one = settle(story(question('Q-1', 'How many?')), 'open-question:Q-1', 'answer', 'ten');
  expect(starts(one)).toContain('T2');
  amend(one, question('Q-1', 'Which colour?'), question('Q-2', 'How many?'));
  expect(open(one)).toEqual(['open-question:Q-1']);
  expect(one.state.gates[0]?.question).toContain('Which colour?');
  expect(one.state.opened).toMatchObject({ 'Q-2': { note: 'ten' } });
  expect(starts(one)).not.toContain('T2');
});

test('a question that is open in other words is asked in the new ones; one that is gone is not asked', () => {
  const one = story(question('Q-1', 'How many?'), question('Q-2', 'Why?'), question('Q-3', 'When?'));
  const kept = one.state.gates.find(({ id }) => id === 'open-question:Q-3');
  amend(one, question('Q-1', 'How many at most?'), question('Q-3', 'When?'));
  expect(open(one).toSorted()).toEqual(['open-question:Q-1', 'open-question:Q-3']);
  expect(one.state.gates.find(({ id }) => id === 'open-question:Q-1')?.question).toContain('at most');
  // What is asked in the same words is the same question.
  expect(one.state.gates.find(({ id }) => id === 'open-question:Q-3')).toEqual(kept);
});

test.each([
  ['other commands', { commands: ['bench --hard'] }, false],
  ['another criterion', { criteria: ['faster'] }, false],
  ['more before it', { after: ['T1', 'T3'] }, false],
  ['more behind it', { before: ['T2', 'T3'] }, true],
  ['less before it', { after: [] }, true],
] as const)('a validation that passed, with %s', (_, fields, holds) => {
  const was = gate('V1', 'Fast enough', { kind: 'validation', after: ['T1'], commands: ['bench'] });
  const one = story(was);
  one.landed('T1').tell({
    event: 'stop_checked',
    stop: 'V1',
    commit: 'l-T1',
    tree: 't',
    checks: 'c',
    evidence: 'evidence/x',
    duration_ms: 1,
    passed: true,
  });
  expect(starts(one)).toContain('T2');
  const is = { ...was, ...fields };
  const plan = { sha256: 'other', tasks: TASKS, verify: [], texts: {}, context: '', terms: terms(is) };
  const words = changeWords(changesTo(one.state, plan)).join('\n');
  expect(words.includes('settled anew, because it says something else: V1')).toBe(!holds);
  amend(one, is);
  expect(starts(one).includes('T2')).toBe(holds);
});

test('what comes into the plan when its work has landed is settled before the end, or named as missing', () => {
  const one = story();
  for (const { id } of TASKS) one.landed(id);
  ask(one);
  expect(one.state.phase).toBe('finish');
  amend(one, gate('V1', 'Fast enough', { kind: 'validation', after: ['T1'] }), question('Q-1', 'How many?'));
  expect(one.state.phase).toBe('execute');
  // Nobody waits for the answer to a question any more.
  expect(open(one)).toEqual(['validation:V1']);
  ask(settle(one, 'validation:V1', 'passed'));
  expect(one.state.phase).toBe('finish');
  const items = drawBalance(one.state, { tests: [], commands: [], passed: true });
  expect(items.filter(({ kind }) => kind === 'gate')).toMatchObject([
    { id: 'V1', state: 'proven' },
    { id: 'Q-1', state: 'missing' },
  ]);
});

test('a task before a stop is put back into the plan: the stop is settled once more when it is over', () => {
  const one = story(gate('C1', 'It looks well', { kind: 'checkpoint', after: ['T1'] }));
  const text = (tasks: readonly PlanTask[]): AmendedPlan => {
    const sha256 = `plan ${one.state.seq}`;
    return { sha256, tasks, verify: [], texts: {}, context: '', terms: one.state.terms as PlanTerms };
  };
  const by = { schema: 1, id: 'r', by: 'ann', how: 'test', request: 'amend', approved: true } as const;
  for (const plan of [text(TASKS.slice(1)), text(TASKS)]) {
    const request = { ...by, sha256: plan.sha256, before: one.state.planSha256 };
    const taken = accept(one.state, request, undefined, undefined, plan);
    if (!taken.ok) throw new Error(taken.error.message);
    ask(one.tell(...taken.value));
    if (plan.tasks.length === TASKS.length) break;
    expect(open(one)).toEqual(['checkpoint:C1']);
    ask(settle(one, 'checkpoint:C1', 'passed'));
    expect(starts(one)).toContain('T2');
  }
  expect([open(one), starts(one)]).toEqual([[], ['T1', 'T3']]);
  expect(open(ask(one.landed('T1')))).toEqual(['checkpoint:C1']);
});
