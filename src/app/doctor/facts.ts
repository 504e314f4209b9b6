import type { Result } from '../../core/base/result.ts';
import type { LegacyBundle } from '../../core/formats/legacy/model.ts';
import type { RunState } from '../../core/run/state.ts';
import type { LockedBy } from '../../engine/log/lock.ts';
import type { LogDamage, Position } from '../../engine/log/log.ts';
import type { RunPaths } from '../../engine/paths.ts';
import type { ProcessIdentity } from '../../io/processes.ts';
import type { AgentsReport } from '../agents/list.ts';
import type { AppRefusal } from '../api.ts';
import type { Config } from '../config.ts';
import type { PlanList } from '../documents/list.ts';
import type { Located } from '../locate.ts';

/** A name in a directory, with what `stat` says of it. */
export interface Named {
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
}

/** What is known of one run, looked up once. Nothing of it is believed to be whole. */
export interface RunFacts {
  readonly slug: string;
  readonly paths: RunPaths;
  /** Of the bundle, relative to the repository. */
  readonly bundle: string;
  readonly files: readonly Named[];
  /** The log as it folds, or why it does not; `undefined`: there is none. */
  readonly log:
    | Result<{ readonly state: RunState; readonly position: Position; readonly torn: number }, LogDamage>
    | undefined;
  readonly logBytes: number;
  /** Somebody let git merge two logs: its marks stand in it. */
  readonly conflictLine: number | undefined;
  readonly stateText: string | undefined;
  /** Position of the snapshot; `undefined`: there is none that belongs to the log. */
  readonly snapshotSeq: number | undefined;
  readonly snapshotThere: boolean;
  /** What is wrong with a snapshot that fits the log. */
  readonly snapshotDamage: string | undefined;
  readonly planText: string | undefined;
  readonly indexText: string | undefined;
  readonly digests: readonly (Named & { readonly text: string | undefined })[];
  readonly briefs: readonly string[];
  readonly subplans: readonly string[];
  readonly holder: LockedBy | undefined;
  readonly inbox: readonly Named[];
  readonly processes: readonly (Named & { readonly readable: boolean })[];
  readonly torn: readonly Named[];
  readonly checkouts: readonly string[];
  readonly worktrees: readonly string[];
  readonly scratch: readonly string[];
  readonly transcriptBytes: number;
  /** Live processes of its attempts and verifications although nobody carries it on. */
  readonly strays: readonly ProcessIdentity[];
  /** Files of the bundle that could not be looked at, and why. */
  readonly unreadable: readonly { readonly file: string; readonly why: string }[];
}

export interface LegacyFacts {
  readonly bundle: LegacyBundle;
  readonly path: string;
  readonly files: readonly Named[];
  /** SHA-256 of plan.md. */
  readonly planSha256: string | undefined;
  readonly stateText: string;
  readonly specText: string | undefined;
  readonly goalsSha256: string | undefined;
  /** Artifacts that the state names and that are not there. */
  readonly missing: readonly string[];
  readonly worktreeThere: boolean | undefined;
}

/** What git says; `undefined`: it could not be asked. */
export interface GitFacts {
  readonly version: string | undefined;
  readonly head: string | undefined;
  readonly branch: string | undefined;
  /** Full names of refs and what they point to. */
  readonly refs: ReadonlyMap<string, string> | undefined;
  readonly trackedRuntime: readonly string[];
  readonly trackedBundles: ReadonlySet<string> | undefined;
  readonly runtimeIgnored: boolean | undefined;
  readonly bundlesIgnored: boolean | undefined;
  /** The common git directory. */
  readonly directory: string;
  readonly linked: boolean;
  readonly shallow: boolean;
  /** `index.lock` and the like, older than anything that git does. */
  readonly locks: readonly Named[];
  /** Linked worktrees whose directory is gone. */
  readonly gone: readonly string[];
  /** In the middle of a merge, rebase or the like. */
  readonly middle: string | undefined;
}

/** What is known beside the runs. */
export interface WorldFacts {
  readonly located: Located;
  readonly now: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runs: readonly RunFacts[];
  readonly legacy: readonly LegacyFacts[];
  readonly git: GitFacts;
  readonly config: Result<Config, AppRefusal>;
  /** Places where the file says another `runs_path` than the runs that are there. */
  readonly otherRuns: readonly string[];
  readonly agents: AgentsReport | undefined;
  readonly plans: PlanList | undefined;
  /** Names below `.masterplan/`: runs, worktrees, scratch. */
  readonly runtime: {
    readonly runs: readonly string[];
    readonly worktrees: readonly string[];
    readonly scratch: readonly string[];
  };
  readonly queue: { readonly there: boolean; readonly whole: boolean };
  /** Bytes that are free where the repository is; `undefined`: not known. */
  readonly free: number | undefined;
  /** Share of the file system's names that are used up, of 1. */
  readonly inodes: number | undefined;
  readonly homeThere: boolean;
  readonly shellThere: boolean;
  readonly runtimeLink: boolean;
  readonly outOfScope: readonly Named[];
}

/** The state of a run whose log is whole. */
export function stateOf(run: RunFacts): RunState | undefined {
  return run.log?.ok === true ? run.log.value.state : undefined;
}

/** Whether somebody alive, or somebody of whom nobody knows, carries the run on. */
export function isOwned(run: RunFacts): boolean {
  return run.holder !== undefined && run.holder.liveness !== 'dead';
}

export const DAY = 86_400_000;
