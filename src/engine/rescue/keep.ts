import { joinPath } from '../../core/base/path.ts';
import type { Io } from '../../io/io.ts';
import { attempt, type Context, createContext, type RepositoriesOptions } from '../git/context.ts';
import { fieldsOf, textOf, type Where } from '../git/git.ts';
import { guarded, queueMethods } from '../git/queue.ts';
import type { ObjectId } from '../git/repositories.ts';

/*
 * The proof by which a directory may go: every byte of it is in a tree under a ref of the repository that keeps. Files are hashed as
 * they are, ignored ones too, with no filter and no conversion; whatever a tree cannot hold makes the proof fail.
 */

export type KeptProof =
  | {
      readonly how: 'kept';
      readonly ref: string;
      readonly commit: ObjectId;
      readonly files: number;
      readonly bytes: number;
    }
  | { readonly how: 'unproven'; readonly why: string };

/** Keeps directories. Beside every run, and without any. Rejects with `GitError`. */
export interface Keeping {
  /** Stores a directory, and looks afterwards whether it is still what was stored. */
  keep(directory: string, name: string): Promise<KeptProof>;
}

const NAME = '_clean';
const REFS = 'refs/masterplan/cleaned';
const MOST_FILES = 50_000;
const MOST_BYTES = 1024 * 1024 * 1024;

interface Leaf {
  /** Relative to the directory. */
  readonly path: string;
  readonly size: number;
  readonly mtime: number;
  readonly executable: boolean;
}

class Unproven extends Error {}

export function createKeeping(io: Io, options: Omit<RepositoriesOptions, 'slug'>): Keeping {
  const context = guarded(createContext(io, { ...options, slug: NAME }));
  let prepared: Promise<unknown> | undefined;
  return {
    keep: (directory, name) =>
      attempt(`keep ${directory}`, async () => {
        prepared ??= queueMethods(context).prepare();
        await prepared;
        try {
          return await keep(context, directory, name);
        } catch (error) {
          if (error instanceof Unproven) return { how: 'unproven', why: error.message };
          throw error;
        }
      }),
  };
}

async function keep(context: Context, directory: string, name: string): Promise<KeptProof> {
  const leaves = await leavesOf(context, directory);
  const bytes = leaves.reduce((sum, { size }) => sum + size, 0);
  const stage = joinPath(context.own, 'stage', `keep-${context.io.random.hex(6)}`);
  await context.io.files.makeDirectory(stage);
  try {
    const ids = await store(context, directory, leaves);
    const where: Where = { ...context.kept, index: joinPath(stage, 'index') };
    const info = leaves
      .map(({ path, executable }, i) => `${executable ? '100755' : '100644'} ${ids[i] ?? ''}\t${path}\0`)
      .join('');
    await context.git(where, `keep ${directory}`, ['update-index', '-z', '--add', '--index-info'], { stdin: info });
    const tree = textOf(await context.git(where, `keep ${directory}`, ['write-tree'])).trim();
    const shown = directory.slice(context.options.root.length + 1);
    const made = await context.git(context.kept, 'make a commit', ['commit-tree', tree], {
      stdin: `${shown}, as masterplan clean removed it\n`,
      date: context.io.clock.now(),
    });
    const commit = textOf(made).trim();
    // With every object, also those that the user's repository happens to have: there nothing protects them.
    const pack = joinPath(context.kept.gitDirectory, 'objects/pack/pack');
    await context.git(context.kept, `pack ${shown}`, ['pack-objects', '--quiet', '--revs', '--threads=1', pack], {
      stdin: `${commit}\n`,
    });
    const ref = `${REFS}/${name.replace(/[^\w/.-]/g, '_').replace(/\.{2,}/g, '_')}-${commit.slice(0, 8)}`;
    await context.git(context.kept, `keep ${ref}`, ['update-ref', '--no-deref', ref, commit]);
    await check(context, directory, leaves, ids, commit);
    return { how: 'kept', ref, commit, files: leaves.length, bytes };
  } finally {
    await context.io.files.removeTree(stage);
  }
}

/** Ids of the files' content, which is in the repository then. */
async function store(context: Context, directory: string, leaves: readonly Leaf[]): Promise<readonly string[]> {
  if (leaves.length === 0) return [];
  const stdin = leaves.map(({ path }) => `${directory}/${path}\n`).join('');
  const answer = await context.git(
    context.kept,
    `store ${directory}`,
    ['hash-object', '-w', '--no-filters', '--stdin-paths'],
    { stdin },
  );
  const ids = textOf(answer).trim().split('\n');
  if (ids.length !== leaves.length) throw new Unproven('not every file could be stored');
  return ids;
}

/** Every file of a directory, or why a tree cannot hold it. */
async function leavesOf(context: Context, directory: string): Promise<readonly Leaf[]> {
  const { files } = context.io;
  const leaves: Leaf[] = [];
  let bytes = 0;
  const walk = async (below: string): Promise<void> => {
    for (const name of await files.list(joinPath(directory, below))) {
      const path = below === '' ? name : `${below}/${name}`;
      const stat = await files.stat(joinPath(directory, path));
      if (stat === undefined) throw new Unproven(`${path} vanished meanwhile`);
      // The worktree's own pointer to its scratch repository is ours; any other repository is more than its files.
      if (name.toLowerCase() === '.git') {
        if (below === '' && stat.kind === 'file') continue;
        throw new Unproven(`${path} is a repository of its own`);
      }
      if (/[\n\\"]/.test(path))
        throw new Unproven(`${JSON.stringify(path)} has a name that cannot be handed on safely`);
      if (stat.kind === 'directory') await walk(path);
      else if (stat.kind !== 'file') throw new Unproven(`${path} is a ${stat.kind}, and no file`);
      else {
        bytes += stat.size;
        leaves.push({ path, size: stat.size, mtime: stat.mtime, executable: stat.executable });
      }
      if (leaves.length > MOST_FILES || bytes > MOST_BYTES) throw new Unproven('it is too large to be stored');
    }
  };
  await walk('');
  return leaves;
}

/** The commit reads back as the files, and the files are still what they were. */
async function check(
  context: Context,
  directory: string,
  leaves: readonly Leaf[],
  ids: readonly string[],
  commit: string,
): Promise<void> {
  const listed = fieldsOf(
    await context.git(context.kept, `read ${commit}`, ['ls-tree', '-r', '-z', '--full-tree', commit]),
  );
  const there = new Set(listed.map((line) => line.replace(/^\d+ blob ([0-9a-f]+)\t/, '$1 ')));
  if (!leaves.every(({ path }, i) => there.has(`${ids[i] ?? ''} ${path}`)))
    throw new Unproven('what was stored does not read back');
  const now = await leavesOf(context, directory);
  const same =
    now.length === leaves.length &&
    now.every(
      (one, i) => one.path === leaves[i]?.path && one.size === leaves[i]?.size && one.mtime === leaves[i]?.mtime,
    );
  if (!same) throw new Unproven('it was changed meanwhile');
}
