import { assert } from '../../base/assert.ts';
import type { RecordedEvent } from '../event.ts';
import { withdraw } from '../amend/leaving.ts';
import { dropReady } from '../schedule.ts';
import { known } from '../under-way.ts';
import type { RunState } from '../state.ts';
import { landed } from './landed.ts';

type Of<N extends RecordedEvent['event']> = Extract<RecordedEvent, { event: N }>;

/** The run comes from elsewhere. */
export function runImported(state: RunState, event: Of<'run_imported'>): void {
  assert(state.tasks.length > 0 && state.approved === undefined, 'a run is imported when it is created');
  state.imported = { kind: event.kind, from: event.from };
}

/** What a task was found to be. One that is done counts as merged, with no attempt of ours. */
export function taskTakenOver(state: RunState, event: Of<'task_taken_over'>, at: number): void {
  const task = known(state, event.task);
  assert(
    task.progress.status === 'pending' && task.attempts.length === 0,
    () => `${event.task} cannot be taken over: it is ${task.progress.status}`,
  );
  task.takenOver = { verdict: event.verdict, evidence: event.evidence };
  if (event.verdict === 'possibly_done') return;
  if (event.verdict === 'waived') {
    const reason = event.evidence[0]?.what ?? 'it was waived before the import';
    return withdraw(state, task, { to: 'waived', by: event.by ?? state.imported?.from ?? '', reason }, at);
  }
  const position = state.schedule.index[event.task] as number;
  dropReady(state.schedule, position);
  task.progress = { status: 'merged', attempt: 0, commit: event.commit, at };
  landed(state, position);
}
