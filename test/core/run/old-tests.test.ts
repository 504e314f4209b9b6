import { expect, test } from 'vitest';
import { accept } from '../../../src/core/run/accept.ts';
import { decide } from '../../../src/core/run/decide.ts';
import { describeEvent } from '../../../src/core/run/describe.ts';
import type { RunEvent } from '../../../src/core/run/event.ts';
import type { RunSettings } from '../../../src/core/run/settings.ts';
import { explainTask } from '../../../src/core/views/explain.ts';
import { Chronicle } from '../../../src/core/views/retro/chronicle.ts';
import { wasRejectedForOldTests } from '../../../src/core/run/witnessing.ts';
import { composeReview, renderReview } from '../../../src/core/run/review/brief.ts';
import { SETTINGS, Story, task } from './story.ts';

const settings: RunSettings = {
  ...SETTINGS,
  attempts: 4,
  witness: { weakened: 'off', claims: 'warn', old_tests: 'reject' },
};
const failed = { command: 'check T1', exit_code: 1, reason: 'exit code 1', tail: 'not ok 1' };

/** The one task is done, examined with nothing found, and being verified. */
function verifying(attempt = 1, story = new Story([task('T1')], settings).approved()): Story {
  return story
    .started('T1', attempt)
    .tell({
      event: 'change_examined',
      task: 'T1',
      attempt,
      commit: `c-T1-${attempt}`,
      tree: `t-T1-${attempt}`,
      findings: [],
      verdict: 'passed',
    })
    .done('T1', attempt);
}

function tried(
  verdict: 'passed' | 'warned' | 'asked' | 'rejected',
  attempt = 1,
): Extract<RunEvent, { event: 'old_tests_tried' }> {
  const severity = verdict === 'warned' ? ('warning' as const) : ('error' as const);
  const finding = { rule: 'old_tests' as const, severity, path: 'test/a.js', what: 'they fail' };
  return {
    event: 'old_tests_tried',
    task: 'T1',
    attempt,
    of: `c-T1-${attempt}`,
    base: 'base',
    commit: 'scratch',
    tree: 'scratch-tree',
    checks: 'checks',
    passed: verdict === 'passed',
    evidence: 'evidence/T1.1-old-tests',
    duration_ms: 5,
    paths: ['test/a.js'],
    verdict,
    ...(verdict === 'passed' ? {} : { failed, finding }),
  };
}

const attemptOf = (story: Story, number = 1) => story.state.tasks[0]?.attempts[number - 1];
const effects = (story: Story) => decide(story.state).map(({ type }) => type);

test('tests that pass as they were are in the log, and nothing else is said', () => {
  const story = verifying().tell(tried('passed')).verified('T1', true, { checks: 'checks' });
  expect(describeEvent(story.told.find(({ event }) => event === 'old_tests_tried') as RunEvent)).toBeUndefined();
  expect(attemptOf(story)).toMatchObject({
    oldTests: { of: 'c-T1-1', verdict: 'passed' },
    examined: { verdict: 'passed', findings: [] },
  });
  expect(story.state.tasks[0]?.progress.status).toBe('merging');
});

test('a remark costs no round, and is where people and reviewers look', () => {
  const story = verifying().tell(tried('warned')).verified('T1', true, { checks: 'checks' });
  expect(story.state.tasks[0]).toMatchObject({ progress: { status: 'merging' }, failures: 0 });
  expect(attemptOf(story)?.examined).toMatchObject({ verdict: 'warned', findings: [{ rule: 'old_tests' }] });
  expect(story.state.recent.map(({ text }) => text)).toContain('T1#1: test/a.js: they fail');
  expect(explainTask(story.state, 'T1')?.attempts[0]).toMatchObject({
    findings: [{ severity: 'warning', text: 'old_tests: test/a.js: they fail' }],
  });
  const chronicle = new Chronicle();
  for (const event of story.told) chronicle.add(event);
  expect(chronicle.troubles).toMatchObject([{ kind: 'old_tests_tried', task: 'T1' }]);
  const subject = { attempt: 1, base: 'base', commit: 'c-T1-1', tree: 't-T1-1', round: 1, how: 'asymmetric' as const };
  const diff = { text: '', cut: 0, files: [] };
  const text = { goal: '', context: '', rows: [], verified: [], diff };
  const [only] = story.state.tasks;
  const brief = composeReview(story.state, only as never, 2, 'codex', subject as never, text as never);
  expect(brief.noticed).toEqual(['old_tests: test/a.js: they fail']);
  expect(renderReview).toBeTypeOf('function');
});

