import type { RunState } from '../../core/run/state.ts';
import type { ObjectId } from '../git/repositories.ts';
import type { Performing } from './performer.ts';

/** The commit that the base branch would stand at after a merge, and how it comes there. */
export type Target = { readonly base: ObjectId | undefined } & (
  | {
      readonly onto: 'fast-forward' | 'merge-commit' | 'landed' | 'gone';
      readonly commit: ObjectId;
      readonly tree: ObjectId;
    }
  | {
      readonly onto: 'conflict';
      readonly commit: ObjectId;
      readonly tree: ObjectId;
      readonly conflicts: readonly string[];
    }
);

/** Finds out what a merge of the finished branch would come to now, without moving anything. */
export async function mergeTarget(state: RunState, tip: ObjectId, { git }: Pick<Performing, 'git'>): Promise<Target> {
  const base = await git.branchTip(state.baseBranch);
  const own = async (onto: 'fast-forward' | 'gone' | 'landed', commit = tip): Promise<Target> => ({
    onto,
    base,
    commit,
    tree: await git.treeOf(commit),
  });
  if (base === undefined) return own('gone');
  if (await git.isAncestor(tip, base)) return own('landed', base);
  const forward = await git.isAncestor(base, tip);
  if (forward && state.settings?.finishing?.commit !== 'merge-commit') return own('fast-forward');
  const text = {
    message: `Merge ${state.runBranch}: ${state.title}\n\nMasterplan-Run: ${state.run}\n`,
    date: state.updated,
  };
  const merged = await git.merge(base, tip, text);
  if ('conflicts' in merged)
    return { onto: 'conflict', base, commit: tip, tree: await git.treeOf(tip), conflicts: merged.conflicts };
  return { onto: 'merge-commit', base, ...merged };
}
