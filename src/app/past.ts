import { pastTasks, type PastTask } from '../core/run/past-tasks.ts';
import type { Context } from './context.ts';
import { loadRun } from './load.ts';
import { listRuns, pathsFor, type Located } from './locate.ts';

/** Runs that are looked at, newest first. */
const MOST_RUNS = 20;
/** Tasks that are learned from: more say nothing more. */
const MOST_TASKS = 500;
/** A log beyond that is left out where there is no snapshot of it, bytes. */
const LARGEST_LOG = 32 * 1024 * 1024;

/** What the tasks of the newest runs of a repository took; bounded, so that it costs a start next to nothing. */
export async function tasksOfRuns(context: Context, located: Located, but?: string): Promise<readonly PastTask[]> {
  const { files } = context.io;
  const runs: { readonly slug: string; readonly at: number }[] = [];
  for (const slug of await listRuns(context.io, located)) {
    const stat =
      slug === but ? undefined : await files.stat(`${located.root}/${located.runsPath}/${slug}/events.jsonl`);
    if (stat !== undefined && stat.size <= LARGEST_LOG) runs.push({ slug, at: stat.mtime });
  }
  const past: PastTask[] = [];
  for (const { slug } of runs.sort((a, b) => b.at - a.at).slice(0, MOST_RUNS)) {
    if (past.length >= MOST_TASKS) break;
    const paths = pathsFor(located, slug);
    const loaded = paths.ok ? await loadRun(context.io, paths.value) : undefined;
    // A damaged log tells nothing; `validate` speaks of it.
    if (loaded?.ok === true) past.push(...pastTasks(loaded.value.state));
  }
  return past.slice(0, MOST_TASKS);
}
