import { err, ok, type Result } from './result.ts';

/** A stretch of every day, in minutes since midnight on the clock of the machine; it may reach over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

const DAY = 1440;
const MINUTE = 60_000;

/** Reads `22:00-07:00`. The error says what is wrong, in words that follow the key. */
export function parseQuietHours(text: string): Result<QuietHours, string> {
  const found = /^\s*(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})\s*$/.exec(text);
  const [fromHour, fromMinute, toHour, toMinute] = (found ?? []).slice(1).map(Number);
  if (fromHour === undefined || fromMinute === undefined || toHour === undefined || toMinute === undefined)
    return err('must be two times of day, such as 22:00-07:00');
  // 24:00 is the end of a day.
  if (fromHour > 23 || toHour > 24 || fromMinute > 59 || toMinute > 59 || (toHour === 24 && toMinute > 0))
    return err('must be two times of day, such as 22:00-07:00');
  const from = fromHour * 60 + fromMinute;
  const to = (toHour * 60 + toMinute) % DAY;
  return from === to ? err('begins and ends at the same time') : ok({ from, to });
}

/**
 * When the quiet hours that `now` lies in end; `undefined`: it lies in none.
 *
 * @param now       milliseconds since 1970
 * @param offsetAt  minutes by which the clock on the wall is ahead of UTC at a time; clocks are put forward and back in the night
 */
export function quietUntil(
  { from, to }: QuietHours,
  now: number,
  offsetAt: (at: number) => number,
): number | undefined {
  const offset = offsetAt(now);
  const wall = now + offset * MINUTE;
  const minute = Math.floor(wall / MINUTE);
  const ofDay = ((minute % DAY) + DAY) % DAY;
  const quiet = from < to ? ofDay >= from && ofDay < to : ofDay >= from || ofDay < to;
  if (!quiet) return undefined;
  const left = (to - ofDay + DAY) % DAY;
  const end = (minute + left) * MINUTE - offset * MINUTE;
  if (offsetAt(end) === offset) return end;
  // The clock is put forward or back before that: from the moment at which it is, its end is looked for anew. It may be over with the hour left out.
  let [before, after] = [now, end];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(middle) === offset) before = middle;
    else after = middle;
  }
  return quietUntil({ from, to }, after, offsetAt) ?? after;
}
