import { joinPath } from '../../core/base/path.ts';
import { type Branch, branchInTheWay, isPlainlyFree, type Moved, moveBranch, readBranch, readTips } from './branch.ts';
import { attempt, checkId, type Context, readText } from './context.ts';
import { movePack, packObjects } from './objects.ts';
import { joinPacks } from './packs.ts';
import { keepText } from './queue.ts';
import { GitError, type ObjectId, type Repositories } from './repositories.ts';

/** The only ways in which the user's repository changes while a run works. */
export function publishMethods(
  context: Context,
): Pick<Repositories, 'branchTip' | 'inTheWay' | 'publish' | 'deleteBranch'> {
  return {
    branchTip: async (branch) => (await readBranch(context, branch))?.tip,
    inTheWay: (branch) => branchInTheWay(context, branch),
    publish: (branch, commit, expected) =>
      attempt(`move the branch ${branch}`, () => publish(context, branch, checkId(commit), expected)),
    deleteBranch: (branch, expected) =>
      attempt(`remove the branch ${branch}`, () => deleteBranch(context, branch, checkId(expected))),
  };
}

async function publish(
  context: Context,
  branch: string,
  commit: ObjectId,
  expected: ObjectId | undefined,
): Promise<Moved> {
  // Where the branch stands needs no look before: the compare-and-swap finds out.
  if (expected === undefined || !(await isPlainlyFree(context, branch))) {
    const there = await readBranch(context, branch);
    if (there?.tip !== expected) return { actual: there?.tip };
    refuseCheckedOut(branch, there);
  }
  const name = await pack(context, commit, expected === undefined ? await readTips(context) : [checkId(expected)]);
  return withObjects(context, name, async () => {
    const moved = await moveBranch(context, branch, commit, expected);
    return moved === 'there' ? { actual: commit } : moved;
  });
}

function refuseCheckedOut(branch: string, there: Branch | undefined): void {
  if (there?.workTree === undefined) return;
  throw new GitError(
    `the branch ${branch} is checked out in ${there.workTree}, and moving it would leave the files there behind`,
    `check out another branch there: git -C '${there.workTree}' switch --detach`,
  );
}

async function deleteBranch(context: Context, branch: string, expected: ObjectId): Promise<Moved> {
  const there = await readBranch(context, branch);
  if (there === undefined) return 'moved';
  if (there.tip !== expected) return { actual: there.tip };
  refuseCheckedOut(branch, there);
  const moved = await moveBranch(context, branch, undefined, expected);
  return moved === 'there' ? 'moved' : moved;
}

/** Joins the packs that this process brought; the user's own are none of our business. */
async function joinOwnPacks(context: Context, objects: string, name: string): Promise<void> {
  context.published.add(name);
  if (await joinPacks(context, objects, [...context.published])) context.published.clear();
}

function stageOf(context: Context): string {
  return joinPath(context.own, 'stage/outgoing');
}

/** Packs what the user's repository does not have yet; `undefined` when it has everything. */
export async function pack(
  context: Context,
  commit: ObjectId,
  has: readonly ObjectId[],
  alternates?: readonly string[],
): Promise<string | undefined> {
  // What comes from elsewhere than our own repository is checked object by object.
  const further = alternates === undefined ? { check: false } : { check: true, alternates };
  return packObjects(context, { commit, without: has, stage: stageOf(context), ...further });
}

/**
 * Brings a pack into the user's repository, then moves a ref onto it. A `.keep` file, there before the pack, protects it
 * from `git gc` until the ref does. Removing that file syncs its directory, which on journalling file systems also makes
 * the earlier rename of the ref durable; git itself does not sync directories.
 */
export async function withObjects<T>(context: Context, name: string | undefined, move: () => Promise<T>): Promise<T> {
  if (name === undefined) return move();
  const { files } = context.io;
  const objects = joinPath(context.options.gitDirectory, 'objects');
  const keep = joinPath(objects, `pack/pack-${name}.keep`);
  await files.create(keep, keepText(context));
  await movePack(context, stageOf(context), name, objects);
  try {
    const moved = await move();
    if (moved === 'moved') await joinOwnPacks(context, objects, name);
    return moved;
  } finally {
    if ((await readText(files, keep, 256)) === keepText(context)) await files.remove(keep);
  }
}
