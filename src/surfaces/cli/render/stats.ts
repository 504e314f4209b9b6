import type { Uncounted } from '../../../app/stats.ts';
import { oneLine } from '../../../core/base/text.ts';
import { duration } from '../../../core/base/time.ts';
import { GROUPINGS, type RunStats, type Stats, type StatsRow } from '../../../core/views/stats/model.ts';
import { counted } from '../../words.ts';
import { cells, padTo } from '../../width.ts';
import type { Paint } from '../paint.ts';

type Answer = Stats & { readonly uncounted: readonly Uncounted[] };

const RUN_COLUMNS = [
  'run',
  'status',
  'landed',
  'attempts',
  'agents',
  'tokens',
  'cost',
  'codex',
  'others',
  'reviewed',
  'parallel',
];
const ROW_COLUMNS = ['attempts', 'landed', 'failed', 'time', 'tokens', 'cost'];

/** Figures as tables for a terminal. */
export function renderStats(stats: Answer, paint: Paint): string[] {
  if (stats.runs.length === 0 && stats.uncounted.length === 0) return ['No run here yet: nothing to count.'];
  const out = table(RUN_COLUMNS, stats.runs.map(runCells), paint);
  const only = stats.runs.length === 1 ? stats.runs[0] : undefined;
  const groups: readonly (readonly [string, readonly StatsRow[]])[] = [
    ...(only === undefined ? [] : [['task', only.by.task] as const]),
    ['role', stats.by.role],
    ['agent', stats.by.agent],
    ['model', stats.by.model],
    ['vendor', stats.by.vendor],
  ];
  for (const [name, rows] of groups) {
    if (rows.length > 0) out.push('', ...table([name, ...ROW_COLUMNS], rows.map(rowCells), paint));
  }
  if (only !== undefined) out.push('', ...timeLines(only));
  if (stats.failures.length > 0) {
    const rows = stats.failures.map((one) => [
      one.class,
      String(one.count),
      one.signature,
      one.settled ? 'settled' : 'open',
      one.what,
    ]);
    out.push('', ...table(['failure class', 'count', 'signature', '', 'last'], rows, paint));
  }
  const { people } = stats;
  if (people.asked > 0)
    out.push(
      '',
      `${counted(people.asked, 'question')} to people, ${people.answered} answered, open for ${duration(people.openMs)} altogether`,
    );
  if (stats.sum.costUnknown > 0)
    out.push(
      '',
      paint.faint(`cost: of ${counted(stats.sum.costUnknown, 'attempt')} nobody knows it; it is not in the sums`),
    );
  for (const run of stats.runs)
    for (const problem of run.problems.slice(0, 3))
      out.push(paint.warn(`${oneLine(run.slug)}: not read: ${oneLine(problem, 200)}`));
  for (const { run, message, hint } of stats.uncounted)
    out.push(paint.bad(`${oneLine(run)} is not counted: ${oneLine(message, 300)}`), `  ${oneLine(hint, 300)}`);
  return out;
}

/** The same as Markdown, for a pull request or a report. */
export function statsMarkdown(stats: Answer): string[] {
  const out = ['## Runs', '', ...markdownTable(RUN_COLUMNS, stats.runs.map(runCells))];
  for (const name of GROUPINGS) {
    if (name === 'task') continue;
    const rows = stats.by[name];
    if (rows.length > 0)
      out.push('', `## By ${name}`, '', ...markdownTable([name, ...ROW_COLUMNS], rows.map(rowCells)));
  }
  if (stats.failures.length > 0) {
    const rows = stats.failures.map((one) => [one.class, String(one.count), one.signature, one.what]);
    out.push('', '## Failures', '', ...markdownTable(['class', 'count', 'signature', 'last'], rows));
  }
  for (const { run, message } of stats.uncounted)
    out.push('', `Not counted: ${oneLine(run)}: ${oneLine(message, 300)}`);
  return out;
}

