/**
 * How the finished branch gets onto the base branch: `fast-forward` moves the base branch, and refuses where that has moved on;
 * `merge-commit` always makes a commit that says what was merged; `auto` makes one only where it has to.
 */
export type MergeCommit = 'auto' | 'fast-forward' | 'merge-commit';

export const MERGE_COMMITS = ['auto', 'fast-forward', 'merge-commit'] as const satisfies readonly MergeCommit[];

/** What a run needs to know for its end, beside what is chosen there. */
export interface FinishSettings {
  /** Without it `auto`. */
  readonly commit?: MergeCommit | undefined;
  /** The remote that branches are pushed to; without it `origin`, or the only one that there is. */
  readonly remote?: string | undefined;
  /** The forge's own program; without it the one that fits the address of the remote. */
  readonly tool?: 'gh' | 'glab' | undefined;
  /** Pull requests are opened as drafts. */
  readonly draft?: boolean | undefined;
}
