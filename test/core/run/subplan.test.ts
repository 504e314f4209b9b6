import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/run/event.ts';
import { accept } from '../../../src/core/run/accept.ts';
import { weighAmendment } from '../../../src/core/run/amend/accept.ts';
import { decide } from '../../../src/core/run/decide.ts';
import { taskOf } from '../../../src/core/run/state.ts';
import { readSubplan } from '../../../src/core/run/subplan.ts';
import { SETTINGS, Story, task } from './story.ts';

const BRIEF = task('P1', { scope: ['shop/'], verify: ['npm test'], planFirst: 'phased', agent: 'worker' });

const TASKS = `# Shop

### Task 1: Shelf

**Files:** \`shop/shelf.ts\`
**Verify:** \`test -e shop/shelf.ts\`

### Task 2: Till

**Files:** \`shop/till.ts\`
**Needs:** none
**Verify:** \`test -e shop/till.ts\`

### Task 3: Sign

**Needs:** T1
**Agent:** claude
**Verify:** \`test -e shop/sign.ts\`
`;

function unfolded(text = TASKS) {
  const read = readSubplan(BRIEF, text);
  if (!read.ok) throw new Error(read.error.join('\n'));
  return read.value;
}

const written = (sha256 = 'sub'): RunEvent => {
  const { tasks, clean, plan } = unfolded();
  return { event: 'subplan_written', task: 'P1', attempt: 1, kind: plan.kind, sha256, clean, tasks };
};

describe('the tasks of a sub-plan', () => {
  test('are named after their parent, inherit its scope and agent, and the last of them proves the whole', () => {
    const { tasks, clean } = unfolded();
    expect(clean).toBe(true);
    expect(tasks.map(({ id, needs }) => [id, needs])).toEqual([
      ['P1/T1', []],
      ['P1/T2', []],
      ['P1/T3', ['P1/T1', 'P1/T2']],
    ]);
    expect(tasks.map(({ scope }) => scope)).toEqual([['shop/shelf.ts'], ['shop/till.ts'], ['shop/']]);
    expect(tasks.map(({ agent }) => agent)).toEqual(['worker', 'worker', 'claude']);
    expect(tasks[2]?.verify).toEqual(['test -e shop/sign.ts', 'npm test']);
  });

  test('are refused with what to mend: no plan, briefs again, errors', () => {
    const why = (text: string): string => {
      const read = readSubplan(BRIEF, text);
      return read.ok ? '' : read.error.join('\n');
    };
    expect(why('nothing')).toContain('KIND-01');
    expect(why('---\nkind: master\n---\n## [ ] Phase 0: Ground\n')).toContain('write a plan of kind phased');
    expect(why(TASKS.replace('**Needs:** T1', '**Needs:** T9'))).toMatch(/line \d+: GEN-004/);
  });
});

/** What the run would write down by itself now. */
const records = (story: Story): readonly RunEvent[] =>
  decide(story.state).flatMap((effect) => (effect.type === 'record' ? effect.events : []));