test('rejected, the attempt fails with what failed, is no claim that was false, and the tree may pass another time', () => {
  const story = verifying().tell(tried('rejected')).tell({
    event: 'verification_finished',
    task: 'T1',
    attempt: 1,
    base: 'base',
    commit: 'c-T1-1',
    tree: 't-T1-1',
    checks: 'checks',
    passed: false,
    old_tests: 'failed',
    evidence: 'e',
    duration_ms: 1,
    landing: false,
    failed,
  });
  expect(story.state.tasks[0]).toMatchObject({ progress: { status: 'pending' }, failures: 1 });
  expect(attemptOf(story)).toMatchObject({
    examined: { verdict: 'rejected' },
    lesson: { what: expect.stringContaining('unless the task says otherwise'), check: { command: 'check T1' } },
  });
  expect(wasRejectedForOldTests(story.state.tasks[0] as never)).toBe(true);
  // The same work again, which a person lets pass: no command was flaky.
  verifying(2, story).verified('T1', true, { attempt: 2, tree: 't-T1-1', checks: 'checks' });
  expect(Object.values(story.state.failures ?? {}).map((group) => group.class)).not.toContain('flaky-verification');
});

test('asked, it waits at the gate of the witness, and is verified once somebody accepts it', () => {
  const story = verifying().tell(tried('asked'));
  expect(story.state.tasks[0]?.progress.status).toBe('verifying');
  const asks = decide(story.state).flatMap((effect) => (effect.type === 'record' ? effect.events : []));
  expect(asks).toMatchObject([{ event: 'gate_opened', gate: 'witness:T1.1', options: ['accept', 'reject', 'cancel'] }]);
  expect(effects(story)).not.toContain('verify');
  story.tell(...asks);
  const answer = (said: string): Story => {
    const request = { schema: 1, id: 'a', by: 'ada', how: 'test', request: 'answer', gate: 'witness:T1.1' } as const;
    const accepted = accept(story.state, { ...request, answer: said });
    if (!accepted.ok) throw new Error(accepted.error.message);
    return story.tell(...accepted.value);
  };
  answer('accept');
  expect(effects(story)).toContain('verify');
  expect(attemptOf(story)?.oldTests?.of).toBe('c-T1-1');
  story.verified('T1', true, { checks: 'checks' });
  expect(story.state.tasks[0]?.progress.status).toBe('merging');
});

test('a person who rejects it sends it back with what was found', () => {
  const story = verifying().tell(tried('asked'));
  for (const effect of decide(story.state)) if (effect.type === 'record') story.tell(...effect.events);
  story.tell({
    event: 'gate_answered',
    gate: 'witness:T1.1',
    answer: 'reject',
    by: 'ada',
    how: 'test',
    note: 'keep it',
  });
  expect(story.state.tasks[0]?.progress.status).toBe('pending');
  expect(attemptOf(story)?.lesson).toMatchObject({
    what: expect.stringMatching(/^a person says: keep it\. with the tests that it changed/),
    paths: ['old_tests: test/a.js: they fail'],
  });
});

test('what a person accepted before stays accepted beside a remark', () => {
  const story = verifying();
  const attempt = attemptOf(story);
  if (attempt?.examined !== undefined) Object.assign(attempt.examined, { verdict: 'asked', answer: 'accept' });
  story.tell(tried('warned'));
  expect(attemptOf(story)?.examined).toMatchObject({ verdict: 'asked', answer: 'accept', findings: [{}] });
  expect(effects(story)).toContain('verify');
});
