export interface Clock {
  /** Wall-clock time in milliseconds since 1970, UTC: for stamps in the log. It may jump. */
  now(): number;
  /** Milliseconds since some fixed moment of this process; never goes back. For time-outs and durations. */
  monotonic(): number;
  /** Minutes by which the clock on the wall is ahead of UTC at `now`; absent: not at all. */
  offset?(now: number): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` is aborted. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}
