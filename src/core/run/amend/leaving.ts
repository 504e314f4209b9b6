import { leaveTrain } from '../queue/fold.ts';
import { drop, reschedule } from '../schedule.ts';
import { isAtWork, lastAttempt, lastWork, type Leaving, type RunState, type TaskState } from '../state.ts';
import { hold, letGo } from './hold.ts';
import { isAbout } from './impact.ts';
import { rollUp } from './roll-up.ts';

/** Why its agent is ended, in words. */
export function leavingWords({ to, by }: Leaving): string {
  if (to === 'waived') return `${by} waived the task`;
  if (to === 'attached') return `${by} does the task by hand`;
  return to === 'dropped' ? `${by} took the task out of the plan` : `${by} changed the task`;
}

/**
 * Takes a task out of whatever it is at. An agent that is at work on it is ended first, with its work kept: until its attempt is
 * over the task stays where it is. The questions that were asked about it are over with it.
 */
export function withdraw(state: RunState, task: TaskState, leaving: Leaving, at: number): void {
  const { id } = task.task;
  state.gates = state.gates.filter((gate) => !isAbout(gate.id, id));
  delete state.unready?.[id];
  if (leaving.to === 'waived' || leaving.to === 'dropped') delete task.holder;
  task.leaving = leaving;
  if (!isAtWork(task)) arrive(state, task, at);
}

/** Nobody is at work on the task any more: it goes where it was sent. False: it was not sent anywhere. */
export function arrive(state: RunState, task: TaskState, at: number): boolean {
  const { leaving } = task;
  if (leaving === undefined) return false;
  delete task.leaving;
  const { id } = task.task;
  const position = state.schedule.index[id] as number;
  const last = lastAttempt(task);
  // Nobody goes by the verdict of a reviewer who was at it.
  if (last?.subject !== undefined) last.left = true;
  if (task.review !== undefined) task.review.pass = undefined;
  state.queue = state.queue.filter((one) => one !== id);
  leaveTrain(state, id);
  if (state.foreseen !== undefined) state.foreseen = state.foreseen.filter(({ tasks }) => !tasks.includes(id));
  if (leaving.to === 'verifying' && 'work' in task.progress) {
    const { attempt, work: own } = task.progress;
    task.progress = { status: 'verifying', attempt, work: own, since: at };
    return true;
  }
  const work = lastWork(task);
  // What was done until now is nothing that may land as it is.
  if (work !== undefined) work.left = true;
  drop(state.schedule.active, position);
  drop(state.schedule.planned, position);
  letGo(state, task);
  settle(state, task, leaving, at);
  reschedule(state);
  return true;
}

function settle(state: RunState, task: TaskState, leaving: Leaving, at: number): void {
  if (leaving.to === 'waived') {
    task.progress = { status: 'waived', by: leaving.by, reason: leaving.reason, at };
    rollUp(state, task, at);
  } else if (leaving.to === 'dropped') {
    task.progress = { status: 'dropped', by: leaving.by, at };
  } else if (leaving.to === 'attached' || task.holder !== undefined) {
    hold(state, task, task.holder ?? leaving.by, at);
  } else {
    beginAnew(task);
  }
}

/** A task waits as if nothing had been done for it; its attempts stay, and the next one has the next number. */
export function beginAnew(task: TaskState): void {
  task.progress = { status: 'pending' };
  // It is another task now: what the one before it used up does not count against it.
  task.failures = 0;
  task.losses = 0;
  task.returns = 0;
  if (task.review !== undefined) task.review.rounds = 0;
  delete task.subplan;
  task.circuit = { ...task.circuit, from: task.attempts.length };
}
