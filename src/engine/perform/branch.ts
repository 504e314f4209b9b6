import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { displaced } from './land.ts';
import type { Performing } from './performer.ts';

/** Makes the private repository and the run branch, and notes the fingerprint of the user's git directory. */
export async function prepare(_effect: EffectOf<'prepare'>, performing: Performing): Promise<RunEvent[]> {
  const { git } = performing;
  const state = performing.state();
  await git.prepare();
  const events: RunEvent[] = [];
  if (state.tip === undefined) {
    const tip = await git.branchTip(state.runBranch);
    if (tip === undefined) {
      const moved = await git.publish(state.runBranch, state.base, undefined);
      if (moved !== 'moved' && moved.actual !== state.base) return displaced(performing, state.base, moved.actual);
    } else if (tip !== state.base) {
      // Made before the run was: a name that was taken is for a person to free.
      return [
        ...events,
        { event: 'branch_created', branch: state.runBranch, commit: state.base },
        ...(await displaced(performing, state.base, tip)),
      ];
    }
    events.push({ event: 'branch_created', branch: state.runBranch, commit: state.base });
  }
  if (state.fingerprint === undefined)
    events.push({ event: 'repository_fingerprinted', files: await git.fingerprint() });
  return events;
}

/** Puts the run branch back to where the log says it stood. */
export async function restore(effect: EffectOf<'restore'>, performing: Performing): Promise<RunEvent[]> {
  const branch = performing.state().runBranch;
  const moved = await performing.git.publish(branch, effect.commit, effect.displacedTo ?? undefined);
  if (moved === 'moved' || moved.actual === effect.commit)
    return [{ event: 'branch_restored', branch, commit: effect.commit }];
  return displaced(performing, effect.commit, moved.actual);
}

/**
 * Removes the run branch where it stands at `commit`, and the branches of units that were made of it; where somebody else moved the
 * run branch, nothing is done, and this says to where.
 */
export async function discardBranch(commit: string, performing: Performing): Promise<string | undefined> {
  const { git } = performing;
  const { runBranch, end } = performing.state();
  for (const unit of Object.values(end?.branches ?? {}))
    if ((await git.branchTip(unit.branch)) === unit.commit) await git.deleteBranch(unit.branch, unit.commit);
  if ((await git.branchTip(runBranch)) === undefined) return undefined;
  const gone = await git.deleteBranch(runBranch, commit);
  return gone === 'moved' ? undefined : (gone.actual?.slice(0, 12) ?? 'nowhere');
}
