import { assert } from '../../base/assert.ts';
import type { RecordedEvent, EventName } from '../event.ts';
import { drop, extendSchedule, makeReady, reschedule } from '../schedule.ts';
import { arrive, beginAnew } from '../amend/leaving.ts';
import { markUntidy } from '../course.ts';
import { known, working } from '../under-way.ts';
import { lastAttempt, taskOf, type RunState, type Subplan, type TaskState } from '../state.ts';

type Of<N extends EventName> = Extract<RecordedEvent, { event: N }>;

/** A planning attempt ended well: its task waits for the approval of what it wrote. */
export function subplanWritten(state: RunState, event: Of<'subplan_written'>, at: number): void {
  const { task, attempt } = working(state, event.task, event.attempt);
  attempt.ended = { at, ending: 'done', reason: '' };
  markUntidy(state, task);
  if (arrive(state, task, at)) return;
  const position = state.schedule.index[event.task] as number;
  const { kind, sha256, clean, tasks } = event;
  task.subplan = { kind, sha256, clean, tasks, open: tasks.length };
  task.progress = { status: 'planned', attempt: event.attempt, since: at };
  drop(state.schedule.active, position);
  state.schedule.planned.push(position);
  return;
}

/** The tasks of a sub-plan join the run. */
export function subplanApproved(state: RunState, event: Of<'subplan_approved'>, at: number): void {
  const { task, subplan } = planned(state, event.task);
  assert(event.sha256 === subplan.sha256, () => `the approval is for another sub-plan of ${event.task}`);
  drop(state.schedule.planned, state.schedule.index[event.task] as number);
  task.progress = { status: 'unfolded', attempt: task.attempts.length, since: at };
  const from = state.tasks.length;
  let again = false;
  for (const one of subplan.tasks) {
    const before = taskOf(state, one.id);
    if (before !== undefined) {
      // Of a sub-plan of which nothing landed, before its task was taken out of the plan and put back.
      const { status } = before.progress;
      const left = status === 'waived' || status === 'dropped';
      assert(before.parent === event.task && left, () => `the plan has a task ${one.id} already`);
      before.task = one;
      beginAnew(before);
      again = true;
      continue;
    }
    state.tasks.push({
      task: one,
      progress: { status: 'pending' },
      attempts: [],
      failures: 0,
      losses: 0,
      parent: event.task,
    });
  }
  extendSchedule(state, from);
  if (again) reschedule(state);
  return;
}

/** A person changed a sub-plan before approving it. */
export function subplanEdited(state: RunState, event: Of<'subplan_edited'>): void {
  const { kind, sha256, clean, tasks } = event;
  planned(state, event.task).task.subplan = { kind, sha256, clean, tasks, open: tasks.length };
  return;
}

/** A person wants another sub-plan: the task is planned again. */
export function subplanRejected(state: RunState, event: Of<'subplan_rejected'>): void {
  const { task } = planned(state, event.task);
  const attempt = lastAttempt(task);
  if (attempt !== undefined) attempt.lesson = { what: event.reason, paths: [] };
  delete task.subplan;
  const position = state.schedule.index[event.task] as number;
  drop(state.schedule.planned, position);
  task.progress = { status: 'pending' };
  makeReady(state.schedule, position);
  return;
}

function planned(state: RunState, id: string): { readonly task: TaskState; readonly subplan: Subplan } {
  const task = known(state, id);
  assert(
    task.progress.status === 'planned' && task.subplan !== undefined,
    () => `${id} is ${task.progress.status}, not planned`,
  );
  return { task, subplan: task.subplan };
}
