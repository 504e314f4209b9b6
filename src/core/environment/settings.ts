/** A command that makes a worktree ready, or clears up after it, and the file that asks for it. */
export interface SetupCommand {
  readonly command: string;
  /** `.masterplan.yaml`, or the set-up file of another tool, relative to the repository. */
  readonly from: string;
  /** It is not needed where this directory was taken over. */
  readonly unless?: string;
}

/** A directory of the user's work tree that worktrees get a copy of. */
export interface SharedDirectory {
  /** Relative to the worktree; git ignores it. */
  readonly path: string;
  /** Files that have to be the same on both sides, such as lock files. */
  readonly when: readonly string[];
}

/** A file that is made anew in every worktree. Its values are never recorded. */
export interface GeneratedFile {
  /** Relative to the worktree. */
  readonly path: string;
  /** What it begins with: a file of the worktree, such as `.env.example`. */
  readonly from?: string;
  /** Names that are set in it. */
  readonly names: readonly string[];
}

/** What worktrees may take; absent: as much as there is. */
export interface EnvironmentLimits {
  /** Bytes of one worktree: an attempt beyond is ended. */
  readonly worktree?: number;
  /** Bytes of all worktrees and checkouts of a run: beyond, nothing new is started. */
  readonly run?: number;
  /** Processes of one attempt. */
  readonly processes?: number;
}

/** What a worktree needs so that things run in it. Recorded when a run is created; values of variables never are. */
export interface EnvironmentSettings {
  readonly setup: readonly SetupCommand[];
  readonly teardown: readonly SetupCommand[];
  /** Milliseconds for one command; 0: no limit. */
  readonly timeout: number;
  /** Leased ports: how many in a row, by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Names of the variables that the configuration adds. */
  readonly env: readonly string[];
  readonly files: readonly GeneratedFile[];
  /** Patterns in the syntax of `.gitignore`: ignored files of the user's work tree that match are copied. */
  readonly copy: readonly string[];
  readonly share?: readonly SharedDirectory[];
  /** Whether checkouts for verification are set up like worktrees. */
  readonly checkouts: boolean;
  /** Patterns in the syntax of `.gitignore`: untracked files of a worktree that match are kept in the bundle after an attempt. */
  readonly artefacts?: readonly string[];
  readonly limits?: EnvironmentLimits;
  /** Tools whose variables are given as well, because their set-up is used. */
  readonly tools: readonly string[];
}

/** Whether anything has to be done before somebody can work in a worktree. */
export function needsSetup(settings: EnvironmentSettings | undefined): settings is EnvironmentSettings {
  return (
    settings !== undefined &&
    (settings.setup.length > 0 ||
      settings.teardown.length > 0 ||
      settings.files.length > 0 ||
      settings.copy.length > 0 ||
      (settings.share ?? []).length > 0 ||
      settings.env.length > 0 ||
      Object.keys(settings.ports).length > 0)
  );
}
