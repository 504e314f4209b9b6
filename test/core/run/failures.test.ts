import { describe, expect, test } from 'vitest';
import { formatStamp } from '../../../src/core/base/time.ts';
import { NO_CHECKS } from '../../../src/core/run/checks.ts';
import type { Ending, RecordedEvent, RunEvent } from '../../../src/core/run/event.ts';
import { noteFailures } from '../../../src/core/run/failures/fold.ts';
import { evolve } from '../../../src/core/run/evolve.ts';
import { ATTEMPT_CONTRACTS } from '../../../src/core/run/contracts/attempts.ts';
import { REVIEW_CONTRACTS } from '../../../src/core/run/contracts/review.ts';
import { ATTEMPTED } from '../../../src/core/run/failures/attempts.ts';
import { RUN_FAILURES } from '../../../src/core/run/failures/registry.ts';
import { boardOf } from '../../../src/core/views/board.ts';
import { failureRows, signatureOf } from '../../../src/core/views/failures.ts';
import { Story, task } from './story.ts';

const fresh = (): Story => new Story([task('T1'), task('T2')]).approved();
const started = (): Story => fresh().started('T1');
const of = { task: 'T1', attempt: 1 };
const verified = (story: Story, passed: boolean, checks = 'c', attempt = 1): Story =>
  story.verified('T1', passed, { checks, attempt });
const ended = (ending: Ending, reason = 'why'): Story =>
  started().tell({ event: 'attempt_finished', ...of, ending, reason, exit_code: 1 });
const reported = (how: 'failed' | 'cancelled'): Story =>
  started().tell({
    event: 'agent_reported',
    ...of,
    family: 'claude',
    how,
    failure: how === 'failed' ? 'refusal' : null,
    status: null,
    message: '',
    session: null,
    model: null,
    program: null,
    usage: {},
  });
const parked = (times: number, until: string | null = '2030-01-01T00:00:00.000Z'): Story =>
  Array.from({ length: times }).reduce<Story>(
    (story) =>
      story.tell({
        event: 'lane_parked',
        lane: 'worker',
        failure: 'usage-limit',
        until,
        known: 'reported',
        message: '',
      }),
    fresh(),
  );
const gate = (id: string): RunEvent => ({
  event: 'gate_opened',
  gate: id,
  question: 'go on?',
  options: ['go-on', 'stop'],
  recommended: 'stop',
  detail: [],
});
const digest = (source: 'agent' | 'derived'): Story =>
  started().tell({
    event: 'digest_recorded',
    ...of,
    contract_id: 'implement.v1',
    source,
    status: 'completed',
    summary: 's',
    sha256: '',
  });
/** A program that wrote a document of the run, and no digest. */
const document = (): Story => {
  const story = started();
  const task = story.state.tasks[0];
  if (task !== undefined) story.state.tasks[0] = { ...task, task: { ...task.task, authors: 'spec' } };
  return see(story, {
    event: 'digest_recorded',
    ...of,
    contract_id: 'spec.v1',
    source: 'derived',
    status: 'completed',
    summary: '',
    sha256: '',
  });
};
const violation = (problem: string): Story =>
  started().tell({ event: 'contract_violation', ...of, contract_id: 'implement.v1', problems: [problem] });
/** T1 in the merge queue with its landing tree on `base`. */
const landing = (): Story =>
  verified(started().done('T1'), true)
    .tell({ event: 'merge_started', ...of, base: 'base', commit: 'l', tree: 'l-tree' })
    .tell({ event: 'verification_started', ...of, tree: 'l-tree', base: 'base', landing: true });
const landed = (checks: string, tree = 'l-tree'): Story =>
  landing()
    .verified('T1', true, { checks, tree })
    .tell({ event: 'merge_finished', ...of, base: 'base', commit: 'l', tree: 'l-tree', adopted: false });
