import { joinPath } from '../../core/base/path.ts';
import { branchRef, type Context, readText } from './context.ts';
import { fieldsOf } from './git.ts';
import { GitError, type ObjectId } from './repositories.ts';

export interface Branch {
  readonly tip: ObjectId;
  /** Work tree in which it is checked out. */
  readonly workTree: string | undefined;
}

/** A branch of the user's repository; `undefined` when there is none of that name. */
export async function readBranch(context: Context, branch: string): Promise<Branch | undefined> {
  const ref = branchRef(branch);
  const format = '--format=%00%(refname)%00%(objectname)%00%(symref)%00%(worktreepath)%00';
  const fields = fieldsOf(await context.git(context.user, `read the branch ${branch}`, ['for-each-ref', format, ref]));
  // Each ref gives five fields, the first empty or a line end; below a directory of that name there may be other refs.
  for (let at = 0; at + 4 < fields.length; at += 5) {
    const [name, tip, target, workTree] = fields.slice(at + 1, at + 5);
    if (name !== ref || tip === undefined) continue;
    if (target)
      throw new GitError(`the branch ${branch} is only another name for ${target}`, `name that branch itself`);
    return { tip, workTree: workTree === '' ? undefined : workTree };
  }
  return undefined;
}

/** Where refs are files, `masterplan` and `masterplan/demo` cannot both be branches; git holds to that everywhere. */
export async function branchInTheWay(context: Context, branch: string): Promise<string | undefined> {
  const own = branchRef(branch);
  const [top = ''] = branch.split('/');
  const fields = fieldsOf(
    await context.git(context.user, `read the branches beside ${branch}`, [
      'for-each-ref',
      '--format=%(refname)%00',
      branchRef(top),
    ]),
  );
  const found = fields
    .map((field) => field.trim())
    .find((ref) => ref !== own && ref !== '' && (ref.startsWith(`${own}/`) || own.startsWith(`${ref}/`)));
  return found?.slice('refs/heads/'.length);
}

/**
 * Whether a plain look shows that the branch is an ordinary ref which nobody has checked out. False when it is not, or
 * when only git can tell. It spares a process for each landing.
 */
export async function isPlainlyFree(context: Context, branch: string): Promise<boolean> {
  const { files } = context.io;
  const ref = branchRef(branch);
  const common = context.options.gitDirectory;
  const worktrees = await files.list(joinPath(common, 'worktrees'));
  for (const directory of [common, ...worktrees.map((name) => joinPath(common, 'worktrees', name))]) {
    const head = (await readText(files, joinPath(directory, 'HEAD')))?.trim();
    // With another store for refs (reftable) this file only says `.invalid`.
    if (head === undefined || head === `ref: ${ref}` || head.includes('.invalid')) return false;
  }
  const loose = await readText(files, joinPath(common, ref));
  return !loose?.startsWith('ref:');
}

/** Every commit that a ref of the user's repository points at. */
export async function readTips(context: Context): Promise<ObjectId[]> {
  const format = '--format=%(if:equals=commit)%(objecttype)%(then)%(objectname)%(else)%(*objectname)%(end)%00';
  const fields = fieldsOf(await context.git(context.user, 'read the refs of the repository', ['for-each-ref', format]));
  return [...new Set(fields.map((field) => field.trim()))].filter((id) => id !== '');
}

export type Moved = 'moved' | { readonly actual: ObjectId | undefined };

/**
 * Moves a ref by compare-and-swap, or finds it where it should be (`there`); `to` undefined removes it, `from` undefined means that it must not exist. When git
 * refuses, the ref itself is asked why: its error texts are not an interface.
 */
export async function moveBranch(
  context: Context,
  branch: string,
  to: ObjectId | undefined,
  from: ObjectId | undefined,
): Promise<Moved | 'there'> {
  const ref = branchRef(branch);
  const args = to === undefined ? ['-d', ref, from ?? ''] : [ref, to, from ?? ''];
  try {
    // Not through symbolic refs: one planted under our name must not move what it points at.
    await context.git(context.user, `move the branch ${branch}`, [
      'update-ref',
      '--no-deref',
      '-m',
      `masterplan: ${context.options.slug}`,
      ...args,
    ]);
    return 'moved';
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const actual = (await readBranch(context, branch))?.tip;
    if (actual === to) return 'there';
    if (actual !== from) return { actual };
    throw error;
  }
}
