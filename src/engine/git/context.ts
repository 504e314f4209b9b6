import { joinPath, stepsBelow } from '../../core/base/path.ts';
import { FileError, type Files, withPath } from '../../io/files.ts';
import type { Io } from '../../io/io.ts';
import { gitNonce, NONCE } from '../machine/custody.ts';
import { createGit, fieldsOf, type Git, type GitOptions, type Where } from './git.ts';
import { GitError, type ObjectId } from './repositories.ts';

export interface RepositoriesOptions extends GitOptions {
  /** The user's work tree; `.masterplan/` lies in it. */
  readonly root: string;
  /** The user's common git directory. */
  readonly gitDirectory: string;
  readonly slug: string;
  /** Ignore patterns beside those of the repository: what they match is not collected. */
  readonly ignored?: string;
}

/** What every part of the three repositories needs. */
export interface Context {
  readonly io: Io;
  readonly git: Git;
  readonly options: RepositoriesOptions;
  /** `.masterplan` itself: nothing outside of it is ever made or removed, but packs, refs and the finish. */
  readonly home: string;
  /** The private repository. */
  readonly queue: Where;
  /** The user's repository. Only ever given to commands that read or move refs. */
  readonly user: Where;
  /**
   * The repository that keeps snapshots. It lies in the user's git directory, because `.masterplan` is what people and
   * `git clean -x` delete.
   */
  readonly kept: Where;
  /** Directory in the private repository that only runs of this slug use. */
  readonly own: string;
  /** Trees of commits that went through our hands: asking git for one costs a process. */
  readonly trees: Map<ObjectId, ObjectId>;
  /** Packs that we brought into the user's repository and have not joined yet. */
  readonly published: Set<string>;
  settings(): Promise<Settings>;
}

/** What the private and the scratch repositories take over from the user's. */
export interface Settings {
  readonly objectFormat: 'sha1' | 'sha256';
  /** Lines for the section `core`: what git found out about the file system. */
  readonly fileSystem: readonly string[];
}

export function createContext(io: Io, options: RepositoriesOptions): Context {
  const home = joinPath(options.root, '.masterplan');
  const queue: Where = { gitDirectory: joinPath(home, 'queue.git') };
  const user: Where = { gitDirectory: options.gitDirectory };
  const kept: Where = { gitDirectory: joinPath(options.gitDirectory, 'masterplan/kept.git') };
  const nonce = gitNonce(options.root, options.slug);
  const git = createGit(io, {
    ...options,
    nonce,
    // The run branch and our refs in the private repository are this run's alone, and it has one owner: without a git of ours, nobody
    // holds their locks. Any other may be somebody's.
    isStale: async (lock) => {
      const refs = joinPath(queue.gitDirectory, 'refs/masterplan');
      const own =
        lock === joinPath(options.gitDirectory, `refs/heads/masterplan/${options.slug}.lock`) ||
        ['result', 'head'].some((kind) => lock.startsWith(`${joinPath(refs, kind, options.slug)}/`));
      return own && (await io.processes.find(NONCE, nonce)).length === 0;
    },
  });
  let settings: Promise<Settings> | undefined;
  return {
    io,
    git,
    options,
    home,
    queue,
    user,
    kept,
    own: joinPath(queue.gitDirectory, 'masterplan', options.slug),
    trees: new Map(),
    published: new Set(),
    settings() {
      settings ??= readSettings(git, user).catch((error: unknown) => {
        settings = undefined;
        throw error;
      });
      return settings;
    },
  };
}

async function readSettings(git: Git, user: Where): Promise<Settings> {
  const wanted = String.raw`^(core\.(filemode|symlinks|ignorecase|precomposeunicode)|extensions\.objectformat)$`;
  const answer = await git(
    user,
    'read the configuration of the repository',
    ['config', '--null', '--get-regexp', wanted],
    { codes: [1] },
  );
  let objectFormat: Settings['objectFormat'] = 'sha1';
  const fileSystem: string[] = [];
  for (const field of fieldsOf(answer)) {
    const [key = '', value = ''] = field.split('\n');
    if (key === 'extensions.objectformat') {
      if (value !== 'sha1' && value !== 'sha256')
        throw new GitError(`the repository names its objects by "${value}", which masterplan does not know`);
      objectFormat = value;
    } else if (value === 'true' || value === 'false') {
      fileSystem.push(`${key.slice('core.'.length)} = ${value}`);
    }
  }
  return { objectFormat, fileSystem };
}

/** Runs one method of the interface: whatever the file system says becomes a {@link GitError} that names what was tried. */
export async function attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new GitError(
      `cannot ${what}: ${what.includes(error.path) ? error.message : withPath(error)}`,
      error.code === 'ENOSPC' ? 'free some disk space, then run the same command again' : undefined,
    );
  }
}

const decoder = new TextDecoder();

/** A small text file, or `undefined` when it is missing, larger than `limit`, a link or not a file at all. */
export async function readText(files: Files, path: string, limit = 4096): Promise<string | undefined> {
  try {
    const content = await files.read(path, limit);
    return content === undefined ? undefined : decoder.decode(content);
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}

/**
 * Checks that `path` lies below `.masterplan` and that no step on the way there is a link, and says what is at its end.
 * Agents can replace what lies around their worktree; without this we would follow them out of it.
 */
export async function lookBelowHome(context: Context, path: string): Promise<'missing' | 'directory' | 'other'> {
  const steps = stepsBelow(context.home, path);
  if (steps === undefined)
    throw new GitError(`${path} does not lie in ${context.home}, where masterplan keeps its worktrees`);
  let at = context.home;
  for (const [index, step] of steps.entries()) {
    at = joinPath(at, step);
    const stat = await context.io.files.stat(at);
    if (stat === undefined) return 'missing';
    if (index === steps.length - 1) return stat.kind === 'directory' ? 'directory' : 'other';
    if (stat.kind !== 'directory')
      throw new GitError(`${at} is not a directory: somebody replaced it`, `look at it, then remove it: rm '${at}'`);
  }
  return 'missing';
}

/** Refuses what is not an object id: ids become arguments and lines that git reads. */
export function checkId(id: ObjectId): ObjectId {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id)) throw new GitError(`"${id}" is not a commit id`);
  return id;
}

/** A full ref name under `refs/heads/`; refuses what git would not take as a branch name. */
export function branchRef(branch: string): string {
  return checkRef(`refs/heads/${branch}`);
}

/** The ref of the private repository that keeps a snapshot: `result` as the working tree stood, `head` what the agent committed, `agent` what else it has. */
export function keptRef(context: Context, kind: 'result' | 'head' | 'agent', name: string): string {
  return checkRef(`refs/masterplan/${kind}/${context.options.slug}/${name}`);
}

function checkRef(ref: string): string {
  if (!isRef(ref)) throw new GitError(`"${ref}" is not a name that git accepts`);
  return ref;
}

/** The rules of `git check-ref-format` for a full ref name. */
export function isRef(ref: string): boolean {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.$|\/$/.test(ref)) return false;
  return ref.startsWith('refs/') && !ref.split('/').some((part) => part.endsWith('.lock') || part.startsWith('-'));
}
