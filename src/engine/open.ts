import { err, ok, type Result } from '../core/base/result.ts';
import type { RecordedEvent } from '../core/run/event.ts';
import type { RunState } from '../core/run/state.ts';
import type { Io } from '../io/io.ts';
import { unfurnish } from './environment/checkouts.ts';
import { Engine } from './engine.ts';
import { acquireLock, type Lock, type LockedBy } from './log/lock.ts';
import { openLog, type Log, type LogDamage } from './log/log.ts';
import { attemptFile, type RunPaths } from './paths.ts';
import { endLeftovers } from './machine/custody.ts';
import type { Performing, Surroundings } from './perform/performer.ts';
import { removeCheckouts, removeUnused } from './perform/removal.ts';
import { replayProven } from './log/proven.ts';
import { readSnapshot } from './log/snapshot.ts';
import { writeProjections } from './projections.ts';

/** A run whose log we own. */
export interface OwnedRun {
  readonly log: Log;
  readonly lock: Lock;
  /** Bytes of a torn last append that were cut, if any. */
  readonly cut: number;
  /** What opening it wrote. */
  readonly opening: readonly RecordedEvent[];
  /** Lets go of the run: the projections are brought up to date and the lock is released. */
  close(): Promise<void>;
}

export type OpenRefusal =
  | { readonly why: 'locked'; readonly by: LockedBy }
  | { readonly why: 'damaged'; readonly damage: LogDamage };

/** Takes the lock of a run and opens its log, which is created when `create` is set and it does not exist. */
export async function ownRun(
  io: Io,
  paths: RunPaths,
  command: string,
  create: boolean,
): Promise<Result<OwnedRun, OpenRefusal>> {
  await io.files.makeDirectory(paths.runtime);
  const locked = await acquireLock(io, paths.runtime, command);
  if (!locked.ok) return err({ why: 'locked', by: locked.error });
  let lock = locked.value;
  try {
    if (create && (await io.files.stat(paths.log)) === undefined) await (await io.files.openAppend(paths.log)).close();
    const opened = await openLog(io, paths.log, lock, {
      tornDirectory: paths.torn,
      read: async () => replayProven(io, paths, await readSnapshot(io, paths)),
    });
    if (!opened.ok) {
      await lock.release();
      return err({ why: 'damaged', damage: opened.error });
    }
    const { log, repaired } = opened.value;
    lock = opened.value.lock;
    // A log that has no event yet has nothing to be repaired into.
    let opening: readonly RecordedEvent[] = [];
    if (repaired !== undefined && log.state.seq > 0) {
      opening = await log.append([
        { event: 'log_repaired', cut_bytes: repaired.cutBytes, kept_in: repaired.keptIn.slice(paths.root.length + 1) },
      ]);
    }
    const owner = lock;
    return ok({
      log,
      lock: owner,
      cut: repaired?.cutBytes ?? 0,
      opening,
      close: async () => {
        try {
          await log.close();
          // The state of a log that could not be written is ahead of it: a projection of that would accuse the log of a loss.
          if (log.intact && log.state.seq > 0 && (await owner.check()))
            await writeProjections(io, paths, log.position, log.state);
        } finally {
          await owner.release();
        }
      },
    });
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

/** An engine over an owned run, with what an earlier life left half-done out of the way. */
export async function startEngine(run: OwnedRun, performing: Surroundings): Promise<Engine> {
  const { root, runtime } = performing.paths;
  const slug = runtime.slice(runtime.lastIndexOf('/') + 1);
  const ended = await endLeftovers(performing.io, run.log.state, { root, slug });
  if (ended.length > 0 && run.log.state.seq > 0) await run.log.append(ended);
  // Without its private repository this is another clone, on another machine perhaps, with a git directory of its own.
  // Noted before that repository is made, which is what says that it was: a death in between notes it again.
  const moved = (await performing.io.files.stat(performing.paths.queue)) === undefined;
  if (moved && run.log.state.fingerprint !== undefined && run.log.state.tampered === undefined) {
    await run.log.append([{ event: 'repository_fingerprinted', files: await performing.git.fingerprint() }]);
  }
  const locks = await performing.git.prepare();
  if (locks.length > 0 && run.log.state.seq > 0)
    await run.log.append([
      {
        event: 'leftovers_ended',
        processes: [],
        locks: locks.map((path) => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path)),
      },
    ]);
  const engine = new Engine(run.log, performing);
  await clearAway(run.log.state, performing, engine.performing);
  return engine;
}

/** Removes what is proven to be of no use: checkouts of an earlier life, and removed worktrees that a power cut brought back. */
async function clearAway(state: RunState, { io, git, paths }: Surroundings, performing: Performing): Promise<void> {
  // Making a directory also removes what was left of interrupted writes in it.
  for (const directory of [paths.inbox, paths.replies, paths.processes, paths.briefs, paths.digests])
    await io.files.makeDirectory(directory);
  for (const name of await io.files.list(paths.furnished)) await unfurnish(name.replace(/\.json$/, ''), performing);
  await removeCheckouts(git, paths, await io.files.list(paths.checkouts));
  const scratch = (await io.files.list(paths.scratch)).map((name) => name.replace(/\.git$/, ''));
  const there = new Set([...(await io.files.list(paths.worktrees)), ...scratch]);
  if (there.size === 0) return;
  for (const { task, attempts } of state.tasks) {
    for (const attempt of attempts) {
      const file = attemptFile(task.id, attempt.number);
      if (attempt.worktree === 'removed' && there.has(file))
        await removeUnused(git, `${paths.worktrees}/${file}`, `${paths.scratch}/${file}.git`);
    }
  }
}
