import type { Lease } from '../environment/lease.ts';
import type { FailedCheck } from './failed-check.ts';

/** A command of a set-up or teardown that failed. */
export interface FailedSetup extends FailedCheck {
  /** The file that asks for it: `.masterplan.yaml`, or the set-up file of another tool. */
  readonly from: string;
}

interface OfAttempt {
  readonly task: string;
  readonly attempt: number;
}

/** What a log can hold of the environments of attempts; a part of `RunEvent`. */
export type EnvironmentEvent =
  /** The worktree is about to be made ready: what it leases is taken, and its commands begin. */
  | (OfAttempt & { readonly event: 'setup_started'; readonly lease: Lease; readonly commands: readonly string[] })
  | (OfAttempt & {
      readonly event: 'setup_finished';
      readonly passed: boolean;
      /** Files that were copied from the user's work tree, or made, by their paths. */
      readonly copied: readonly string[];
      readonly made: readonly string[];
      /** Directories that were taken over from the user's work tree. */
      readonly shared?: readonly string[];
      readonly duration_ms: number;
      readonly failed?: FailedSetup;
    })
  /** Files that the attempt made beside its work are kept in the bundle. */
  | (OfAttempt & {
      readonly event: 'artefacts_collected';
      /** Relative to the bundle. */
      readonly directory: string;
      /** The first fifty, relative to the worktree. */
      readonly files: readonly string[];
      readonly count: number;
      readonly bytes: number;
      /** Too many, too large, or no files. */
      readonly left_out: number;
    })
  /** What the set-up began is cleared up, and what was leased is free again. */
  | (OfAttempt & { readonly event: 'teardown_finished'; readonly passed: boolean; readonly failed?: FailedSetup });