/** One line for each run and grouping, for a spreadsheet. What nobody knows is empty, not zero. */
export function statsCsv(stats: Answer): string[] {
  const head = 'repository,run,source,grouping,key,attempts,landed,failed,seconds,tokens,cost,cost_unknown';
  const line = (run: RunStats, grouping: string, row: StatsRow): string =>
    [
      run.repository,
      run.slug,
      run.source,
      grouping,
      grouping === 'run' ? run.slug : row.key,
      row.attempts,
      row.landed,
      row.failed,
      row.ms === 0 && run.source === 'legacy' ? '' : (row.ms / 1000).toFixed(1),
      row.tokens === 0 && run.source === 'legacy' ? '' : row.tokens,
      row.attempts > 0 && row.costUnknown >= row.attempts ? '' : row.cost.toFixed(4),
      row.costUnknown,
    ]
      .map((value) => csvCell(String(value)))
      .join(',');
  return [
    head,
    ...stats.runs.flatMap((run) => [
      line(run, 'run', run.sum),
      ...GROUPINGS.flatMap((grouping) => run.by[grouping].map((row) => line(run, grouping, row))),
      ...run.failures.map((one) =>
        line(run, 'failure', {
          key: one.class,
          attempts: one.count,
          landed: 0,
          failed: one.count,
          ms: 0,
          tokens: 0,
          cost: 0,
          costUnknown: 0,
        }),
      ),
    ]),
  ];
}

function runCells(run: RunStats): string[] {
  const { routing, review, parallelism, sum } = run;
  return [
    run.slug,
    run.source === 'legacy'
      ? `${run.status} (legacy ${run.schema ?? ''})`
      : `${run.status}${run.imported === undefined ? '' : ` (from legacy ${run.imported.schema})`}`,
    `${run.tasks.landed}/${run.tasks.total}`,
    String(sum.attempts),
    sum.ms === 0 ? '–' : duration(sum.ms),
    sum.tokens === 0 ? '–' : sum.tokens.toLocaleString('en'),
    costWords(sum),
    String(routing.codex),
    routing.untold > 0 ? `${routing.other} (+${routing.untold} untold)` : String(routing.other),
    review.share === null ? '–' : `${review.reviewed}/${review.landed}`,
    parallelism.efficiency === null ? '–' : `${Math.round(parallelism.efficiency * 100)} %`,
  ];
}

function rowCells(row: StatsRow): string[] {
  return [
    row.key,
    String(row.attempts),
    String(row.landed),
    String(row.failed),
    row.ms === 0 ? '–' : duration(row.ms),
    row.tokens === 0 ? '–' : row.tokens.toLocaleString('en'),
    costWords(row),
  ];
}

function costWords({ cost, costUnknown, attempts }: StatsRow): string {
  if (attempts === 0 || costUnknown >= attempts) return '?';
  return `$${cost.toFixed(2)}${costUnknown > 0 ? ' + ?' : ''}`;
}

function timeLines({ passed, parallelism, verifyMs, source }: RunStats): string[] {
  if (source === 'legacy') return [];
  const { bound, atWork, efficiency, peak, mean } = parallelism;
  return [
    `time      ${duration(passed.atWork)} at work, ${duration(passed.waitedForPeople)} waiting for people, ${duration(passed.waitedForLimits)} for limits, ${duration(passed.still)} still; verify commands ${duration(verifyMs)}`,
    `parallel  ${mean.toFixed(1)} at once on average, ${peak} at most; no schedule could be shorter than ${duration(bound)}, it was ${duration(atWork)}${efficiency === null ? '' : ` (${Math.round(efficiency * 100)} %)`}`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string[] {
  const all = [head, ...rows].map((row) => row.map((text) => oneLine(text, 60)));
  const widths = head.map((_, at) => Math.max(...all.map((row) => cells(row[at] ?? ''))));
  const line = (row: readonly string[]): string =>
    row
      .map((text, at) => padTo(text, widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return all.map((row, at) => (at === 0 ? paint.faint(line(row)) : line(row)));
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (row: readonly string[]): string =>
    `| ${row.map((text) => oneLine(text, 200).replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** A cell that a spreadsheet takes for text and never for a formula. */
function csvCell(value: string): string {
  const text = oneLine(value, 400);
  const safe = /^[=+@\t-](?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
