import { describe, expect, test } from 'vitest';
import { accept } from '../../../src/core/run/accept.ts';
import { answersFor, unasked, type WrittenAnswer } from '../../../src/core/run/answers.ts';
import { decide } from '../../../src/core/run/decide.ts';
import type { RunEvent } from '../../../src/core/run/event.ts';
import { GATE_KINDS, GATE_NAMES, kindOfGate } from '../../../src/core/run/gate-name.ts';
import { boardOf } from '../../../src/core/views/board.ts';
import { noticesOf, messageOf } from '../../../src/core/views/notice.ts';
import { formatStamp } from '../../../src/core/base/time.ts';
import { SETTINGS, Story, task } from './story.ts';

const FILE = { name: 'ci.yaml', sha256: 'abcdef0123456789' };
const written = (fields: Partial<WrittenAnswer>): WrittenAnswer => ({ answer: 'go-on', times: 1, line: 3, ...fields });
const opened = (gate: string, options: readonly string[], recommended = options[0] ?? ''): RunEvent => ({
  event: 'gate_opened',
  gate,
  question: `what of ${gate}?`,
  options,
  recommended,
  detail: ['because'],
});
const say = (story: Story, ...answers: readonly WrittenAnswer[]) => answersFor(story.state, answers, FILE, 1000, 'ci');
const waiting = (...gates: readonly RunEvent[]): Story =>
  new Story([task('T1'), task('T2', { needs: ['T1'] })], { ...SETTINGS, gates: { timeout: 60_000 } })
    .approved()
    .tell(...gates);
const budget = opened('budget:T1', ['go-on', 'block', 'cancel'], 'block');

describe('a file of answers', () => {
  test('answers the gates that it is about, and no other', () => {
    const story = waiting(budget, opened('review:T2', ['accept', 'send-back']));
    expect(say(story, written({ gate: 'budget:*', by: 'ada', note: 'once' }))).toMatchObject([
      {
        gate: 'budget:T1',
        request: {
          request: 'answer',
          gate: 'budget:T1',
          answer: 'go-on',
          by: 'ada',
          note: 'once',
          how: 'answers file ci.yaml:3 (abcdef012345)',
        },
      },
    ]);
  });

  test('does not merge what fails as a whole: whoever wrote it did not know that', () => {
    const story = waiting(opened('finish', ['merge', 'pull-request', 'keep', 'discard'], 'keep'));
    expect(say(story, written({ gate: 'finish', answer: 'merge' }))).toMatchObject([{ request: { answer: 'merge' } }]);
    const check = { commit: 'l', tree: 't', checks: 'c', evidence: 'e', duration_ms: 1 };
    const failed = { command: 'npm test', exit_code: 1, reason: 'exit code 1', tail: '' };
    story.tell(
      { event: 'branch_verified', ...check, passed: false, failed },
      opened('finish', ['merge', 'pull-request', 'keep', 'discard'], 'keep'),
    );
    for (const answer of ['merge', 'pull-request'])
      expect(say(story, written({ gate: 'finish', answer }))).toMatchObject([
        { holds: expect.stringContaining('"npm test"') },
      ]);
    expect(say(story, written({ gate: 'finish', answer: 'keep' }))).toMatchObject([{ request: { answer: 'keep' } }]);
  });

  test.each([
    [{ gate: 'budget:T1' }, true],
    [{ gate: 'budget*' }, true],
    [{ gate: 'budget' }, false],
    [{ kind: 'budget' }, true],
    [{ kind: 'review' }, false],
    [{ task: 'T1' }, true],
    [{ task: 'T*' }, true],
    [{ task: 'T2' }, false],
    [{ kind: 'budget', task: 'T2' }, false],
    [{}, false],
  ] as const)('%j is about the budget of T1: %s', (fields, expected) => {
    expect(say(waiting(budget), written(fields)).length === 1).toBe(expected);
  });

  test.each([
    [{ answer: 'go on' }, '"go on" is none of the options block, go-on, cancel'],
    [{ until: 999 }, 'it holds no more'],
    [{ valid_for: ['abcdef0'] }, 'the gate is about none'],
  ])('%j holds the gate', (fields, why) => {
    expect(say(waiting(budget), written({ gate: 'budget:T1', ...fields }))).toEqual([
      { gate: 'budget:T1', holds: expect.stringContaining(why) },
    ]);
  });

  test('the first entry that is about a gate decides, also when it does not hold', () => {
    const [said] = say(waiting(budget), written({ task: 'T1', answer: 'x' }), written({ gate: 'budget:T1' }));
    expect(said).toHaveProperty('holds');
  });

  test('is given so often and no more, however often the gate opens', () => {
    const story = waiting(budget);
    const entry = written({ gate: 'budget:T1', times: 2 });
    for (const given of [true, true, false]) {
      const [said] = say(story, entry);
      expect(said !== undefined && 'request' in said).toBe(given);
      if (said === undefined || !('request' in said)) continue;
      const events = accept(story.state, said.request);
      if (!events.ok) throw new Error(events.error.message);
      // What the log does with the id of the request, also after a crash.
      story.tell(...events.value, budget);
      story.state.requests.push(said.request.id);
      // The same again, before it was recorded: nothing new.
      expect(accept(story.state, said.request)).toEqual({ ok: true, value: [] });
    }
  });

  test('approves a plan for its own text alone, and discards only what is named', () => {
    const fresh = new Story([task('T1')]);
    expect(say(fresh, written({ gate: 'plan', answer: 'approve' }))).toMatchObject([
      { request: { request: 'approve', planSha256: 'plan' } },
    ]);
    expect(say(fresh, written({ gate: 'plan', answer: 'approve', valid_for: ['1234567'] }))).toMatchObject([
      { holds: expect.stringContaining('does not hold for plan plan') },
    ]);
    const finish = waiting(opened('finish', ['merge', 'keep', 'discard']));
    expect(say(finish, written({ gate: 'finish', answer: 'discard' }))).toMatchObject([
      { holds: expect.stringContaining('needs "confirm: demo"') },
    ]);
    expect(say(finish, written({ gate: 'finish', answer: 'discard', confirm: 'demo' }))).toMatchObject([
      { request: { answer: 'discard' } },
    ]);
  });
});

