import { describe, expect, test } from 'vitest';
import { accept } from '../../../../src/core/run/accept.ts';
import { weighAmendment } from '../../../../src/core/run/amend/accept.ts';
import { type AmendedPlan, amendedPlan } from '../../../../src/core/run/amend/document.ts';
import type { Impact } from '../../../../src/core/run/amend/event.ts';
import { changeWords } from '../../../../src/core/run/amend/words.ts';
import { checksOf } from '../../../../src/core/run/checks.ts';
import { decide } from '../../../../src/core/run/decide.ts';
import type { PlanTask } from '../../../../src/core/plan/model.ts';
import { parsePlan } from '../../../../src/core/plan/parse.ts';
import type { Request } from '../../../../src/core/run/request.ts';
import { boardOf } from '../../../../src/core/views/board.ts';
import { taskOf } from '../../../../src/core/run/state.ts';
import { Story, task } from '../story.ts';

const CHAIN = [task('T1'), task('T2', { needs: ['T1'] }), task('T3')];

function plan(tasks: readonly PlanTask[], texts: Readonly<Record<string, string>> = {}): AmendedPlan {
  return { sha256: 'other', tasks, verify: [], texts, context: '' };
}

/** The chain with something otherwise. */
function withChange(id: string, fields: Partial<PlanTask>): AmendedPlan {
  return plan(CHAIN.map((one) => (one.id === id ? { ...one, ...fields } : one)));
}

function amend(story: Story, amended: AmendedPlan): Story {
  const request: Request = {
    schema: 1,
    id: 'abcdef01',
    by: 'ada',
    how: 'test',
    request: 'amend',
    sha256: amended.sha256,
    before: story.state.planSha256,
    approved: true,
  };
  const events = accept(story.state, request, undefined, undefined, amended);
  if (!events.ok) throw new Error(events.error.message);
  return story.tell(...events.value);
}

function effects(story: Story, amended: AmendedPlan): Record<string, Impact['effect']> {
  const weighed = weighAmendment(story.state, amended);
  if (!weighed.ok) throw new Error(weighed.error.message);
  return Object.fromEntries(weighed.value.impact.map(({ task: id, effect }) => [id, effect]));
}

const keys = (story: Story): string[] => decide(story.state).map(({ key }) => key);
const checks = checksOf(['check T1']);

/** T1 at each place where a task can be. */
const AT: Readonly<Record<string, () => Story>> = {
  pending: () => new Story(CHAIN).approved(),
  working: () => new Story(CHAIN).approved().started('T1'),
  verifying: () => new Story(CHAIN).approved().started('T1').done('T1'),
  merging: () => new Story(CHAIN).approved().started('T1').done('T1').verified('T1', true, { checks }),
  failed: () =>
    new Story(CHAIN)
      .approved()
      .started('T1')
      .ended('T1', 1, 'failed')
      .tell({ event: 'task_failed', task: 'T1', reason: 'x' }),
};

describe('what an amendment does to a task, by where it is and what changed', () => {
  const scope = withChange('T1', { scope: ['elsewhere/'] });
  const verify = withChange('T1', { verify: ['check T1', 'lint T1'] });
  const need = withChange('T1', { needs: ['T3'] });
  const title = withChange('T1', { title: 'better', estimate: 5 });
  test.each([
    ['pending', scope, 'not-begun'],
    ['working', scope, 'begins-again'],
    ['verifying', scope, 'begins-again'],
    ['merging', scope, 'begins-again'],
    ['failed', scope, 'opened-again'],
    ['working', verify, 'begins-again'],
    ['verifying', verify, 'verified-again'],
    ['merging', verify, 'verified-again'],
    ['working', need, 'begins-again'],
    ['merging', need, 'begins-again'],
    ['working', title, 'goes-on'],
    ['merging', title, 'goes-on'],
  ] as const)('%s', (where, amended, effect) => {
    expect(effects((AT[where] as () => Story)(), amended)).toEqual({ T1: effect });
  });

  test('what did not change is not spoken of, and goes on', () => {
    const story = new Story(CHAIN).approved().started('T1').started('T3');
    amend(story, withChange('T3', { scope: ['elsewhere/'] }));
    expect(decide(story.state)).toMatchObject([
      { key: 'work:T1#1', end: false },
      { key: 'work:T3#1', end: true },
    ]);
  });
});

