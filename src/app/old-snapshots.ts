import { dropOldSnapshots } from '../engine/perform/removal.ts';
import type { Repositories, UserRepository } from '../engine/git/repositories.ts';
import type { RunState } from '../core/run/state.ts';
import type { Context } from './context.ts';
import { loadRun } from './load.ts';
import { listRuns, type Located, pathsFor } from './locate.ts';

/**
 * Drops snapshots of all runs here that nobody needs any more, by their logs; the log of `own`, where the caller owns a run, is read already.
 * Housekeeping: what fails is left as it is.
 */
export async function dropAllOldSnapshots(
  context: Context,
  located: Located,
  repository: UserRepository,
  git: Repositories,
  own?: RunState,
): Promise<void> {
  const { files, clock } = context.io;
  try {
    const kept = new Set(await files.list(`${repository.gitDirectory}/masterplan/kept.git/refs/masterplan/snapshots`));
    for (const slug of await listRuns(context.io, located)) {
      if (![...kept].some((run) => run.startsWith(`${slug}-`))) continue;
      const state = own?.slug === slug ? own : await stateOf(context, located, slug);
      if (state !== undefined) await dropOldSnapshots(git, state, clock.now());
    }
  } catch {
    // The next start tries again.
  }
}

async function stateOf(context: Context, located: Located, slug: string): Promise<RunState | undefined> {
  const paths = pathsFor(located, slug);
  const run = paths.ok ? await loadRun(context.io, paths.value) : undefined;
  return run?.ok === true ? run.value.state : undefined;
}
