import { describe, expect, test } from 'vitest';
import { accept } from '../../../src/core/run/accept.ts';
import { composeBrief, renderBrief } from '../../../src/core/run/brief.ts';
import { commitText } from '../../../src/core/run/commit-text.ts';
import { parseDigest } from '../../../src/core/run/contract.ts';
import { checksOf } from '../../../src/core/run/checks.ts';
import { decide } from '../../../src/core/run/decide.ts';
import type { RunEvent } from '../../../src/core/run/event.ts';
import type { Request } from '../../../src/core/run/request.ts';
import { lastAttempt, taskOf } from '../../../src/core/run/state.ts';
import { boardOf } from '../../../src/core/views/board.ts';
import { explainTask } from '../../../src/core/views/explain.ts';
import { outcomeOf } from '../../../src/core/views/report.ts';
import { SETTINGS, Story, task } from './story.ts';

const keys = (story: Story): string[] => decide(story.state).map((effect) => effect.key);
const DIAMOND = [
  task('T1'),
  task('T2', { needs: ['T1'] }),
  task('T3', { needs: ['T1'] }),
  task('T4', { needs: ['T2', 'T3'] }),
];
/** The checks of the commands `check <id>` of these tasks, in that order. */
const checks = (...ids: string[]): string => checksOf(ids.map((id) => `check ${id}`));

/** The balance of a run of whose plan nothing is asked. */
function balance(of: string): RunEvent {
  const forge = { offered: false as const, why: 'there is none' };
  return { event: 'balance_drawn', of, commit: of, onto: 'fast-forward', items: [], forge };
}

