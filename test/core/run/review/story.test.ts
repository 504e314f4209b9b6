import { describe, expect, test } from 'vitest';
import { accept } from '../../../../src/core/run/accept.ts';
import { composeBrief, renderBrief } from '../../../../src/core/run/brief.ts';
import { checksOf } from '../../../../src/core/run/checks.ts';
import { decide } from '../../../../src/core/run/decide.ts';
import type { RunEvent } from '../../../../src/core/run/event.ts';
import type { Request } from '../../../../src/core/run/request.ts';
import { coverageOf, coverageWords } from '../../../../src/core/run/review/coverage.ts';
import type { ReviewFinding } from '../../../../src/core/run/review/finding.ts';
import { REVIEW_DEFAULTS, type ReviewSettings } from '../../../../src/core/run/review/settings.ts';
import type { RunSettings } from '../../../../src/core/run/settings.ts';
import { taskOf } from '../../../../src/core/run/state.ts';
import { boardOf } from '../../../../src/core/views/board.ts';
import { explainTask } from '../../../../src/core/views/explain.ts';
import { SETTINGS, Story, task } from '../story.ts';

const settings = (review: Partial<ReviewSettings> = {}, more: Partial<RunSettings> = {}): RunSettings => ({
  ...SETTINGS,
  ...more,
  review: { ...REVIEW_DEFAULTS, ...review },
});
const keys = (story: Story): string[] =>
  decide(story.state)
    .map(({ key }) => key)
    .filter((key) => !key.startsWith('tidy'));
const FINDING: ReviewFinding = {
  id: 'F1',
  fingerprint: 'f',
  severity: 'medium',
  file: 'T1/a.ts',
  line: 4,
  symbol: '',
  category: 'correctness',
  claim: 'rounds too early',
  check: null,
  check_command: null,
  since: 1,
  round: 1,
  fate: 'open',
  holds: true,
};

class Reviewed extends Story {
  /** T1 with work that is verified by attempt `attempt`. */
  upForReview(attempt = 1): this {
    return this.started('T1', attempt)
      .done('T1', attempt)
      .verified('T1', true, { attempt, checks: checksOf(['check T1']) });
  }

  reviewing(attempt: number, of: number, round: number, agent = 'codex'): this {
    return this.tell({
      event: 'attempt_started',
      task: 'T1',
      attempt,
      agent,
      contract_id: 'review.v1',
      base: 'base',
      nonce: `r${attempt}`,
      brief_sha256: '',
      reviews: { attempt: of, base: 'base', commit: `c-T1-${of}`, tree: `t-T1-${of}`, round, how: 'other-vendor' },
    });
  }

  judged(attempt: number, of: number, round: number, findings: readonly ReviewFinding[] = []): this {
    const verdict = findings.some(({ holds }) => holds) ? 'request-changes' : 'approve';
    return this.tell(
      { event: 'attempt_finished', task: 'T1', attempt, ending: 'done', reason: '', exit_code: 0 },
      {
        event: 'review_finished',
        task: 'T1',
        attempt,
        reviews: of,
        base: 'base',
        commit: `c-T1-${of}`,
        tree: `t-T1-${of}`,
        round,
        agent: 'codex',
        how: 'other-vendor',
        verdict,
        said: verdict,
        summary: 's',
        findings,
        rows: [],
      },
    );
  }

  /** Records what the decision says is to be recorded. */
  recorded(): this {
    const events = decide(this.state).flatMap((effect): readonly RunEvent[] =>
      effect.type === 'record' && effect.key !== 'record:finish' ? effect.events : [],
    );
    return this.tell(...events);
  }
}

const story = (review: Partial<ReviewSettings> = {}, more: Partial<RunSettings> = {}): Reviewed =>
  new Reviewed([task('T1')], settings(review, more)).approved();
const answer = (of: Story, choice: string, note?: string): Story => {
  const request = {
    schema: 1,
    id: `${of.state.seq}`,
    by: 'me',
    how: 'test',
    request: 'answer',
    gate: 'review:T1',
  } as const;
  const accepted = accept(of.state, { ...request, answer: choice, ...(note === undefined ? {} : { note }) } as Request);
  if (!accepted.ok) throw new Error(accepted.error.message);
  return of.tell(...accepted.value);
};

