import type { RunReport } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { duration } from '../../../core/base/time.ts';
import type { Board } from '../../../core/views/board.ts';
import { column, fit, padTo, widest } from '../../width.ts';
import { counted, standing, waivedLines } from '../../words.ts';
import type { Paint } from '../paint.ts';
import { renderReview } from './review.ts';
import { renderWaiting } from './waiting.ts';

/** What a run came to: what landed as which commit, what was retried and why, what failed, and what to type next. */
export function renderReport(report: RunReport, paint: Paint, width: number): string[] {
  const { board } = report;
  const out = [
    `${paint.strong(oneLine(board.title))}: ${outcomeWords(board, paint)}  ${paint.faint(`${standing(board)}, ${duration(report.durationMs)}`)}`,
  ];
  const titleWidth = Math.max(20, width - 40);
  if (report.merged.length > 0) {
    out.push('', `Merged on ${oneLine(board.branch)}`);
    const ids = widest(
      report.merged.map(({ task }) => task),
      16,
    );
    const titles = widest(
      report.merged.map(({ title }) => oneLine(title)),
      titleWidth,
    );
    for (const { task, commit, title, attempts } of report.merged) {
      const tries = attempts > 1 ? `  ${paint.warn(counted(attempts, 'attempt'))}` : '';
      out.push(
        `  ${column(task, ids)}  ${paint.faint(commit.slice(0, 10))}  ${tries === '' ? fit(title, titles) : column(title, titles)}${tries}`,
      );
    }
  }
  if (report.retried.length > 0) {
    out.push('', 'Retried');
    const names = widest(
      report.retried.map(({ task, attempt }) => `${task}#${attempt}`),
      20,
    );
    for (const { task, attempt, ending, reason, lesson } of report.retried) {
      out.push(`  ${padTo(`${task}#${attempt}`, names)}  ${oneLine(ending.replaceAll('_', ' '))}: ${oneLine(reason)}`);
      if (lesson !== undefined && lesson !== reason)
        out.push(paint.faint(`  ${' '.repeat(names)}  the next attempt was told: ${oneLine(lesson)}`));
    }
  }
  if (board.waived !== undefined)
    out.push('', paint.warn('Waived, not done'), ...waivedLines(board.waived).map((line) => `  ${line}`));
  if (report.failed.length > 0) {
    out.push('', paint.bad('Failed'));
    const ids = widest(
      report.failed.map(({ task }) => task),
      16,
    );
    for (const { task, reason } of report.failed) {
      out.push(`  ${column(task, ids)}  ${oneLine(reason, 400)}`);
      out.push(`  ${' '.repeat(ids)}  ${paint.type(retryCommand(task, board))}`);
    }
  }
  if (report.spent.length > 0) {
    out.push('', 'Used');
    const names = widest(
      report.spent.map(({ agent }) => agent),
      16,
    );
    for (const { agent, ...spent } of report.spent) out.push(`  ${column(agent, names)}  ${spentWords(spent)}`);
    // Said only where it says more than the lines above.
    for (const by of ['role', 'vendor', 'model'] as const) {
      const rows = report.spentBy[by];
      if (rows.length < 2) continue;
      const shares = rows.map(({ name, ...spent }) => `${oneLine(name, 40)} ${shareWords(spent)}`);
      out.push(paint.faint(`  by ${by}: ${shares.join('; ')}`));
    }
  }
  const [coverage, ...more] = renderReview(report.review, paint);
  out.push('', `${coverage ?? ''}`, ...more.map((line) => `  ${line}`));
  const { missing = [], waived = [], requests = [], fails } = board.ended ?? {};
  if (fails !== undefined) out.push('', paint.bad(`Fails as a whole   ${oneLine(fails, 1000)}`));
  if (missing.length > 0) out.push('', paint.bad(`Not proven   ${oneLine(missing.join(', '), 1000)}`));
  if (waived.length > 0) out.push('', paint.warn(`Waived       ${oneLine(waived.join(', '), 1000)}`));
  for (const url of requests) out.push('', `Pull request ${oneLine(url)}`);
  const gates = board.waiting.filter(({ gate }) => gate !== undefined);
  if (gates.length > 0) out.push('', ...renderWaiting(gates, paint));
  const { changes, rejected, remarks } = report.examined;
  if (remarks > 0)
    out.push(
      '',
      `Examined     ${counted(changes, 'change')}: ${rejected === 0 ? 'none rejected' : paint.warn(`${rejected} rejected for weakening checks`)}, ${counted(remarks, 'remark')} (masterplan explain <task>)`,
    );
  out.push('', `Log          ${oneLine(report.log)}`, `Transcripts  ${oneLine(report.transcripts)}`);
  // What was printed above as an answer or a retry is not said twice.
  const said = new Set([
    ...gates.flatMap(({ type }) => type),
    ...report.failed.map(({ task }) => retryCommand(task, board)),
  ]);
  const steps = report.next.filter(({ type }) => !said.has(type));
  if (steps.length > 0) {
    out.push('', 'What to try next');
    const commands = widest(
      steps.map(({ type }) => type),
      Math.max(20, width - 30),
    );
    for (const { type, why } of steps)
      out.push(`  ${paint.type(padTo(oneLine(type), commands))}  ${oneLine(why)}`.trimEnd());
  }
  return out;
}

/** Tokens and money of one agent; money that nobody told is said to be unknown, never left out in silence. */
export function spentWords({
  usage,
  cost,
  estimated,
  unknown,
  attempts,
}: Omit<RunReport['spent'][number], 'agent'>): string {
  const known = unknown < attempts ? [`$${cost.toFixed(2)}${estimated ? ' (estimated)' : ''}`] : [];
  const rest = unknown === 0 ? [] : [unknown === attempts ? 'cost unknown' : `cost of ${unknown} unknown`];
  return [counted(attempts, 'attempt'), ...tokenWords(usage), ...known, ...rest].join(', ');
}

/** What one of several used, shortly. */
function shareWords({ tokens, cost, unknown, attempts }: Omit<RunReport['spent'][number], 'agent'>): string {
  return `${short(tokens)} tokens${unknown < attempts ? `, $${cost.toFixed(2)}` : ''}`;
}

/** Tokens of each kind that is told. */
export function tokenWords({ input, cached, output }: RunReport['spent'][number]['usage']): string[] {
  return [
    ...(input === undefined ? [] : [`${short(input)} in`]),
    ...(cached === undefined || cached === 0 ? [] : [`${short(cached)} cached`]),
    ...(output === undefined ? [] : [`${short(output)} out`]),
  ];
}

function short(tokens: number): string {
  if (tokens < 10_000) return String(tokens);
  return tokens < 1_000_000 ? `${Math.round(tokens / 1000)}k` : `${(tokens / 1_000_000).toFixed(1)}M`;
}

function retryCommand(task: string, board: Board): string {
  return `masterplan retry ${task} --run ${board.slug}`;
}

/** How it stands or ended, in a few words. */
function outcomeWords(board: Board, paint: Paint): string {
  switch (board.status) {
    case 'cancelled':
      return paint.warn('cancelled');
    case 'completed':
    case 'incomplete': {
      const how =
        board.outcome === 'merge'
          ? `merged into ${oneLine(board.baseBranch)}`
          : board.outcome === 'pull-request'
            ? `a pull request from ${oneLine(board.branch)}`
            : board.outcome === 'discard'
              ? 'discarded'
              : `kept on ${oneLine(board.branch)}`;
      if (board.status === 'incomplete') return paint.warn(`${how}, not complete`);
      return board.outcome === 'discard' ? paint.warn(how) : paint.good(how);
    }
    case 'waiting':
      return paint.warn('waits for you');
    case 'blocked':
      return paint.bad('cannot go on by itself');
    case 'running':
      return 'not finished';
    default:
      return board.status satisfies never;
  }
}