describe('what landed stays', () => {
  const landed = (): Story =>
    new Story(CHAIN)
      .approved()
      .started('T1')
      .done('T1')
      .verified('T1', true, { checks })
      .landing('T1', 'base', 't-T1-1')
      .merged('T1', 'base', 't-T1-1');

  test.each([
    ['changed', withChange('T1', { verify: ['other'] })],
    ['waiting again', withChange('T1', { needs: ['T3'] })],
    ['dropped', plan([task('T2'), task('T3')])],
  ])('it cannot be %s', (_, amended) => {
    const weighed = weighAmendment(landed().state, amended);
    expect(weighed.ok).toBe(false);
    if (!weighed.ok) expect(weighed.error.message).toContain('T1 landed');
  });

  test('another title is no harm', () => {
    expect(effects(landed(), withChange('T1', { title: 'better' }))).toEqual({ T1: 'goes-on' });
  });
});

describe('after an amendment', () => {
  test('work for the old text does not land, whenever its agent ends, and the next attempt begins with the new one', () => {
    const story = amend(new Story(CHAIN).approved().started('T1'), withChange('T1', { scope: ['elsewhere/'] }));
    expect(taskOf(story.state, 'T1')?.progress.status).toBe('working');
    story.done('T1');
    expect(taskOf(story.state, 'T1')?.progress.status).toBe('pending');
    expect(keys(story)).toContain('work:T1#2');
    expect(taskOf(story.state, 'T1')?.task.scope).toEqual(['elsewhere/']);
  });

  test('work that only has to be proven otherwise is proven again by the new commands', () => {
    const story = amend((AT['merging'] as () => Story)(), withChange('T1', { verify: ['lint T1'] }));
    expect(story.state.queue).toEqual([]);
    expect(decide(story.state).find(({ type }) => type === 'verify')).toMatchObject({ commands: ['lint T1'] });
  });

  test('a task that comes back while its agent is still being ended begins again, and is not lost', () => {
    const story = AT['working']?.() as Story;
    const without = plan([task('T2'), task('T3')]);
    amend(story, without);
    expect(taskOf(story.state, 'T1')).toMatchObject({ progress: { status: 'working' }, leaving: { to: 'dropped' } });
    // It is dropped once, however often the plan is changed until its agent has ended.
    expect(effects(story, { ...without, sha256: 'third', context: 'more' })).toEqual({});
    amend(story, { ...plan(CHAIN), sha256: 'back' });
    story.ended('T1', 1, 'cancelled');
    expect(taskOf(story.state, 'T1')?.progress.status).toBe('pending');
    expect(keys(story)).toContain('work:T1#2');
    expect(keys(story)).not.toContain('work:T2#1');
  });

  test('a task that is dropped holds nobody up, and one that comes back goes on counting its attempts', () => {
    const story = amend(new Story(CHAIN).approved().started('T1'), plan([task('T2'), task('T3')]));
    story.ended('T1', 1, 'cancelled');
    expect(taskOf(story.state, 'T1')?.progress.status).toBe('dropped');
    expect(keys(story)).toContain('work:T2#1');
    amend(story, { ...plan(CHAIN), sha256: 'third' });
    expect(keys(story)).toContain('work:T1#2');
  });

  test('a run that waits at its finish goes on when there is something to do again', () => {
    const story = new Story([task('T1')]).approved();
    story.started('T1').done('T1').verified('T1', true, { checks }).landing('T1', 'base', 't-T1-1');
    story.merged('T1', 'base', 't-T1-1').tell({ event: 'phase_entered', phase: 'finish' });
    amend(story, plan([task('T1'), task('T2', { needs: ['T1'] })]));
    expect(story.state.phase).toBe('execute');
    expect(keys(story)).toContain('work:T2#1');
  });
});

