import { expect, test } from 'vitest';
import { readAnswers } from '../../src/app/answers.ts';
import { openTopic } from '../../src/app/topics.ts';
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
