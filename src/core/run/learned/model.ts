/** Where a lesson came from, roughly: each kind is taken from a run in one way (take.ts), `added` by a person. */
export const LEARNED_KINDS = [
  'mended',
  'setup',
  'flaky',
  'conflict',
  'finding',
  'answer',
  'deviation',
  'decision',
  'pattern',
  'added',
] as const;
export type LearnedKind = (typeof LEARNED_KINDS)[number];

/** One thing that runs of this repository, or a person, learned. A line or short block of `learned.md`. */
export interface Learned {
  /** `L` and eight hex digits: the same thing learned again has the same. */
  readonly id: string;
  readonly kind: LearnedKind;
  /** `2026-11-22`, the last time; `''`: nobody said. */
  readonly day: string;
  /** In how many runs. */
  readonly times: number;
  readonly text: string;
  /** Run, attempt and event, or who added it. */
  readonly from: string;
  /** Scope entries that it is about. */
  readonly paths: readonly string[];
  /** The command that it is about, on one line; `null`: none. */
  readonly command: string | null;
}
