import { expect, test } from 'vitest';
import { accept } from '../../../../src/core/run/accept.ts';
import { checksOf } from '../../../../src/core/run/checks.ts';
import { decide } from '../../../../src/core/run/decide.ts';
import type { Request } from '../../../../src/core/run/request.ts';
import { taskOf } from '../../../../src/core/run/state.ts';
import { boardOf } from '../../../../src/core/views/board.ts';
import { explainTask } from '../../../../src/core/views/explain.ts';
import { Story, task } from '../story.ts';

const PLAN = [task('T1', { scope: ['src/a/'] }), task('T2', { needs: ['T1'] }), task('T3', { scope: ['src/a/b.ts'] })];
const COMMIT = 'c'.repeat(40);
const keys = (story: Story): string[] => decide(story.state).map((effect) => effect.key);
const statusOf = (story: Story): string | undefined => taskOf(story.state, 'T1')?.progress.status;

function ask(story: Story, fields: Partial<Request> & Pick<Request, 'request'>): ReturnType<typeof accept> {
  return accept(story.state, { schema: 1, id: 'abcdef01', by: 'ada', how: 'test', ...fields } as Request);
}

function does(story: Story, fields: Partial<Request> & Pick<Request, 'request'>): Story {
  const events = ask(story, fields);
  if (!events.ok) throw new Error(events.error.message);
  return story.tell(...events.value);
}

const attached = (): Story => does(new Story(PLAN).approved(), { request: 'attach', task: 'T1' });
const giveBack = (story: Story, drop = false): Story =>
  does(story, { request: 'return', task: 'T1', commit: COMMIT, drop });

test('nothing is dispatched for a task that a person holds, nor into its scope, and every surface says what to type', () => {
  const story = attached();
  expect(keys(story)).toEqual([]);
  expect(boardOf(story.state)).toMatchObject({ status: 'waiting', counts: { attached: 1 } });
  expect(boardOf(story.state).waiting[0]).toMatchObject({ what: 'ada does T1 by hand' });
  expect(boardOf(story.state).waiting[0]?.type[0]).toMatch(/^masterplan return T1 --run /);
  expect(explainTask(story.state, 'T1')?.because).toBe('ada does it by hand');
  expect(explainTask(story.state, 'T3')?.because).toContain('overlaps with T1');
  expect(ask(story, { request: 'attach', task: 'T1' }).ok).toBe(false);
  expect(ask(story, { request: 'attach', task: 'T2' })).toMatchObject({
    error: { message: expect.stringContaining('waits') },
  });
  expect(ask(story, { request: 'return', task: 'T1', commit: null, drop: false }).ok).toBe(false);
  expect(ask(story, { request: 'answer', gate: 'attached:T1', answer: 'return' }).ok).toBe(false);
});

test('an agent at work is ended first, and the task is returned by nobody until it has', () => {
  const story = does(new Story(PLAN).approved().started('T1'), { request: 'attach', task: 'T1' });
  expect(decide(story.state)).toMatchObject([{ key: 'work:T1#1', end: true }]);
  expect(ask(story, { request: 'return', task: 'T1', commit: COMMIT, drop: false }).ok).toBe(false);
  story.done('T1');
  expect(statusOf(story)).toBe('attached');
  expect(keys(story)).toEqual(['tidy:T1#1']);
});

test('what a person returned goes the ordinary way; what does not hold comes back to them, and never to an agent', () => {
  const story = giveBack(attached());
  expect(taskOf(story.state, 'T1')?.attempts[0]).toMatchObject({
    agent: 'person',
    person: { by: 'ada', commit: COMMIT },
  });
  expect(story.state.gates).toEqual([]);
  expect(keys(story)).toEqual(['work:T1#1']);
  story.done('T1');
  expect(statusOf(story)).toBe('verifying');
  story.verified('T1', false, { checks: checksOf(['check T1']) });
  expect(statusOf(story)).toBe('attached');
  const [, effect] = decide(story.state);
  expect(effect).toMatchObject({ type: 'record', events: [{ gate: 'attached:T1' }] });
  expect(JSON.stringify(effect)).toContain('is with ada again');
  expect(keys(giveBack(story))).toContain('work:T1#2');
});

test('what was given back is ended at once, with its work for whoever comes next', () => {
  const story = giveBack(attached(), true);
  expect(decide(story.state)).toMatchObject([{ key: 'work:T1#1', end: true }]);
  story.tell({ event: 'attempt_finished', task: 'T1', attempt: 1, ending: 'cancelled', reason: '', exit_code: null });
  expect(taskOf(story.state, 'T1')).toMatchObject({ progress: { status: 'pending' }, attempts: [{ left: true }] });
  expect(taskOf(story.state, 'T1')?.holder).toBeUndefined();
  expect(keys(story)).toContain('work:T1#2');
});

test('what a person returns has the things it needs alone, as the work of agents has', () => {
  const plan = [task('T1', { scope: ['a'], resources: { device: 1 } }), task('T2', { resources: { device: 1 } })];
  const story = does(new Story(plan).approved().started('T2'), { request: 'attach', task: 'T1' });
  const back = { request: 'return', task: 'T1', commit: COMMIT, drop: false } as const;
  expect(ask(story, back)).toMatchObject({
    error: { message: expect.stringContaining('device, which T2 has in use') },
  });
  expect(ask(story, { ...back, drop: true }).ok).toBe(true);
  story.tell({ event: 'attempt_finished', task: 'T2', attempt: 1, ending: 'failed', reason: 'no', exit_code: 1 });
  expect(keys(story)).not.toContain('work:T2#2');
  expect(ask(story, back).ok).toBe(true);
});

test('a waiver takes the task from whoever holds it, and frees its scope', () => {
  const story = does(attached(), { request: 'waive', task: 'T1', reason: 'no need' });
  expect(story.state.gates).toEqual([]);
  expect(keys(story)).toEqual(['work:T2#1', 'work:T3#1']);
});

test('of a task that is not in the plan any more it is said how it comes back', () => {
  const story = new Story(PLAN).approved().tell({ event: 'task_attached', task: 'T3', by: 'ada' });
  const state = { ...story.state, tasks: story.state.tasks.map((one) => ({ ...one })) };
  const t3 = state.tasks.find((one) => one.task.id === 'T3');
  if (t3 !== undefined) t3.progress = { status: 'dropped', by: 'ada', at: 1 };
  for (const request of ['retry', 'return', 'attach', 'waive'] as const) {
    const asked = {
      schema: 1,
      id: 'a',
      by: 'ada',
      how: 'test',
      request,
      task: 'T3',
      reason: 'x',
      commit: null,
      drop: true,
    };
    const refused = accept(state, asked as unknown as Request);
    expect(refused.ok ? '' : refused.error.hint, request).toContain('write it into the plan again');
  }
});
