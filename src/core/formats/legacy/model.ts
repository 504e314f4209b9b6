/** Where a legacy bundle is as a whole, whatever word it uses for that. */
export type LegacyStatus = 'in-progress' | 'blocked' | 'complete' | 'pending-retro' | 'archived' | 'unknown';

export type LegacyTaskStatus = 'pending' | 'working' | 'done' | 'blocked' | 'waived' | 'unknown';

/** A task as far as state and log of a legacy bundle tell. */
export interface LegacyTask {
  /** `T3`: ids that are numbers get a T. */
  readonly id: string;
  readonly title: string;
  readonly status: LegacyTaskStatus;
  readonly wave?: string;
  /** Whether the state itself lists it; the status is that of the list then. */
  readonly stated?: boolean;
  /** Its status as the state writes it. */
  readonly word?: string;
  /** Where the log calls it done. */
  readonly doneAt?: LegacyPlace;
  readonly commit?: string;
  /** Who did it, as it was written: `codex`, `codex+claude-fixup`, `claude`, `inline`. */
  readonly by?: string;
  /** The log tells of a review of it. */
  readonly reviewed?: boolean;
}

/** Who did the finished tasks. A task counts once, by what the log says of it last. */
export interface LegacyRouting {
  readonly codex: number;
  readonly inline: number;
  /** Finished, and nothing says by whom. */
  readonly untold: number;
  readonly decisions: Readonly<Record<string, number>>;
}

/** A line of a file of the bundle. */
export interface LegacyPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface LegacyEvent extends LegacyPlace {
  /** Milliseconds since 1970; `undefined` where it tells none, or none that can be read. */
  readonly at: number | undefined;
  /** The stamp as it was written. */
  readonly stamp: string;
  /** `event`, else `type`, else nothing. */
  readonly name: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One dispatch of a subagent, as a hook noted it. */
export interface LegacyDispatch {
  readonly at: number | undefined;
  readonly model: string;
  readonly route: string;
  readonly tokens: number;
  readonly input: number;
  readonly output: number;
  readonly ms: number;
}

/** Something that could not be read, with its place. */
export interface LegacyProblem extends LegacyPlace {
  readonly message: string;
}

/** The files of a legacy bundle that are read; absent: not there. */
export interface LegacyFiles {
  readonly name: string;
  /** `state.yml`, or the whole `*-status.md`. */
  readonly state: string;
  readonly stateName: string;
  readonly events?: string;
  /** The part of the log, or of a status file's activity log, that was put aside: its lines come first. */
  readonly archive?: string;
  readonly plan?: string;
  readonly index?: string;
  readonly subagents?: string;
  readonly retro: boolean;
}

/** A bundle that an older tool of this name wrote, read and never written. */
export interface LegacyBundle {
  readonly slug: string;
  readonly title: string;
  /** `status.md` (v1, v2), `2`, `3`, `5.0`, `5.1`, `6`, `8`, `9`, or `none` where it says none. */
  readonly schema: string;
  readonly status: LegacyStatus;
  /** The words that stand there. */
  readonly written: { readonly status: string; readonly phase: string };
  readonly started: number | undefined;
  readonly last: number | undefined;
  readonly autonomy: string;
  readonly complexity: string;
  readonly branch: string;
  readonly worktree: string;
  readonly currentTask: string;
  readonly nextAction: string;
  readonly gate: { readonly id: string; readonly question: string; readonly options: readonly string[] } | undefined;
  readonly critical: string | undefined;
  readonly tasks: readonly LegacyTask[];
  readonly events: readonly LegacyEvent[];
  readonly routing: LegacyRouting;
  readonly reviewed: number;
  readonly dispatches: readonly LegacyDispatch[];
  /** Artifacts that the state names: name → path as written. */
  readonly artifacts: Readonly<Record<string, string>>;
  readonly retro: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly problems: readonly LegacyProblem[];
  /** Lines of the log that call something done, and do not say which task. */
  readonly untold: readonly LegacyPlace[];
  /** Whether it has a log at all. Without one nothing tells who did what, and of older schemas not even what is done. */
  readonly logged: boolean;
  /** Ids of tasks by the titles under which a log may call them. */
  readonly titles: ReadonlyMap<string, string>;
}
