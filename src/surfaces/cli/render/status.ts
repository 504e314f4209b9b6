import type { Owner, RunInfo } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { duration, parseStamp } from '../../../core/base/time.ts';
import type { Board } from '../../../core/views/board.ts';
import { laneLine } from '../../../core/views/lane-row.ts';
import { queueLines } from '../../../core/views/queue-row.ts';
import type { FailureRow } from '../../../core/views/failures.ts';
import { elapsed, portWords, standing, waivedLines } from '../../words.ts';
import { renderReview } from './review.ts';
import { renderWaiting } from './waiting.ts';
import type { Paint } from '../paint.ts';

/** Where there is no run. */
export const NOTHING_YET = [
  'No run here yet.',
  '  masterplan run <plan.md>   starts one; masterplan list shows plans',
  '  masterplan demo            shows how it works, in a temporary directory',
];

/** Failures that `status` names. */
const MOST_FAILURES = 4;

/** Attempts that `status` names. */
const MOST_WORKING = 8;

/** A few lines per run: how far it is, who runs it, and what it waits for. */
export function renderStatus(runs: readonly RunInfo[], now: number, paint: Paint): string[] {
  if (runs.length === 0) return NOTHING_YET;
  const out: string[] = [];
  for (const { board, owner, problem, legacy } of runs) {
    if (out.length > 0) out.push('');
    if (legacy !== undefined) {
      out.push(...legacyLines(board, legacy, paint));
      continue;
    }
    const word = problem === undefined ? statusWord(board, owner, paint) : paint.bad('damaged');
    out.push(`${paint.strong(oneLine(board.slug))}  ${word}  ${oneLine(board.title)}`.trimEnd());
    if (problem !== undefined) {
      out.push(`  ${paint.bad(oneLine(problem.message, 400))}`, `  hint: ${oneLine(problem.hint, 400)}`);
      if (board.total === 0) continue;
    }
    const { imported } = board;
    // A run that was over when it was imported took no time here.
    const over = imported !== undefined && board.phase === 'over' && board.updated === board.started;
    out.push(
      `  ${standing(board)}${over ? '' : ` · ${board.phase === 'over' ? 'took' : 'for'} ${elapsed(board, now)}`}`,
    );
    if (imported !== undefined)
      out.push(
        paint.faint(
          `  taken over from ${oneLine(imported.from)}: ${imported.done} found done there, ${imported.possibly} perhaps`,
        ),
      );
    if (board.review !== undefined) out.push(...renderReview(board.review, paint).map((line) => `  ${line}`));
    const who = ownerWords(owner, board.phase === 'over', now);
    if (who !== undefined) out.push(`  ${who}`);
    if (owner !== undefined) {
      for (const one of board.working.slice(0, MOST_WORKING)) {
        const long = duration(Math.max(0, now - one.since));
        const doing = one.doing === undefined ? oneLine(one.title, 80) : oneLine(one.doing, 100);
        const name = `${one.task}#${one.attempt}`;
        out.push(
          paint.faint(
            `  ${oneLine(name)} ${one.status} for ${long} (${oneLine(one.agent)})${portWords(one.lease)}: ${doing}`,
          ),
        );
      }
      for (const { task, conflicts } of board.working)
        for (const { with: other, paths } of conflicts ?? [])
          if (task < other || !board.working.some((one) => one.task === other))
            out.push(
              `  ${paint.warn('conflict ahead:')} ${oneLine(task)} and ${oneLine(other)}, in ${paths
                .slice(0, 3)
                .map((path) => oneLine(path))
                .join(', ')}`,
            );
      const more = board.working.length - MOST_WORKING;
      if (more > 0) out.push(paint.faint(`  and ${more} more at work`));
    }
    if (board.queue !== undefined && board.phase !== 'over') {
      const ago = (at: number): string => duration(Math.max(0, now - at));
      for (const line of queueLines(board.queue, ago)) out.push(paint.faint(`  queue: ${oneLine(line, 200)}`));
      for (const lane of board.lanes ?? []) {
        const line = laneLine(lane, now, ago);
        if (line !== '') out.push(paint.faint(`  limit: ${oneLine(line, 200)}`));
      }
    }
    out.push(...waivedLines(board.waived ?? []).map((line) => `  ${paint.warn('waived, not done:')} ${line}`));
    out.push(...renderWaiting(board.waiting, paint, 'waits for you:').map((line) => `  ${line}`));
    out.push(...failureLines(board.failures ?? [], paint));
    if (board.waiting.length === 0 && owner === undefined) out.push(`  next: ${paint.type(oneLine(board.next))}`);
  }
  return out;
}

