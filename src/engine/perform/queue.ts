import { commitText } from '../../core/run/commit-text.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import { attemptName, type FailedCheck, type RunEvent } from '../../core/run/event.ts';
import { changedSince } from '../../core/run/queue/effects.ts';
import type { Loss } from '../../core/run/queue/loss.ts';
import type { Rename } from '../../core/run/queue/numbers.ts';
import type { Car } from '../../core/run/queue/train.ts';
import { taskOf, type Attempt, type Candidate, type TaskState } from '../../core/run/state.ts';
import { attemptFile } from '../paths.ts';
import { generate } from './generate.ts';
import { displaced, tamperCheck, voidUnlessKept } from './land.ts';
import { lostByMerge } from './loss-check.ts';
import type { Performing } from './performer.ts';
import { concerns, conflictsOf, hasRules, settle } from './settle.ts';

interface Passenger {
  readonly task: TaskState;
  readonly attempt: Attempt;
  readonly work: Candidate;
}

/** Who of those in an effect still waits to be carried onto the branch. */
function passengers(
  from: readonly { readonly task: string; readonly attempt: number }[],
  performing: Performing,
): Passenger[] {
  const state = performing.state();
  return from.flatMap((one) => {
    const task = taskOf(state, one.task);
    const attempt = task?.attempts[one.attempt - 1];
    if (task?.progress.status !== 'merging' || task.progress.attempt !== one.attempt || attempt === undefined)
      return [];
    return [{ task, attempt, work: task.progress.work }];
  });
}

/** Looks, in the object database alone, who would conflict with the tip: that goes back to an agent at once. */
export async function predict(effect: EffectOf<'predict'>, performing: Performing): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const tasks: string[] = [];
  for (const one of passengers(effect.tasks, performing)) {
    const event = await objection(one, effect.base, performing);
    if (event === undefined) tasks.push(one.task.task.id);
    else events.push(event);
  }
  return [{ event: 'queue_predicted', base: effect.base, tasks }, ...events];
}

/**
 * Carries those who wait one upon the other onto the tip. Who conflicts with the tip goes back to an agent; who conflicts only
 * with those before it waits until they have landed, or were sent back. Depends on the log and the private repository alone, so
 * after a crash it makes the same commits again.
 */
export async function assemble(
  effect: EffectOf<'assemble'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const { train } = effect;
  const { tip: base } = performing.state();
  // What would stand on a tip that is gone by the time it is put together would have to be put together again.
  const late = (): boolean => signal.aborted || performing.state().tip !== base;
  if (base === undefined) return [];
  const cars: Car[] = [];
  const clean: string[] = [];
  const events: RunEvent[] = [];
  for (const one of passengers(effect.from, performing)) {
    if (cars.length >= effect.limit) break;
    if (late()) return [];
    const { id } = one.task.task;
    const of = { task: id, attempt: one.attempt.number };
    const onto: string = cars.at(-1)?.commit ?? base;
    const stale = await unlessGone(of, performing, () => staleReview(one, onto, performing));
    if (stale !== undefined && 'gone' in stale) {
      events.push(...stale.gone);
      continue;
    }
    if (stale?.again === true && onto === base) {
      events.push(stale);
      continue;
    }
    // On top of others that may not land it is no use reviewing it again.
    const carried =
      stale?.again === true ? undefined : await unlessGone(of, performing, () => carry(one, onto, performing, signal));
    if (carried === 'cancelled') return [];
    if (carried !== undefined && 'gone' in carried) {
      events.push(...carried.gone);
      continue;
    }
    if (carried !== undefined && 'commit' in carried) {
      const { commit, tree, renames } = carried;
      cars.push({ ...of, commit, tree });
      if (stale !== undefined) events.push(stale);
      if (renames.length > 0)
        events.push({ event: 'numbers_given', ...of, train, files: renames.map(({ from, to }) => ({ from, to })) });
      continue;
    }
    // On top of others that may not land it says nothing: then it waits for its turn at the tip.
    if (carried !== undefined && 'lost' in carried && onto === base) {
      const paths = [...new Set(carried.lost.map(({ path }) => path))];
      const partners = changedSince(performing.state(), one.task, paths);
      events.push({ event: 'merge_conflicted', ...of, base, paths, with: partners.slice(-10), lost: carried.lost });
      continue;
    }
    if (carried !== undefined && 'failed' in carried && cars.length === 0) {
      const partners = changedSince(performing.state(), one.task, undefined);
      events.push({ event: 'landing_rejected', ...of, train, failed: carried.failed, with: partners });
      continue;
    }
    const event = await objection(one, base, performing);
    if (event === undefined) clean.push(id);
    else events.push(event);
  }
  if (late()) return [];
  return [{ event: 'train_started', train, base, cars, joins: effect.joins, clean }, ...events];
}