describe('a review', () => {
  test('stands between verification and landing, and is done by another vendor', () => {
    const one = story().upForReview();
    expect(taskOf(one.state, 'T1')?.progress).toMatchObject({ status: 'reviewing', attempt: 1 });
    expect(decide(one.state).find(({ type }) => type === 'work')).toMatchObject({
      key: 'work:T1#2',
      agent: 'codex',
      base: 'base',
      reviews: { attempt: 1, tree: 't-T1-1', round: 1, how: 'other-vendor' },
    });
    one.reviewing(2, 1, 1);
    expect(keys(one)).toEqual(['work:T1#2']);
    expect(explainTask(one.state, 'T1')?.because).toContain('codex');
    one.judged(2, 1, 1);
    expect(keys(one)).toEqual(['queue']);
    one.landing('T1', 'base', 't-T1-1').merged('T1', 'base', 't-T1-1');
    expect(coverageOf(one.state)).toMatchObject({ merged: 1, reviewed: 1, rounds: 1, empty: 1, gaps: [], carried: 0 });
  });

  test('of nothing that is configured there is none, and that is a number', () => {
    const one = new Story([task('T1')]).approved().started('T1').done('T1');
    one.verified('T1', true, { checks: checksOf(['check T1']) });
    expect(taskOf(one.state, 'T1')?.progress.status).toBe('merging');
    expect(coverageWords(coverageOf(one.state))).toBe('review: not configured, 0 of 0 merged tasks reviewed');
  });

  test('that asks for changes sends the work back with its findings; the next attempt goes on from there', () => {
    const one = story().upForReview().reviewing(2, 1, 1).judged(2, 1, 1, [FINDING]);
    const state = taskOf(one.state, 'T1');
    expect(state).toMatchObject({ progress: { status: 'pending' }, failures: 0 });
    expect(keys(one)).toEqual(['work:T1#3']);
    const from = state?.attempts[0];
    const brief = composeBrief(one.state, state as never, 3, 'base', 'worker', {
      goal: 'g',
      context: '',
      ...(from === undefined ? {} : { handoff: from }),
    });
    const text = renderBrief(brief);
    expect(text).toContain('**F1** (medium) `T1/a.ts:4`: rounds too early');
    expect(text).toContain('"disputes"');
    expect(text).toContain('change what its review asks for');
    expect(brief.lessons.map(({ attempt }) => attempt)).toEqual([1]);
  });

  test('rounds are bounded: then a person decides, with the arguments of both sides', () => {
    const one = story().upForReview().reviewing(2, 1, 1).judged(2, 1, 1, [FINDING]);
    one.started('T1', 3).tell({
      event: 'digest_recorded',
      task: 'T1',
      attempt: 3,
      contract_id: 'implement.v1',
      source: 'agent',
      status: 'completed',
      summary: '',
      sha256: '',
      disputes: [{ finding: 'f1', argument: 'the law says so' }],
    });
    expect(taskOf(one.state, 'T1')?.review?.findings).toMatchObject([
      { fate: 'disputed', argument: 'the law says so' },
    ]);
    one.done('T1', 3).verified('T1', true, { attempt: 3, checks: checksOf(['check T1']) });
    const kept = {
      ...FINDING,
      round: 2,
      fate: 'disputed',
      argument: 'the law says so',
      answer: 'it does not',
    } as const;
    one.reviewing(4, 3, 2).judged(4, 3, 2, [kept]).recorded();
    expect(keys(one)).toEqual([]);
    const board = boardOf(one.state);
    expect(board.status).toBe('waiting');
    expect(board.waiting[0]?.gate).toMatchObject({
      id: 'review:T1',
      options: ['send-back', 'accept', 'block', 'cancel'],
    });
    expect(board.waiting[0]?.gate?.detail.join('\n')).toContain('the implementer: the law says so');
    expect(board.waiting[0]?.gate?.detail.join('\n')).toContain('the reviewer: it does not');
    expect(one.state.gates).toHaveLength(1);
  });

  const bound = (): Reviewed =>
    story({ rounds: 1 }).upForReview().reviewing(2, 1, 1).judged(2, 1, 1, [FINDING]).recorded();

  test('a person may let it pass: it lands, and that is a number', () => {
    const one = bound();
    answer(one, 'accept');
    expect(keys(one)).toEqual(['queue']);
    one.landing('T1', 'base', 't-T1-1').merged('T1', 'base', 't-T1-1');
    expect(coverageOf(one.state)).toMatchObject({ reviewed: 0, accepted: 1, gaps: [] });
    // What somebody let pass is not said to hold it up.
    expect(explainTask(one.state, 'T1')?.findings).toMatchObject([
      { fate: 'open, let pass by a person', holds: false },
    ]);
  });

  test('a person may send it back with advice, and rounds begin anew', () => {
    const one = bound();
    answer(one, 'send-back', 'round at the very end');
    expect(taskOf(one.state, 'T1')).toMatchObject({ progress: { status: 'pending' }, review: { rounds: 0 } });
    const state = taskOf(one.state, 'T1');
    const brief = renderBrief(composeBrief(one.state, state as never, 3, 'base', 'worker', { goal: '', context: '' }));
    expect(brief).toContain('A person says: round at the very end');
    expect(brief).toContain('**F1**');
  });

  test('a person may block it: the task has failed', () => {
    const one = bound();
    answer(one, 'block', 'not like this');
    expect(taskOf(one.state, 'T1')?.progress).toEqual({
      status: 'failed',
      reason: 'me blocked it at its review: not like this',
    });
    expect(one.state.gates).toEqual([]);
  });
});