describe('a gate is the same on every surface', () => {
  test('options with the recommended one first, what it is about, who waits, and its deadline', () => {
    const story = waiting(budget);
    const [row] = boardOf(story.state).waiting;
    const at = story.state.updated;
    expect(row?.gate).toEqual({
      id: 'budget:T1',
      kind: 'budget',
      task: 'T1',
      options: ['block', 'go-on', 'cancel'],
      recommended: 'block',
      detail: ['because'],
      cost: 'T1 waits, and 1 task behind it; the rest goes on',
      deadline: at + 60_000,
      default: 'block',
    });
    const [notice] = noticesOf(story.state);
    expect(notice?.gate).toEqual(row?.gate);
    const message = messageOf(story.state, notice === undefined ? [] : [notice], formatStamp);
    expect(message.text).toContain('  options: block (recommended), go-on, cancel\n  while it waits: T1 waits');
    expect(message.notices[0]?.gate).toMatchObject({ deadline: formatStamp(at + 60_000), default: 'block' });
  });

  test('its default is taken at the deadline, as an effect that the same state always gives', () => {
    const story = waiting(budget);
    const until = story.state.updated + 60_000;
    const expires = decide(story.state).filter(({ type }) => type === 'expire');
    expect(expires).toEqual([
      { type: 'expire', key: `expire:budget:T1:${until}`, gate: 'budget:T1', until, answer: 'block' },
    ]);
    story.tell({ event: 'gate_answered', gate: 'budget:T1', answer: 'go-on', by: 'me', how: 'test' });
    expect(decide(story.state).filter(({ type }) => type === 'expire')).toEqual([]);
  });

  test('gates without a default, and runs of older releases, wait for ever', () => {
    expect(waiting(opened('review:T1', ['accept'])).state.gates[0]?.deadline).toBeUndefined();
    const old = new Story([task('T1')]).approved().tell(budget);
    expect(old.state.gates[0]?.deadline).toBeUndefined();
  });

  test('words that are none of its options hold it, and so do those for another text', () => {
    const story = waiting(budget);
    const ask = {
      schema: 1 as const,
      id: 'aaaaaaaa',
      by: 'me',
      how: 'test',
      request: 'answer' as const,
      gate: 'budget:T1',
    };
    expect(accept(story.state, { ...ask, answer: 'sure, why not' })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('the gate stays open'), hint: 'answer one of: block, go-on, cancel' },
    });
    expect(accept(story.state, { ...ask, answer: 'block', about: '1234567' })).toMatchObject({
      error: { message: expect.stringContaining('about no text or commit') },
    });
  });
});