describe('decide', () => {
  test('nothing happens before the approval, and the branch comes first', () => {
    const story = new Story(DIAMOND);
    expect(keys(story)).toEqual([]);
    story.tell(
      { event: 'plan_approved', sha256: 'plan', by: 'me', how: 'test' },
      { event: 'phase_entered', phase: 'execute' },
    );
    expect(keys(story)).toEqual(['prepare']);
  });

  test('a task starts when its needs are merged, not when they are done or verified', () => {
    const story = new Story(DIAMOND).approved();
    expect(keys(story)).toEqual(['work:T1#1']);
    story.started('T1');
    expect(keys(story)).toEqual(['work:T1#1']);
    story.done('T1');
    expect(keys(story)).toEqual(['tidy:T1#1', 'verify:T1#1:t-T1-1:base']);
    story.tell({ event: 'worktree_removed', task: 'T1', attempt: 1 }).verified('T1', true, { checks: checks('T1') });
    expect(decide(story.state)).toMatchObject([{ type: 'assemble', base: 'base', from: [{ task: 'T1' }] }]);
    story.landing('T1', 'base', 't-T1-1');
    expect(keys(story)).toEqual(['merge']);
    story.merged('T1', 'base', 't-T1-1');
    expect(keys(story)).toEqual(['work:T2#1', 'work:T3#1']);
  });

  test('what lands on a tip that moved is verified again, with the commands of what landed meanwhile', () => {
    const story = new Story(DIAMOND).approved();
    story
      .started('T1')
      .done('T1')
      .verified('T1', true, { checks: checks('T1') })
      .landing('T1', 'base', 't-T1-1')
      .merged('T1', 'base', 't-T1-1');
    story.started('T2').started('T3').done('T2').done('T3');
    story
      .verified('T2', true, { checks: checks('T2'), base: 'l-T1' })
      .verified('T3', true, { checks: checks('T3'), base: 'l-T1' });
    story.landing('T2', 'l-T1', 't-T2-1').merged('T2', 'l-T1', 't-T2-1');
    expect(decide(story.state)).toContainEqual(expect.objectContaining({ type: 'assemble', base: 'l-T2' }));
    story.landing('T3', 'l-T2', 't-both');
    const wanted = (): unknown => decide(story.state).find((effect) => effect.type === 'verify');
    expect(wanted()).toMatchObject({ subject: { tree: 't-both', base: 'l-T2' }, landing: true });
    expect(wanted()).toMatchObject({ commands: ['check T3', 'check T2'], train: { cars: 1 } });
    // Evidence for fewer commands is no evidence for these.
    story.checked('T3', true, { checks: checks('T3'), tree: 't-both', base: 'l-T2' });
    expect(wanted()).toMatchObject({ subject: { tree: 't-both' } });
    story.checked('T3', true, { checks: checks('T3', 'T2'), tree: 't-both', base: 'l-T2' });
    expect(keys(story)).toContain('merge');
  });

  test('a tree that fails on top of others is verified again before its task is sent back', () => {
    const story = new Story(DIAMOND).approved();
    story
      .started('T1')
      .done('T1')
      .verified('T1', true, { checks: checks('T1') })
      .landing('T1', 'base', 't-T1-1')
      .merged('T1', 'base', 't-T1-1');
    story.started('T2').started('T3').done('T2').done('T3');
    story
      .verified('T2', true, { checks: checks('T2'), base: 'l-T1' })
      .verified('T3', true, { checks: checks('T3'), base: 'l-T1' });
    story.landing('T2', 'l-T1', 't-T2-1').merged('T2', 'l-T1', 't-T2-1').landing('T3', 'l-T2', 't-both');
    const red = { checks: checks('T3', 'T2'), tree: 't-both', base: 'l-T2' };
    story.checked('T3', false, red);
    const [first] = keys(story).filter((key) => key.startsWith('verify:'));
    expect(first).toBeDefined();
    story.checked('T3', false, red);
    const record = decide(story.state).find((effect) => effect.type === 'record');
    expect(record).toMatchObject({ events: [{ event: 'landing_rejected', task: 'T3', with: ['T2'] }] });
    if (record?.type === 'record') story.tell(...record.events);
    expect(story.state).toMatchObject({ trains: [], queue: [], landings: { landed: 2, rejected: 1 } });
    expect(keys(story)).toContain('work:T3#2');
  });

  test('tasks whose scopes overlap are never at work at once', () => {
    const story = new Story([
      task('T1', { scope: ['src/'] }),
      task('T2', { scope: ['src/a.ts'] }),
      task('T3'),
    ]).approved();
    expect(keys(story)).toEqual(['work:T1#1', 'work:T3#1']);
    story.started('T1').done('T1');
    expect(explainTask(story.state, 'T2')?.because).toBe('its scope overlaps with T1, which is under way');
    expect(keys(story)).not.toContain('work:T2#1');
  });

  test('no more agents than allowed, in all and of one kind', () => {
    const two = [task('T1', { agent: 'codex' }), task('T2', { agent: 'codex' }), task('T3')];
    expect(keys(new Story(two).approved())).toEqual(['work:T1#1', 'work:T3#1']);
    expect(keys(new Story([task('T1'), task('T2'), task('T3')]).approved())).toEqual(['work:T1#1', 'work:T2#1']);
  });

  test('a failed attempt is followed by another, until the budget is spent; a lost one costs none of it', () => {
    const story = new Story([task('T1')]).approved();
    story.started('T1').ended('T1', 1, 'lost').started('T1', 2).ended('T1', 2, 'failed');
    expect(keys(story)).toContain('work:T1#3');
    story.started('T1', 3).ended('T1', 3, 'failed');
    expect(keys(story).filter((key) => !key.startsWith('tidy'))).toEqual(['record:failed:T1#3']);
    story.tell({ event: 'task_failed', task: 'T1', reason: 'enough' });
    expect(boardOf(story.state).status).toBe('blocked');
    story.tell({ event: 'task_reopened', task: 'T1', by: 'me' });
    expect(keys(story)).toContain('work:T1#4');
  });

  test('a stopped attempt costs nothing', () => {
    const story = new Story([task('T1')]).approved();
    story
      .started('T1')
      .ended('T1', 1, 'cancelled')
      .started('T1', 2)
      .ended('T1', 2, 'cancelled')
      .started('T1', 3)
      .ended('T1', 3, 'cancelled');
    expect(keys(story)).toContain('work:T1#4');
  });

  test('when the git directory was tampered with, agents finish and nothing else moves', () => {
    const story = new Story(DIAMOND).approved().started('T1');
    story.tell({ event: 'repository_tampered', files: ['config'], now: { config: 'b' } });
    const effects = decide(story.state);
    expect(effects.map((effect) => effect.key)).toEqual([expect.stringMatching(/^record:gate:tampered/), 'work:T1#1']);
    const record = effects[0];
    if (record?.type === 'record') story.tell(...record.events);
    story.done('T1');
    expect(keys(story)).toEqual(['tidy:T1#1']);
    story.tell({ event: 'gate_answered', gate: 'tampered', answer: 'accept', by: 'me', how: 'test' });
    expect(story.state.fingerprint).toEqual({ config: 'b' });
    expect(keys(story)).toContain('verify:T1#1:t-T1-1:base');
  });

  test('a branch that somebody moved back is asked about; moved forward, it is built upon', () => {
    const story = new Story(DIAMOND).approved();
    story.tell({ event: 'branch_moved', branch: 'masterplan/demo', from: 'base', to: 'newer', forward: true });
    expect(decide(story.state)[0]).toMatchObject({ key: 'work:T1#1', base: 'newer' });
    story.tell({ event: 'branch_moved', branch: 'masterplan/demo', from: 'newer', to: null, forward: false });
    expect(keys(story)).toEqual([expect.stringMatching(/^record:gate:branch/)]);
    story.tell({
      event: 'gate_opened',
      gate: 'branch',
      question: '?',
      options: ['restore'],
      recommended: 'restore',
      detail: [],
    });
    story.tell({ event: 'gate_answered', gate: 'branch', answer: 'restore', by: 'me', how: 'test' });
    expect(keys(story)).toEqual(['restore:newer']);
    story.tell({ event: 'branch_restored', branch: 'masterplan/demo', commit: 'newer' });
    expect(keys(story)).toEqual(['work:T1#1']);
  });

  test('the end: global verification, the gate, and what was chosen', () => {
    const story = new Story([task('T1')], SETTINGS, ['check all']).approved();
    story
      .started('T1')
      .done('T1')
      .verified('T1', true, { checks: checks('T1') })
      .landing('T1', 'base', 't-T1-1')
      .merged('T1', 'base', 't-T1-1');
    expect(keys(story)).toContain('record:finish');
    story.tell({ event: 'phase_entered', phase: 'finish' }, { event: 'worktree_removed', task: 'T1', attempt: 1 });
    expect(keys(story)).toEqual([expect.stringMatching(/^verify-branch:l-T1:/)]);
    const verification = { commit: 'l-T1', tree: 't-T1-1', checks: 'x', evidence: 'e', duration_ms: 1 };
    story.tell({ event: 'branch_verified', ...verification, passed: false });
    expect(keys(story)).toEqual(['draw-balance:l-T1:0']);
    story.tell(balance('l-T1'));
    expect(decide(story.state)[0]).toMatchObject({ events: [{ gate: 'finish', recommended: 'keep' }] });
  });

  test('a choice given at the start answers the gate once, and not after a refusal', () => {
    const story = new Story([task('T1')], { ...SETTINGS, finish: 'merge' }).approved();
    story
      .started('T1')
      .done('T1')
      .verified('T1', true, { checks: checks('T1') })
      .landing('T1', 'base', 't-T1-1')
      .merged('T1', 'base', 't-T1-1');
    story.tell({ event: 'phase_entered', phase: 'finish' }, { event: 'worktree_removed', task: 'T1', attempt: 1 });
    const verification = { commit: 'l-T1', tree: 't-T1-1', checks: 'x', evidence: 'e', duration_ms: 1 };
    story.tell({ event: 'branch_verified', ...verification, passed: true }, balance('l-T1'));
    const record = decide(story.state)[0];
    expect(record).toMatchObject({
      type: 'record',
      events: [{ event: 'gate_opened' }, { event: 'gate_answered', answer: 'merge' }],
    });
    if (record?.type === 'record') story.tell(...record.events);
    expect(keys(story)).toEqual(['finish:merge:l-T1']);
    story.tell({ event: 'finish_refused', choice: 'merge', reason: 'dirty', hint: 'commit' });
    expect(decide(story.state)[0]).toMatchObject({ events: [{ event: 'gate_opened' }] });
  });

  test('a run that is over ends what is still at work', () => {
    const story = new Story(DIAMOND).approved().started('T1').tell({ event: 'run_cancelled', by: 'me', reason: '' });
    expect(decide(story.state)).toMatchObject([{ key: 'work:T1#1', started: true, end: true }]);
  });
});