test('work that cannot land takes its approval with it: whoever comes next is judged anew', () => {
  const one = story().upForReview().reviewing(2, 1, 1).judged(2, 1, 1);
  expect(taskOf(one.state, 'T1')?.review?.pass).toMatchObject({ by: 'review', tree: 't-T1-1' });
  one.tell({ event: 'merge_conflicted', task: 'T1', attempt: 1, base: 'base', paths: ['T1/a.ts'], with: [] });
  expect(taskOf(one.state, 'T1')).toMatchObject({ progress: { status: 'pending' }, review: { pass: undefined } });
});

describe('without a reviewer of another vendor', () => {
  const alone = { agents: { worker: SETTINGS.agents['worker'] as never } };

  test('the review is skipped, and nobody can miss it', () => {
    const one = story({}, alone).upForReview().recorded();
    expect(one.told.at(-1)).toMatchObject({ event: 'review_skipped', why: 'no-reviewer', tree: 't-T1-1' });
    expect(one.state.recent.at(-1)?.text).toContain('NOT REVIEWED');
    expect(boardOf(one.state).review?.gaps).toMatchObject([{ task: 'T1' }]);
    one.landing('T1', 'base', 't-T1-1').merged('T1', 'base', 't-T1-1');
    expect(coverageWords(coverageOf(one.state))).toContain('1 NOT REVIEWED');
  });

  test('where a review is required, a gate is in the way of landing', () => {
    for (const fallback of ['skip', 'ask'] as const) {
      const one = story({ mode: 'required', fallback }, alone).upForReview().recorded();
      expect(one.state.gates).toMatchObject([{ id: 'review:T1', recommended: 'retry' }]);
      expect(keys(one)).toEqual([]);
      answer(one, 'accept');
      expect(keys(one)).toEqual(['queue']);
    }
  });

  test('the same vendor reviews where that is declared, and it is counted', () => {
    const one = story({ fallback: 'same_vendor' }, alone).upForReview();
    expect(decide(one.state).find(({ type }) => type === 'work')).toMatchObject({
      agent: 'worker',
      reviews: { how: 'same-vendor' },
    });
  });

  test('one that fails again and again counts as none', () => {
    const one = story().upForReview();
    for (const attempt of [2, 3]) {
      one.reviewing(attempt, 1, 1).tell({
        event: 'attempt_finished',
        task: 'T1',
        attempt,
        ending: 'contract_violation',
        reason: 'no JSON',
        exit_code: 0,
      });
    }
    one.recorded();
    expect(one.told.at(-1)).toMatchObject({
      event: 'review_skipped',
      reason: expect.stringContaining('codex failed at it 2 times'),
    });
    expect(coverageOf(one.state).failed).toBe(2);
  });

  test('one whose account rests is waited for as long as somebody has patience', () => {
    const one = story({ patience: 60_000 }).upForReview();
    const park = (ms: number): RunEvent => ({
      event: 'lane_parked',
      lane: 'codex',
      failure: 'usage-limit',
      until: new Date(1_000_000 + ms).toISOString(),
      known: 'reported',
      message: '',
    });
    one.tell(park(50_000));
    expect(keys(one)).toEqual(['wait:lane:codex:1050000']);
    expect(explainTask(one.state, 'T1')?.because).toContain('whose account rests');
    one.tell(park(5_000_000));
    expect(keys(one)[0]).toContain('record:review-skipped');
  });
});