describe('an approval', () => {
  const ask = (story: Story, fields: Partial<Request>, amended?: AmendedPlan): ReturnType<typeof accept> =>
    accept(
      story.state,
      { schema: 1, id: 'abcdef02', by: 'ada', how: 'test', ...fields } as Request,
      undefined,
      undefined,
      amended,
    );
  const amended = withChange('T3', { title: 'better' });

  test('is for one text: another that lies in its place is refused, and so is one of a plan that is no more', () => {
    const story = new Story(CHAIN).approved();
    const proposed = { request: 'amend', sha256: 'other', before: 'plan', approved: false } as const;
    const events = ask(story, proposed, amended);
    if (!events.ok) throw new Error(events.error.message);
    story.tell(...events.value);
    expect(boardOf(story.state).waiting).toMatchObject([
      { gate: { id: 'amend:other', kind: 'amend', options: ['approve', 'reject'], about: { hash: 'other' } } },
    ]);
    const yes = { request: 'answer', gate: 'amend:other', answer: 'approve' } as const;
    expect(ask(story, { ...yes, about: 'another' }, amended).ok).toBe(false);
    expect(ask(story, yes, { ...amended, sha256: 'third' }).ok).toBe(false);
    expect(ask(story, yes).ok).toBe(false);
    amend(story, { ...withChange('T2', { title: 'first' }), sha256: 'fourth' });
    expect(story.state.gates).toEqual([]);
    expect(ask(story, yes, amended).ok).toBe(false);
    expect(ask(story, proposed, amended).ok).toBe(false);
  });
});

test('what is called off at the gate of an amendment is the amendment: also at one that an older release opened', () => {
  const question = { question: 'amend?', options: ['approve', 'reject', 'cancel'], recommended: 'approve', detail: [] };
  const story = new Story(CHAIN)
    .approved()
    .started('T1')
    .tell({ event: 'gate_opened', gate: 'amend:other', ...question });
  const asked = {
    schema: 1,
    id: 'a',
    by: 'ada',
    how: 'test',
    request: 'answer',
    gate: 'amend:other',
    answer: 'cancel',
  } as const;
  const events = accept(story.state, asked);
  if (!events.ok) throw new Error(events.error.message);
  story.tell(...events.value);
  expect(story.state).toMatchObject({ phase: 'execute', gates: [] });
});

test('texts of tasks are compared without their ticks, headings and fields, which are compared by themselves', () => {
  const read = (text: string): AmendedPlan => {
    const parsed = parsePlan(text, { fileName: 'plan.md' });
    if (!parsed.ok) throw new Error('no plan');
    return amendedPlan(parsed.value);
  };
  const text = '# Demo\n\n### Task 1: One\n\n**Files:** `a.txt`\n**Verify:** `true`\n\n- [ ] Do it\n';
  const before = read(text);
  expect(read(text.replace('[ ]', '[x]').replace('One', 'Uno').replace('`true`', '`false`')).texts).toEqual(
    before.texts,
  );
  expect(read(text.replace('Do it', 'Do it well')).texts).not.toEqual(before.texts);
});

test('changes are told a line each', () => {
  const story = new Story(CHAIN).approved();
  const weighed = weighAmendment(story.state, plan([task('T1', { verify: ['a', 'b'] }), task('T2'), task('T9')]));
  expect(weighed.ok && changeWords(weighed.value.changes)).toEqual([
    '~ T1 verify: check T1 → a, b',
    '~ T2 needs: T1 → none',
    '+ T9: title of T9',
    '- T3: title of T3',
  ]);
});

test('a task that was given up while it had to wait for another still has to, when it is tried again', () => {
  const story = amend(new Story(CHAIN).approved(), withChange('T3', { needs: ['T2'] }));
  story.tell(
    { event: 'task_failed', task: 'T3', reason: 'blocked' },
    { event: 'task_reopened', task: 'T3', by: 'ada' },
  );
  expect(keys(story)).toEqual(['work:T1#1']);
  story.landed('T1').landed('T2');
  expect(keys(story)).toContain('work:T3#1');
});
