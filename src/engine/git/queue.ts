import { joinPath } from '../../core/base/path.ts';
import { attempt, checkId, type Context, keptRef, readText } from './context.ts';
import { fieldsOf, type Git } from './git.ts';
import { configText, copyFromUser, coreSections, type Section, writeRepository } from './layout.ts';

import { treeOf } from './objects.ts';
import { GitError, type Repositories } from './repositories.ts';

/** The private repository itself: making it, tidying after our own death, asking it. */
export function queueMethods(context: Context): Pick<Repositories, 'prepare' | 'kept' | 'isAncestor' | 'treeOf'> {
  return {
    prepare: () => attempt('prepare the private repository', () => prepare(context)),

    async kept(name) {
      const ref = keptRef(context, 'result', name);
      const answer = await context.git(context.queue, `look up ${ref}`, [
        'for-each-ref',
        '--format=%(refname)%00%(objectname)%00',
        ref,
      ]);
      const fields = fieldsOf(answer).map((field) => field.trim());
      const at = fields.indexOf(ref);
      return at < 0 ? undefined : fields[at + 1];
    },

    async isAncestor(ancestor, commit) {
      const args = ['merge-base', '--is-ancestor', checkId(ancestor), checkId(commit)] as const;
      const answer = await context.git(context.queue, `compare ${ancestor} with ${commit}`, [...args], { codes: [1] });
      return answer.code === 0;
    },

    treeOf: (commit) => treeOf(context, commit),
  };
}

async function queueConfig(context: Context): Promise<Section[]> {
  return [
    ...coreSections(await context.settings(), ['bare = true', 'logAllRefUpdates = false', 'fsync = all']),
    { name: 'gc', lines: ['auto = 0'] },
    { name: 'pack', lines: ['threads = 1', 'writeReverseIndex = false'] },
    { name: 'transfer', lines: ['fsckObjects = true'] },
    // Written down, because git's own defaults have changed before and the same plan should merge the same way everywhere.
    {
      name: 'merge',
      lines: ['renames = true', 'renameLimit = 7000', 'directoryRenames = conflict', 'conflictStyle = merge'],
    },
  ];
}

/**
 * The same context, whose git refuses to work in the private repository when its configuration is not the one that we
 * wrote: an agent runs as the same user, and the file system does not keep it out of there.
 */
export function guarded(context: Context): Context {
  const ours = [context.queue.gitDirectory, context.kept.gitDirectory];
  const git: Git = async (where, what, args, call) => {
    const directory = where.gitDirectory;
    if (ours.includes(directory)) {
      const config = await readText(context.io.files, joinPath(directory, 'config'));
      const attributes = await context.io.files.stat(joinPath(directory, 'info/attributes'));
      if (config !== undefined && (config !== configText(await queueConfig(context)) || attributes !== undefined)) {
        throw new GitError(
          `cannot ${what}: somebody changed the configuration of ${directory}`,
          'look at what the agents did; masterplan writes it anew when you run the same command again',
        );
      }
    }
    return context.git(where, what, args, call);
  };
  return { ...context, git };
}

async function prepare(context: Context): Promise<readonly string[]> {
  const { files } = context.io;
  const directory = context.queue.gitDirectory;
  for (const path of [context.home, directory]) {
    const stat = await files.stat(path);
    if (stat !== undefined && stat.kind !== 'directory')
      throw new GitError(
        `${path} is not a directory: somebody replaced it`,
        `look at it, then remove it: rm '${path}'`,
      );
  }
  const config = await queueConfig(context);
  // Rewritten only when it differs: another run may be working in here.
  if (
    (await readText(files, joinPath(directory, 'config'))) !== configText(config) ||
    (await readText(files, joinPath(directory, 'HEAD'))) === undefined
  ) {
    await writeRepository(files, directory, {
      head: 'ref: refs/heads/none\n',
      alternates: [joinPath(context.options.gitDirectory, 'objects')],
      config,
    });
  }
  if ((await files.stat(joinPath(directory, 'info/attributes'))) !== undefined)
    await files.remove(joinPath(directory, 'info/attributes'));
  await copyFromUser(context, directory);
  await prepareKept(context);
  await removeTreeIfThere(context, joinPath(context.own, 'stage'));
  await files.makeDirectory(joinPath(context.own, 'stage'));
  const locks: string[] = [];
  for (const kind of ['result', 'head', 'agent'])
    locks.push(...(await removeLocks(context, joinPath(directory, 'refs/masterplan', kind, context.options.slug))));
  // The run branch is ours alone, too; other locks of the user's repository may be somebody's who lives.
  const own = joinPath(context.options.gitDirectory, `refs/heads/masterplan/${context.options.slug}.lock`);
  if ((await files.stat(own))?.kind === 'file') {
    await files.remove(own);
    locks.push(own);
  }
  await removeKeeps(context);
  return locks;
}

/**
 * The repository that keeps snapshots. It borrows from the user's objects alone: what lies in `.masterplan` may be deleted
 * with it.
 */
async function prepareKept(context: Context): Promise<void> {
  const { files } = context.io;
  const directory = context.kept.gitDirectory;
  const config = await queueConfig(context);
  if (
    (await readText(files, joinPath(directory, 'config'))) !== configText(config) ||
    (await readText(files, joinPath(directory, 'HEAD'))) === undefined
  ) {
    const alternates = [joinPath(context.options.gitDirectory, 'objects')];
    await writeRepository(files, directory, { head: 'ref: refs/heads/none\n', alternates, config });
  }
  if ((await files.stat(joinPath(directory, 'info/attributes'))) !== undefined)
    await files.remove(joinPath(directory, 'info/attributes'));
  await copyFromUser(context, directory);
  // Indexes of an earlier life.
  await removeTreeIfThere(context, joinPath(directory, 'masterplan', context.options.slug));
  const runs = joinPath(directory, 'refs/masterplan/snapshots');
  for (const run of await files.list(runs))
    if (run.startsWith(`${context.options.slug}-`)) await removeLocks(context, joinPath(runs, run));
}

async function removeTreeIfThere(context: Context, path: string): Promise<void> {
  if ((await context.io.files.stat(path))?.kind === 'directory') await context.io.files.removeTree(path);
}

/** Locks under the refs of this slug: we hold the lock of its bundle, so whoever took them is dead. Returns what was removed. */
async function removeLocks(context: Context, directory: string): Promise<readonly string[]> {
  const removed: string[] = [];
  const { files } = context.io;
  for (const name of await files.list(directory)) {
    const path = joinPath(directory, name);
    if (name.endsWith('.lock')) {
      await files.remove(path);
      removed.push(path);
    } else if ((await files.stat(path))?.kind === 'directory') removed.push(...(await removeLocks(context, path)));
  }
  return removed;
}

/** What the file that keeps a pack of ours from the user's `git gc` holds, while no ref reaches the pack yet. */
export function keepText(context: Context): string {
  return `masterplan ${context.options.slug}\n`;
}

async function removeKeeps(context: Context): Promise<void> {
  const { files } = context.io;
  const directory = joinPath(context.options.gitDirectory, 'objects/pack');
  for (const name of await files.list(directory)) {
    const path = joinPath(directory, name);
    if (name.endsWith('.keep') && (await readText(files, path, 256)) === keepText(context)) await files.remove(path);
  }
}
