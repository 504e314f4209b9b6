import { describe, expect, test } from 'vitest';
import { accept } from '../../../../src/core/run/accept.ts';
import { weighAmendment } from '../../../../src/core/run/amend/accept.ts';
import type { AmendedPlan } from '../../../../src/core/run/amend/document.ts';
import { amendedSubplan } from '../../../../src/core/run/amend/subplan.ts';
import { decide } from '../../../../src/core/run/decide.ts';
import { gateAbout } from '../../../../src/core/run/gate-terms.ts';
import { parseRequest, type Request } from '../../../../src/core/run/request.ts';
import { readSubplan } from '../../../../src/core/run/subplan.ts';
import { taskOf, type TaskState } from '../../../../src/core/run/state.ts';
import { Story, task } from '../story.ts';

const BRIEF = task('M2', { scope: ['shop/'], verify: ['npm test'], planFirst: 'task' });

interface Part {
  readonly id: number;
  readonly needs?: string;
  readonly text?: string;
  readonly files?: string;
}

function text(parts: readonly Part[], context = ''): string {
  const tasks = parts.map(
    ({ id, needs = 'none', text: words = 'words', files = `shop/${id}.ts` }) =>
      `### Task ${id}: part ${id}\n\n**Files:** \`${files}\`\n**Needs:** ${needs}\n**Verify:** \`check ${id}\`\n\n${words}\n`,
  );
  return `# Shop\n\n${context}\n\n${tasks.join('\n')}`;
}

/** T3 waits for T1, and as the last of them for T2; it proves the whole. */
const THREE: readonly Part[] = [{ id: 1 }, { id: 2 }, { id: 3, needs: 'T1' }];

/** M2 is carried out by the three tasks of its sub-plan; P9 needs it. */
function unfolded(parts = THREE): Story {
  const read = readSubplan(BRIEF, text(parts));
  if (!read.ok) throw new Error(read.error.join('\n'));
  const { plan, tasks, clean } = read.value;
  const story = new Story([BRIEF, task('P9', { needs: ['M2'] })]).approved().started('M2');
  const { kind, sha256 } = plan;
  return story.tell(
    { event: 'subplan_written', task: 'M2', attempt: 1, kind, sha256, clean, tasks },
    { event: 'subplan_approved', task: 'M2', sha256, by: 'ada', how: 'test' },
  );
}

const m2 = (story: Story): TaskState => taskOf(story.state, 'M2') as TaskState;
const statusOf = (story: Story, id: string): unknown => taskOf(story.state, id)?.progress.status;
const keys = (story: Story): string[] => decide(story.state).flatMap(({ type, key }) => (type === 'tidy' ? [] : [key]));

function amended(story: Story, parts: readonly Part[], former: string | undefined = text(THREE), context = '') {
  const read = amendedSubplan(story.state, m2(story), text(parts, context), former);
  if (!read.ok) throw new Error(read.error.join('\n'));
  return read.value.plan;
}

function asked(story: Story, plan: AmendedPlan, fields: Partial<Request> = {}): Request {
  const before = m2(story).subplan?.sha256 ?? '';
  const common = { schema: 1, id: plan.sha256.slice(0, 8), by: 'ada', how: 'test' } as const;
  const { sha256 } = plan;
  return { ...common, request: 'amend', sha256, before, approved: true, task: 'M2', ...fields } as Request;
}

function amend(story: Story, plan: AmendedPlan): Story {
  const events = accept(story.state, asked(story, plan), undefined, undefined, plan);
  if (!events.ok) throw new Error(`${events.error.message}; ${events.error.hint}`);
  return story.tell(...events.value);
}

function weighed(story: Story, plan: AmendedPlan) {
  const value = weighAmendment(story.state, plan);
  if (!value.ok) throw new Error(value.error.message);
  return value.value;
}

function refusal(story: Story, plan: AmendedPlan): string {
  const value = weighAmendment(story.state, plan);
  return value.ok ? '' : `${value.error.message}; ${value.error.hint}`;
}