const conflicts = (times: number): Story => {
  const story = new Story([task('T1'), task('T2')], { ...SETTINGS_OF, attempts: 9 }).approved();
  for (let attempt = 1; attempt <= times; attempt++) {
    story.started('T1', attempt).done('T1', attempt);
    verified(story, true, 'c', attempt).tell({
      event: 'merge_conflicted',
      task: 'T1',
      attempt,
      base: 'base',
      paths: ['a'],
    });
  }
  return story;
};
const rejected = (times: number, tail = ''): Story => {
  const story = fresh();
  for (let attempt = 1; attempt <= times; attempt++) {
    story.started('T1', attempt);
    if (attempt === 2 && tail !== '') {
      story.ended('T1', attempt, 'lost');
      continue;
    }
    verified(story.done('T1', attempt), false, 'c', attempt);
  }
  return story;
};
const notRun = (reason: string, exit_code: number | null): Story =>
  started()
    .done('T1')
    .tell({
      event: 'verification_finished',
      ...of,
      base: 'base',
      commit: 'c',
      tree: 't-T1-1',
      checks: 'c',
      passed: false,
      evidence: 'e',
      landing: false,
      duration_ms: 1,
      failed: { command: 'check T1', exit_code, reason, tail: '' },
    });
const planning = (clean: boolean): Story =>
  new Story([task('T1', { planFirst: 'phased' })])
    .approved()
    .started('T1')
    .tell({ event: 'subplan_written', ...of, kind: 'phased', sha256: 's', clean, tasks: [task('T1/A')] });
const branchVerified = (passed: boolean): Story =>
  fresh().tell({
    event: 'branch_verified',
    commit: 'c',
    tree: 't',
    checks: 'c',
    passed,
    evidence: 'e',
    duration_ms: 1,
    ...(passed ? {} : { failed: { command: 'npm test', exit_code: 1, reason: 'exit code 1', tail: '' } }),
  });
/** An event at a time of its own. */
const jump = (ms: number): Story => {
  const story = fresh();
  const told = { event: 'anomaly', what: 'w', detail: 'd' } as const;
  story.state = evolve(story.state, {
    ...told,
    seq: story.state.seq + 1,
    fence: 1,
    ts: formatStamp(story.state.updated + ms),
  });
  return story;
};
const SETTINGS_OF = fresh().state.settings as NonNullable<Story['state']['settings']>;

/** T1 verified. Events of reviews are told of it without what goes before them: a detector sees one event. */
const reviewing = (): Story => verified(started().done('T1'), true);
const see = (story: Story, event: RunEvent): Story => {
  const stamped = {
    ...event,
    seq: story.state.seq + 1,
    fence: 1,
    ts: formatStamp(story.state.updated + 1000),
  } as RecordedEvent;
  noteFailures(story.state, stamped, story.state.updated, story.state.updated + 1000);
  return story;
};
const skipped = (why: 'no-reviewer' | 'nothing-changed'): Story =>
  see(reviewing(), { event: 'review_skipped', ...of, tree: 't', why, reason: 'nobody is there' });
const judged = (round: number, verdict: 'approve' | 'request-changes'): Story =>
  see(reviewing(), {
    event: 'review_finished',
    ...of,
    reviews: 1,
    base: 'base',
    commit: 'c',
    tree: 't',
    round,
    agent: 'codex',
    how: 'other-vendor' as never,
    verdict,
    said: verdict,
    summary: '',
    findings: [],
    rows: [],
  });
const stale = (again: boolean): Story =>
  see(reviewing(), {
    event: 'review_stale',
    ...of,
    reviewed: 'r',
    base: 'base',
    commit: 'c',
    tree: 't',
    paths: ['a'],
    again,
  });
function oldTests(fields: { readonly allowed?: true }): RunEvent {
  return {
    event: 'old_tests_tried',
    ...of,
    of: 'c',
    base: 'base',
    commit: 'd',
    tree: 't',
    checks: 'checks',
    passed: false,
    evidence: 'e',
    duration_ms: 1,
    paths: ['a.test.js'],
    verdict: 'warned',
    ...fields,
  };
}

