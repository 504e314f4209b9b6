import { commitText } from '../../core/run/commit-text.ts';
import type { Attempt, TaskState } from '../../core/run/state.ts';
import { attemptFile } from '../paths.ts';
import type { Performing } from './performer.ts';

/** Work that an attempt takes over from the one before it. */
export interface Handoff {
  readonly from: Attempt;
  /** That work on the base of the new attempt: what its worktree begins with. */
  readonly commit: string;
}

/**
 * What the attempt before this one left when its account came to a limit, or what a review sent back: half-done work that is
 * nobody's fault is gone on with, by whichever agent comes next, and so is good work of which somebody wants a little more. Of attempts that ended in any other way nothing is taken over, nor where the work no longer goes
 * together with what landed meanwhile. Depends on the log and the private repository alone, so it is the same after a crash.
 */
export async function handoffFor(
  task: TaskState,
  attempt: number,
  base: string,
  performing: Performing,
): Promise<Handoff | undefined> {
  const { git } = performing;
  const from = task.attempts.slice(0, attempt - 1).findLast(({ subject }) => subject === undefined);
  if (from?.sentBack === undefined && (from?.ended?.ending !== 'limited' || from.snapshot === undefined))
    return undefined;
  const kept = await git.kept(attemptFile(task.task.id, from.number));
  if (kept === undefined) return undefined;
  const text = commitText(performing.state(), task.task, from.number, 'Work so far.', from.started);
  const carried = await git.integrate(kept, from.base, base, text);
  return 'conflicts' in carried ? undefined : { from, commit: carried.commit };
}
