import type { IgnoredPath } from '../../core/witness/ignored.ts';
import type { FileChange } from '../../core/witness/change.ts';
import type { SnapshotText } from '../../core/run/snapshot-text.ts';

/** A commit or tree id: 40 (or 64) lower-case hex digits. */
export type ObjectId = string;

/** What is true of the user's repository when a run is asked for. */
export interface UserRepository {
  /** Absolute path of the main work tree. */
  readonly root: string;
  /** Absolute path of the common git directory. */
  readonly gitDirectory: string;
  /** The checked-out branch, `undefined` when HEAD is detached. */
  readonly branch: string | undefined;
  readonly head: ObjectId;
  /** Who commits are made as. */
  readonly identity: { readonly name: string; readonly email: string };
  /** The person's own ignore patterns, for all repositories. */
  readonly ignored: string;
}

/** One path that differs between two trees. */
export interface ChangedPath {
  readonly path: string;
  /** `gitlink` is an embedded repository or submodule, which masterplan never lands. */
  readonly kind: 'added' | 'modified' | 'deleted' | 'gitlink';
}

/** What an attempt left in its worktree, stored in the private repository. */
export interface Collected {
  /** Commit of the working tree as it stood, with the attempt's base as its only parent. */
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  readonly changed: readonly ChangedPath[];
}

/** Text and date of a commit that masterplan makes; the same input gives the same commit id, also after a crash. */
export interface CommitText {
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly date: number;
}

/** What a snapshot is to be of. */
export interface SnapshotRequest extends SnapshotText {
  /** The worktree. */
  readonly path: string;
  /** Which directory that is, as `FileStat.id` has it; another one in its place is none. */
  readonly directory?: string;
  /** Name of the attempt in refs. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly date: number;
  /** Patterns, as in `.gitignore`, of untracked files that are left out. */
  readonly exclude: readonly string[];
  /** Paths that are left out as well, also where what {@link Repositories.keepOut} noted of them is lost. */
  readonly put: readonly string[];
  /** Bytes; larger files that are new or changed are left out and told of. 0: no limit. */
  readonly largest: number;
}

/** A path that is in no snapshot, and why. */
export interface Skipped {
  readonly path: string;
  readonly why: 'large' | 'unreadable' | 'repository';
}

/** A worktree as it stood. */
export interface Snapshot {
  readonly ref: string;
  /** `undefined`: nothing differs from the base, and nothing was ever kept. */
  readonly commit: ObjectId | undefined;
  readonly tree: ObjectId;
  /** Whether it differs from the one before, which is the same one otherwise. */
  readonly fresh: boolean;
  readonly skipped: readonly Skipped[];
}

/** One commit of the run branch that carries our trailers. */
export interface Landed {
  readonly attempt: string;
  readonly task: string;
  readonly commit: ObjectId;
  readonly tree: ObjectId;
}

/** What one file of a commit becomes. */
export interface FileEdit {
  readonly path: string;
  /** `undefined`: it is removed. */
  readonly content: Uint8Array | undefined;
  /** The path whose mode it has, such as its own before a renaming; without it, or where that is missing, an ordinary file. */
  readonly like?: string;
  /** Six octal digits of git, where it is known: then nobody looks. */
  readonly mode?: string;
}

/** Git said no. The message is fit for a person: what was tried, on what, and git's own last words. */
export class GitError extends Error {
  override readonly name = 'GitError';
  /** What the person can do about it, where we know. */
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * The three repositories of a run, behind one interface: the user's (only one ref of ours moves there, by
 * compare-and-swap), one scratch repository per attempt (written by agents, never trusted, never run git in), and the
 * private queue (ours alone; everything is decided there). All methods reject with {@link GitError} and may be called
 * again after a crash at any point: each looks first at what is already there.
 */
