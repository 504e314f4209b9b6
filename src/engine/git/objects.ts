import { joinPath } from '../../core/base/path.ts';
import { type Context, checkId } from './context.ts';
import { textOf, type Where } from './git.ts';
import type { CommitText, ObjectId } from './repositories.ts';

/**
 * From this size on a file goes straight to a pack, is never a delta and is not compressed: nobody waits minutes for a film, a dump
 * or a model that an agent left, and forges refuse such files anyway. What is smaller is packed as git does it.
 */
export const LARGE_FILES = 'core.bigFileThreshold=100m';

export interface PackRequest {
  readonly commit: ObjectId;
  /** Commits whose objects the receiver has. */
  readonly without: readonly ObjectId[];
  /** Directory for the pack; objects that only git needs meanwhile go there too. */
  readonly stage: string;
  /** Further object directories to read from. */
  readonly alternates?: readonly string[];
  /** Packs read from what an agent can write are checked, object by object and link by link, before they count. */
  readonly check: boolean;
}

/**
 * Packs the objects of `commit` that are not in `without`: `<stage>/pack-<name>.{pack,idx}`, synced. Returns the name, or
 * `undefined` when there is nothing to pack. The same request gives the same name.
 */
export async function packObjects(context: Context, request: PackRequest): Promise<string | undefined> {
  const { stage } = request;
  const objects = joinPath(stage, 'objects');
  await ensureDirectory(context, objects);
  const own: Where = { ...context.queue, objects, alternates: [joinPath(context.queue.gitDirectory, 'objects')] };
  const from: Where = { ...own, alternates: [...(own.alternates ?? []), ...(request.alternates ?? [])] };
  const answer = await context.git(
    from,
    `pack commit ${request.commit}`,
    ['pack-objects', '--quiet', '--revs', '--non-empty', '--threads=1', joinPath(stage, 'pack')],
    {
      stdin: [checkId(request.commit), ...request.without.map((id) => `^${checkId(id)}`), ''].join('\n'),
      settings: [LARGE_FILES, 'pack.windowMemory=256m'],
    },
  );
  const name = textOf(answer).trim();
  if (name === '') return undefined;
  if (request.check) {
    // Ids are computed anew from what the pack holds: what the lender's files claimed to be is forgotten here.
    await context.io.files.remove(joinPath(stage, `pack-${name}.idx`));
    const pack = joinPath(stage, `pack-${name}.pack`);
    await context.git(own, `check the objects of commit ${request.commit}`, ['index-pack', '--strict', pack], {
      settings: [LARGE_FILES],
    });
  }
  return name;
}

/** Moves a pack into an object directory; the index comes last, because with it git begins to use the pack. */
export async function movePack(context: Context, stage: string, name: string, objects: string): Promise<void> {
  const { files } = context.io;
  const target = joinPath(objects, 'pack');
  for (const extension of ['pack', 'idx']) {
    const from = joinPath(stage, `pack-${name}.${extension}`);
    const to = joinPath(target, `pack-${name}.${extension}`);
    try {
      await files.rename(from, to);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
      // The user's git directory lies on another file system than the work tree.
      const content = await files.read(from);
      if (content !== undefined) await files.write(to, content);
      await files.remove(from);
    }
  }
}

// Making a directory syncs its parent; on the way of a landing that is worth a look first.
async function ensureDirectory(context: Context, path: string): Promise<void> {
  if ((await context.io.files.stat(path)) === undefined) await context.io.files.makeDirectory(path);
}

/** Makes a commit; the same input gives the same id. */
export async function commitTree(
  context: Context,
  where: Where,
  tree: string,
  parents: readonly ObjectId[],
  text: CommitText,
  durable = true,
): Promise<ObjectId> {
  const message = text.message.endsWith('\n') ? text.message : `${text.message}\n`;
  const answer = await context.git(
    where,
    'make a commit',
    ['commit-tree', ...parents.flatMap((parent) => ['-p', checkId(parent)]), tree],
    {
      stdin: message,
      date: text.date,
      durable,
    },
  );
  const commit = textOf(answer).trim();
  context.trees.set(commit, tree);
  return commit;
}

/** The tree of a commit. */
export async function treeOf(context: Context, commit: ObjectId): Promise<ObjectId> {
  const known = context.trees.get(checkId(commit));
  if (known !== undefined) return known;
  const answer = await context.git(context.queue, `read commit ${commit}`, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${commit}^{tree}`,
  ]);
  const tree = textOf(answer).trim();
  context.trees.set(commit, tree);
  return tree;
}
