import { duration } from '../../core/base/time.ts';

/** Environment variable of every verify command of a run, by which a new owner finds what an earlier one left running. */
export const VERIFIES = 'MASTERPLAN_VERIFIES';

/** Why a command did not pass, in words. `limit` is its time-out in milliseconds. */
export function reasonOf(
  finished: { readonly ended: string; readonly code: number | undefined; readonly signal: string | undefined },
  limit: number,
): string {
  if (finished.ended === 'timeout') return `not finished after ${duration(limit)}`;
  if (finished.ended === 'not-started') return 'could not be started';
  if (finished.code === undefined) return `ended by ${finished.signal ?? 'a signal'}`;
  return `exit code ${finished.code}`;
}