describe('a task that is planned first', () => {
  const story = (): Story =>
    new Story([BRIEF, task('P2', { needs: ['P1'] })], { ...SETTINGS, subplans: 'ask' }).approved().started('P1');

  test('waits at a gate, and its tasks run instead of it once a person says so', () => {
    const one = story().tell(written());
    const opened = records(one);
    expect(opened).toMatchObject([{ event: 'gate_opened', gate: 'plan:P1' }]);
    one.tell(...opened);
    expect(decide(one.state).map(({ key }) => key)).toEqual(['tidy:P1#1']);
    const answered = accept(one.state, {
      schema: 1,
      id: 'a',
      by: 'ada',
      how: 'test',
      request: 'answer',
      gate: 'plan:P1',
      answer: 'approve',
    });
    one.tell(...(answered.ok ? answered.value : []));
    expect(taskOf(one.state, 'P1')?.progress.status).toBe('unfolded');
    expect(decide(one.state).map(({ key }) => key)).toEqual(['tidy:P1#1', 'work:P1/T1#1', 'work:P1/T2#1']);
  });

  test('stays as it was approved: who amends the task is told what is left of it, and what to type', () => {
    const one = story().tell(written(), {
      event: 'subplan_approved',
      task: 'P1',
      sha256: 'sub',
      by: 'ada',
      how: 'test',
    });
    one.tell({ event: 'task_waived', task: 'P1/T1', by: 'ada', reason: 'is there' });
    const plan = { sha256: 'other', verify: [], texts: {}, context: '' };
    const p2 = task('P2', { needs: ['P1'] });
    for (const tasks of [[task('P2')], [{ ...BRIEF, scope: ['elsewhere/'] }, p2]]) {
      const weighed = weighAmendment(one.state, { ...plan, tasks });
      const said = weighed.ok ? '' : `${weighed.error.message}; ${weighed.error.hint}`;
      for (const words of ['carried out by the tasks of its sub-plan', '(P1/T2, P1/T3)', 'masterplan waive P1/T2'])
        expect(said).toContain(words);
      expect(said).toContain('masterplan amend add "…" --needs P1');
    }
    // What has nothing to do with it may be otherwise.
    const titled = weighAmendment(one.state, { ...plan, tasks: [BRIEF, { ...p2, title: 'better' }] });
    expect(titled.ok && titled.value.impact).toEqual([{ task: 'P2', effect: 'not-begun', loses: [] }]);
  });

  test('is waived, not merged, when the task was waived that was to prove it', () => {
    const one = story().tell(written(), {
      event: 'subplan_approved',
      task: 'P1',
      sha256: 'sub',
      by: 'ada',
      how: 'test',
    });
    one.tell({ event: 'task_waived', task: 'P1/T3', by: 'ada', reason: 'no sign' });
    one.tell({ event: 'task_waived', task: 'P1/T2', by: 'ada', reason: 'no till' });
    one.landed('P1/T1');
    expect(taskOf(one.state, 'P1')?.progress).toMatchObject({
      status: 'waived',
      by: 'ada',
      reason: 'what proves it was waived with P1/T3: no sign',
    });
    expect(decide(one.state).map(({ key }) => key)).toContain('work:P2#1');
  });

  describe('of a task that is waived', () => {
    const p2 = task('P2', { needs: ['P1'] });
    const text = { verify: [], texts: {}, context: '' };
    const without = { ...text, sha256: 'without', tasks: [task('P2')] };
    const unfoldedStory = (): Story =>
      story().tell(written(), { event: 'subplan_approved', task: 'P1', sha256: 'sub', by: 'ada', how: 'test' });
    const amend = (one: Story, plan: typeof without): boolean => {
      const { planSha256: before } = one.state;
      const request = { schema: 1, id: 'a', by: 'ada', how: 'test', request: 'amend', approved: true } as const;
      const events = accept(one.state, { ...request, sha256: plan.sha256, before }, undefined, undefined, plan);
      if (events.ok) one.tell(...events.value);
      return events.ok;
    };

    test('gives way to another with tasks of the same names, when the task is taken out of the plan and put back', () => {
      const one = unfoldedStory();
      for (const id of ['P1/T1', 'P1/T2', 'P1/T3'])
        one.tell({ event: 'task_waived', task: id, by: 'ada', reason: 'not now' });
      expect(taskOf(one.state, 'P1')?.progress.status).toBe('waived');
      expect(amend(one, without)).toBe(true);
      expect(amend(one, { ...text, sha256: 'back', tasks: [BRIEF, p2] })).toBe(true);
      const again = written('anew');
      one.started('P1', 2).tell(again.event === 'subplan_written' ? { ...again, attempt: 2 } : again);
      one.tell({ event: 'subplan_approved', task: 'P1', sha256: 'anew', by: 'ada', how: 'test' });
      const work = decide(one.state).map(({ key }) => key);
      expect(work.filter((key) => key.startsWith('work:'))).toEqual(['work:P1/T1#1', 'work:P1/T2#1']);
      expect(new Set(one.state.schedule.ready).size).toBe(one.state.schedule.ready.length);
      for (const id of ['P1/T1', 'P1/T2', 'P1/T3']) one.landed(id);
      expect(taskOf(one.state, 'P1')?.progress.status).toBe('merged');
    });

    test('stays in the plan when a task of it landed', () => {
      const one = unfoldedStory();
      for (const id of ['P1/T3', 'P1/T2']) one.tell({ event: 'task_waived', task: id, by: 'ada', reason: 'not now' });
      one.landed('P1/T1');
      expect(taskOf(one.state, 'P1')?.progress.status).toBe('waived');
      expect(amend(one, without)).toBe(false);
      const weighed = weighAmendment(one.state, without);
      expect(!weighed.ok && weighed.error.message).toContain('tasks of its sub-plan landed');
    });
  });

  test('is approved as the person edited it', () => {
    const one = story().tell(written());
    one.tell(...records(one));
    const { plan, tasks, clean } = unfolded(TASKS.replace('Till', 'Two tills'));
    const edited = { kind: plan.kind, sha256: 'edited', clean, tasks };
    const request = { schema: 1, id: 'a', by: 'ada', how: 'test' } as const;
    const answered = accept(one.state, { ...request, request: 'answer', gate: 'plan:P1', answer: 'approve' }, edited);
    expect(answered.ok && answered.value.map(({ event }) => event)).toEqual([
      'gate_answered',
      'subplan_edited',
      'subplan_approved',
    ]);
    one.tell(...(answered.ok ? answered.value : []));
    expect(taskOf(one.state, 'P1/T2')?.task.title).toBe('Two tills');
  });

  test('is planned again with what was said, when it is rejected', () => {
    const one = story().tell(written());
    one.tell({ event: 'subplan_rejected', task: 'P1', by: 'ada', reason: 'too small' });
    expect(decide(one.state).map(({ key }) => key)).toContain('work:P1#2');
    expect(taskOf(one.state, 'P1')?.attempts[0]?.lesson?.what).toBe('too small');
  });

  test('is passed by a policy, unless that wants it clean and it is not', () => {
    const next = (subplans: 'if-clean' | 'always', clean: boolean): unknown => {
      const one = new Story([BRIEF], { ...SETTINGS, subplans }).approved().started('P1');
      const event = written();
      one.tell(event.event === 'subplan_written' ? { ...event, clean } : event);
      return records(one)[0]?.event;
    };
    expect(next('if-clean', true)).toBe('subplan_approved');
    expect(next('if-clean', false)).toBe('gate_opened');
    expect(next('always', false)).toBe('subplan_approved');
  });
});

test('a sub-plan in a run that began with an idea is approved as such: it is none of its documents', () => {
  const story = new Story([task('P1', { planFirst: 'phased' })], { ...SETTINGS, subplans: 'ask' }).approved();
  story.started('P1');
  const written = { task: 'P1', attempt: 1, kind: 'phased', sha256: 's', clean: true, tasks: [task('P1/P1')] } as const;
  story.tell({ event: 'subplan_written', ...written });
  for (const effect of decide(story.state)) if (effect.type === 'record') story.tell(...effect.events);
  story.state.authoring = { until: null, adopted: 'h' } as never;
  const request = { schema: 1, id: 'a', by: 'ada', how: 'test', request: 'answer', gate: 'plan:P1' } as const;
  expect(accept(story.state, { ...request, answer: 'approve' })).toMatchObject({
    ok: true,
    value: [{ event: 'gate_answered' }, { event: 'subplan_approved', task: 'P1' }],
  });
});
