import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { checksOf } from '../../core/run/checks.ts';
import { check } from './check.ts';
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

/** Runs the plan's global verification on the finished branch. */
export async function verifyBranch(
  effect: EffectOf<'verify-branch'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const tree = await performing.git.treeOf(effect.commit);
  const verification = await check({ commit: effect.commit, tree }, effect.commands, 'branch', performing, signal);
  return verification === undefined ? [] : [{ event: 'branch_verified', ...verification }];
}

/** Does with the finished branch what a person chose. What cannot be done changes nothing and says why. */
export async function finish(
  effect: EffectOf<'finish'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const { git } = performing;
  const state = performing.state();
  const completed = (branch: string, commit: string): RunEvent[] => [
    { event: 'run_completed', outcome: effect.choice, branch, commit },
  ];
  const refused = (reason: string, hint: string): RunEvent[] => [
    { event: 'finish_refused', choice: effect.choice, reason, hint },
  ];
  const again = `then: masterplan approve ${state.slug} --finish ${effect.choice}`;
  if (effect.choice !== 'discard') {
    const tip = await git.branchTip(state.runBranch);
    if (tip !== effect.commit) return displaced(performing, effect.commit, tip);
  }
  switch (effect.choice) {
    case 'keep':
      return completed(state.runBranch, effect.commit);
    case 'discard': {
      const tip = await git.branchTip(state.runBranch);
      if (tip === undefined) return completed(state.runBranch, effect.commit);
      const gone = await git.deleteBranch(state.runBranch, effect.commit);
      if (gone === 'moved') return completed(state.runBranch, effect.commit);
      return refused(
        `${state.runBranch} was moved to ${gone.actual?.slice(0, 12) ?? 'nowhere'} by somebody else`,
        `look at it, ${again}`,
      );
    }
    case 'merge': {
      const baseTip = await git.branchTip(state.baseBranch);
      if (baseTip === undefined)
        return refused(
          `the branch ${state.baseBranch} is gone`,
          `git branch ${state.baseBranch} ${state.base.slice(0, 12)}, ${again}`,
        );
      if (await git.isAncestor(effect.commit, baseTip)) return completed(state.baseBranch, baseTip);
      let target = effect.commit;
      if (!(await git.isAncestor(baseTip, effect.commit))) {
        const text = {
          message: `Merge ${state.runBranch}: ${state.title}\n\nMasterplan-Run: ${state.run}\n`,
          date: state.updated,
        };
        const merged = await git.merge(baseTip, effect.commit, text);
        if ('conflicts' in merged) {
          return refused(
            `${state.baseBranch} has moved on and conflicts in ${merged.conflicts.slice(0, 5).join(', ')}`,
            `keep the branch (masterplan approve ${state.slug} --finish keep) and merge ${state.runBranch} by hand`,
          );
        }
        const commands = [
          ...new Set([
            ...state.verify,
            ...state.tasks.flatMap((task) => task.task.verify),
            ...(state.settings?.verify.commands ?? []),
          ]),
        ];
        if (!state.verified.includes(`${merged.tree}:${checksOf(commands)}`)) {
          const verification = await check(merged, commands, 'finish', performing, signal);
          if (verification === undefined) return [];
          if (!verification.passed) {
            return refused(
              `together with what is on ${state.baseBranch} now, "${verification.failed?.command ?? ''}" fails`,
              `keep the branch (masterplan approve ${state.slug} --finish keep) and look at ${verification.evidence}`,
            );
          }
        }
        target = merged.commit;
      }
      const moved = await git.advance(state.baseBranch, target, baseTip);
      if (moved === 'moved') return completed(state.baseBranch, target);
      if ('dirty' in moved) {
        return refused(
          `${state.baseBranch} is checked out with uncommitted changes that the merge would touch: ${moved.dirty.slice(0, 5).join(', ')}`,
          `commit or stash them, ${again}`,
        );
      }
      return refused(`${state.baseBranch} moved while it was being merged`, `look at it, ${again}`);
    }
  }
}
