import { assert } from '../base/assert.ts';
import { attemptName } from './event.ts';
import { taskOf, type Attempt, type RunState, type TaskState } from './state.ts';

/** The task of that id, which the plan must have. */
export function known(state: RunState, id: string): TaskState {
  const task = taskOf(state, id);
  assert(task !== undefined, () => `the plan has no task ${id}`);
  return task;
}

/** Statuses in which the attempt that led to them is over. */
const SETTLED: readonly string[] = ['merged', 'planned', 'unfolded'];

/** The task and attempt that an event speaks of, which must be the one that the task is on. */
export function current(
  state: RunState,
  id: string,
  attempt: number,
): { task: TaskState; attempt: Attempt; at: number } {
  const task = known(state, id);
  const progress = task.progress;
  assert(
    'attempt' in progress &&
      (progress.attempt === attempt || ('reviewer' in progress && progress.reviewer === attempt)) &&
      !SETTLED.includes(progress.status),
    () => `${attemptName(id, attempt)} is not under way`,
  );
  return { task, attempt: task.attempts[attempt - 1] as Attempt, at: state.schedule.index[id] as number };
}

/** The same, of an attempt whose agent has to be at work. */
export function working(state: RunState, id: string, attempt: number): { task: TaskState; attempt: Attempt } {
  const found = current(state, id, attempt);
  const { progress } = found.task;
  assert(
    progress.status === 'working' || (progress.status === 'reviewing' && progress.reviewer === attempt),
    () => `${attemptName(id, attempt)} is ${progress.status}, not working`,
  );
  return found;
}

/** `T3#2`, of an event that speaks of an attempt. */
export function name(event: { readonly task: string; readonly attempt: number }): string {
  return attemptName(event.task, event.attempt);
}
