import type { EffectOf } from '../../core/run/effect.ts';
import type { ByHand } from '../../core/run/event.ts';
import type { Attempt, TaskState } from '../../core/run/state.ts';
import type { AgentEnd } from '../agents/command.ts';
import { attemptFile } from '../paths.ts';
import { placeFor } from './handoff.ts';
import type { Performing } from './performer.ts';
import { removeUnused } from './removal.ts';

/**
 * Lays what a person did by hand out as the worktree of an attempt that has no process: from here on it is witnessed, verified,
 * reviewed and landed as what an agent did. Made anew after a crash, for nobody works in it.
 */
export async function layOut(
  effect: EffectOf<'work'>,
  task: TaskState,
  attempt: Attempt,
  { commit }: ByHand,
  performing: Performing,
): Promise<AgentEnd> {
  const { git, paths } = performing;
  const file = attemptFile(task.task.id, attempt.number);
  const worktree = `${paths.worktrees}/${file}`;
  const scratch = `${paths.scratch}/${file}.git`;
  await performing.confirm();
  if (commit !== null && !(await git.isCommit(commit))) {
    await removeUnused(git, worktree, scratch);
    return { how: 'lost', code: undefined, reason: 'what was returned is not in the private repository any more' };
  }
  await removeUnused(git, worktree, scratch);
  await git.openWorktree(
    worktree,
    scratch,
    commit ?? (await placeFor(task, attempt.number, attempt.base, performing)).commit,
  );
  return effect.end || task.leaving !== undefined
    ? { how: 'cancelled', code: undefined, reason: '' }
    : { how: 'exited', code: 0, reason: '' };
}
