import type { LegacyBundle } from '../../formats/legacy/model.ts';
import { routingOf } from '../../formats/legacy/routing.ts';
import { isCodex } from '../../formats/legacy/told.ts';
import type { RunStats, StatsRow } from './model.ts';
import { addRows, coverage, emptyRow, groupRows } from './rows.ts';

/**
 * The figures that a legacy bundle tells: what it does not tell is not zero but absent or unknown. `accepted`: of what it calls
 * done, what counts as landed.
 */
export function legacyStats(
  bundle: LegacyBundle,
  repository: string,
  since = 0,
  accepted: (id: string) => boolean = () => true,
): RunStats {
  const done = bundle.tasks.filter(({ status }) => status === 'done');
  const landed = done.filter(({ id }) => accepted(id));
  const by = (of: (task: (typeof done)[number]) => string): StatsRow[] =>
    groupRows(
      done.map((task) => ({ ...emptyRow(of(task)), attempts: 1, landed: accepted(task.id) ? 1 : 0, costUnknown: 1 })),
    );
  const calls = bundle.dispatches.filter(({ at }) => at === undefined || at >= since);
  const dispatched = (of: (one: (typeof calls)[number]) => string): StatsRow[] =>
    groupRows(
      calls.map((one) => ({ ...emptyRow(of(one)), attempts: 1, ms: one.ms, tokens: one.tokens, costUnknown: 1 })),
    );
  const { codex, inline, untold } = routingOf(landed, {});
  const routes = by(({ by: who }) => (who === undefined ? 'untold' : isCodex(who) ? 'openai' : 'anthropic'));
  const time = Math.max(0, (bundle.last ?? 0) - (bundle.started ?? bundle.last ?? 0));
  return {
    repository,
    slug: bundle.slug,
    title: bundle.title,
    source: 'legacy',
    schema: bundle.schema,
    status: bundle.status,
    started: bundle.started ?? 0,
    ended: bundle.last ?? 0,
    tasks: { total: bundle.tasks.length, landed: codex + inline + untold, failed: 0 },
    routing: { codex, other: inline, untold },
    sum: addRows('all', [
      ...by(() => 'all'),
      ...dispatched(() => 'all').map((row) => ({ ...row, attempts: 0, costUnknown: 0 })),
    ]),
    verifyMs: 0,
    // What was at work when is not told: only how long it took as a whole.
    passed: { atWork: 0, waitedForPeople: 0, waitedForLimits: 0, still: time },
    parallelism: { bound: 0, atWork: 0, efficiency: null, peak: 0, mean: 0 },
    review: coverage(landed.length, landed.filter(({ reviewed }) => reviewed === true).length),
    people: { asked: 0, answered: 0, openMs: 0 },
    by: {
      task: by(({ id }) => id),
      role: [],
      agent: by(({ by: who }) => who ?? 'untold'),
      model: dispatched(({ model }) => model),
      vendor: routes,
    },
    failures: [],
    problems: bundle.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`),
  };
}
