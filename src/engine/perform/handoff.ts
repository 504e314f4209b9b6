import { inScope } from '../../core/plan/scope.ts';
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
  /** The merge queue sent it back: paths in which that commit holds both sides, with the marks of git between them. */
  readonly back?: { readonly conflicts: readonly string[] };
}

/**
 * What the attempt before this one left when its account came to a limit, when its worktree was taken away, or when the merge queue
 * sent it back or a person changed the task: half-done work that is nobody's fault is gone on with, by whichever agent comes next, and so is good work that a review sent back. Of attempts that ended in any
 * other way nothing is taken over, nor unfinished work that no longer goes together with what landed meanwhile. Depends on the log
 * and what is kept alone, so it is the same after a crash.
 */
export async function handoffFor(
  task: TaskState,
  attempt: number,
  base: string,
  performing: Pick<Performing, 'git' | 'state'>,
): Promise<Handoff | undefined> {
  const { git } = performing;
  const before = task.attempts.slice(0, attempt - 1).filter(({ subject }) => subject === undefined);
  while (leftNothing(before.at(-1))) before.pop();
  const from = before.at(-1);
  if (from === undefined) return undefined;
  const textOf = (of: Attempt): CommitText =>
    commitText(performing.state(), task.task, of.number, 'Work so far.', of.started);
  const text = textOf(from);
  const kept = await unfinished(task, from, performing, text);
  if (kept === undefined) {
    const back = before.findLast(isSentBack);
    const own = back === undefined ? undefined : await git.kept(attemptFile(task.task.id, back.number));
    if (back === undefined || own === undefined) return undefined;
    const { commit, conflicts } = await git.carry(own, back.base, base, textOf(back));
    return { from: back, commit, back: { conflicts } };
  }
  if (from.left === true && !(await fits(task, from, kept, performing))) return undefined;
  const carried = await git.integrate(kept, from.base, base, text);
  return 'conflicts' in carried ? undefined : { from, commit: carried.commit };
}

/** An attempt that ended before anything of it was kept had done no more than begin with the work of the one before it. */
function leftNothing(attempt: Attempt | undefined): boolean {
  if (attempt?.vanished?.snapshot === null) return true;
  if (attempt?.left !== true || attempt.person !== undefined) return false;
  return attempt.ended?.ending === 'cancelled' && attempt.snapshot === undefined;
}

/** Whether what an attempt did lies in the scope that its task has now, which an amendment may have changed. */
async function fits(task: TaskState, from: Attempt, kept: string, { git }: Pick<Performing, 'git'>): Promise<boolean> {
  const { scope, planFirst, nonCommitting } = task.task;
  if (planFirst !== undefined || nonCommitting) return false;
  if (scope.length === 0) return true;
  return (await git.changes(from.base, kept)).every(({ path }) => inScope(scope, path));
}

function isSentBack(attempt: Attempt): boolean {
  return attempt.ended?.ending === 'rejected' && attempt.lesson?.with !== undefined;
}

async function unfinished(
  task: TaskState,
  from: Attempt,
  { git }: Pick<Performing, 'git'>,
  text: CommitText,
): Promise<string | undefined> {
  if (from.person !== undefined) return byHand(task, from, git);
  // What a power cut left of it may be torn, and must not pass for what the agent made, whoever changed the task meanwhile.
  const left = from.left === true && from.ended?.ending !== 'lost';
  if (from.sentBack === true || left) return git.kept(attemptFile(task.task.id, from.number));
  const snapshot = from.vanished?.snapshot ?? undefined;
  if (snapshot !== undefined) return git.bringBack(snapshot, from.base, text);
  if (from.ended?.ending !== 'limited' || from.snapshot === undefined) return undefined;
  return git.kept(attemptFile(task.task.id, from.number));
}

/** What a person did, as it was taken over or else as they returned it; gone where somebody deleted the private repository. */
async function byHand(task: TaskState, of: Attempt, git: Performing['git']): Promise<string | undefined> {
  const kept = await git.kept(attemptFile(task.task.id, of.number));
  if (kept !== undefined) return kept;
  const returned = of.person?.commit ?? undefined;
  return returned !== undefined && (await git.isCommit(returned)) ? returned : undefined;
}

/**
 * What the place of a person who does a task by hand begins with: the work so far on `base`, or `base`. What they returned themselves
 * is not taken from them because it no longer goes together with what landed: then both sides are in the files, with the marks
 * of git between them, and `conflicts` names these.
 */
export async function placeFor(
  task: TaskState,
  attempt: number,
  base: string,
  performing: Pick<Performing, 'git' | 'state'>,
): Promise<{ readonly commit: string; readonly from?: Attempt; readonly conflicts: readonly string[] }> {
  const handoff = await handoffFor(task, attempt, base, performing);
  if (handoff !== undefined)
    return { commit: handoff.commit, from: handoff.from, conflicts: handoff.back?.conflicts ?? [] };
  const from = task.attempts.slice(0, attempt - 1).findLast(({ subject }) => subject === undefined);
  const kept = from?.person === undefined ? undefined : await byHand(task, from, performing.git);
  if (from === undefined || kept === undefined) return { commit: base, conflicts: [] };
  const text = commitText(performing.state(), task.task, from.number, 'Work so far.', from.started);
  const { commit, conflicts } = await performing.git.carry(kept, from.base, base, text);
  return { commit, from, conflicts };
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
