import { oneLine } from '../core/base/text.ts';
import { duration } from '../core/base/time.ts';
import type { Board } from '../core/views/board.ts';
import { landedWords } from '../core/views/landed-words.ts';

/** `1 task`, `7 tasks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Time of day where the reader is, `12:04:10`. The log itself is in UTC. */
export function timeOfDay(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** How long a run has taken: until now, or until its last event when it is over. */
export function elapsed(board: Board, now: number): string {
  const until = board.phase === 'over' ? board.updated : Math.max(now, board.updated);
  return duration(Math.max(0, until - board.started));
}

/** How far a run is, in words: `5 of 7 merged, 1 at work, 1 failed`. */
export function standing(board: Board): string {
  const { counts } = board;
  const atWork = counts.working + counts.verifying + counts.reviewing + counts.merging;
  return [
    landedWords(board),
    ...(atWork > 0 ? [`${atWork} at work`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...((counts.waived ?? 0) > 0 ? [`${counts.waived} waived, NOT DONE`] : []),
    // What was configured and did not happen is said wherever it is said how far a run is.
    ...((board.review?.gaps.length ?? 0) > 0 ? [`${board.review?.gaps.length} NOT REVIEWED`] : []),
    ...(counts.pending > 0 && board.phase !== 'over' ? [`${counts.pending} pending`] : []),
  ].join(', ');
}

/** ` on web 20101, api 20440`: the ports that an attempt leases; nothing where it leases none. */
export function portWords(lease: { readonly ports: Readonly<Record<string, number>> } | undefined): string {
  const ports = Object.entries(lease?.ports ?? {}).map(([name, port]) => `${oneLine(name)} ${port}`);
  return ports.length === 0 ? '' : ` on ${ports.join(', ')}`;
}

/** `T3 by ada: done by hand`: what a person said needs no proof. */
export function waivedLines(rows: NonNullable<Board['waived']>): string[] {
  return rows.map(
    ({ task, criterion, by, reason }) =>
      `${oneLine(task)}${criterion === undefined ? '' : `, criterion ${oneLine(criterion)},`} by ${oneLine(by)}: ${oneLine(reason, 200)}`,
  );
}
