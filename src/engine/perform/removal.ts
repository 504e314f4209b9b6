import type { RemovalProof, RunEvent } from '../../core/run/event.ts';
import { SNAPSHOTS } from '../../core/run/settings.ts';
import { type RunState, taskOf, type Attempt } from '../../core/run/state.ts';
import type { Files } from '../../io/files.ts';
import type { Repositories } from '../git/repositories.ts';
import type { Keeping, KeptProof } from '../rescue/keep.ts';
import { attemptFile, type RunPaths } from '../paths.ts';
import type { Performing } from './performer.ts';
import { takeSnapshot } from './snapshots.ts';

/*
 * The only way in which a worktree, a scratch repository or a checkout is removed (a test reads the source and objects to
 * every other one). Nothing goes because a status says so: what lies in a worktree of an attempt is looked at once more,
 * and is in a tree under a ref before it goes.
 */

/** Removes the worktree of an attempt that has ended, with its scratch repository; the event says what allowed it. */
export async function removeAttempt(performing: Performing, task: string, number: number): Promise<RunEvent[]> {
  const { git, paths } = performing;
  const attempt = taskOf(performing.state(), task)?.attempts[number - 1];
  if (attempt === undefined) return [];
  const file = attemptFile(task, number);
  const proof = await proveKept(performing, task, attempt);
  await git.removeWorktree(`${paths.worktrees}/${file}`, `${paths.scratch}/${file}.git`);
  return [{ event: 'worktree_removed', task, attempt: number, proof }];
}

/** Sees to it that nothing in the worktree of an attempt can be lost with it. Rejects when that cannot be had. */
async function proveKept(performing: Performing, task: string, attempt: Attempt): Promise<RemovalProof> {
  const { io, git, paths } = performing;
  const file = attemptFile(task, attempt.number);
  const path = `${paths.worktrees}/${file}`;
  const there = await io.files.stat(path);
  if (there === undefined) return { how: 'missing' };
  // What took the place of a worktree is not ours to throw away.
  if (there.kind !== 'directory' || attempt.vanished !== undefined)
    return { how: 'moved', to: await aside(performing, file) };
  const taken = await takeSnapshot(performing, task, attempt, 'removal');
  if (taken === undefined) return { how: 'missing' };
  await git.settleSnapshots(performing.state().run, file, attempt.base);
  return taken.commit === undefined
    ? { how: 'unchanged', tree: taken.tree }
    : { how: 'kept', ref: taken.ref, tree: taken.tree };
}

/** Moves what is in the place of a worktree to where nothing of ours ever comes again. */
async function aside({ io, paths }: Performing, file: string): Promise<string> {
  const directory = `${paths.trash}`;
  await io.files.makeDirectory(directory);
  const to = `${directory}/${file}-${io.random.hex(4)}`;
  await io.files.rename(`${paths.worktrees}/${file}`, to);
  return to.slice(paths.root.length + 1);
}

/** Removes a directory of which every byte is kept, file by file; without that proof it stays. For `clean` alone. */
export async function removeKept(files: Files, keeping: Keeping, directory: string, name: string): Promise<KeptProof> {
  const proof = await keeping.keep(directory, name);
  if (proof.how === 'kept') await files.removeTree(directory);
  return proof;
}

/** Removes a worktree in which no agent was yet: it holds what we put there ourselves. */
export async function removeUnused(git: Repositories, worktree: string, scratch: string): Promise<void> {
  await git.removeWorktree(worktree, scratch);
}

/**
 * Removes the place in which a person did a task by hand, when `again` shows that it holds what was taken from it and nothing besides;
 * else it is moved to where nothing of ours ever comes again, and where that is is returned.
 */
export async function removePlace(
  { io, git, paths }: Pick<Performing, 'io' | 'git' | 'paths'>,
  { place, scratch }: { readonly place: string; readonly scratch: string },
  again: () => Promise<boolean>,
): Promise<string | undefined> {
  const there = await io.files.stat(place);
  if (there === undefined) return undefined;
  const ignored = async (): Promise<number> => (await git.ignored(place, 0, /^$/)).length;
  if (there.kind === 'directory' && (await again()) && (await ignored()) === 0) {
    await git.removeWorktree(place, scratch);
    return undefined;
  }
  await io.files.makeDirectory(paths.trash);
  const to = `${paths.trash}/${place.slice(place.lastIndexOf('/') + 1)}-${io.random.hex(4)}`;
  await io.files.rename(place, to);
  // What they committed there goes along.
  if ((await io.files.stat(scratch)) !== undefined) {
    await io.files.rename(scratch, `${to}.git`);
    if (there.kind === 'directory') await io.files.write(`${to}/.git`, `gitdir: ${to}.git\n`);
  }
  return to;
}

/** Removes a checkout for verification: it holds a commit and what commands made of it, which nobody keeps. */
export async function removeCheckout(git: Repositories, checkout: string): Promise<void> {
  await git.removeWorktree(checkout);
}

/** Removes checkouts that an earlier life left behind. */
export async function removeCheckouts(git: Repositories, paths: RunPaths, names: readonly string[]): Promise<void> {
  for (const name of names) await removeCheckout(git, `${paths.checkouts}/${name}`);
}

/**
 * Drops the snapshots of attempts whose work landed, and of runs that are over, `snapshots.keep` ago. The log is the proof; without
 * one, nothing is dropped.
 */
export async function dropOldSnapshots(git: Repositories, state: RunState, now: number): Promise<void> {
  const names = oldSnapshots(state, now);
  if (names.length > 0) await git.dropSnapshots(state.run, names);
}

/** Names of the attempts whose snapshots nobody needs any more. */
export function oldSnapshots(state: RunState, now: number): readonly string[] {
  const keep = (state.settings?.snapshots ?? SNAPSHOTS).keep;
  return state.tasks.flatMap(({ task, progress, attempts }) =>
    attempts.flatMap(({ number }) => {
      const landed = progress.status === 'merged' && progress.attempt === number ? progress.at : undefined;
      const since = state.phase === 'over' ? state.updated : landed;
      return since !== undefined && now - since > keep ? [attemptFile(task.id, number)] : [];
    }),
  );
}
