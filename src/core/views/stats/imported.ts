import type { LegacyBundle } from '../../formats/legacy/model.ts';
import { routingOf } from '../../formats/legacy/routing.ts';
import type { RunState } from '../../run/state.ts';
import { legacyStats } from './legacy-stats.ts';
import type { RunStats } from './model.ts';
import { addRows, coverage, groupRows } from './rows.ts';

/**
 * The figures of a run that was imported, together with those of the bundle that it was imported from: one run, whose first part
 * another tool kept. What was done there counts as landed as far as the run took it over; all else there was an attempt. Who did a task is
 * told by the log of that tool until the run has done it anew.
 */
export function withPast(own: RunStats, state: RunState, bundle: LegacyBundle, since = 0): RunStats {
  const from = state.imported?.from ?? '';
  const of = { imported: { from, schema: bundle.schema } };
  // Nothing there tells when it was done; of a bundle that was last touched before, all of it was.
  if ((bundle.last ?? 0) < since) return { ...own, ...of };
  const accepted = new Set(
    state.tasks
      .filter(({ progress }) => progress.status === 'merged' && progress.attempt === 0)
      .map(({ task }) => task.id),
  );
  const anew = new Set(
    state.tasks
      .filter(({ progress }) => progress.status === 'merged' && progress.attempt > 0)
      .map(({ task }) => task.id),
  );
  const routing = routingOf(
    bundle.tasks.filter(({ id }) => !anew.has(id)),
    {},
  );
  const past = legacyStats(bundle, own.repository, since, (id) => accepted.has(id));
  const by = (grouping: keyof RunStats['by']): RunStats['by'][typeof grouping] =>
    groupRows([...own.by[grouping], ...past.by[grouping]]);
  return {
    ...own,
    ...of,
    started: Math.min(own.started, past.started || own.started),
    routing: {
      codex: own.routing.codex + routing.codex,
      other: own.routing.other + routing.inline,
      untold: own.routing.untold + routing.untold,
    },
    sum: addRows('all', [own.sum, past.sum]),
    review: coverage(own.review.landed + past.review.landed, own.review.reviewed + past.review.reviewed),
    by: { task: by('task'), role: by('role'), agent: by('agent'), model: by('model'), vendor: by('vendor') },
    problems: [...own.problems, ...past.problems],
  };
}

/**
 * Each run once: of a run that several of the repositories hold, the figures that reach furthest; of a legacy bundle that is the
 * same in two of them, the first.
 */
export function eachOnce(runs: readonly RunStats[]): RunStats[] {
  const kept = new Map<string, RunStats>();
  for (const run of runs) {
    const key = run.run ?? JSON.stringify({ ...run, repository: '' });
    const other = kept.get(key);
    if (other === undefined || run.ended > other.ended) kept.set(key, run);
  }
  return [...kept.values()];
}