describe('evolve refuses what cannot follow', () => {
  test.each([
    ['a second start', (story: Story) => story.started('T1').started('T1', 2)],
    ['a start before the needs', (story: Story) => story.started('T2')],
    ['an end without a start', (story: Story) => story.done('T1')],
    ['a merge that was not verified', (story: Story) => story.started('T1').done('T1').merged('T1', 'base', 't')],
    [
      'a second merge',
      (story: Story) =>
        story
          .started('T1')
          .done('T1')
          .verified('T1', true, { checks: '' })
          .merged('T1', 'base', 't')
          .merged('T1', 'base', 't'),
    ],
    ['an unknown task', (story: Story) => story.started('T9')],
    [
      'an approval of another text',
      (story: Story) => story.tell({ event: 'plan_approved', sha256: 'other', by: '', how: '' }),
    ],
  ])('%s', (_, tell) => {
    expect(() => tell(new Story(DIAMOND).approved())).toThrow(/T\d|approval/);
  });
});

describe('accept', () => {
  const asked = (fields: object): Request => ({ schema: 1, id: 'abc', by: 'me', how: 'test', ...fields }) as Request;

  test('an approval is bound to the text', () => {
    const story = new Story(DIAMOND);
    expect(accept(story.state, asked({ request: 'approve', planSha256: 'edited' }))).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/edited/) },
    });
    const accepted = accept(story.state, asked({ request: 'approve', planSha256: 'plan' }));
    expect(accepted).toMatchObject({
      ok: true,
      value: [{ event: 'plan_approved' }, { event: 'gate_answered' }, { event: 'phase_entered' }],
    });
  });

  test('a second delivery of a request changes nothing', () => {
    const story = new Story(DIAMOND);
    story.state.requests.push('abc');
    expect(accept(story.state, asked({ request: 'cancel', reason: '' }))).toEqual({ ok: true, value: [] });
  });

  test('only a failed task is retried, and every refusal says what to do', () => {
    const story = new Story(DIAMOND).approved();
    for (const request of [
      { request: 'retry', task: 'T1' },
      { request: 'retry', task: 'T9' },
      { request: 'approve', planSha256: 'plan' },
      { request: 'answer', gate: 'finish', answer: 'merge' },
      { request: 'finish', choice: 'merge' },
    ]) {
      const refused = accept(story.state, asked(request));
      expect(refused.ok).toBe(false);
      if (!refused.ok) expect(refused.error.hint).not.toBe('');
    }
  });

  test('what a newer masterplan wrote is not built upon', () => {
    const story = new Story(DIAMOND);
    story.tell({ event: 'teleported' } as never);
    expect(decide(story.state)).toEqual([]);
    expect(accept(story.state, asked({ request: 'cancel', reason: '' }))).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/teleported/) },
    });
  });
});

