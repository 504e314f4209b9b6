import type { EventName, RecordedEvent } from '../event.ts';
import type { RunState } from '../state.ts';
import type { FailureGroup } from './group.ts';

/** What a detector saw go wrong, once. */
export interface Occurrence {
  /** What it is about beside its class, so that recurrences are told apart from others: an agent, a command, a lane, a gate. */
  readonly of: string;
  /** One line for people. */
  readonly what: string;
  readonly task?: string;
}

/** What a detector may look at beside the event, which is folded already. */
export interface Seen {
  readonly state: RunState;
  /** Time of the event before, milliseconds since 1970. */
  readonly before: number;
  /** Time of this one. */
  readonly at: number;
  /** Short memory of the detectors, part of the state. Whoever writes a key removes it when it can mean nothing any more. */
  readonly notes: Record<string, string>;
}

type Detect = {
  readonly [N in EventName]?: (event: Extract<RecordedEvent, { event: N }>, seen: Seen) => Occurrence | undefined;
};

/** A named way in which a run goes wrong. */
export interface FailureSpec {
  /** Never changes: logs of stats and fingerprints hold it. */
  readonly id: string;
  readonly about: string;
  /** What its recovery is, in one sentence. */
  readonly recovery: string;
  /** The class of the seed that it takes the place of. */
  readonly seed?: number;
  readonly detect: Detect;
  /** Commands worth typing; `explain` of its task, or `status`, without it. */
  readonly type?: (group: FailureGroup, slug: string) => readonly string[];
  /** Whether it needs nobody any more. Without it: when the task that it is about is merged. */
  readonly settled?: (group: FailureGroup, state: RunState) => boolean;
}
