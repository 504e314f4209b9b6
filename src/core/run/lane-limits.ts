import type { LimitNotice } from '../agents/event.ts';
import { oneLine } from '../base/text.ts';
import { formatStamp, parseStamp } from '../base/time.ts';
import type { RunEvent } from './event.ts';
import { laneOf } from './lanes.ts';
import type { KnownWindow, ToldBy } from './lane-windows.ts';
import type { RunState } from './state.ts';

/*
 * What is known of the limits of accounts: of each window how much is used, when it begins anew, how that is known and since when. The
 * programs tell; nobody asks a vendor.
 */

type Told = Extract<RunEvent, { event: 'lane_told' }>;

/** Windows that are remembered of a lane: no vendor has more, and a program could make names up for ever. */
const MOST_WINDOWS = 8;
/** Points of a hundred by which a window must have changed to be told of again. */
const POINTS = 5;
/** Milliseconds by which its end must have. */
const SHIFT = 60_000;
/** What agents told of the limits of their account, of which the log does not know yet; `undefined`: nothing new. */
export function laneNews(
  state: RunState,
  agent: string,
  told: readonly (LimitNotice & { readonly by: ToldBy })[],
): Told | undefined {
  const lane = laneOf(state.settings, agent);
  const known = state.lanes[lane]?.windows ?? {};
  const windows = new Map<string, Told['windows'][number]>();
  let others = Object.keys(known).length;
  for (const { window, used, resetsAt, left, by } of told) {
    const name = oneLine(window, 80);
    const before = Object.hasOwn(known, name) ? known[name] : undefined;
    if (before === undefined && !windows.has(name) && ++others > MOST_WINDOWS) continue;
    if (before !== undefined && !differs(before, used, resetsAt, left)) {
      windows.delete(name);
      continue;
    }
    windows.set(name, {
      window: name,
      ...(used === undefined ? {} : { used: Math.round(used * 10) / 10 }),
      ...(resetsAt === undefined ? {} : { resets: formatStamp(resetsAt) }),
      ...(left === undefined ? {} : { left: oneLine(left, 40) }),
      by,
    });
  }
  return windows.size === 0 ? undefined : { event: 'lane_told', lane, agent, windows: [...windows.values()] };
}

function differs(
  before: KnownWindow,
  used: number | undefined,
  resetsAt: number | undefined,
  left: string | undefined,
): boolean {
  if (left !== before.left && !isAbout(before.left, left)) return true;
  const end = (at: number | undefined): number => at ?? 0;
  if (Math.abs(end(before.resetsAt) - end(resetsAt)) > SHIFT) return true;
  if (used === undefined || before.used === undefined) return used !== before.used;
  return Math.abs(used - before.used) >= POINTS || used >= 100 !== before.used >= 100;
}

/** Whether two amounts are nearly the same: each answer costs a little, and the log need not tell of each. */
function isAbout(before: string | undefined, left: string | undefined): boolean {
  const [one, other] = [Number(before), Number(left)];
  return one > 0 && other > 0 && Math.abs(one - other) <= one / (100 / POINTS);
}

/** Keeps what was told; what is not said anew of a window is not known of it any more. */
export function foldLaneTold(state: RunState, { lane: name, windows }: Told, seen: number): void {
  const lane = (state.lanes[name] ??= { parked: undefined, tries: 0 });
  const known: Record<string, KnownWindow> = { ...lane.windows };
  for (const { window, used, resets, left, by } of windows) {
    known[window] = {
      ...(used === undefined ? {} : { used }),
      ...(resets === undefined ? {} : { resetsAt: parseStamp(resets) }),
      ...(left === undefined ? {} : { left }),
      by,
      seen,
    };
  }
  lane.windows = known;
}
