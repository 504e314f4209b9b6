import { commitText } from '../../core/run/commit-text.ts';
import type { Attempt, TaskState } from '../../core/run/state.ts';
import type { CommitText } from '../git/repositories.ts';
import { attemptFile } from '../paths.ts';
import type { Performing } from './performer.ts';

/** Work that an attempt takes over from the one before it. */
export interface Handoff {
  readonly from: Attempt;
  /** That work on the base of the new attempt: what its worktree begins with. */
  readonly commit: string;
}

/**
 * What the attempt before this one left when its account came to a limit, or when its worktree was taken away: half-done work that
 * is nobody's fault is gone on with, by whichever agent comes next, and so is good work that a review sent back. Of attempts that ended in any other way nothing is taken over,
 * nor where the work no longer goes together with what landed meanwhile. Depends on the log and what is kept alone, so it is the
 * same after a crash.
 */
export async function handoffFor(
  task: TaskState,
  attempt: number,
  base: string,
  performing: Performing,
): Promise<Handoff | undefined> {
  const { git } = performing;
  const from = task.attempts.slice(0, attempt - 1).findLast(({ subject }) => subject === undefined);
  if (from === undefined) return undefined;
  const text = commitText(performing.state(), task.task, from.number, 'Work so far.', from.started);
  const kept = await unfinished(task, from, performing, text);
  if (kept === undefined) return undefined;
  const carried = await git.integrate(kept, from.base, base, text);
  return 'conflicts' in carried ? undefined : { from, commit: carried.commit };
}

async function unfinished(
  task: TaskState,
  from: Attempt,
  { git }: Performing,
  text: CommitText,
): Promise<string | undefined> {
  if (from.sentBack === true) return git.kept(attemptFile(task.task.id, from.number));
  const snapshot = from.vanished?.snapshot ?? undefined;
  if (snapshot !== undefined) return git.bringBack(snapshot, from.base, text);
  if (from.ended?.ending !== 'limited' || from.snapshot === undefined) return undefined;
  return git.kept(attemptFile(task.task.id, from.number));
}

/**
 * The commit with which the worktree of an attempt begins: its base, the work that it takes over, or, where its own worktree
 * and all that was known of its agent are gone (somebody deleted `.masterplan`), its own last snapshot.
 */
export async function beginningOf(task: TaskState, attempt: Attempt, performing: Performing): Promise<string> {
  const { git } = performing;
  const state = performing.state();
  const own = await git.lastSnapshot(state.run, attemptFile(task.task.id, attempt.number));
  if (own !== undefined)
    return git.bringBack(
      own,
      attempt.base,
      commitText(state, task.task, attempt.number, 'Work so far.', attempt.started),
    );
  return (await handoffFor(task, attempt.number, attempt.base, performing))?.commit ?? attempt.base;
}
