import { attempt, checkId, type Context } from './context.ts';
import { fieldsOf, textOf, type Where } from './git.ts';
import { commitTree, treeOf } from './objects.ts';
import type { CommitText, ObjectId, Repositories } from './repositories.ts';

type Merged = { readonly commit: ObjectId; readonly tree: ObjectId } | { readonly conflicts: readonly string[] };

/**
 * Merging by the object database alone. Only git's own line merge takes part: the private repository has no work tree, so
 * `.gitattributes` names no driver, not even the built-in `union`; what would need one is a conflict.
 */
export function mergeMethods(context: Context): Pick<Repositories, 'integrate' | 'conflicts' | 'carry' | 'merge'> {
  return {
    integrate: (commit, base, onto, text) =>
      attempt(`integrate ${commit}`, () => integrate(context, checkId(commit), checkId(base), checkId(onto), text)),
    conflicts: (commit, base, onto) =>
      attempt(`compare ${commit}`, async () => {
        if (onto === base) return [];
        const merged = await mergeOnto(context, checkId(commit), checkId(base), checkId(onto), 0);
        return 'conflicts' in merged ? merged.conflicts : [];
      }),
    carry: (commit, base, onto, text) =>
      attempt(`carry ${commit}`, async () => {
        const merged: { readonly tree: ObjectId; readonly conflicts?: readonly string[] } =
          onto === base
            ? { tree: await treeOf(context, checkId(commit)) }
            : await mergeOnto(context, checkId(commit), checkId(base), checkId(onto), text.date);
        const { tree } = merged;
        const made = await commitTree(context, context.queue, tree, [onto], text);
        return { commit: made, tree, conflicts: merged.conflicts ?? [] };
      }),
    merge: (ours, theirs, text) =>
      attempt(`merge ${theirs}`, () => merge(context, checkId(ours), checkId(theirs), text)),
  };
}

async function integrate(
  context: Context,
  commit: ObjectId,
  base: ObjectId,
  onto: ObjectId,
  text: CommitText,
): Promise<Merged> {
  if (onto === base) {
    const tree = await treeOf(context, commit);
    return { commit: await commitTree(context, context.queue, tree, [onto], text), tree };
  }
  const merged = await mergeOnto(context, commit, base, onto, text.date);
  if ('conflicts' in merged) return { conflicts: merged.conflicts };
  return { commit: await commitTree(context, context.queue, merged.tree, [onto], text), tree: merged.tree };
}

/** The tree of `onto` with the change `base..commit`. */
async function mergeOnto(
  context: Context,
  commit: ObjectId,
  base: ObjectId,
  onto: ObjectId,
  date: number,
): ReturnType<typeof mergeTrees> {
  // Together, because the answer to the first is nearly always yes, and then the second is what we need.
  const [bases, plain] = await Promise.all([mergeBases(context, onto, commit), mergeTrees(context, onto, commit)]);
  return bases.length === 1 && bases[0] === base ? plain : mergeWithBase(context, commit, base, onto, date);
}

async function merge(context: Context, ours: ObjectId, theirs: ObjectId, text: CommitText): Promise<Merged> {
  const merged = await mergeTrees(context, ours, theirs);
  if ('conflicts' in merged) return { conflicts: merged.conflicts };
  return { commit: await commitTree(context, context.queue, merged.tree, [ours, theirs], text), tree: merged.tree };
}

/**
 * The change `base..commit` onto something that does not descend from `base`. `merge-tree --merge-base` came with git 2.40;
 * two commits made up for the occasion, with a parent that has the tree of `base`, say the same to every version.
 */
async function mergeWithBase(
  context: Context,
  commit: ObjectId,
  base: ObjectId,
  onto: ObjectId,
  date: number,
): ReturnType<typeof mergeTrees> {
  const make = async (of: ObjectId, parents: ObjectId[], message: string): Promise<ObjectId> =>
    commitTree(context, context.queue, await treeOf(context, of), parents, { message, date }, false);
  const root = await make(base, [], 'base');
  const ours = await make(onto, [root], 'ours');
  const theirs = await make(commit, [root], 'theirs');
  return mergeTrees(context, ours, theirs);
}

async function mergeBases(context: Context, one: ObjectId, other: ObjectId): Promise<string[]> {
  const answer = await context.git(context.queue, `compare ${one} with ${other}`, ['merge-base', '--all', one, other], {
    codes: [1],
  });
  return textOf(answer)
    .split('\n')
    .filter((line) => line !== '');
}

/** Merges two commits in one of our repositories, without any ref or file. */
export async function mergeTrees(
  context: Context,
  ours: ObjectId,
  theirs: ObjectId,
  where: Where = context.queue,
): Promise<{ readonly tree: ObjectId } | { readonly tree: ObjectId; readonly conflicts: readonly string[] }> {
  const args = [
    'merge-tree',
    '--write-tree',
    '-z',
    '--name-only',
    '--no-messages',
    '--allow-unrelated-histories',
    ours,
    theirs,
  ] as const;
  const answer = await context.git(where, `merge ${theirs} into ${ours}`, [...args], { codes: [1], durable: false });
  const [tree = '', ...paths] = fieldsOf(answer);
  return answer.code === 0 ? { tree } : { tree, conflicts: [...new Set(paths)].filter((path) => path !== '') };
}
