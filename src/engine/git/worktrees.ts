import { baseName, joinPath } from '../../core/base/path.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { attempt, checkId, type Context, isRef, lookBelowHome, readText } from './context.ts';
import type { Loosely } from '../../io/files.ts';
import type { Where } from './git.ts';
import { configValue, copyFromUser, coreSections, writeRepository } from './layout.ts';
import { GitError, type ObjectId, type Repositories } from './repositories.ts';

/**
 * Git does not sync the files of a checkout either. After a power cut a checkout is thrown away, and a worktree is made
 * anew before its agent starts.
 */
const LOOSELY: Loosely = { durable: false };

/**
 * Several processes of git write the files of a large commit: more than cores, because they wait for the disk most of the time.
 * A small commit is written before they have started.
 */
const PARALLEL = ['checkout.workers=4', 'checkout.thresholdForParallelism=2000'];

/** Worktrees of attempts and checkouts for verification: both are directories that we fill and never run git in. */
export function worktreeMethods(context: Context): Pick<Repositories, 'openWorktree' | 'checkout' | 'removeWorktree'> {
  return {
    openWorktree: (path, scratch, commit) =>
      attempt(`open the worktree ${path}`, () => openWorktree(context, path, scratch, checkId(commit))),
    checkout: (commit, path) => attempt(`check out ${commit}`, () => checkout(context, checkId(commit), path)),
    removeWorktree: (path, scratch) =>
      attempt(`remove the worktree ${path}`, () => removeWorktree(context, path, scratch)),
  };
}

/** What we remember of a worktree while it exists, where the agent has no business: on what commit, with what index. */
export interface WorktreeRecord {
  readonly commit: ObjectId;
  /** The index as we wrote it: it tells unchanged files by their dates, so that they need not be read again. */
  readonly index: string;
}

/** The record of a worktree that was opened wholly; `undefined` for a half-made or strange one. */
export async function recordOf(context: Context, path: string): Promise<WorktreeRecord | undefined> {
  const directory = recordDirectory(context, path);
  const commit = (await readText(context.io.files, joinPath(directory, 'commit')))?.trim();
  return commit === undefined ? undefined : { commit, index: joinPath(directory, 'index') };
}

/** Where we keep what we remember of a worktree or checkout. */
export function recordDirectory(context: Context, path: string): string {
  return joinPath(context.own, 'worktrees', sha256(path).slice(0, 16));
}

async function openWorktree(context: Context, path: string, scratch: string, commit: ObjectId): Promise<void> {
  const { files } = context.io;
  const there = await lookBelowHome(context, path);
  await lookBelowHome(context, scratch);
  const record = await recordOf(context, path);
  if (record !== undefined && there === 'directory') {
    if (record.commit === commit) return;
    throw new GitError(
      `the worktree ${path} is in use for another commit (${record.commit})`,
      'collect what is in it and remove it first',
    );
  }
  await removeWorktree(context, path, scratch);
  await files.makeDirectory(path, LOOSELY);
  const directory = recordDirectory(context, path);
  const index = joinPath(directory, 'index');
  await files.makeDirectory(directory);
  await fill(context, path, index, commit);

  const name = baseName(path);
  const branch = isRef(`refs/heads/${name}`) ? name : 'work';
  await writeBorrower(context, scratch, path, `ref: refs/heads/${branch}\n`, index);
  await files.write(joinPath(scratch, 'refs/heads', branch), `${commit}\n`, LOOSELY);
  await files.write(joinPath(path, '.git'), `gitdir: ${scratch}\n`, LOOSELY);
  // Last: with it the worktree counts as whole.
  await files.write(joinPath(directory, 'commit'), `${commit}\n`);
}

async function checkout(context: Context, commit: ObjectId, path: string): Promise<void> {
  const { files } = context.io;
  await lookBelowHome(context, path);
  await removeWorktree(context, path);
  await files.makeDirectory(path, LOOSELY);
  const directory = recordDirectory(context, path);
  const index = joinPath(directory, 'index');
  await files.makeDirectory(directory, LOOSELY);
  await fill(context, path, index, commit);
  await writeBorrower(context, joinPath(path, '.git'), path, `${commit}\n`, index);
}

/** Writes the files of a commit into an empty directory, and their dates into an index. Configuration and drivers: ours alone. */
async function fill(context: Context, path: string, index: string, commit: ObjectId): Promise<void> {
  const where: Where = { ...context.queue, workTree: path, index };
  await context.git(where, `check out ${commit} into ${path}`, ['read-tree', '--reset', '-u', commit], {
    durable: false,
    settings: PARALLEL,
  });
}

/** A repository for whoever works in `workTree`: objects borrowed, everything else its own and thrown away with it. */
async function writeBorrower(
  context: Context,
  directory: string,
  workTree: string,
  head: string,
  index: string,
): Promise<void> {
  const { files } = context.io;
  const { identity } = context.options;
  const objects = [context.queue.gitDirectory, context.options.gitDirectory].map((each) => joinPath(each, 'objects'));
  await files.makeDirectory(directory, LOOSELY);
  await copyFromUser(context, directory, LOOSELY);
  const content = await files.read(index);
  if (content !== undefined) await files.write(joinPath(directory, 'index'), content, LOOSELY);
  await writeRepository(
    files,
    directory,
    {
      head,
      alternates: objects,
      config: [
        ...coreSections(await context.settings(), [
          'bare = false',
          'logAllRefUpdates = true',
          `worktree = ${configValue(workTree)}`,
        ]),
        { name: 'user', lines: [`name = ${configValue(identity.name)}`, `email = ${configValue(identity.email)}`] },
        // Whoever works here shares the user's home directory; a signature asked for there would wait for a passphrase.
        { name: 'commit', lines: ['gpgSign = false'] },
        { name: 'tag', lines: ['gpgSign = false'] },
        { name: 'gc', lines: ['auto = 0'] },
      ],
    },
    LOOSELY,
  );
}

async function removeWorktree(context: Context, path: string, scratch?: string): Promise<void> {
  const { files } = context.io;
  // What says that it is whole goes first: what is left after a crash counts as half-made.
  const record = recordDirectory(context, path);
  const recorded = (await files.stat(record)) !== undefined;
  if (recorded) await files.remove(joinPath(record, 'commit'));
  for (const each of scratch === undefined ? [path] : [path, scratch]) {
    const there = await lookBelowHome(context, each);
    if (there === 'directory') await files.removeTree(each);
    else if (there === 'other') await files.remove(each);
  }
  // And last what is to be kept out of it: as long as files of a set-up lie there, no snapshot may take them.
  if (recorded) await files.removeTree(record);
}
