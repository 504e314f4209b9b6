import type { FileChange } from '../../core/witness/change.ts';

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
  /** Tracked files with uncommitted changes, relative paths. */
  readonly dirty: readonly string[];
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

/** One commit of the run branch that carries our trailers. */
export interface Landed {
  readonly attempt: string;
  readonly task: string;
  readonly commit: ObjectId;
  readonly tree: ObjectId;
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
  /** Creates what is missing of the private repository. */
  prepare(): Promise<void>;
  /** Hashes of what an agent could plant in the user's repository: `config`, `hooks/…`, `info/…` → sha256. */
  fingerprint(): Promise<Readonly<Record<string, string>>>;
  /** Current commit of a branch of the user's repository. */
  branchTip(branch: string): Promise<ObjectId | undefined>;
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
  changes(base: ObjectId, commit: ObjectId): Promise<readonly FileChange[]>;
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
  /** What {@link Repositories.collect} has kept under a name. */
  kept(name: string): Promise<ObjectId | undefined>;
  /** Removes a worktree or checkout and its scratch repository. The caller has proof that nothing in it is needed. */
  removeWorktree(path: string, scratch?: string): Promise<void>;
}
