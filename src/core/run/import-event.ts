/** What kind of thing a run was imported from. */
export type ImportKind = 'bundle' | 'status-file' | 'plan' | 'foreign' | 'branch' | 'issue' | 'pull-request';

/** What speaks for a task's being done. */
export type SignalKind = 'log' | 'git' | 'files' | 'tests' | 'box';

/** One piece of evidence: what was found, and where it can be looked up. */
export interface Evidence {
  readonly signal: SignalKind;
  readonly what: string;
  /** `events.jsonl:17`, a commit, a path. */
  readonly where: string;
}

/** What a task was found to be when its run was imported. */
export type Verdict = 'done' | 'possibly_done' | 'waived';

/** What a log can hold of a run that was imported; a part of `RunEvent`. */
export type ImportEvent =
  /** The run was not begun here: where it comes from, and the bytes that were read. */
  | {
      readonly event: 'run_imported';
      readonly kind: ImportKind;
      /** A path relative to the repository, a branch, or an address. */
      readonly from: string;
      /** `3`, `5.1`, `status.md`; what bundles of older tools call their form. */
      readonly schema?: string;
      /** The word for its status that stands there. */
      readonly status?: string;
      /** SHA-256 of every file that was read, by its path. */
      readonly files: Readonly<Record<string, string>>;
      /** When it began and was last touched, as it says itself, UTC. */
      readonly began?: string;
      readonly last?: string;
      /** Events that its own log holds. */
      readonly events?: number;
    }
  /** `done` and `waived`: it is not worked on again. `possibly_done`: it is, and its agent is told what was found. */
  | {
      readonly event: 'task_taken_over';
      readonly task: string;
      readonly verdict: Verdict;
      readonly evidence: readonly Evidence[];
      /** The commit that holds its work; without one that is known, the base of the run. */
      readonly commit: string;
      /** Who decided it, where the evidence alone did not. */
      readonly by?: string;
    };