describe('what another text of a sub-plan does to its tasks', () => {
  test('only what changed is spoken of; one at work begins again, one that waits begins with the new text', () => {
    const story = unfolded().started('M2/T1').started('M2/T2');
    const parts = [{ id: 1, text: 'other words' }, { id: 2 }, { id: 3, needs: 'T1', files: 'shop/sign.ts' }];
    const { changes, impact } = weighed(story, amended(story, parts));
    expect(changes).toEqual([
      { change: 'text', task: 'M2/T1' },
      { change: 'scope', task: 'M2/T3', before: ['shop/3.ts'], after: ['shop/sign.ts'] },
    ]);
    expect(impact).toMatchObject([
      { task: 'M2/T1', effect: 'begins-again', loses: ['attempt M2/T1#1 is ended, its work is kept'] },
      { task: 'M2/T3', effect: 'not-begun' },
    ]);
    amend(story, amended(story, parts));
    expect(decide(story.state).filter(({ type }) => type === 'work')).toMatchObject([
      { key: 'work:M2/T1#1', end: true },
      { key: 'work:M2/T2#1', end: false },
    ]);
    story.ended('M2/T1', 1, 'cancelled');
    expect(keys(story)).toContain('work:M2/T1#2');
  });

  test('a task that is added, dropped and back again: the parent waits for what is left, and for nothing else', () => {
    const story = unfolded().started('M2/T2');
    const four = [...THREE, { id: 4, needs: 'T3' }];
    amend(story, amended(story, four));
    expect(m2(story).subplan).toMatchObject({ open: 4, earlier: [expect.any(String)] });
    // What proves the whole is behind all others again.
    expect(taskOf(story.state, 'M2/T4')?.task).toMatchObject({ verify: ['check 4', 'npm test'] });
    expect(taskOf(story.state, 'M2/T3')?.task.verify).toEqual(['check 3']);

    amend(story, amended(story, [{ id: 1 }, { id: 3, needs: 'T1' }, { id: 4, needs: 'T3' }], text(four)));
    // Its agent is still being ended: it is waited for.
    expect(m2(story).subplan?.open).toBe(4);
    story.ended('M2/T2', 1, 'cancelled');
    expect([statusOf(story, 'M2/T2'), m2(story).subplan?.open]).toEqual(['dropped', 3]);

    amend(story, amended(story, four, text([{ id: 1 }, { id: 3, needs: 'T1' }, { id: 4, needs: 'T3' }])));
    expect([statusOf(story, 'M2/T2'), m2(story).subplan?.open]).toEqual(['pending', 4]);
    story.tell({ event: 'task_waived', task: 'M2/T2', by: 'ada', reason: 'no' });
    story.landed('M2/T1').landed('M2/T3');
    expect(statusOf(story, 'M2')).toBe('unfolded');
    story.landed('M2/T4');
    expect(statusOf(story, 'M2')).toBe('merged');
    expect(keys(story)).toContain('work:P9#1');
  });

  test('when the last task that is left is dropped, what the sub-plan was for is over', () => {
    const waived = { event: 'task_waived', by: 'ada', reason: 'no' } as const;
    const story = unfolded();
    story
      .landed('M2/T1')
      .tell({ ...waived, task: 'M2/T3' })
      .started('M2/T2');
    amend(story, amended(story, [{ id: 1 }, { id: 3, needs: 'T1' }]));
    expect(statusOf(story, 'M2')).toBe('unfolded');
    story.ended('M2/T2', 1, 'cancelled');
    expect(m2(story).progress).toMatchObject({ status: 'waived', by: 'ada' });
    expect(keys(story)).toContain('work:P9#1');
  });

  test('one that was waived and leaves the text is not waited for twice', () => {
    const story = unfolded().tell({ event: 'task_waived', task: 'M2/T2', by: 'ada', reason: 'no' });
    amend(story, amended(story, [{ id: 1 }, { id: 3, needs: 'T1' }]));
    expect(m2(story).subplan?.open).toBe(2);
    story.landed('M2/T1');
    expect(statusOf(story, 'M2')).toBe('unfolded');
    story.landed('M2/T3');
    expect(statusOf(story, 'M2')).toBe('merged');
  });

  test('what landed stays, and what proves the whole cannot be left out behind it', () => {
    const story = unfolded().landed('M2/T1').landed('M2/T2');
    expect(refusal(story, amended(story, [{ id: 2 }, { id: 3 }]))).toContain('M2/T1 landed, and what landed stays');
    expect(refusal(story, amended(story, [{ id: 1, text: 'new' }, ...THREE.slice(1)]))).toContain('M2/T1 landed');
    expect(refusal(story, amended(story, THREE.slice(0, 2)))).toContain('which nothing would prove then');
    // Who proves the whole stays who it is, though another one comes behind it in the text.
    const more = amended(story, [...THREE, { id: 4 }]);
    expect(weighed(story, more).changes).toMatchObject([
      { change: 'needs', task: 'M2/T3' },
      { change: 'added', task: 'M2/T4' },
    ]);
  });

  test('when nobody knows any more what it said, whoever has not landed is told anew', () => {
    const story = unfolded().landed('M2/T1').started('M2/T2');
    const read = amendedSubplan(story.state, m2(story), text(THREE, 'Two shelves.'), undefined);
    const plan = read.ok ? read.value.plan : undefined;
    expect(weighed(story, plan as AmendedPlan).impact).toMatchObject([
      { task: 'M2/T2', effect: 'begins-again' },
      { task: 'M2/T3', effect: 'not-begun' },
    ]);
  });

  test('prose and context are no harm to anybody', () => {
    const story = unfolded().started('M2/T1');
    const plan = amended(story, THREE, undefined, 'Two shelves.');
    expect(weighed(story, plan)).toMatchObject({ changes: [{ change: 'context' }], impact: [] });
    expect(refusal(story, amended(story, THREE))).toContain('the sub-plan is what the run carries out already');
  });
});

