import type { Severity } from './finding.ts';

/** How reviews are done in a run. Without it there are none. */
export interface ReviewSettings {
  /** `on`: reviewed before it lands; `required`: nothing lands that was neither reviewed nor let pass by a person. */
  readonly mode: 'on' | 'required';
  /** Reviews of one task before a person decides. */
  readonly rounds: number;
  /** What happens when no reviewer of another vendor can be had. */
  readonly fallback: 'same_vendor' | 'skip' | 'ask';
  /** The least severity that keeps a change from landing. */
  readonly hold: Severity;
  /** Tries of one reviewer on one piece of work before it counts as none. */
  readonly tries: number;
  /** Milliseconds that a limit of the other vendor's account is waited for before the fall-back. */
  readonly patience: number;
  /** Bytes of the diff that the brief quotes; the worktree has all of it. */
  readonly diff: number;
}

/** The settings of a run's reviews where the configuration says no more than `on`. */
export const REVIEW_DEFAULTS: ReviewSettings = {
  mode: 'on',
  rounds: 2,
  fallback: 'skip',
  hold: 'medium',
  tries: 2,
  patience: 15 * 60_000,
  diff: 200_000,
};
