import { expect, test } from 'vitest';
import { answering, readAnswers } from '../../src/app/answers.ts';
import { openTopic } from '../../src/app/topics.ts';
import { ok } from '../../src/core/base/result.ts';
import { accept } from '../../src/core/run/accept.ts';
import { Story, task } from '../core/run/story.ts';
import { desk } from './rig.ts';

const BOTH = `answers:
  - gate: plan
    answer: approve
"*": recommended
Q2: only CSV
May it?: yes
`;

async function read(text: string) {
  const one = await readAnswers(desk({ 'a.yaml': text }, { git: false }).context, 'a.yaml');
  return one.ok ? one.value.answers : one.error.message;
}

test('one file holds both: answers to gates, and to the questions of an interview', async () => {
  expect(await read(BOTH)).toMatchObject([
    { gate: 'plan', answer: 'approve', line: 2 },
    { question: 'Q2', answer: 'only CSV', line: 5 },
    { question: 'May it?', answer: 'yes', line: 6 },
    { question: '*', answer: 'recommended', line: 4 },
  ]);
  expect(await read('- 1\n- true\n')).toMatchObject([
    { question: 'Q1', answer: '1' },
    { question: 'Q2', answer: 'yes' },
  ]);
  expect(await read('')).toEqual([]);
});

test('a verb that begins with an idea takes the same file', async () => {
  const { context } = desk({ 'a.yaml': BOTH });
  const opened = await openTopic(context, { verb: 'full', topic: 'export of orders', answers: 'a.yaml' });
  expect(opened).toMatchObject({
    ok: true,
    value: { answers: 'a.yaml', authoring: { given: { Q2: 'only CSV', 'May it?': 'yes', '*': 'recommended' } } },
  });
});

test.each([
  [
    'Q1: yes\nanwers:\n  - gate: plan\n    answer: approve\n',
    'a.yaml:2:1: unknown key "anwers"; did you mean "answers"',
  ],
  ['Q1: yes\nQ2: {a: 1}\n', 'a.yaml:2:1: unknown key "Q2"'],
  ['Q1: yes\nQ2:\n', 'a.yaml:2:1: the answer to "Q2" is empty'],
  ['- gate: plan\n  answer: approve\n', 'a.yaml:1:3: entries about gates stand under the key "answers"'],
  [
    'answers:\n  - gate: plan\n    anser: approve\n',
    'a.yaml:3:5: answers.0: unknown key "anser"; did you mean "answer"',
  ],
  [
    'answers:\n  - kind: reviw\n    answer: accept\n',
    'a.yaml:2:11: no gate is of the kind "reviw"; did you mean "review"',
  ],
  [
    'answers:\n  - gate: bugdet:T1\n    answer: go-on\n',
    'a.yaml:2:11: no gate is called "bugdet"; did you mean "budget"',
  ],
  ['answers:\n  - gate: plan\n    answer: approve\n    times: none\n', 'a.yaml:4:12: answers.0.times: must be'],
  ['answers: approve\n', 'a.yaml:1:10: answers: must be a list'],
  ['approve\n', 'a.yaml:1:1: must be keys with values'],
  ['Q1: a\nQ1: b\n', 'a.yaml:2:1: the key Q1 stands twice'],
])('what cannot be meant is refused with its line and column: %j', async (text, words) => {
  expect(await read(text)).toContain(words);
});

test('an answer of a file that the run refuses is named, and one that was given meanwhile is not', async () => {
  const opened = (gate: string, options: readonly string[]) =>
    ({ event: 'gate_opened', gate, question: '?', options, recommended: options[0] ?? '', detail: [] }) as const;
  const question = {
    id: 'Q-1',
    kind: 'approval',
    title: 'How many?',
    after: [],
    before: ['T1'],
    criteria: [],
    onFail: undefined,
    asks: 'question',
    commands: [],
  } as const;
  const story = new Story([task('T1')], undefined, [], {
    criteria: [],
    rows: [],
    whole: [],
    gates: [question],
  }).approved();
  story.tell(opened('open-question:Q-1', ['answer', 'leave-open', 'cancel']), opened('pause', ['go-on', 'cancel']));
  const { context } = desk(
    { 'a.yaml': 'answers:\n  - {kind: open-question, answer: answer}\n  - {gate: pause, answer: go-on}\n' },
    { git: false },
  );
  const file = await readAnswers(context, 'a.yaml');
  const given = answering(
    {
      get state() {
        return story.state;
      },
      answer: async (request) => {
        // Somebody at a terminal was quicker.
        if (request.request === 'answer' && request.gate === 'pause')
          story.tell({ event: 'gate_answered', gate: 'pause', answer: 'go-on', by: 'ann', how: 'test' });
        const taken = accept(story.state, request);
        return taken.ok ? ok(1) : taken;
      },
      subscribe: () => undefined,
    },
    file.ok ? file.value : undefined,
    context,
  );
  await given.give();
  expect([given.given(), given.held()]).toEqual([0, ['open-question:Q-1 stays open: an answer needs words']]);
});
