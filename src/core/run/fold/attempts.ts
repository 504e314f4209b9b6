import { assert } from '../../base/assert.ts';
import type { RecordedEvent, EventName } from '../event.ts';
import { checked, noteDuration } from '../queue/fold.ts';
import { laneOf } from '../lanes.ts';
import { comesUp, cameToNothing } from '../review/fold.ts';
import { returned } from '../amend/hold.ts';
import { arrive } from '../amend/leaving.ts';
import { dropReady } from '../schedule.ts';
import { foldEvidence, OLD_TESTS_LESSON } from '../witnessing.ts';
import { enqueue, markUntidy, reopen } from '../course.ts';
import { resultAsks } from '../policy-gates.ts';
import { attemptOf, current, known, name, working } from '../under-way.ts';
import type { RunState } from '../state.ts';

type Of<N extends EventName> = Extract<RecordedEvent, { event: N }>;

/** An attempt has ended: its work goes on to verification, or its task is open again. */
export function attemptFinished(state: RunState, event: Of<'attempt_finished'>, at: number): void {
  const { task, attempt } = working(state, event.task, event.attempt);
  attempt.ended = { at, ending: event.ending, reason: event.reason };
  markUntidy(state, task);
  const asked = `ask:${name(event)}:`;
  state.gates = state.gates.filter(({ id }) => !id.startsWith(asked));
  if (task.progress.status === 'reviewing') {
    const { reviewer: _, ...rest } = task.progress;
    task.progress = rest;
    if (event.ending === 'done') {
      const lane = state.lanes[laneOf(state.settings, attempt.agent)];
      if (lane !== undefined) lane.tries = 0;
    } else cameToNothing(task, attempt.agent, event.ending);
    arrive(state, task, at);
    return;
  }
  if (event.ending === 'done') {
    const lane = state.lanes[laneOf(state.settings, attempt.agent)];
    if (lane !== undefined) lane.tries = 0;
    assert(event.commit !== undefined && event.tree !== undefined, () => `${name(event)} is done without a commit`);
    const work = { base: attempt.base, commit: event.commit, tree: event.tree };
    if (event.files_changed !== undefined) attempt.changed = event.files_changed;
    if (event.touches !== undefined) attempt.touches = event.touches;
    if (arrive(state, task, at)) return;
    task.progress = { status: 'verifying', attempt: event.attempt, work, since: at };
    return;
  }
  if (event.ending === 'lost') task.losses++;
  else if (event.ending !== 'cancelled' && event.ending !== 'limited' && event.ending !== 'unready') task.failures++;
  // What kept an agent from starting is nothing that the next one should know.
  if (task.leaving === undefined && event.ending !== 'unready') attempt.lesson ??= { what: event.reason, paths: [] };
  if (arrive(state, task, at)) return;
  return reopen(state, task);
}

/** A task is under way. */
export function attemptStarted(
  state: RunState,
  event: Extract<RecordedEvent, { event: 'attempt_started' }>,
  at: number,
): void {
  const task = known(state, event.task);
  const position = state.schedule.index[event.task] as number;
  const waits = event.person === undefined ? 'pending' : 'attached';
  assert(task.progress.status === waits, () => `${event.task} is ${task.progress.status}, not ${waits}`);
  assert(state.schedule.unmet[position] === 0, () => `${event.task} started before its needs were merged`);
  assert(event.attempt === task.attempts.length + 1, () => `${name(event)} follows ${task.attempts.length} attempts`);
  task.attempts.push(attemptOf(event, at));
  task.progress = { status: 'working', attempt: event.attempt };
  dropReady(state.schedule, position);
  state.schedule.active.push(position);
  if (event.person !== undefined) returned(state, task, event.person);
}

/** A verification has ended. Of a tree of a train it sends nobody back by itself. */
export function verificationFinished(state: RunState, event: Of<'verification_finished'>, at: number): void {
  const { task, attempt } = current(state, event.task, event.attempt);
  noteDuration(state, event);
  foldEvidence(attempt, event);
  // Who is to blame for a train is found out before anybody is sent back.
  if (event.train !== undefined) return checked(state, event, at);
  if (event.passed) {
    const key = `${event.tree}:${event.checks}`;
    if (!state.verified.includes(key)) state.verified.push(key);
    if (task.progress.status === 'verifying') {
      if (state.settings?.review === undefined && resultAsks(state, task) === undefined)
        return enqueue(state, task, at);
      task.progress = { ...task.progress, status: 'reviewing', since: at };
      comesUp(task);
    }
    return;
  }
  attempt.ended = { at, ending: 'rejected', reason: 'verification failed' };
  attempt.lesson = {
    what:
      event.old_tests !== undefined
        ? OLD_TESTS_LESSON
        : task.progress.status === 'merging'
          ? 'on top of what landed meanwhile, a verify command failed'
          : 'a verify command failed',
    paths: [],
    ...(event.failed === undefined ? {} : { check: event.failed }),
  };
  task.failures++;
  return reopen(state, task);
}
