import type { ReviewFinding } from './finding.ts';

/** What an attempt judges, when it is a review. */
export interface Subject {
  /** Number of the attempt whose work it is. */
  readonly attempt: number;
  readonly base: string;
  readonly commit: string;
  readonly tree: string;
  readonly round: number;
  /** Whether the reviewer is of another vendor than those who wrote it. */
  readonly how: ReviewerKind;
}

/** Whose the reviewer is: of another vendor, or, as a fall-back, of the same. */
export type ReviewerKind = 'other-vendor' | 'same-vendor';

/** One concluded round. */
export interface Round {
  readonly round: number;
  /** Number of the review's own attempt, and of the one it judged. */
  readonly review: number;
  readonly attempt: number;
  readonly agent: string;
  readonly how: ReviewerKind;
  readonly base: string;
  readonly commit: string;
  readonly tree: string;
  readonly verdict: 'approve' | 'request-changes';
  readonly summary: string;
  /** How many findings it named, whatever became of them. */
  readonly named: number;
}

/** What let a piece of work pass. */
export type Pass =
  | { readonly by: 'review'; readonly attempt: number; readonly tree: string; readonly how: ReviewerKind }
  | { readonly by: 'person'; readonly attempt: number; readonly tree: string }
  | {
      readonly by: 'skip';
      readonly attempt: number;
      readonly tree: string;
      readonly reason: string;
      readonly nothing: boolean;
    };

/** What is known of the reviews of one task. */
export interface ReviewLedger {
  /** Rounds since the task was opened, or sent back by a person: what the bound is for. */
  rounds: number;
  /** Every round that there was. */
  readonly past: Round[];
  findings: readonly ReviewFinding[];
  pass: Pass | undefined;
  /** The last verdict on each row and id that a review was asked about, by its name in capitals. */
  rows?: Record<string, { readonly verdict: string; readonly agent: string }>;
  /** How often each agent failed, or was lost, at reviewing the work that is under review now. */
  tries: Record<string, { failed: number; lost: number }>;
  /** How often what landed meanwhile changed files of reviewed work, since there was new work; and the tree of which that was told. */
  stale: number;
  mixed: string | undefined;
  /** What a person said when sending it back. */
  advice: string | undefined;
}

/** The ledger of a task that nobody has reviewed. */
export function emptyLedger(): ReviewLedger {
  return {
    rounds: 0,
    past: [],
    findings: [],
    pass: undefined,
    tries: {},
    stale: 0,
    mixed: undefined,
    advice: undefined,
  };
}

/** Name of the gate at which a person decides about a review. */
export function reviewGate(task: string): string {
  return `review:${task}`;
}