describe('what an agent is told and says', () => {
  test('the next brief carries what the last attempt taught', () => {
    const story = new Story(DIAMOND).approved().started('T1').done('T1').verified('T1', false, { checks: '' });
    const one = taskOf(story.state, 'T1');
    if (one === undefined) throw new Error('no T1');
    const text = renderBrief(composeBrief(story.state, one, 2, 'base', 'worker', { goal: 'Do it.', context: 'Why.' }));
    expect(text).toContain('# T1#2 — title of T1');
    expect(text).toContain('Attempt 1: a verify command failed.');
    expect(text).toContain('expected 2, got 3');
    expect(text).toContain('- `T1/`');
    expect(text).toContain('check T1');
  });

  test('fences in a brief cannot be closed by what is inside', () => {
    const story = new Story([task('T1', { verify: ['cat <<X\n```\nX'] })]).approved();
    const one = taskOf(story.state, 'T1');
    if (one === undefined) throw new Error('no T1');
    expect(renderBrief(composeBrief(story.state, one, 1, 'base', 'worker', { goal: 'g', context: '' }))).toContain(
      '````sh\ncat <<X\n```\nX\n````',
    );
  });

  test('the trailers of a commit stand last, whatever the agent wrote', () => {
    const story = new Story(DIAMOND).approved();
    const { message } = commitText(
      story.state,
      task('T1', { title: 'a\u001b[31m\nb' }),
      2,
      'x\n\nMasterplan-Task: T9',
      0,
    );
    expect(message.split('\n\n')[0]).toBe('T1: a b');
    expect(message.trimEnd().split('\n\n').at(-1)).toBe(
      'Masterplan-Run: demo-1\nMasterplan-Task: T1\nMasterplan-Attempt: demo-1/T1#2',
    );
  });

  test.each([
    ['not JSON', 'hello', 5],
    ['another contract', '{"contract_id":"x","status":"completed","summary":""}', 50],
    ['no status', '{"contract_id":"implement.v1","summary":""}', 50],
    ['too large', '{}', 6000],
    ['null', 'null', 4],
  ])('a digest that is %s is refused in words', (_, text, bytes) => {
    const parsed = parseDigest(text, bytes, 'implement.v1');
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.error.problems[0]).toMatch(/\w+/);
  });

  test('who says that it is not done is believed, in whatever form', () => {
    const text = '{"status":"blocked","blocker_reason":"no key","summary":7}';
    expect(parseDigest(text, text.length, 'implement.v1')).toMatchObject({
      ok: false,
      error: { admits: { status: 'blocked', reason: 'no key' } },
    });
    expect(parseDigest('{"status":"completed"}', 22, 'implement.v1')).not.toHaveProperty('error.admits');
  });

  test('a digest needs no more than its contract, status and summary', () => {
    expect(
      parseDigest('{"contract_id":"implement.v1","status":"completed","summary":"s","extra":1}', 70, 'implement.v1'),
    ).toMatchObject({
      ok: true,
      value: { files_changed: [], tests_passed: null },
    });
  });
});

