import type { ReviewFinding } from './finding.ts';
import type { ReviewerKind } from './ledger.ts';

interface OfAttempt {
  readonly task: string;
  readonly attempt: number;
}

/** What happens at reviews, beside that they are attempts. */
export type ReviewEvent =
  /** A review came to a verdict: ours, by its findings and what their checks showed. `attempt` is the review's own. */
  | (OfAttempt & {
      readonly event: 'review_finished';
      /** Number of the attempt that was judged, its work and the round. */
      readonly reviews: number;
      readonly base: string;
      readonly commit: string;
      readonly tree: string;
      readonly round: number;
      readonly agent: string;
      readonly how: ReviewerKind;
      readonly verdict: 'approve' | 'request-changes';
      /** What the reviewer itself said. */
      readonly said: 'approve' | 'request-changes';
      readonly summary: string;
      /** All findings of the task, those of earlier rounds included. */
      readonly findings: readonly ReviewFinding[];
      readonly rows: readonly { readonly id: string; readonly verdict: string }[];
    })
  /** Work goes on without a review. */
  | (OfAttempt & {
      readonly event: 'review_skipped';
      readonly tree: string;
      readonly why: 'nothing-changed' | 'no-reviewer';
      readonly reason: string;
    })
  /** Carried onto what landed meanwhile, files of the change are others than those that were reviewed. */
  | (OfAttempt & {
      readonly event: 'review_stale';
      /** The tree that was reviewed, and what would land instead. */
      readonly reviewed: string;
      readonly base: string;
      readonly commit: string;
      readonly tree: string;
      readonly paths: readonly string[];
      /** It is reviewed again; if not, this is only told. */
      readonly again: boolean;
    })
  /** A reviewer changed its worktree: what it wrote is kept under a ref, and goes nowhere. */
  | (OfAttempt & { readonly event: 'review_discarded'; readonly paths: readonly string[] });