export interface Repositories {
  /** Creates what is missing of the private repository, and releases what we locked and left. Returns these locks. */
  prepare(): Promise<readonly string[]>;
  /** Hashes of what an agent could plant in the user's repository: `config`, `hooks/…`, `info/…` → sha256. */
  fingerprint(): Promise<Readonly<Record<string, string>>>;
  /**
   * Files of the user's checkout that are not as in its index, untracked ones among them, and how each looks; ignored ones are left out.
   * `undefined`: it cannot be told. Reads only.
   */
  userFiles(): Promise<ReadonlyMap<string, string> | undefined>;
  /** Current commit of a branch of the user's repository. */
  branchTip(branch: string): Promise<ObjectId | undefined>;
  /** A branch whose name keeps git from making this one: a part of its path, or below it. */
  inTheWay(branch: string): Promise<string | undefined>;
  /** True when `ancestor` is `commit` itself or one of its ancestors. */
  isAncestor(ancestor: ObjectId, commit: ObjectId): Promise<boolean>;
  /** Tree of a commit. */
  treeOf(commit: ObjectId): Promise<ObjectId>;
  /** A worktree at `path` on `commit`, backed by a scratch repository at `scratch`. A half-made one is made anew. */
  openWorktree(path: string, scratch: string, commit: ObjectId): Promise<void>;
  /**
   * Stores the working tree at `path` (untracked files that are not ignored included) as one commit on `base`, and what
   * the agent committed itself, under `refs/masterplan/{result,head}/<slug>/<name>`; `undefined` when the worktree is gone.
   */
  collect(
    path: string,
    scratch: string,
    base: ObjectId,
    name: string,
    text: CommitText,
  ): Promise<Collected | undefined>;
  /** What differs between two commits, with both texts of each path. */
  changeTexts(base: ObjectId, commit: ObjectId): Promise<readonly FileChange[]>;
  /** Whether the private repository, or the user's, holds a commit of that id, which may be shortened. */
  isCommit(id: string): Promise<boolean>;
  /** Paths of all files of a commit. */
  pathsOf(commit: ObjectId): Promise<readonly string[]>;
  /** Texts of those of the paths that are files of a commit, and text. */
  textsOf(commit: ObjectId, paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Carries the change `base..commit` onto `onto`; the result is one commit with the parent `onto`. */
  integrate(
    commit: ObjectId,
    base: ObjectId,
    onto: ObjectId,
    text: CommitText,
  ): Promise<{ readonly commit: ObjectId; readonly tree: ObjectId } | { readonly conflicts: readonly string[] }>;
  /** Paths in which the change `base..commit` would conflict with `onto`; nothing is stored but the objects of a try. */
  conflicts(commit: ObjectId, base: ObjectId, onto: ObjectId): Promise<readonly string[]>;
  /**
   * As {@link Repositories.integrate}, but a conflict is no obstacle: the commit then holds the files of both sides with the
   * marks of git between them, and `conflicts` names them. For whoever is to resolve them.
   */
  carry(
    commit: ObjectId,
    base: ObjectId,
    onto: ObjectId,
    text: CommitText,
  ): Promise<{ readonly commit: ObjectId; readonly tree: ObjectId; readonly conflicts: readonly string[] }>;
  /** What differs between two commits of the private repository. */
  changes(from: ObjectId, to: ObjectId): Promise<readonly ChangedPath[]>;
  /** The same as text for a reader, as a patch of these paths, cut after `limit` bytes. */
  patch(from: ObjectId, to: ObjectId, paths: readonly string[], limit: number): Promise<string>;
  /** A file of a commit; `undefined` when there is none of that path, or it is larger than a megabyte. */
  read(commit: ObjectId, path: string): Promise<Uint8Array | undefined>;
  /** Paths of a commit that begin with `directory`; empty: all of them. */
  list(commit: ObjectId, directory: string): Promise<readonly string[]>;
  /** A commit on `onto` with the tree of `commit` and these changes: the same input gives the same id. */
  amend(
    commit: ObjectId,
    edits: readonly FileEdit[],
    onto: ObjectId,
    text: CommitText,
  ): Promise<{ readonly commit: ObjectId; readonly tree: ObjectId }>;
  /** A merge commit of `theirs` into `ours`, trees merged by the object database alone. */
  merge(
    ours: ObjectId,
    theirs: ObjectId,
    text: CommitText,
  ): Promise<{ readonly commit: ObjectId; readonly tree: ObjectId } | { readonly conflicts: readonly string[] }>;
  /** A clean checkout of `commit` at `path`, with a throw-away repository of its own. Replaces what was there. */
  checkout(commit: ObjectId, path: string): Promise<void>;
  /**
   * Moves a branch of the user's repository from `expected` (`undefined`: it must not exist) to `commit`, objects first,
   * durably. Returns `moved`, or where the branch stands instead: at `commit` itself when an earlier life moved it.
   */
  publish(
    branch: string,
    commit: ObjectId,
    expected: ObjectId | undefined,
  ): Promise<'moved' | { readonly actual: ObjectId | undefined }>;
  /**
   * As {@link publish}, for the base branch at the end of a run: where that branch is checked out, its work tree and
   * index go along, which is refused (`dirty`, nothing changed) when something is staged, or files that change are not as
   * committed.
   */
  advance(
    branch: string,
    commit: ObjectId,
    expected: ObjectId,
  ): Promise<'moved' | { readonly actual: ObjectId | undefined } | { readonly dirty: readonly string[] }>;
  /** Removes a branch of the user's repository that stands at `expected`; its commits stay kept in the private one. */
  deleteBranch(branch: string, expected: ObjectId): Promise<'moved' | { readonly actual: ObjectId | undefined }>;
  /** Our commits on `tip` since `from` whose `Masterplan-Run` trailer is `run`, oldest first. */
  landed(run: string, from: ObjectId, tip: ObjectId): Promise<readonly Landed[]>;
  /** What changed between two commits of the private repository, as a unified diff with three lines around each change. */
  diff(from: ObjectId, to: ObjectId): Promise<string>;
  /**
   * Files of the user's work tree that are not in `commit`, are ignored by git, and match one of the patterns (in the syntax
   * of `.gitignore`); relative paths.
   */
  localFiles(patterns: readonly string[], commit: ObjectId): Promise<readonly string[]>;
  /** Files of a worktree that are not tracked there and match one of the patterns, ignored or not; what was kept out is left out. */
  untracked(path: string, patterns: readonly string[]): Promise<readonly string[]>;
  /**
   * What git ignores in a worktree and is younger than `since`, milliseconds since 1970; a directory in which everything is ignored is one
   * path that ends in `/`, and is not looked into unless `into` matches it.
   */
  ignored(path: string, since: number, into: RegExp): Promise<readonly IgnoredPath[]>;
  /** Notes paths of an open worktree that are never collected from it, whatever is or is not ignored there. */
  keepOut(path: string, paths: readonly string[]): Promise<void>;
  /** How a worktree or checkout differs from its commit: tracked files, and new ones that are neither ignored nor kept out. */
  strays(
    path: string,
    commit: ObjectId,
  ): Promise<{ readonly changed: readonly string[]; readonly added: readonly string[] }>;
  /** What {@link Repositories.collect} has kept under a name. */
  kept(name: string): Promise<ObjectId | undefined>;
  /**
   * Keeps the working tree as it stands under `refs/masterplan/snapshots/<run>/<name>`, in a repository of its own in the
   * user's git directory, while the agent goes on working; `undefined` when there is no directory any more. A tree that is
   * as it was is not stored twice.
   */
  snapshot(request: SnapshotRequest): Promise<Snapshot | undefined>;
  /** The newest snapshot of an attempt. */
  lastSnapshot(run: string, name: string): Promise<ObjectId | undefined>;
  /** A snapshot as one commit on `base`, in the private repository. */
  bringBack(snapshot: ObjectId, base: ObjectId, text: CommitText): Promise<ObjectId>;
  /** Paths in which a snapshot differs from its base. */
  touched(snapshot: ObjectId, base: ObjectId): Promise<readonly string[]>;
  /** Paths in which two snapshots conflict, each with the change since the base of both. No checkout, no ref. */
  foresee(one: ObjectId, other: ObjectId): Promise<readonly string[]>;
  /** Packs the snapshots of an attempt that has ended. */
  settleSnapshots(run: string, name: string, base: ObjectId): Promise<void>;
  /** Removes the snapshots of attempts. The caller has proof that they are not needed. */
  dropSnapshots(run: string, names: readonly string[]): Promise<void>;
  /** Removes a worktree or checkout and its scratch repository. The caller has proof that nothing in it is needed. */
  removeWorktree(path: string, scratch?: string): Promise<void>;
}