describe('an amendment of a sub-plan', () => {
  const four = [...THREE, { id: 4, needs: 'T3' }];

  test('is asked about at a gate that is bound to it, which closes when another text is approved', () => {
    const story = unfolded();
    const plan = amended(story, four);
    const events = accept(story.state, asked(story, plan, { approved: false }), undefined, undefined, plan);
    if (!events.ok) throw new Error(events.error.message);
    story.tell(...events.value);
    const gate = `amend:${plan.sha256.slice(0, 12)}`;
    expect(story.state.gates).toMatchObject([{ id: gate, options: ['approve', 'reject'] }]);
    expect(story.state.gates[0]?.question).toContain('the sub-plan of M2');
    expect(gateAbout(story.state, gate)).toEqual({ what: 'amendment', hash: plan.sha256 });
    // The plan itself may be amended meanwhile: that is another text.
    const { tasks, verify, planSha256: before } = story.state;
    const own = tasks.flatMap((one) => (one.parent === undefined ? [one.task] : []));
    const whole = { sha256: 'other', tasks: [...own, task('P10')], verify, texts: {}, context: '' };
    const request = { schema: 1, id: 'w', by: 'ada', how: 'test', request: 'amend', approved: true } as const;
    const wholes = accept(story.state, { ...request, sha256: 'other', before }, undefined, undefined, whole);
    story.tell(...(wholes.ok ? wholes.value : []));
    expect(story.state.planSha256).toBe('other');
    expect(story.state.gates).toMatchObject([{ id: gate }]);

    const answer = { ...request, id: 'z', request: 'answer', gate, answer: 'approve' } as const;
    const answered = accept(story.state, answer, undefined, undefined, plan);
    expect(answered.ok && answered.value.map(({ event }) => event)).toEqual(['gate_answered', 'subplan_amended']);
    amend(story, amended(story, [...THREE, { id: 5, needs: 'T3' }]));
    expect([story.state.gates, story.state.proposals]).toEqual([[], undefined]);
  });

  test('is refused when it is about another text, another task, or nothing that is carried out', () => {
    const story = unfolded();
    const plan = amended(story, four);
    const why = (fields: Partial<Request>, one = story): string => {
      const events = accept(one.state, asked(one, plan, fields), undefined, undefined, plan);
      return events.ok ? '' : events.error.message;
    };
    expect(why({ before: 'x' })).toBe('the sub-plan was amended meanwhile');
    expect(why({ task: 'P9' })).toBe('the text is of another plan');
    const proposed = accept(story.state, asked(story, plan, { approved: false }), undefined, undefined, plan);
    story.tell(...(proposed.ok ? proposed.value : []));
    story.landed('M2/T1').landed('M2/T2').landed('M2/T3');
    expect(why({})).toContain('M2 is merged: what is to be otherwise now is a new task');
    // Nobody is asked any more about what is over.
    expect(story.state.gates).toEqual([]);
    expect(parseRequest(asked(story, plan, { task: 5 } as never))).toBeUndefined();
  });
});

test('a task that was taken apart because it failed is not made whole by an amendment of something else', () => {
  const story = new Story([task('T1'), task('T2')]).approved();
  const one = taskOf(story.state, 'T1') as TaskState;
  one.circuit = { from: 0, split: true };
  one.task = { ...one.task, planFirst: 'phased' };
  const plan = {
    sha256: 'other',
    tasks: [task('T1'), task('T2', { title: 'better' })],
    verify: [],
    texts: {},
    context: '',
  };
  expect(weighed(story, plan).changes).toMatchObject([{ task: 'T2', change: 'title' }]);
});
