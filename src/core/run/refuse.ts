import { err, type Result } from '../base/result.ts';
import type { RunEvent } from './event.ts';
import type { Refusal } from './request.ts';
import type { RunState } from './state.ts';

/** Nothing is asked of a run that is over. */
export function over(state: RunState): Result<RunEvent[], Refusal> {
  return refuse(`the run is over: ${state.outcome ?? ''}`, `masterplan status ${state.slug}`);
}

/** No, and what to do instead. */
export function refuse(message: string, hint: string): Result<RunEvent[], Refusal> {
  return err({ message, hint });
}
