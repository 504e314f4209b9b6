/** What kind of leftover something is; the first six are those that users of older tools know. */
export const CATEGORIES = [
  'completed',
  'legacy',
  'orphans',
  'stale',
  'crons',
  'worktrees',
  'snapshots',
  'caches',
  'trash',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** Something that clean would do, or says why it does not. */
export interface CleanItem {
  readonly category: Category;
  /** Relative to the repository. */
  readonly path: string;
  readonly what: string;
  /** `archive`: it is moved; `delete`: every byte is kept in a snapshot, then it goes; `drop`: refs of old snapshots; `leave`: nothing. */
  readonly action: 'archive' | 'delete' | 'drop' | 'leave';
  /** Where it is moved to, relative to the repository. */
  readonly to?: string;
  /** The run whose lock is needed. */
  readonly slug?: string;
  /** The legacy bundle or status file that it belongs to. */
  readonly of?: string;
  /** Why it is left, and what to type. */
  readonly why?: string;
}

/** What became of it. */
export interface CleanedItem extends CleanItem {
  readonly done: boolean;
  /** The ref that holds what was deleted. */
  readonly ref?: string;
}

export interface CleanReport {
  readonly applied: boolean;
  readonly items: readonly CleanedItem[];
  /** Categories that were asked for and mean nothing here, with why. */
  readonly notes: readonly string[];
}

export interface CleanRequest {
  /** Empty: all. */
  readonly categories: readonly Category[];
  /** Only what lies in this worktree: a path below `.masterplan/worktrees`, or `<slug>/<task>.<n>`. */
  readonly worktree?: string;
  /** Only what belongs to this legacy bundle or status file, by its path. */
  readonly only?: string;
  readonly apply: boolean;
  readonly delete: boolean;
}