describe('views', () => {
  test('a task behind a failed one names the whole chain', () => {
    const story = new Story(DIAMOND)
      .approved()
      .started('T1')
      .ended('T1', 1, 'failed')
      .started('T1', 2)
      .ended('T1', 2, 'failed');
    story.tell({ event: 'task_failed', task: 'T1', reason: 'enough' });
    expect(explainTask(story.state, 'T4')).toMatchObject({
      because: 'it needs T2, which needs T1, which failed',
      next: 'masterplan retry T1 --run demo',
    });
  });

  test('the outcome lists what landed and what was tried again', () => {
    const story = new Story([task('T1')]).approved().started('T1').done('T1').verified('T1', false, { checks: '' });
    story
      .started('T1', 2)
      .done('T1', 2)
      .verified('T1', true, { attempt: 2, checks: checks('T1') });
    story.landing('T1', 'base', 't-T1-2', 2).merged('T1', 'base', 't-T1-2', 2);
    const { review, ...outcome } = outcomeOf(story.state);
    expect(review).toMatchObject({ configured: 'off', merged: 1, reviewed: 0, unreviewed: 1, gaps: [] });
    expect(outcome).toEqual({
      merged: [{ task: 'T1', title: 'title of T1', commit: 'l-T1', attempts: 2 }],
      retried: [
        { task: 'T1', attempt: 1, ending: 'rejected', reason: 'verification failed', lesson: 'check T1: exit code 1' },
      ],
      examined: { changes: 0, rejected: 0, remarks: 0 },
      spent: [],
      spentBy: { role: [], vendor: [], model: [] },
      failed: [],
    });
    expect(lastAttempt(story.state.tasks[0] as never)?.number).toBe(2);
  });
});
