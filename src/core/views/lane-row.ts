import { formatStamp } from '../base/time.ts';
import type { KnownWindow } from '../run/lane-windows.ts';
import type { Lane, RunState } from '../run/state.ts';

/** What is known of an account and its limits. Times are milliseconds since 1970. */
export interface LaneRow {
  readonly lane: string;
  /** Why nothing starts on it now, until when, and how that is known; without it, it is open. */
  readonly parked?: NonNullable<Lane['parked']>;
  readonly windows: readonly (KnownWindow & { readonly window: string })[];
}

/** A row for each account of which anything is known; none: of none is. */
export function laneRows(state: RunState): readonly LaneRow[] {
  return Object.entries(state.lanes).flatMap(([lane, { parked, windows }]) =>
    parked === undefined && windows === undefined
      ? []
      : [
          {
            lane,
            ...(parked === undefined ? {} : { parked }),
            windows: Object.entries(windows ?? {}).map(([window, known]) => ({ window, ...known })),
          },
        ],
  );
}

/** What is left of the windows of an account, for people; empty when nothing of it holds any more. */
export function laneLine({ lane, windows }: LaneRow, now: number, ago: (at: number) => string): string {
  const words = windows.flatMap(({ window, used, resetsAt, left: rest, by, seen }) => {
    if (resetsAt !== undefined && resetsAt <= now) return [];
    const percent = used === undefined ? '' : ` ${Math.max(0, Math.round(100 - used))} % left`;
    const left = rest === undefined ? percent : `${percent} ${rest} left`;
    const until = resetsAt === undefined ? '' : ` until ${minuteOf(resetsAt)}`;
    return [`${window}${left}${until} (${by === 'event' ? 'told' : 'read off its words'} ${ago(seen)} ago)`];
  });
  return words.length === 0 ? '' : `${lane}: ${words.join(', ')}`;
}

/** A point in time to the minute: `2026-11-21 18:00 UTC`. */
export function minuteOf(at: number): string {
  return `${formatStamp(at).slice(0, 16).replace('T', ' ')} UTC`;
}

/** How the end of a parked account's limit is known. */
export function knownBy({ by }: NonNullable<Lane['parked']>): string {
  return by === undefined ? '' : { event: 'its program told', message: 'read off its words', guess: 'a guess' }[by];
}