/** A bundle of an older tool: what its files say, and nothing that they do not. */
function legacyLines(board: RunInfo['board'], legacy: NonNullable<RunInfo['legacy']>, paint: Paint): string[] {
  return [
    `${paint.strong(oneLine(board.slug))}  ${legacy.status}  ${oneLine(board.title)}`.trimEnd(),
    `  a bundle of an older tool (schema ${oneLine(legacy.schema)}), read only: ${board.counts.merged} of ${board.total} tasks done${legacy.untold === 0 ? '' : `, ${legacy.untold} untold`}`,
    ...(legacy.logged ? [] : [`  ${paint.warn('no log:')} events.jsonl is not there, so nothing tells who did what`]),
    ...board.waiting.map(({ what }) => `  ${paint.warn('waits:')} ${oneLine(what, 400)}`),
    ...(legacy.nextAction === '' || board.phase === 'over'
      ? []
      : [`  its own next action: ${oneLine(legacy.nextAction, 200)}`]),
    ...legacy.problems.slice(0, 3).map((problem) => `  ${paint.bad('not read:')} ${oneLine(problem, 200)}`),
    ...(board.phase === 'over' ? [] : [`  next: ${paint.type(oneLine(board.next))}`]),
  ];
}

/** Failure classes that nobody has settled, each with its recovery. */
function failureLines(rows: readonly FailureRow[], paint: Paint): string[] {
  const shown = rows
    .slice(0, MOST_FAILURES)
    .flatMap((row) => [
      `  ${paint.warn(row.class)}${row.count > 1 ? ` (${row.count} times)` : ''}: ${oneLine(row.what, 200)}`,
      paint.faint(`    ${oneLine(row.recovery, 200)}`),
      `    ${paint.type(oneLine(row.type[0] ?? ''))}`,
    ]);
  const rest = [...new Set(rows.slice(MOST_FAILURES).map((row) => row.class))];
  return rest.length === 0 ? shown : [...shown, paint.faint(`  also: ${rest.join(', ')}; masterplan stats counts all`)];
}

function statusWord({ status, outcome }: Board, owner: Owner | undefined, paint: Paint): string {
  // Nothing of it is left on a branch, however much landed there.
  if (outcome === 'discard') return paint.warn('discarded');
  switch (status) {
    case 'completed':
      return paint.good(status);
    case 'waiting':
    case 'incomplete':
    case 'cancelled':
      return paint.warn(status);
    case 'blocked':
      return paint.bad(status);
    case 'running':
      return owner === undefined ? paint.warn('stopped') : status;
    default:
      return status satisfies never;
  }
}

/** Who runs it, said plainly; nothing for a run that is over and left alone. */
function ownerWords(owner: Owner | undefined, over: boolean, now: number): string | undefined {
  if (owner === undefined) return over ? undefined : 'nobody runs it now';
  // The rest of the name tells containers of one machine apart, for programs.
  const host = oneLine(owner.host).split(' ')[0];
  const who = `${owner.pid === undefined ? 'a process' : `process ${owner.pid}`} on ${host}`;
  const since = parseStamp(owner.since);
  const long = Number.isNaN(since) ? '' : ` for ${duration(Math.max(0, now - since))}`;
  const sure = owner.alive ? '' : '; from here nobody can tell whether it still lives';
  return `run by ${who}${long} (${oneLine(owner.command, 80)})${sure}`;
}
