import type { Board } from '../core/views/board.ts';
import type { Change, Point, Step } from '../core/views/replay.ts';

/** What of a log is asked for. */
export interface ReplayRequest {
  readonly slug: string;
  /** The state after this event; with `diff` the two ends. */
  readonly at?: number;
  readonly diff?: readonly [number, number];
  /** Only steps from here, up to there. */
  readonly from?: number;
  readonly to?: number;
}

/** What a log tells. */
export interface ReplayAnswer {
  readonly slug: string;
  /** Events of the log. */
  readonly events: number;
  /** Each event of the stretch that was asked for; with `at` the few around it, with `diff` none. */
  readonly steps: readonly Step[];
  readonly point?: Point;
  readonly board?: Board;
  readonly changes?: readonly Change[];
  /** Of a bundle of an older tool: its points are what its log tells, and no more. */
  readonly legacy?: {
    readonly schema: string;
    /** Where it is, relative to the repository. */
    readonly bundle: string;
    /** What nobody can know of its points, and why. */
    readonly notes: readonly string[];
    /** What its state says otherwise than the whole of its log. */
    readonly beyond: readonly Change[];
  };
}

/** Events that are shown around the one that is asked for. */
export const AROUND = 3;
