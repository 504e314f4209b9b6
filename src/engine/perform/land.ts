import { commitText } from '../../core/run/commit-text.ts';
import { changedFiles } from '../../core/run/decide.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { taskOf } from '../../core/run/state.ts';
import { attemptFile } from '../paths.ts';
import { claimedToPass } from './claimed.ts';
import { checkAgain } from './flaky.ts';
import { generate } from './generate.ts';
import type { Performing } from './performer.ts';
import { failedByOldTests, tryOldTests } from './old-tests.ts';
import { provenOnBase } from './red-on-base.ts';
import { settle } from './settle.ts';

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
  const { commit, tree } = effect.subject;
  const tried = await withNumbers(effect, performing, signal);
  if (tried === 'cancelled') return [];
  const checked = await checkAgain(effect, tried, file, performing, signal);
  if (checked === undefined) return [];
  const proven = await provenOnBase(effect, checked.verification, performing, signal);
  if (proven === undefined) return [];
  const old = await tryOldTests(effect, proven, tried, performing, signal);
  if (old === 'cancelled') return [];
  // Once a person has decided, it is verified again, and what they accepted is not tried again.
  if (old?.verdict === 'asked') return [...checked.flakes, old];
  const seen = old?.verdict === 'rejected' ? failedByOldTests(proven, old) : proven;
  // What is proven is the attempt's own work; numbers are given again where it lands, and that tree is verified as it is.
  const verification = tried.tree === tree ? seen : { ...seen, commit, tree, numbered: tried.tree };
  const lie =
    effect.landing || seen.old_tests !== undefined ? undefined : await claimedToPass(file, verification, performing);
  return [
    ...checked.flakes,
    ...(old === undefined ? [] : [old]),
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

/**
 * An attempt's own work as it would land now: commands that look at numbers, or run files in their order, must not trip over a
 * placeholder that the queue is going to replace.
 */
async function withNumbers(
  { task: id, attempt: number, subject, landing }: EffectOf<'verify'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<{ readonly commit: string; readonly tree: string } | 'cancelled'> {
  const own = { commit: subject.commit, tree: subject.tree };
  const state = performing.state();
  const rules = state.settings?.landing;
  const task = taskOf(state, id);
  const attempt = task?.attempts[number - 1];
  if (landing || (rules?.numbers ?? []).length === 0 || rules === undefined) return own;
  if (task === undefined || attempt === undefined) return own;
  const text = commitText(state, task.task, number, attempt.summary ?? '', attempt.started);
  const settled = await settle({ work: subject, onto: subject.base, text }, rules, performing);
  if ('conflicts' in settled || settled.renames.length === 0) return own;
  const name = attemptFile(id, number);
  const made = await generate(settled, subject.base, text, rules.generators ?? [], name, performing, signal);
  if (made === 'cancelled') return made;
  // A generator that fails is told of where it counts, at landing; here what can be tried is tried.
  return 'failed' in made ? settled : made;
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
