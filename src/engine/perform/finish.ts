import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { standingOf } from '../../core/run/finish/balance.ts';
import { wholeCommands } from '../../core/run/finish/plan.ts';
import { checksOf } from '../../core/run/checks.ts';
import { ForgeError } from '../forge/forge.ts';
import { discardBranch } from './branch.ts';
import { checkSettled } from './flaky.ts';
import { displaced } from './land.ts';
import type { Performing } from './performer.ts';
import { openPullRequests } from './pull-request.ts';
import { mergeTarget } from './target.ts';
import { checkWhole } from './whole-check.ts';

/** Runs every verify command of the run in a clean checkout of the very commit that would be merged. */
export async function verifyBranch(
  effect: EffectOf<'verify-branch'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const { commit, tree } = await mergeTarget(performing.state(), effect.commit, performing);
  const checked = await checkSettled(
    (name) => checkWhole({ commit, tree }, effect.commands, name, performing, signal),
    'branch',
    performing,
  );
  if (checked === undefined) return [];
  const { verification, flaked } = checked;
  return [
    {
      event: 'branch_verified',
      ...verification,
      ...(commit === effect.commit ? {} : { of: effect.commit }),
      ...(flaked.length === 0 ? {} : { flaked }),
    },
  ];
}

/** Does with the finished branch what a person chose. What cannot be done changes nothing and says why. */
export async function finish(
  effect: EffectOf<'finish'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const { git } = performing;
  const state = performing.state();
  const { missing, waived } = standingOf(state.end?.balance?.items ?? []);
  const completed = (branch: string, commit: string): RunEvent[] => [
    { event: 'run_completed', outcome: effect.choice, branch, commit, missing, waived },
  ];
  const refused = (reason: string, hint: string): RunEvent[] => [
    { event: 'finish_refused', choice: effect.choice, reason, hint },
  ];
  const again = `then: masterplan approve ${state.slug} --finish ${effect.choice}`;
  const keep = `keep the branch (masterplan approve ${state.slug} --finish keep)`;
  if (effect.choice !== 'discard') {
    const tip = await git.branchTip(state.runBranch);
    if (tip !== effect.commit) return displaced(performing, effect.commit, tip);
  }
  switch (effect.choice) {
    case 'keep':
      return completed(state.runBranch, effect.commit);
    case 'pull-request':
      try {
        const opened = await openPullRequests(effect.commit, performing, signal);
        return opened === 'cancelled' ? [] : completed(state.runBranch, effect.commit);
      } catch (error) {
        if (!(error instanceof ForgeError)) throw error;
        return signal.aborted ? [] : refused(error.message, `${error.hint}, ${again}`);
      }
    case 'discard': {
      const moved = await discardBranch(effect.commit, performing);
      return moved === undefined
        ? completed(state.runBranch, effect.commit)
        : refused(`${state.runBranch} was moved to ${moved} by somebody else`, `look at it, ${again}`);
    }
    case 'merge': {
      const target = await mergeTarget(state, effect.commit, performing);
      const { base, commit } = target;
      if (base === undefined)
        return refused(
          `the branch ${state.baseBranch} is gone`,
          `git branch ${state.baseBranch} ${state.base.slice(0, 12)}, ${again}`,
        );
      if (target.onto === 'landed') return completed(state.baseBranch, base);
      if (target.onto === 'conflict')
        return refused(
          `${state.baseBranch} has moved on and conflicts in ${target.conflicts.slice(0, 5).join(', ')}`,
          `${keep} and merge ${state.runBranch} by hand`,
        );
      if (target.onto === 'merge-commit' && state.settings?.finishing?.commit === 'fast-forward')
        return refused(
          `${state.baseBranch} has moved on, and merge.commit asks for a fast-forward`,
          `${keep} and bring it up to date by hand, or have a merge commit: masterplan finish ${state.slug} --finish merge --merge-commit merge-commit`,
        );
      // What the person was shown is of this tree; what is another one is verified before it counts.
      if (target.tree !== state.branchCheck?.tree && target.onto === 'merge-commit') {
        const commands = wholeCommands(state);
        if (!state.verified.includes(`${target.tree}:${checksOf(commands)}`)) {
          const checked = await checkSettled(
            (name) => checkWhole(target, commands, name, performing, signal),
            'finish',
            performing,
          );
          if (checked === undefined) return [];
          const { verification } = checked;
          if (!verification.passed)
            return refused(
              `together with what is on ${state.baseBranch} now, "${verification.failed?.command ?? ''}" fails`,
              `${keep} and look at ${verification.evidence}`,
            );
        }
      }
      const moved = await git.advance(state.baseBranch, commit, base);
      if (moved === 'moved') return completed(state.baseBranch, commit);
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
