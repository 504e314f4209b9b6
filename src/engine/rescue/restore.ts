import { joinPath } from '../../core/base/path.ts';
import type { Found } from '../../core/views/rescue.ts';
import { attempt, checkId, type Context } from '../git/context.ts';
import { changesBetween } from '../git/collect.ts';
import { fieldsOf, type Where } from '../git/git.ts';
import { pack, withObjects } from '../git/publish.ts';
import { moveBranch, readBranch, readTips } from '../git/branch.ts';
import { type ChangedPath, GitError, type ObjectId } from '../git/repositories.ts';

/** Something with a commit. */
export type FoundWork = Found & { readonly commit: ObjectId };

/** Everything that our own repositories and an agent's own have, read together. */
function everything(context: Context, found: Found): Where {
  const kept = joinPath(context.kept.gitDirectory, 'objects');
  return { ...context.queue, alternates: [kept, ...(found.objects === undefined ? [] : [found.objects])] };
}

/** What differs from the commit that the work began with; `undefined` when that is not known. */
export async function changesIn(context: Context, found: FoundWork): Promise<readonly ChangedPath[] | undefined> {
  const { base } = found;
  if (base === undefined) return undefined;
  const where = everything(context, found);
  return attempt(`look at ${found.id}`, () =>
    changesBetween(context, where, checkId(base), checkId(found.commit)).catch((error: unknown) => {
      if (error instanceof GitError) return undefined;
      throw error;
    }),
  );
}

/** Makes a new branch of the user's repository at a commit. Rejects when there is a branch of that name. */
export async function restoreToBranch(context: Context, found: FoundWork, branch: string): Promise<void> {
  await attempt(`restore ${found.id}`, async () => {
    const commit = checkId(found.commit);
    const there = await readBranch(context, branch);
    if (there !== undefined) throw taken(branch);
    const alternates = everything(context, found).alternates ?? [];
    const name = await pack(context, commit, await readTips(context), alternates);
    const moved = await withObjects(context, name, () => moveBranch(context, branch, commit, undefined));
    if (moved !== 'moved' && moved !== 'there') throw taken(branch);
  });
}

function taken(branch: string): GitError {
  return new GitError(
    `there is a branch ${branch} already, and rescue overwrites nothing`,
    'choose another name: --to <branch>',
  );
}

/** Writes the files of a commit into a directory that is not there yet, or is empty. Returns how many. */
export async function restoreToDirectory(context: Context, found: FoundWork, directory: string): Promise<number> {
  return attempt(`restore ${found.id}`, async () => {
    const { files } = context.io;
    const there = await files.stat(directory);
    if (there !== undefined && (there.kind !== 'directory' || (await files.list(directory)).length > 0)) {
      throw new GitError(
        `${directory} is there and not empty, and rescue overwrites nothing`,
        'choose another one: --into <directory>',
      );
    }
    await files.makeDirectory(directory);
    const stage = joinPath(context.own, 'stage', `restore-${context.io.random.hex(8)}`);
    await files.makeDirectory(stage);
    try {
      const where: Where = { ...everything(context, found), workTree: directory, index: joinPath(stage, 'index') };
      await context.git(where, `write ${found.id} to ${directory}`, [
        'read-tree',
        '--reset',
        '-u',
        checkId(found.commit),
      ]);
      return fieldsOf(await context.git(where, 'count the files', ['ls-files', '-z'])).length;
    } finally {
      await files.removeTree(stage);
    }
  });
}