/** Whether reviewed work would land with other files of its own than those that were reviewed. */
async function staleReview(
  { task, attempt, work }: Passenger,
  onto: string,
  performing: Performing,
): Promise<Extract<RunEvent, { event: 'review_stale' }> | undefined> {
  const { git } = performing;
  const state = performing.state();
  const settings = state.settings?.review;
  const pass = task.review?.pass;
  if (settings === undefined || pass?.by !== 'review' || pass.attempt !== attempt.number) return undefined;
  if (work.base === onto) return undefined;
  const text = commitText(state, task.task, attempt.number, attempt.summary ?? '', attempt.started);
  // What numbers and generators change afterwards is ours, and nobody's to review.
  const carried = await git.integrate(work.commit, work.base, onto, text);
  if ('conflicts' in carried) return undefined;
  if (pass.tree === carried.tree || task.review?.mixed === carried.tree) return undefined;
  const [own, others] = await Promise.all([
    git.changes(work.base, work.commit),
    git.changes(work.commit, carried.commit),
  ]);
  const differ = new Set(others.map(({ path }) => path));
  const paths = own.map(({ path }) => path).filter((path) => differ.has(path));
  if (paths.length === 0) return undefined;
  return {
    event: 'review_stale',
    task: task.task.id,
    attempt: attempt.number,
    reviewed: pass.tree,
    base: onto,
    commit: carried.commit,
    tree: carried.tree,
    paths: paths.slice(0, 50),
    again: settings.mode === 'required',
  };
}

type Carried =
  | { readonly commit: string; readonly tree: string; readonly renames: readonly Rename[] }
  | { readonly failed: FailedCheck }
  | { readonly lost: readonly Loss[] }
  | 'cancelled';

/** Does something with stored work; where that fails because the work is gone, it is done again. */
async function unlessGone<T>(
  of: { readonly task: string; readonly attempt: number },
  performing: Performing,
  work: () => Promise<T>,
): Promise<T | { readonly gone: readonly RunEvent[] }> {
  try {
    return await work();
  } catch (error) {
    const missing = await voidUnlessKept(of, performing);
    if (missing === undefined) throw error;
    return { gone: missing };
  }
}

/** One task's work on top of a commit; `undefined` when it conflicts with that. */
async function carry(
  { task, attempt, work }: Passenger,
  onto: string,
  performing: Performing,
  signal: AbortSignal,
): Promise<Carried | undefined> {
  const state = performing.state();
  const text = commitText(state, task.task, attempt.number, attempt.summary ?? '', attempt.started);
  const landing = state.settings?.landing;
  if (hasRules(landing) && concerns(landing, attempt.touches)) {
    const settled = await settle({ work, onto, text }, landing, performing);
    if ('conflicts' in settled) return undefined;
    const lost = await lostByMerge(work, onto, settled.plain.commit, settled.plain.settled, performing);
    if (lost.length > 0) return { lost };
    const name = attemptFile(task.task.id, attempt.number);
    const made = await generate(settled, onto, text, landing.generators ?? [], name, performing, signal);
    return made === 'cancelled' || 'failed' in made ? made : { ...made, renames: settled.renames };
  }
  // Nothing landed since it began: the commit that its work was stored as is the one that lands.
  if (work.base === onto) return { commit: work.commit, tree: work.tree, renames: [] };
  const carried = await performing.git.integrate(work.commit, work.base, onto, text);
  if ('conflicts' in carried) return undefined;
  const lost = await lostByMerge(work, onto, carried.commit, [], performing);
  return lost.length > 0 ? { lost } : { ...carried, renames: [] };
}

/** The conflict of one task with the tip, if there is one. */
async function objection(
  { task, attempt, work }: Passenger,
  base: string,
  performing: Performing,
): Promise<RunEvent | undefined> {
  const of = { task: task.task.id, attempt: attempt.number };
  const state = performing.state();
  const landing = state.settings?.landing;
  const found = await unlessGone(of, performing, () => performing.git.conflicts(work.commit, work.base, base));
  if ('gone' in found) return found.gone[0];
  let paths = found;
  if (paths.length > 0 && hasRules(landing)) {
    const text = commitText(state, task.task, attempt.number, attempt.summary ?? '', attempt.started);
    paths = await conflictsOf({ work, onto: base, text }, landing, performing);
  }
  if (paths.length === 0) return undefined;
  const partners = changedSince(state, task, paths);
  return { event: 'merge_conflicted', ...of, base, paths: paths.slice(0, 50), with: partners.slice(-10) };
}

/**
 * Moves the run branch to the end of a train by compare-and-swap. Where that finds the branch elsewhere, it may have been moved
 * by us, by a life that died before it could say so: then our trailers are on it.
 */
export async function merge(effect: EffectOf<'merge'>, performing: Performing): Promise<RunEvent[]> {
  const { git } = performing;
  const state = performing.state();
  const { base, cars } = effect;
  const last = cars.at(-1);
  if (last === undefined) return [];
  const tampered = await tamperCheck(performing);
  if (tampered !== undefined) return [tampered];
  // The tip that the train stands on may be behind us by now; a branch that stands there again was moved back by somebody.
  if (performing.state().tip !== base) return [];
  let moved: Awaited<ReturnType<typeof git.publish>>;
  try {
    moved = await git.publish(state.runBranch, last.commit, base);
  } catch (error) {
    for (const car of cars) {
      const missing = await voidUnlessKept(car, performing);
      if (missing !== undefined) return missing;
    }
    throw error;
  }
  if (moved === 'moved') return landed(cars, base, false);
  if (moved.actual !== undefined) {
    const name = `${state.run}/${attemptName(last.task, last.attempt)}`;
    const found = (await git.landed(state.run, base, moved.actual)).find((one) => one.attempt === name);
    if (found?.commit === last.commit) return landed(cars, base, true);
  }
  return displaced(performing, base, moved.actual);
}

/** One event for each task, in the order of the commits. */
function landed(cars: readonly Car[], base: string, adopted: boolean): RunEvent[] {
  return cars.map(({ task, attempt, commit, tree }, at) => ({
    event: 'merge_finished',
    task,
    attempt,
    base: cars[at - 1]?.commit ?? base,
    commit,
    tree,
    adopted,
  }));
}
