import { describe, expect, test } from 'vitest';
import { excuseOf } from '../../../../src/core/run/finish/excused.ts';
import { accept } from '../../../../src/core/run/accept.ts';
import { composeBrief } from '../../../../src/core/run/brief.ts';
import { checksOf } from '../../../../src/core/run/checks.ts';
import { decide } from '../../../../src/core/run/decide.ts';
import type { Request } from '../../../../src/core/run/request.ts';
import { authoredTasks } from '../../../../src/core/run/authoring/model.ts';
import { taskOf } from '../../../../src/core/run/state.ts';
import { boardOf } from '../../../../src/core/views/board.ts';
import { explainTask } from '../../../../src/core/views/explain.ts';
import { Story, task } from '../story.ts';

const keys = (story: Story): string[] => decide(story.state).map((effect) => effect.key);
const CHAIN = [task('T1'), task('T2', { needs: ['T1'] })];

function ask(story: Story, fields: Partial<Request> & Pick<Request, 'request'>): ReturnType<typeof accept> {
  return accept(story.state, { schema: 1, id: 'abcdef01', by: 'ada', how: 'test', ...fields } as Request);
}

function waive(story: Story, id: string, criterion?: string): Story {
  const events = ask(story, { request: 'waive', task: id, reason: 'no need', ...(criterion && { criterion }) });
  if (!events.ok) throw new Error(events.error.message);
  return story.tell(...events.value);
}

