import { commitText } from '../../core/run/commit-text.ts';
import type { Attempt, TaskState } from '../../core/run/state.ts';
import { attemptFile } from '../paths.ts';
import type { Performing } from './performer.ts';

/** Work that an attempt takes over from the one before it. */
export interface Handoff {
  readonly from: Attempt;
  /** That work on the base of the new attempt: what its worktree begins with. */
  readonly commit: string;
  /** The merge queue sent it back: paths in which that commit holds both sides, with the marks of git between them. */
  readonly back?: { readonly conflicts: readonly string[] };
}

/**
 * What the attempt before this one left when its account came to a limit, or when the merge queue sent it back: half-done work that
 * is nobody's fault is gone on with, by whichever agent comes next. Of attempts that ended in any other way nothing is taken over,
 * nor unfinished work that no longer goes together with what landed meanwhile. Depends on the log and the private repository
 * alone, so it is the same after a crash.
 */
export async function handoffFor(
  task: TaskState,
  attempt: number,
  base: string,
  performing: Performing,
): Promise<Handoff | undefined> {
  const { git } = performing;
  const from = sourceOf(task, attempt);
  if (from === undefined) return undefined;
  const kept = await git.kept(attemptFile(task.task.id, from.number));
  if (kept === undefined) return undefined;
  const text = commitText(performing.state(), task.task, from.number, 'Work so far.', from.started);
  if (isSentBack(from)) {
    const { commit, conflicts } = await git.carry(kept, from.base, base, text);
    return { from, commit, back: { conflicts } };
  }
  const carried = await git.integrate(kept, from.base, base, text);
  return 'conflicts' in carried ? undefined : { from, commit: carried.commit };
}

/** The attempt whose work is taken over: the one before, if a limit stopped it, else the last one that was sent back. */
function sourceOf(task: TaskState, attempt: number): Attempt | undefined {
  const before = task.attempts.slice(0, attempt - 1);
  const last = before.at(-1);
  if (last?.ended?.ending === 'limited' && last.snapshot !== undefined) return last;
  return before.findLast(isSentBack);
}

function isSentBack(attempt: Attempt): boolean {
  return attempt.ended?.ending === 'rejected' && attempt.lesson?.with !== undefined;
}
