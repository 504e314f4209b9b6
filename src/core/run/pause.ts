import type { Gate, RunState } from './state.ts';

/** Name of the gate that a paused run waits at: it is opened by a person and closed by one. */
export const PAUSE_GATE = 'pause';

/** The gate of a run that a person paused: nothing new starts and nothing is decided by itself until it is answered. */
export function pausedAt(state: RunState): Gate | undefined {
  return state.gates.find(({ id }) => id === PAUSE_GATE);
}
