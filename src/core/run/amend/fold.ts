import type { RecordedEvent, EventName } from '../event.ts';
import type { RunState } from '../state.ts';
import { known } from '../under-way.ts';
import { withdraw } from './leaving.ts';

type Of<N extends EventName> = Extract<RecordedEvent, { event: N }>;

/** A person said that a task, or one criterion of it, needs no proof. */
export function taskWaived(state: RunState, { task: id, by, reason, criterion }: Of<'task_waived'>, at: number): void {
  const task = known(state, id);
  if (criterion !== undefined) {
    (state.waivers ??= []).push({ task: id, criterion, by, reason, at });
    return;
  }
  withdraw(state, task, { to: 'waived', by, reason }, at);
}

/** A person has something to say to whoever works on the task next. */
export function taskAdvised(state: RunState, { task: id, advice }: Of<'task_advised'>): void {
  const task = known(state, id);
  task.circuit = { from: 0, ...task.circuit, advice };
}
