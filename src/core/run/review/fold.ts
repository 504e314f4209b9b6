import { assert } from '../../base/assert.ts';
import { attemptName, type RunEvent } from '../event.ts';
import type { Attempt, RunState, TaskState } from '../state.ts';
import { emptyLedger, reviewGate, type ReviewLedger } from './ledger.ts';
import { REVIEW_DEFAULTS } from './settings.ts';

type Of<N extends RunEvent['event']> = Extract<RunEvent, { event: N }>;

/** What follows for the task: it goes on to the merge queue, goes back to an agent, or stays where it is. */
export type Follows = 'merging' | 'back' | 'stays';

/** The ledger of a task, made when there was none. */
export function ledgerOf(task: TaskState): ReviewLedger {
  task.review ??= emptyLedger();
  return task.review;
}

/** Verified work comes up for review: whatever was said of other work is no longer about this. */
export function comesUp(task: TaskState): void {
  const ledger = ledgerOf(task);
  ledger.pass = undefined;
  ledger.tries = {};
  ledger.stale = 0;
  ledger.mixed = undefined;
}

/** Files of reviewed work are others than they were, where it would land. */
export function isStale(task: TaskState, event: Of<'review_stale'>): boolean {
  const ledger = ledgerOf(task);
  ledger.mixed = event.tree;
  if (!event.again) return false;
  ledger.pass = undefined;
  ledger.tries = {};
  ledger.stale++;
  return true;
}

/** A review ended without a verdict. Being stopped, and limits of an account, are nobody's fault. */
export function cameToNothing(task: TaskState, agent: string, ending: Of<'attempt_finished'>['ending']): void {
  if (ending === 'cancelled' || ending === 'limited' || ending === 'unready') return;
  const tries = ledgerOf(task).tries;
  const known = tries[agent] ?? { failed: 0, lost: 0 };
  tries[agent] = ending === 'lost' ? { ...known, lost: known.lost + 1 } : { ...known, failed: known.failed + 1 };
}

/** A round is concluded. */
export function concluded(state: RunState, task: TaskState, event: Of<'review_finished'>): Follows {
  const judged = judgedBy(task, event.reviews);
  const ledger = ledgerOf(task);
  ledger.rounds++;
  ledger.findings = event.findings;
  for (const { id, verdict } of event.rows)
    ledger.rows = { ...ledger.rows, [id.toUpperCase()]: { verdict, agent: event.agent } };
  ledger.tries = {};
  ledger.past.push({
    round: event.round,
    review: event.attempt,
    attempt: event.reviews,
    agent: event.agent,
    how: event.how,
    base: event.base,
    commit: event.commit,
    tree: event.tree,
    verdict: event.verdict,
    summary: event.summary,
    named: event.findings.filter(({ round }) => round === event.round).length,
  });
  if (event.verdict === 'approve') {
    // The bound is for disagreement: whoever comes back later, for another reason, begins anew.
    ledger.rounds = 0;
    ledger.pass = { by: 'review', attempt: event.reviews, tree: event.tree, how: event.how };
    return 'merging';
  }
  if (ledger.rounds >= (state.settings?.review ?? REVIEW_DEFAULTS).rounds) return 'stays';
  sendBack(judged, 'the review asks for changes');
  return 'back';
}

/** Nobody reviewed it, and it goes on all the same. */
export function skipped(task: TaskState, event: Of<'review_skipped'>): Follows {
  judgedBy(task, event.attempt);
  const { attempt, tree, reason, why } = event;
  ledgerOf(task).pass = { by: 'skip', attempt, tree, reason, nothing: why === 'nothing-changed' };
  return 'merging';
}

/** A person decided at the gate of a review. */
export function decided(task: TaskState, answer: string, note: string | undefined): Follows {
  const { progress } = task;
  if (progress.status !== 'reviewing') return 'stays';
  const ledger = ledgerOf(task);
  const judged = judgedBy(task, progress.attempt);
  switch (answer) {
    case 'accept':
      ledger.pass = { by: 'person', attempt: progress.attempt, tree: progress.work.tree };
      return 'merging';
    case 'send-back':
    case 'block':
      ledger.rounds = 0;
      ledger.advice = note;
      sendBack(
        judged,
        answer === 'block' ? 'a person stopped it at its review' : 'a person sent it back from its review',
      );
      return 'back';
    case 'retry':
      ledger.tries = {};
      ledger.stale = 0;
      return 'stays';
    default:
      return 'stays';
  }
}

/** Notes what the implementer says against findings: those that it disputes wait for the reviewer's answer. */
export function disputed(
  task: TaskState,
  disputes: readonly { readonly finding: string; readonly argument: string }[],
): void {
  if (task.review === undefined) return;
  task.review.findings = task.review.findings.map((one) => {
    const said = disputes.find(({ finding }) => finding.toUpperCase() === one.id);
    if (said === undefined || (one.fate !== 'open' && one.fate !== 'disputed')) return one;
    return { ...one, fate: 'disputed', argument: said.argument.slice(0, 1000) };
  });
}

function sendBack(judged: Attempt, what: string): void {
  judged.ended = { at: judged.ended?.at ?? judged.started, ending: 'rejected', reason: what };
  judged.lesson = { what, paths: [] };
  judged.sentBack = true;
}

/** The attempt that is under review, which must be the one that an event speaks of. */
function judgedBy(task: TaskState, attempt: number): Attempt {
  const { progress } = task;
  assert(
    progress.status === 'reviewing' && progress.attempt === attempt,
    () => `${attemptName(task.task.id, attempt)} is not under review`,
  );
  return task.attempts[attempt - 1] as Attempt;
}

/** Closes the gate at which a person would have decided. */
export function closeReviewGate(state: RunState, task: string): void {
  const gate = reviewGate(task);
  if (state.gates.some(({ id }) => id === gate)) state.gates = state.gates.filter(({ id }) => id !== gate);
}
