/** Recurrences of one failure in a run. Plain data: it is part of the state. */
export interface FailureGroup {
  readonly class: string;
  readonly of: string;
  /** Of the last occurrence, like all that follows but `first`. */
  what: string;
  task?: string;
  count: number;
  /** Sequence number of the event that showed it, the first and the last time. */
  readonly first: number;
  last: number;
  /** Milliseconds since 1970. */
  at: number;
}