test('reviews have their place among agents, and go before new work', () => {
  const two = new Reviewed([task('T1'), task('T2')], settings({}, { parallel: 1 })).approved().upForReview();
  expect(keys(two)).toEqual(['work:T1#2']);
  expect(decide(two.state, ['T1']).map(({ key }) => key)).toContain('work:T1#2');
  two.reviewing(2, 1, 1);
  expect(keys(two)).toEqual(['work:T1#2']);
});

test('work that changed nothing needs no review', () => {
  const one = new Reviewed([task('T1', { nonCommitting: true })], settings({ mode: 'required' }))
    .approved()
    .started('T1');
  one.tell({
    event: 'attempt_finished',
    task: 'T1',
    attempt: 1,
    ending: 'done',
    reason: '',
    exit_code: 0,
    commit: 'c',
    tree: 't',
    files_changed: 0,
  });
  one.verified('T1', true, { tree: 't', checks: checksOf(['check T1']) }).recorded();
  expect(one.told.at(-1)).toMatchObject({ event: 'review_skipped', why: 'nothing-changed' });
  expect(coverageOf(one.state).gaps).toEqual([]);
});

test("a limit, and being stopped, are nobody's fault: the same reviewer may try again", () => {
  const one = story().upForReview();
  for (const [attempt, ending] of [
    [2, 'limited'],
    [3, 'cancelled'],
    [4, 'limited'],
  ] as const)
    one
      .reviewing(attempt, 1, 1)
      .tell({ event: 'attempt_finished', task: 'T1', attempt, ending, reason: '', exit_code: null });
  expect(keys(one)).toEqual(['work:T1#5']);
});

describe('reviewed work that would land with other files', () => {
  const stale = (again: boolean): RunEvent => ({
    event: 'review_stale',
    task: 'T1',
    attempt: 1,
    reviewed: 't-T1-1',
    base: 'tip',
    commit: 'carried',
    tree: 'mixed',
    paths: ['T1/a.ts'],
    again,
  });

  test('is reviewed as it would land, and that is bounded', () => {
    const one = story({ mode: 'required', rounds: 1 }).upForReview().reviewing(2, 1, 1).judged(2, 1, 1);
    one.tell(stale(true));
    expect(one.state.queue).toEqual([]);
    expect(decide(one.state).find(({ type }) => type === 'work')).toMatchObject({
      key: 'work:T1#3',
      reviews: { attempt: 1, base: 'tip', commit: 'carried', tree: 'mixed', round: 2 },
    });
    one.tell({
      event: 'attempt_started',
      task: 'T1',
      attempt: 3,
      agent: 'codex',
      contract_id: 'review.v1',
      base: 'tip',
      nonce: 'n',
      brief_sha256: '',
      reviews: { attempt: 1, base: 'tip', commit: 'carried', tree: 'mixed', round: 2, how: 'other-vendor' },
    });
    one.judged(3, 1, 2).tell(stale(true)).recorded();
    expect(one.state.gates[0]?.question).toContain('others landed in its files 2 times');
    answer(one, 'accept');
    expect(taskOf(one.state, 'T1')).toMatchObject({
      progress: { status: 'merging' },
      review: { pass: { by: 'person' } },
    });
  });

  test('is told where a review is not required', () => {
    const one = story().upForReview().reviewing(2, 1, 1).judged(2, 1, 1).tell(stale(false));
    expect(taskOf(one.state, 'T1')?.progress.status).toBe('merging');
    expect(one.state.recent.at(-1)?.text).toContain('NOT REVIEWED as it lands');
    one.landing('T1', 'tip', 'mixed').merged('T1', 'tip', 'mixed');
    expect(coverageOf(one.state)).toMatchObject({ reviewed: 1, carried: 1, mixed: 1 });
  });
});
