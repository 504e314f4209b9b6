import { makeReady } from '../schedule.ts';
import type { RunState } from '../state.ts';

/** A task is merged: whoever needs it is one need closer to its start. */
export function landed(state: RunState, position: number): void {
  state.schedule.merged++;
  for (const dependent of state.schedule.dependents[position] ?? []) {
    const left = (state.schedule.unmet[dependent] as number) - 1;
    state.schedule.unmet[dependent] = left;
    if (left === 0 && state.tasks[dependent]?.progress.status === 'pending') makeReady(state.schedule, dependent);
  }
}