const examined = (verdict: 'rejected' | 'warned'): Story =>
  see(started(), { event: 'change_examined', ...of, commit: 'c', tree: 't', findings: [], verdict });
const setUp = (passed: boolean): Story =>
  see(started(), { event: 'setup_finished', ...of, passed, copied: [], made: [], duration_ms: 1 });
const tornDown = (passed: boolean): Story => see(started(), { event: 'teardown_finished', ...of, passed });
const trained = (): Story => fresh();

/** What shows each class, and what comes near and does not. */
const CASES: Readonly<Record<string, readonly [shows: () => Story, near: () => Story]>> = {
  'lost-process': [() => ended('lost'), () => ended('cancelled')],
  'stuck-agent': [() => ended('timed_out'), () => ended('failed')],
  'memory-hog': [() => ended('out_of_memory'), () => ended('failed')],
  'blocked-agent': [() => ended('blocked'), () => ended('failed')],
  'failed-agent': [() => ended('failed'), () => ended('blocked')],
  'contract-violation': [
    () => violation('status: Required'),
    () => violation('the digest has 9000 bytes, more than 5120'),
  ],
  'oversize-digest': [
    () => violation('the digest has 9000 bytes, more than 5120'),
    () => violation('summary: the digest has no summary'),
  ],
  'missing-digest': [() => digest('derived'), document],
  'unregistered-contract': [
    () =>
      fresh().tell({
        event: 'attempt_started',
        ...of,
        agent: 'worker',
        contract_id: 'dance.v1',
        base: 'base',
        nonce: 'n',
        brief_sha256: '',
      }),
    started,
  ],
  'agent-trouble': [() => reported('failed'), () => reported('cancelled')],
  'voided-work': [
    () =>
      started()
        .done('T1')
        .tell({ event: 'attempt_voided', ...of, reason: 'its commit is gone' }),
    () => started().done('T1'),
  ],
  'unforeseen-permission': [
    () =>
      started().tell({
        event: 'permission_asked',
        ...of,
        ask: 'a',
        kind: 'command',
        tool: 'Bash',
        command: 'rm',
        what: 'rm',
      }),
    started,
  ],
  'scope-violation': [
    () => started().tell({ event: 'scope_violated', ...of, paths: ['other/x'], policy: 'reject' }),
    () => verified(started().done('T1'), true),
  ],
  'false-claim': [
    () => started().tell({ event: 'witness_failed', ...of, claim: 'a change', check: 'nothing changed' }),
    () => started().done('T1'),
  ],
  'verification-failed': [() => verified(started().done('T1'), false), () => verified(started().done('T1'), true)],
  'verify-not-runnable': [() => notRun('not finished after 10 min', null), () => notRun('exit code 1', 1)],
  'flaky-verification': [
    () => {
      const story = verified(started().done('T1'), false).started('T1', 2).tell({
        event: 'attempt_finished',
        task: 'T1',
        attempt: 2,
        ending: 'done',
        reason: '',
        exit_code: 0,
        commit: 'c',
        tree: 't-T1-1',
        files_changed: 1,
      });
      return story.verified('T1', true, { checks: 'c', attempt: 2, tree: 't-T1-1' });
    },
    () => verified(verified(started().done('T1'), false).started('T1', 2).done('T1', 2), true, 'c', 2),
  ],
  'failure-loop': [() => rejected(3), () => rejected(3, 'lost between')],
  'task-given-up': [
    () => ended('failed').tell({ event: 'task_failed', task: 'T1', reason: 'no attempt left' }),
    () => ended('failed'),
  ],
  'unclean-sub-plan': [() => planning(false), () => planning(true)],
  'unproven-landing': [() => landed(NO_CHECKS), () => landed('c')],
  'merge-conflict': [() => conflicts(1), () => conflicts(0)],
  'broken-together': [
    () => landing().verified('T1', false, { checks: 'c', tree: 'l-tree' }),
    () => verified(started().done('T1'), false),
  ],
  'merge-thrash': [() => conflicts(3), () => conflicts(2)],
  'stale-evidence': [() => landed('c', 'another tree'), () => landed('c')],
  'branch-displaced': [
    () => fresh().tell({ event: 'branch_moved', branch: 'b', from: 'base', to: null, forward: false }),
    () => fresh().tell({ event: 'branch_moved', branch: 'b', from: 'base', to: 'x', forward: true }),
  ],
  'repository-tampered': [
    () => fresh().tell({ event: 'repository_tampered', files: ['hooks/post-merge'], now: {} }),
    () => fresh().tell({ event: 'repository_fingerprinted', files: { config: 'b' } }),
  ],
  'branch-broken': [() => branchVerified(false), () => branchVerified(true)],
  'finish-refused': [
    () => fresh().tell({ event: 'finish_refused', choice: 'merge', reason: 'not a fast-forward', hint: '' }),
    () => fresh().tell(gate('finish')),
  ],
  'limit-reached': [() => parked(1), () => parked(1, null)],
  'limit-loop': [() => parked(3), () => parked(2)],
  'circuit-open': [() => parked(1, null), () => parked(1)],
  'degraded-agent': [
    () => fresh().tell({ event: 'agent_degraded', role: 'implement', from: 'worker', to: 'codex', why: 'not found' }),
    () => fresh().tell({ event: 'agent_restored', role: 'implement', agent: 'worker' }),
  ],
  'budget-exhausted': [() => fresh().tell(gate('budget:T1')), () => fresh().tell(gate('branch'))],
  'interrupted-run': [() => started().tell({ event: 'recovered', attached: ['T1#1'], adopted: [], lost: [] }), started],
  'left-behind': [() => fresh().tell({ event: 'leftovers_ended', processes: ['git (process 7)'] }), fresh],
  'machine-short': [() => fresh().tell({ event: 'dispatch_paused', why: 'memory', detail: 'd' }), fresh],
  'torn-log': [() => fresh().tell({ event: 'log_repaired', cut_bytes: 12, kept_in: 'x' }), fresh],
  'clock-back': [() => jump(-3_600_000), () => jump(-2_000)],
  'review-did-not-run': [() => skipped('no-reviewer'), () => skipped('nothing-changed')],
  'review-loop': [() => judged(3, 'request-changes'), () => judged(2, 'request-changes')],
  'stale-review': [() => stale(false), () => stale(true)],
  'meddling-reviewer': [() => see(reviewing(), { event: 'review_discarded', ...of, paths: ['a'] }), () => reviewing()],
  'doctored-change': [() => examined('rejected'), () => examined('warned')],
  'tests-as-they-were': [
    () => see(started().done('T1'), oldTests({})),
    () =>
      started()
        .done('T1')
        .tell(oldTests({ allowed: true })),
  ],
  'silent-loss': [() => see(started(), { event: 'loss_found', ...of, losses: [] }), () => conflicts(1)],
  'vanished-worktree': [
    () => see(started(), { event: 'worktree_vanished', ...of, failure: 'vanished', how: 'missing', snapshot: null }),
    started,
  ],
  'not-in-snapshot': [
    () => see(started(), { event: 'snapshot_skipped', ...of, why: 'large', paths: ['a.bin'], count: 1 }),
    () => started().tell({ event: 'snapshot_taken', ...of, commit: 'c', ref: 'refs/snap' }),
  ],
  'checkout-changed': [
    () => see(started(), { event: 'checkout_changed', attempts: ['T1#1'], paths: ['a'], count: 1 }),
    () => started().tell({ event: 'snapshot_taken', ...of, commit: 'c', ref: 'refs/snap' }),
  ],
  'setup-failed': [() => setUp(false), () => setUp(true)],
  'teardown-failed': [() => tornDown(false), () => tornDown(true)],
  'dropped-train': [
    () => see(trained(), { event: 'train_dropped', train: 1, reason: 'the branch moved' }),
    () => trained(),
  ],
  'task-circuit-open': [
    () =>
      see(fresh().tell(gate('circuit:T1')), {
        event: 'circuit_opened',
        task: 'T1',
        signature: 's',
        count: 3,
        what: 'npm test',
        agents: ['worker'],
      }),
    () => fresh().tell(gate('circuit:T1')),
  ],
  anomaly: [() => fresh().tell({ event: 'anomaly', what: 'w', detail: 'd' }), fresh],
  'rejected-sub-plan': [
    () => planning(true).tell({ event: 'subplan_rejected', task: 'T1', by: 'me', reason: 'too coarse' }),
    () => planning(true),
  ],
  'reopened-task': [
    () =>
      ended('failed')
        .tell({ event: 'task_failed', task: 'T1', reason: 'r' })
        .tell({ event: 'task_reopened', task: 'T1', by: 'me' }),
    () => ended('failed').tell({ event: 'task_failed', task: 'T1', reason: 'r' }),
  ],
  'kept-unfinished': [
    () => started().tell({ event: 'snapshot_taken', ...of, commit: 'c', ref: 'refs/snap' }),
    () => started().done('T1'),
  ],
};
describe('failure classes', () => {
  test('every one has a case that shows it and one that comes near', () => {
    expect(Object.keys(CASES).sort()).toEqual(RUN_FAILURES.map(({ id }) => id).sort());
  });

  test.each(Object.entries(CASES))('%s', (id, [shows, near]) => {
    const rows = failureRows(shows().state);
    expect(rows.map((row) => row.class)).toContain(id);
    const row = rows.find((one) => one.class === id);
    expect(row?.what).not.toBe('');
    expect(row?.recovery).toMatch(/\.$/);
    expect(row?.type.length).toBeGreaterThan(0);
    expect(failureRows(near().state).map((one) => one.class)).not.toContain(id);
  });
});

