import { assert } from '../base/assert.ts';
import { hold } from './amend/hold.ts';
import type { RecordedEvent } from './event.ts';
import { leaveTrain } from './queue/fold.ts';
import { closeReviewGate, decided, type Follows, isStale } from './review/fold.ts';
import { drop, makeReady } from './schedule.ts';
import { lastAttempt, lastWork, taskOf, type RunState, type TaskState } from './state.ts';
import { attemptOf, known, name } from './under-way.ts';

/* Where a task goes next: forward to the merge queue, or back to an agent. */

/** What a verdict, a skip or a person's decision means for the task. */
export function follow(state: RunState, task: TaskState, follows: Follows, at: number): void {
  if (follows === 'stays') return;
  closeReviewGate(state, task.task.id);
  if (follows === 'back') reopen(state, task);
  else enqueue(state, task, at);
}

/** Puts verified work, reviewed where that is asked for, into the merge queue. */
export function enqueue(state: RunState, task: TaskState, at: number): void {
  const { progress } = task;
  assert(
    progress.status === 'verifying' || progress.status === 'reviewing',
    () => `${task.task.id} is ${progress.status}, and cannot join the merge queue`,
  );
  // A document goes to whoever approves it; it never lands.
  if (task.task.authors !== undefined) return toApproval(state, task, at);
  task.progress = { status: 'merging', attempt: progress.attempt, work: progress.work, since: at };
  state.queue.push(task.task.id);
}

/** What a task wrote waits for whoever approves it. */
export function toApproval(state: RunState, task: TaskState, at: number): void {
  const position = state.schedule.index[task.task.id] as number;
  const attempt = lastWork(task)?.number ?? task.attempts.length;
  drop(state.schedule.active, position);
  task.progress = { status: 'planned', attempt, since: at };
  state.schedule.planned.push(position);
}

/** Reviewed work would land with other files than were reviewed: where that is asked for, it is reviewed as it would land. */
export function reviewAgain(
  state: RunState,
  event: Extract<RecordedEvent, { event: 'review_stale' }>,
  at: number,
): void {
  const task = known(state, event.task);
  const { progress } = task;
  assert(progress.status === 'merging', () => `${name(event)} is not in the merge queue`);
  if (!isStale(task, event)) return;
  const { base, commit, tree } = event;
  task.progress = { status: 'reviewing', attempt: progress.attempt, work: { base, commit, tree }, since: at };
  state.queue = state.queue.filter((id) => id !== event.task);
  leaveTrain(state, event.task);
}

/** A person decides about a review. */
export function answerReview(
  state: RunState,
  gate: string,
  answer: string,
  note: string | undefined,
  at: number,
): void {
  const task = taskOf(state, gate.slice('review:'.length));
  if (task !== undefined) follow(state, task, decided(task, answer, note), at);
}

/** A review begins. */
export function startReview(
  state: RunState,
  event: Extract<RecordedEvent, { event: 'attempt_started' }>,
  at: number,
): void {
  const task = known(state, event.task);
  const { progress } = task;
  assert(
    progress.status === 'reviewing' && progress.reviewer === undefined && event.reviews !== undefined,
    () => `${event.task} is ${progress.status}, and not waiting for a review`,
  );
  assert(event.attempt === task.attempts.length + 1, () => `${name(event)} follows ${task.attempts.length} attempts`);
  task.attempts.push({ ...attemptOf(event, at), subject: event.reviews });
  task.progress = { ...progress, reviewer: event.attempt };
}

/** The task waits for an agent again. */
export function reopen(state: RunState, task: TaskState): void {
  // Whoever approved what goes back approved something else than what will come.
  if (task.review !== undefined) task.review.pass = undefined;
  const position = state.schedule.index[task.task.id] as number;
  task.progress = { status: 'pending' };
  state.queue = state.queue.filter((id) => id !== task.task.id);
  leaveTrain(state, task.task.id);
  drop(state.schedule.active, position);
  if (task.holder === undefined) makeReady(state.schedule, position);
  else hold(state, task, task.holder, state.updated);
}

/** The worktree of the last attempt can be removed. */
export function markUntidy(state: RunState, task: TaskState): void {
  const position = state.schedule.index[task.task.id] as number;
  if (lastAttempt(task)?.worktree === 'open' && !state.schedule.untidy.includes(position))
    state.schedule.untidy.push(position);
}
