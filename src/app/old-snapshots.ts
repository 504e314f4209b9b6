import { dropOldSnapshots } from '../engine/perform/removal.ts';
import type { Repositories, UserRepository } from '../engine/git/repositories.ts';
import type { Context } from './context.ts';
import { loadRun } from './load.ts';
import { listRuns, type Located, pathsFor } from './locate.ts';

/** Drops snapshots of all runs here that nobody needs any more, by their logs. Housekeeping: what fails is left as it is. */
export async function dropAllOldSnapshots(
  context: Context,
  located: Located,
  repository: UserRepository,
  git: Repositories,
): Promise<void> {
  const { files, clock } = context.io;
  try {
    const kept = new Set(await files.list(`${repository.gitDirectory}/masterplan/kept.git/refs/masterplan/snapshots`));
    for (const slug of await listRuns(context.io, located)) {
      if (![...kept].some((run) => run.startsWith(`${slug}-`))) continue;
      const paths = pathsFor(located, slug);
      const run = paths.ok ? await loadRun(context.io, paths.value) : undefined;
      if (run?.ok === true) await dropOldSnapshots(git, run.value.state, clock.now());
    }
  } catch {
    // The next start tries again.
  }
}