test('every contract that attempts are made under is known', () => {
  const ids = [...ATTEMPT_CONTRACTS, ...REVIEW_CONTRACTS].map(({ id }) => id.replace(/\.v\d+$/, ''));
  expect(ids.filter((id) => !ATTEMPTED.includes(id))).toEqual([]);
});

describe('recurrences', () => {
  test('of one failure are one row with a count, first and last', () => {
    const story = rejected(2);
    const rows = failureRows(story.state);
    expect(rows).toMatchObject([{ class: 'verification-failed', count: 2, task: 'T1' }]);
    expect(rows[0]?.last).toBeGreaterThan(rows[0]?.first ?? Infinity);
  });

  test('have the same signature in another run, whatever hashes they name', () => {
    expect(signatureOf({ class: 'x', of: 'tree deadbeef12 of a' })).toBe(
      signatureOf({ class: 'x', of: 'tree 0123456789 of a' }),
    );
    expect(signatureOf({ class: 'x', of: 'a' })).not.toBe(signatureOf({ class: 'y', of: 'a' }));
  });

  test('settle when the task is merged, and leave the board', () => {
    const story = verified(started().done('T1'), false);
    expect(boardOf(story.state).failures).toMatchObject([{ class: 'verification-failed', settled: false }]);
    story.started('T1', 2).done('T1', 2);
    verified(story, true, 'c', 2)
      .tell({ event: 'merge_started', task: 'T1', attempt: 2, base: 'base', commit: 'l', tree: 't-T1-2' })
      .tell({
        event: 'merge_finished',
        task: 'T1',
        attempt: 2,
        base: 'base',
        commit: 'l',
        tree: 't-T1-2',
        adopted: false,
      });
    expect(boardOf(story.state).failures).toBeUndefined();
    expect(failureRows(story.state)).toMatchObject([{ class: 'verification-failed', settled: true }]);
  });

  test('are bounded: a run that goes wrong in a thousand ways keeps some hundred', () => {
    const story = fresh();
    for (let i = 0; i < 1000; i++)
      story.tell({ event: 'anomaly', what: `way ${String.fromCharCode(97 + (i % 26))}${i}x`, detail: '' });
    const rows = failureRows(story.state);
    expect(rows.length).toBeLessThan(320);
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
  });
});
