import { commitText } from '../../core/run/commit-text.ts';
import { changedFiles } from '../../core/run/decide.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import { attemptName, type RunEvent } from '../../core/run/event.ts';
import { taskOf } from '../../core/run/state.ts';
import { attemptFile } from '../paths.ts';
import { check } from './check.ts';
import type { Performing } from './performer.ts';

/** Verifies an attempt's work, or what the merge queue wants to land. Repeatable: after a crash it simply runs again. */
export async function verify(
  effect: EffectOf<'verify'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const of = { task: effect.task, attempt: effect.attempt };
  const file = attemptFile(effect.task, effect.attempt);
  const missing = await voidUnlessKept(effect, performing);
  if (missing !== undefined) return missing;
  await performing.record([
    {
      event: 'verification_started',
      ...of,
      tree: effect.subject.tree,
      base: effect.subject.base,
      landing: effect.landing,
    },
  ]);
  const verification = await check(effect.subject, effect.commands, file, performing, signal);
  return verification === undefined
    ? []
    : [{ event: 'verification_finished', ...of, base: effect.subject.base, landing: effect.landing, ...verification }];
}

/** Carries verified work onto the tip; what is found to conflict goes back to an agent. */
export async function integrate(effect: EffectOf<'integrate'>, performing: Performing): Promise<RunEvent[]> {
  const of = { task: effect.task, attempt: effect.attempt };
  const { work, onto } = effect;
  // Nothing landed since it began: the commit that its work was stored as is the one that lands.
  if (work.base === onto) return [{ event: 'merge_started', ...of, base: onto, commit: work.commit, tree: work.tree }];
  const missing = await voidUnlessKept(effect, performing);
  if (missing !== undefined) return missing;
  const state = performing.state();
  const task = taskOf(state, effect.task);
  const attempt = task?.attempts[effect.attempt - 1];
  if (task === undefined || attempt === undefined) return [];
  const text = commitText(state, task.task, effect.attempt, attempt.summary ?? '', attempt.started);
  const carried = await performing.git.integrate(work.commit, work.base, onto, text);
  if ('conflicts' in carried)
    return [{ event: 'merge_conflicted', ...of, base: onto, paths: carried.conflicts.slice(0, 50) }];
  return [{ event: 'merge_started', ...of, base: onto, commit: carried.commit, tree: carried.tree }];
}

/**
 * Moves the run branch to a verified commit by compare-and-swap. Where that finds the branch elsewhere, it may have been
 * moved by us, by a life that died before it could say so: then our trailers are on it.
 */
export async function merge(effect: EffectOf<'merge'>, performing: Performing): Promise<RunEvent[]> {
  const { git } = performing;
  const state = performing.state();
  const { base, commit, tree } = effect.landing;
  const of = { task: effect.task, attempt: effect.attempt, base };
  const tampered = await tamperCheck(performing);
  if (tampered !== undefined) return [tampered];
  let moved: Awaited<ReturnType<typeof git.publish>>;
  try {
    moved = await git.publish(state.runBranch, commit, base);
  } catch (error) {
    const missing = await voidUnlessKept(effect, performing);
    if (missing !== undefined) return missing;
    throw error;
  }
  if (moved === 'moved') return [{ event: 'merge_finished', ...of, commit, tree, adopted: false }];
  if (moved.actual !== undefined) {
    const name = `${state.run}/${attemptName(effect.task, effect.attempt)}`;
    const found = (await git.landed(state.run, base, moved.actual)).find((one) => one.attempt === name);
    if (found?.commit === commit) return [{ event: 'merge_finished', ...of, commit, tree, adopted: true }];
  }
  return displaced(performing, base, moved.actual);
}

/** Somebody else moved the run branch: forward is built upon, anything else is asked about. */
export async function displaced(performing: Performing, from: string, actual: string | undefined): Promise<RunEvent[]> {
  const branch = performing.state().runBranch;
  const forward = actual !== undefined && (await performing.git.isAncestor(from, actual));
  return [{ event: 'branch_moved', branch, from, to: actual ?? null, forward }];
}

/** The event that says what changed in the user's git directory since the run began, if anything did. */
export async function tamperCheck(performing: Performing): Promise<RunEvent | undefined> {
  const known = performing.state().fingerprint;
  if (known === undefined) return undefined;
  const now = await performing.git.fingerprint();
  const files = changedFiles(known, now);
  return files.length === 0 ? undefined : { event: 'repository_tampered', files, now };
}

/** Work whose commit is no longer in the private repository (another machine, a deleted directory) is done again. */
export async function voidUnlessKept(
  effect: { readonly task: string; readonly attempt: number },
  performing: Performing,
): Promise<RunEvent[] | undefined> {
  const file = attemptFile(effect.task, effect.attempt);
  if ((await performing.git.kept(file)) !== undefined) return undefined;
  return [
    {
      event: 'attempt_voided',
      task: effect.task,
      attempt: effect.attempt,
      reason: 'its commit is no longer in the private repository',
    },
  ];
}
