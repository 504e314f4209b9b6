import { rollUp } from '../amend/roll-up.ts';
import { assert } from '../../base/assert.ts';
import type { RecordedEvent, EventName } from '../event.ts';
import { carLanded } from '../queue/fold.ts';
import { drop } from '../schedule.ts';
import { landed } from './landed.ts';
import { reopen } from '../course.ts';
import { current, name } from '../under-way.ts';
import { isOver, taskOf, type RunState } from '../state.ts';

type Of<N extends EventName> = Extract<RecordedEvent, { event: N }>;

/** The merge queue found out that a task fails together with what stands before it. */
export function landingRejected(state: RunState, event: Of<'landing_rejected'>, at: number): void {
  const { task, attempt } = current(state, event.task, event.attempt);
  assert(task.progress.status === 'merging', () => `${name(event)} is not in the merge queue`);
  attempt.ended = { at, ending: 'rejected', reason: 'verification failed' };
  attempt.lesson = {
    what: 'on top of what landed meanwhile, a verify command failed',
    paths: [],
    ...(event.failed === undefined ? {} : { check: event.failed }),
    with: event.with,
  };
  task.returns = (task.returns ?? 0) + 1;
  state.landings.rejected++;
  return reopen(state, task);
}

/** A task conflicts with what landed meanwhile. */
export function mergeConflicted(state: RunState, event: Of<'merge_conflicted'>, at: number): void {
  const { task, attempt } = current(state, event.task, event.attempt);
  attempt.ended = { at, ending: 'rejected', reason: 'conflicts with what landed meanwhile' };
  attempt.lesson = {
    what:
      event.lost === undefined
        ? 'the change conflicts with what landed meanwhile'
        : 'merged with what landed meanwhile, lines of it or of the others would have vanished',
    paths: event.paths,
    with: event.with ?? [],
  };
  task.returns = (task.returns ?? 0) + 1;
  state.landings.rejected++;
  return reopen(state, task);
}

/** A task has landed: whoever needs it is one need closer to its start. */
export function mergeFinished(state: RunState, event: Of<'merge_finished'>, at: number): void {
  const { task, at: position } = current(state, event.task, event.attempt);
  assert(task.progress.status === 'merging', () => `${name(event)} is not in the merge queue`);
  for (const need of task.task.needs) {
    const other = taskOf(state, need);
    assert(other !== undefined && isOver(other), () => `${event.task} landed before ${need}, which it needs`);
  }
  carLanded(state, event, at);
  task.progress = { status: 'merged', attempt: event.attempt, commit: event.commit, at, tree: event.tree };
  state.tip = event.commit;
  state.landed.push({ task: event.task, commit: event.commit });
  state.queue = state.queue.filter((id) => id !== event.task);
  // Evidence for trees of older tips can never be asked for again.
  state.verified = state.verified.filter((key) => key.startsWith(`${event.tree}:`) || isAwaited(state, key));
  drop(state.schedule.active, position);
  landed(state, position);
  const parent = rollUp(state, task, at);
  if (parent !== undefined) landed(state, state.schedule.index[parent.task.id] as number);
  return;
}

function isAwaited(state: RunState, key: string): boolean {
  if (state.trains.some(({ cars }) => cars.some(({ tree }) => key.startsWith(`${tree}:`)))) return true;
  return state.queue.some((id) => {
    const progress = taskOf(state, id)?.progress;
    return (
      progress?.status === 'merging' &&
      (key.startsWith(`${progress.work.tree}:`) || key.startsWith(`${progress.landing?.tree}:`))
    );
  });
}
