import { changedFiles } from '../../core/run/decide.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { attemptFile } from '../paths.ts';
import { check } from './check.ts';
import { claimedToPass } from './claimed.ts';
import type { Performing } from './performer.ts';

/** Verifies an attempt's work, or what the merge queue wants to land. Repeatable: after a crash it simply runs again. */
export async function verify(
  effect: EffectOf<'verify'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const of = { task: effect.task, attempt: effect.attempt };
  const file = attemptFile(effect.task, effect.attempt);
  const train = effect.train === undefined ? {} : { train: effect.train.id, cars: effect.train.cars };
  const missing = await voidUnlessKept(effect, performing);
  if (missing !== undefined) return missing;
  await performing.record([
    {
      event: 'verification_started',
      ...of,
      tree: effect.subject.tree,
      base: effect.subject.base,
      landing: effect.landing,
      ...train,
    },
  ]);
  const verification = await check(effect.subject, effect.commands, file, performing, signal);
  if (verification === undefined) return [];
  const lie = effect.landing ? undefined : await claimedToPass(file, verification, performing);
  return [
    ...(lie === undefined ? [] : [{ event: 'witness_failed' as const, ...of, ...lie }]),
    {
      event: 'verification_finished',
      ...of,
      base: effect.subject.base,
      landing: effect.landing,
      ...train,
      ...verification,
    },
  ];
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
