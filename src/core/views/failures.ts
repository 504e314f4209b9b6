import { sha256 } from '../base/sha256.ts';
import { failureCalled } from '../run/failures/registry.ts';
import type { FailureGroup } from '../run/failures/group.ts';
import { taskOf, type RunState } from '../run/state.ts';

/** Recurrences of one failure, for every surface. */
export interface FailureRow {
  readonly class: string;
  /** Twelve hexadecimal digits: the same for the same failure in every run and on every machine. */
  readonly signature: string;
  readonly count: number;
  /** The last occurrence. */
  readonly what: string;
  readonly task?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Sequence numbers of the events that showed it first and last. */
  readonly first: number;
  readonly last: number;
  /** Nobody has to do anything about it any more. */
  readonly settled: boolean;
  readonly about: string;
  readonly recovery: string;
  /** What to type. */
  readonly type: readonly string[];
}

/** Everything that went wrong in a run, the last first. */
export function failureRows(state: RunState): FailureRow[] {
  return Object.values(state.failures ?? {})
    .map((group) => rowOf(group, state))
    .sort((a, b) => b.last - a.last || (a.signature < b.signature ? -1 : 1));
}

/** Rows that a board holds. */
const MOST_ROWS = 8;

/** What went wrong and is not settled: at most a handful, the last first. */
export function standingFailures(state: RunState): FailureRow[] {
  if (state.failures === undefined) return [];
  return failureRows(state)
    .filter(({ settled }) => !settled)
    .slice(0, MOST_ROWS);
}

/**
 * The signature of a failure: its class and what it is about, with numbers and hashes left out, so that `T3#1` and
 * `T7#2` with the same trouble are the same trouble. Ids of tasks stay where the class is about a task.
 */
export function signatureOf({ class: id, of }: Pick<FailureGroup, 'class' | 'of'>): string {
  return sha256(`${id}\n${of.replace(/\b[0-9a-f]{7,64}\b/g, '*')}`).slice(0, 12);
}

function rowOf(group: FailureGroup, state: RunState): FailureRow {
  const spec = failureCalled(group.class);
  const { count, what, task, at, first, last } = group;
  const over = state.phase === 'over';
  return {
    class: group.class,
    signature: signatureOf(group),
    count,
    what,
    ...(task === undefined ? {} : { task }),
    at,
    first,
    last,
    settled: over || (spec?.settled?.(group, state) ?? landed(task, state)),
    about: spec?.about ?? 'A class of a newer masterplan.',
    recovery: spec?.recovery ?? '',
    type: spec?.type?.(group, state.slug) ?? [
      task === undefined ? `masterplan status ${state.slug}` : `masterplan explain ${task} --run ${state.slug}`,
    ],
  };
}

function landed(task: string | undefined, state: RunState): boolean {
  const status = task === undefined ? undefined : taskOf(state, task)?.progress.status;
  // What nobody works on any more goes wrong no more.
  return status === undefined || status === 'merged' || status === 'waived' || status === 'dropped';
}