describe('a waiver', () => {
  test('lets those begin who need the task, and is never counted as done', () => {
    const story = waive(new Story(CHAIN).approved(), 'T1');
    expect(keys(story)).toEqual(['work:T2#1']);
    const board = boardOf(story.state);
    expect(board.counts).toMatchObject({ merged: 0, waived: 1 });
    expect(board.waived).toEqual([{ task: 'T1', by: 'ada', reason: 'no need' }]);
    expect(explainTask(story.state, 'T1')?.because).toBe('ada waived it: no need');
  });

  test('of the last task that is open lets the run come to its finish, which says what was not done', () => {
    const story = waive(waive(new Story(CHAIN).approved(), 'T1'), 'T2');
    story.tell({ event: 'phase_entered', phase: 'finish' });
    const forge = { offered: false as const, why: 'there is none' };
    story.tell({ event: 'balance_drawn', of: 'base', commit: 'base', onto: 'landed', items: [], forge });
    const [effect] = decide(story.state);
    expect(effect).toMatchObject({ type: 'record' });
    const question = JSON.stringify(effect);
    expect(question).toContain('0 of 2 tasks are merged (NOT DONE, waived: T1, T2)');
  });

  test('ends the agent at work first, and lets nothing of its work land', () => {
    const story = waive(new Story(CHAIN).approved().started('T1'), 'T1');
    expect(decide(story.state)).toMatchObject([{ key: 'work:T1#1', end: true }]);
    expect(ask(story, { request: 'waive', task: 'T1', reason: 'again' }).ok).toBe(false);
    // It was done before anybody could end it.
    story.done('T1');
    expect(taskOf(story.state, 'T1')?.progress.status).toBe('waived');
    expect(keys(story)).toEqual(['tidy:T1#1', 'work:T2#1']);
  });

  test.each(['verifying', 'merging'])('takes a task out of %s', (status) => {
    const story = new Story(CHAIN).approved().started('T1').done('T1');
    if (status === 'merging') story.verified('T1', true, { checks: checksOf(['check T1']) });
    expect(taskOf(story.state, 'T1')?.progress.status).toBe(status);
    waive(story, 'T1');
    expect(story.state.queue).toEqual([]);
    expect(keys(story)).toEqual(['tidy:T1#1', 'work:T2#1']);
  });

  test('of a scan lets the others go on without it; of what everything is made from there is none', () => {
    const story = waive(new Story(authoredTasks('topic')).approved(), 'SCAN-PAST');
    expect(keys(story)).toEqual(['work:SCAN-CODE#1', 'work:SCAN-DOCS#1']);
    for (const id of ['SPEC', 'PLAN'])
      expect(ask(story, { request: 'waive', task: id, reason: 'no need' }).ok, id).toBe(false);
  });

  test('of a criterion is noted, and the task goes on', () => {
    const story = waive(new Story(CHAIN).approved(), 'T1', 'AC-2');
    expect(keys(story)).toEqual(['work:T1#1']);
    expect(boardOf(story.state).waived).toEqual([{ task: 'T1', criterion: 'AC-2', by: 'ada', reason: 'no need' }]);
    expect(ask(story, { request: 'waive', task: 'T1', reason: 'again', criterion: 'AC-2' }).ok).toBe(false);
  });

  test('of a criterion of the plan is the same whether it is said of a task or of the whole', () => {
    const terms = { criteria: [{ id: 'AC-2', text: 'no', tasks: ['T1', 'T2'] }], rows: [], gates: [], whole: [] };
    const begun = (): Story => new Story(CHAIN, undefined, [], terms).approved();
    const ofTask = waive(begun(), 'T1', 'ac-2');
    const given = ask(begun(), { request: 'waive-criteria', criteria: ['ac-2'], reason: 'no need' });
    const ofPlan = begun().tell(...(given.ok ? given.value : []));
    for (const { state } of [ofTask, ofPlan]) expect(excuseOf(state, 'AC-2')).toMatchObject({ reason: 'no need' });
    expect(boardOf(ofTask.state).waived).toMatchObject([{ task: 'T1', criterion: 'ac-2' }]);
    expect(boardOf(ofPlan.state).waived).toMatchObject([{ task: 'T1, T2', criterion: 'AC-2' }]);
    // What was drawn up before says something else.
    const forge = { offered: false as const, why: 'there is none' };
    const drawn = begun().tell({
      event: 'balance_drawn',
      of: 'base',
      commit: 'base',
      onto: 'landed',
      items: [],
      forge,
    });
    expect(drawn.state.end?.balance).toBeDefined();
    expect(waive(drawn, 'T1', 'AC-2').state.end?.balance).toBeUndefined();
    const strange = ask(begun(), { request: 'waive', task: 'T1', reason: 'x', criterion: 'AC-9' });
    expect(strange.ok ? '' : strange.error.hint).toBe('it asks for AC-2');
  });

  test('is refused without a reason, of what nobody knows, of what landed, and while a question comes first', () => {
    const story = new Story(CHAIN).approved();
    const refusal = (fields: Partial<Request>): string => {
      const answer = ask(story, { request: 'waive', reason: 'x', ...fields } as Request);
      return answer.ok ? 'accepted' : answer.error.message;
    };
    expect(refusal({ task: 'T1', reason: ' ' } as Request)).toBe('a waiver needs a reason');
    expect(refusal({ task: 'T9' } as Request)).toBe('the plan has no task T9');
    story.tell({ event: 'repository_tampered', files: ['config'], now: { config: 'b' } });
    expect(refusal({ task: 'T1' } as Request)).toContain('a question that comes first');
  });
});

describe('advice', () => {
  test('goes into the next brief, of a failed task and of one that has not begun', () => {
    const story = new Story(CHAIN).approved();
    const given = ask(story, { request: 'retry', task: 'T1', advice: 'mind the port' });
    if (!given.ok) throw new Error(given.error.message);
    story.tell(...given.value);
    const t1 = taskOf(story.state, 'T1');
    if (t1 === undefined) throw new Error('no T1');
    const texts = { goal: 'g', context: 'c' };
    expect(composeBrief(story.state, t1, 1, 'base', 'worker', texts).advice).toBe('mind the port');
    story.started('T1').ended('T1', 1, 'failed').started('T1', 2).ended('T1', 2, 'failed');
    story.tell({ event: 'task_failed', task: 'T1', reason: 'x' });
    const again = ask(story, { request: 'retry', task: 'T1', advice: 'use 8081' });
    if (!again.ok) throw new Error(again.error.message);
    story.tell(...again.value);
    expect(composeBrief(story.state, t1, 3, 'base', 'worker', texts).advice).toBe('use 8081');
  });

  test('is nothing for a task that is over', () => {
    const story = waive(new Story(CHAIN).approved(), 'T1');
    expect(ask(story, { request: 'retry', task: 'T1', advice: 'x' }).ok).toBe(false);
  });
});