test.each([
  ['plan', { kind: 'plan' }],
  ['plan:P1', { kind: 'subplan', task: 'P1' }],
  ['ask:P1/T2#3:toolu_1', { kind: 'permission', task: 'P1/T2' }],
  ['witness:T1.2', { kind: 'witness', task: 'T1' }],
  ['witness:M1.1.2', { kind: 'witness', task: 'M1.1' }],
  ['circuit:T1', { kind: 'blocker', task: 'T1' }],
  ['lane:openai', { kind: 'lane' }],
  ['setup', { kind: 'setup' }],
  ['review:T1', { kind: 'review', task: 'T1' }],
])('%s is %j', (gate, expected) => {
  expect(kindOfGate(gate)).toEqual(expected);
});

describe('answers to an interview', () => {
  const asked = (): Story => {
    const story = waiting(opened('interview:Q1', ['yes', 'no']), opened('interview:Q2', ['all', 'some']));
    story.state.authoring = {
      topic: 'orders',
      complexity: 'low',
      kind: null,
      until: null,
      given: {},
      spec: null,
      answers: {},
      questions: [
        { id: 'Q1', question: 'May it?', options: ['yes', 'no'], why: '' },
        { id: 'Q2', question: 'How much?', options: ['all', 'some'], why: '' },
      ],
    };
    return story;
  };
  const question = (called: string, answer: string): WrittenAnswer => written({ question: called, answer });

  test('are given by the id or the words of a question, in other words too, and for all others', () => {
    const story = asked();
    const said = say(story, question('may IT?', 'only on Mondays'), question('*', 'recommended'));
    expect(said).toMatchObject([{ gate: 'interview:Q1' }, { gate: 'interview:Q2' }]);
    for (const one of said) {
      const events = 'request' in one ? accept(story.state, one.request) : undefined;
      if (events?.ok !== true) throw new Error('not taken');
      story.tell(...events.value);
    }
    expect(story.state.authoring?.answers).toMatchObject({
      Q1: { answer: 'only on Mondays', assumed: false },
      Q2: { answer: 'all', assumed: true },
    });
    // What is typed holds as it was: words that are no option say nothing.
    const typed = { schema: 1, id: 'x', by: 'ada', how: 'test', request: 'answer', gate: 'interview:Q1' } as const;
    expect(accept(asked().state, { ...typed, answer: 'on Mondays' }).ok).toBe(false);
  });

  test('those to questions that nobody asks are named, as soon as that is known', () => {
    const answers = [question('Q1', 'yes'), question('Q9', 'yes'), question('*', 'recommended')];
    expect(unasked(asked().state, answers, FILE)).toEqual([
      'line 3 of ci.yaml: no question is "Q9": asked are Q1 to Q2',
    ]);
    const early = asked();
    (early.state.authoring as { questions: unknown }).questions = [];
    expect(unasked(early.state, answers, FILE)).toEqual([]);
    expect(unasked(waiting().state, [question('*', 'yes')], FILE)).toEqual([
      'line 3 of ci.yaml: no question is "*": this run has no interview',
    ]);
  });
});

test('every gate that a kind is told of has a name that a file may use', () => {
  for (const name of GATE_NAMES) expect(GATE_KINDS).toContain(kindOfGate(`${name}:T1`).kind);
});
