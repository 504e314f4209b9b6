import { err, ok, type Result } from '../core/base/result.ts';
import { legacyTime } from '../core/formats/legacy/log-lines.ts';
import { legacyStats } from '../core/views/stats/legacy-stats.ts';
import { eachOnce, withPast } from '../core/views/stats/imported.ts';
import type { RunStats, Stats } from '../core/views/stats/model.ts';
import { addStats } from '../core/views/stats/rows.ts';
import { StatsFold } from '../core/views/stats/run-stats.ts';
import { replay } from '../engine/log/log.ts';
import { runPaths } from '../engine/paths.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { damageWords } from './load.ts';
import { findLegacy } from './legacy.ts';
import { importedFrom } from './imports/record.ts';
import { listRuns, locate, noSuchRun } from './locate.ts';

export interface StatsRequest {
  readonly slug?: string;
  /** Further repositories, as paths; without any, the one that we are in. */
  readonly repositories: readonly string[];
  /** Attempts that started before, and runs without any event since, are left out: a date, or a duration such as `7d`. */
  readonly since?: string;
}

/** What could not be counted, and why. */
export interface Uncounted {
  readonly run: string;
  readonly message: string;
  readonly hint: string;
}

/** Figures of the runs of one or more repositories, legacy bundles among them. Reads only. */
export async function runStats(
  context: Context,
  request: StatsRequest,
): Promise<Result<Stats & { readonly uncounted: readonly Uncounted[] }, AppRefusal>> {
  const since = request.since === undefined ? 0 : sinceOf(request.since, context.io.clock.now());
  if (since === undefined)
    return err({
      message: `"${request.since}" is no date and no duration`,
      hint: 'masterplan stats --since 2026-05-01, or --since 7d',
      exit: EXIT.usage,
    });
  const runs: RunStats[] = [];
  const uncounted: Uncounted[] = [];
  for (const place of request.repositories.length === 0 ? [context.cwd] : request.repositories) {
    const cwd = place.startsWith('/') ? place : `${context.cwd}/${place}`;
    const located = await locate({ ...context, cwd });
    if (!located.ok) return located;
    const { root, runsPath } = located.value;
    const legacy = await findLegacy(context.io, located.value);
    const old = new Set(legacy.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)));
    const imported = legacy.length === 0 ? undefined : await importedFrom(context.io, located.value);
    const goesOn = new Map(
      legacy.flatMap(({ bundle, path }) => {
        const as = imported?.get(path)?.slug;
        return as === undefined ? [] : [[as, { bundle, path }]];
      }),
    );
    const counted = new Set<string>();
    for (const slug of await listRuns(context.io, located.value)) {
      if (old.has(slug) || (request.slug !== undefined && slug !== request.slug)) continue;
      const paths = runPaths(root, runsPath, slug);
      const fold = new StatsFold(since);
      const replayed = await replay(context.io.files, paths.log, { each: (event) => fold.add(event) });
      if (replayed.ok) {
        const { state } = replayed.value;
        const own = fold.stats(state, root);
        const past = goesOn.get(slug);
        if (past !== undefined) counted.add(past.path);
        runs.push(past === undefined ? own : withPast(own, state, past.bundle, since));
      }
      // Half of a log would be wrong figures.
      else uncounted.push({ run: slug, ...damageWords(replayed.error, paths) });
    }
    for (const { bundle, path } of legacy) {
      // What was imported is counted with the run that it became.
      if (counted.has(path) || (request.slug === undefined && imported?.has(path) === true)) continue;
      if (request.slug === undefined || bundle.slug === request.slug) runs.push(legacyStats(bundle, root, since));
    }
    if (request.slug !== undefined && runs.length + uncounted.length === 0 && request.repositories.length < 2)
      return noSuchRun(context, located.value, request.slug);
  }
  const active = eachOnce(runs).filter(({ ended }) => ended >= since);
  return ok({ ...addStats(active.sort((a, b) => b.ended - a.ended)), uncounted });
}

/** A date or time as people write it, or so long ago: `90m`, `36h`, `7d`, `2w`. */
function sinceOf(text: string, now: number): number | undefined {
  const [, amount, unit] = /^(\d{1,6})\s*(m|h|d|w)$/.exec(text.trim()) ?? [];
  if (amount !== undefined) {
    const factor = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }[unit as 'm' | 'h' | 'd' | 'w'];
    return now - Number(amount) * factor;
  }
  return legacyTime(text);
}
