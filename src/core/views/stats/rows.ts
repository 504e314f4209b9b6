import type { ReviewCoverage, RunStats, Stats, StatsFailure, StatsRow } from './model.ts';

export function emptyRow(key: string): StatsRow {
  return { key, attempts: 0, landed: 0, failed: 0, ms: 0, tokens: 0, cost: 0, costUnknown: 0 };
}

export function addRows(key: string, rows: readonly StatsRow[]): StatsRow {
  return rows.reduce<StatsRow>(
    (sum, row) => ({
      key,
      attempts: sum.attempts + row.attempts,
      landed: sum.landed + row.landed,
      failed: sum.failed + row.failed,
      ms: sum.ms + row.ms,
      tokens: sum.tokens + row.tokens,
      cost: sum.cost + row.cost,
      costUnknown: sum.costUnknown + row.costUnknown,
    }),
    emptyRow(key),
  );
}

/** One row for each key, those with most attempts first. */
export function groupRows(rows: readonly StatsRow[]): StatsRow[] {
  const groups = new Map<string, StatsRow[]>();
  for (const row of rows) {
    const group = groups.get(row.key);
    if (group === undefined) groups.set(row.key, [row]);
    else group.push(row);
  }
  return [...groups]
    .map(([key, group]) => addRows(key, group))
    .sort((a, b) => b.attempts - a.attempts || (a.key < b.key ? -1 : 1));
}

export function coverage(landed: number, reviewed: number): ReviewCoverage {
  return { landed, reviewed, share: landed === 0 ? null : reviewed / landed };
}

/** The figures of several runs together; the same failure in two of them is one row. */
export function addStats(runs: readonly RunStats[]): Stats {
  const by = (grouping: 'role' | 'agent' | 'model' | 'vendor'): readonly StatsRow[] =>
    groupRows(runs.flatMap((run) => run.by[grouping]));
  const total = (of: (run: RunStats) => number): number => runs.reduce((all, run) => all + of(run), 0);
  const failures = new Map<string, StatsFailure>();
  for (const failure of runs.flatMap((run) => run.failures)) {
    const there = failures.get(failure.signature);
    failures.set(
      failure.signature,
      there === undefined
        ? failure
        : { ...there, count: there.count + failure.count, settled: there.settled && failure.settled },
    );
  }
  return {
    runs,
    sum: addRows(
      'all',
      runs.map((run) => run.sum),
    ),
    by: { role: by('role'), agent: by('agent'), model: by('model'), vendor: by('vendor') },
    routing: {
      codex: total((run) => run.routing.codex),
      other: total((run) => run.routing.other),
      untold: total((run) => run.routing.untold),
    },
    review: coverage(
      total((run) => run.review.landed),
      total((run) => run.review.reviewed),
    ),
    people: {
      asked: total((run) => run.people.asked),
      answered: total((run) => run.people.answered),
      openMs: total((run) => run.people.openMs),
    },
    failures: [...failures.values()].sort((a, b) => b.count - a.count || (a.class < b.class ? -1 : 1)),
  };
}
