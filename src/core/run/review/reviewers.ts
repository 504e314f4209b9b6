import { FAILURES } from '../../agents/failure.ts';
import { laneOf, parkedLane } from '../lanes.ts';
import type { RunSettings } from '../settings.ts';
import type { Attempt, RunState, TaskState } from '../state.ts';
import type { ReviewerKind } from './ledger.ts';
import { REVIEW_DEFAULTS } from './settings.ts';
import { candidates, vendorIn } from './vendors.ts';

/** Who reviews the work of a task now. */
export type Choice =
  | { readonly do: 'review'; readonly agent: string; readonly how: ReviewerKind }
  /** The account of the one who should rests, and not for long. */
  | { readonly do: 'wait'; readonly lane: string; readonly agent: string }
  | { readonly do: 'skip'; readonly reason: string }
  | { readonly do: 'ask'; readonly reason: string };

/** Vendors whose agents wrote the work of an attempt: its own, and of those whose unfinished work it went on with. */
export function authors(settings: RunSettings, task: TaskState, attempt: number): string[] {
  const vendors = new Set<string>();
  for (let at = attempt - 1; at >= 0; at--) {
    const one = task.attempts[at] as Attempt;
    if (one.subject !== undefined) continue;
    if (at < attempt - 1 && one.ended?.ending !== 'limited' && one.sentBack !== true) break;
    vendors.add(vendorIn(settings, one.agent));
  }
  return [...vendors];
}

/** Who reviews the work of the attempt that a task is on, or what happens instead. */
export function reviewerFor(state: RunState, task: TaskState, attempt: number): Choice {
  const { settings } = state;
  if (settings === undefined) return { do: 'skip', reason: 'nothing is configured' };
  const review = settings.review ?? REVIEW_DEFAULTS;
  const wrote = authors(settings, task, attempt);
  const all = candidates(settings).filter((name) => state.standIns[name] === undefined);
  const fit = all.filter((name) => !isSpent(state, task, name));
  const others = fit.filter((name) => !wrote.includes(vendorIn(settings, name)));
  const free = (name: string): boolean => parkedLane(state, name) === undefined;
  const other = others.find(free);
  if (other !== undefined) return { do: 'review', agent: other, how: 'other-vendor' };
  const resting = others.find((name) => {
    const until = parkedLane(state, name)?.until;
    return until !== undefined && until !== null && until - state.updated <= review.patience;
  });
  if (resting !== undefined) return { do: 'wait', lane: laneOf(settings, resting), agent: resting };
  const reason = whyNone(state, task, wrote, all);
  if (review.fallback === 'same_vendor') {
    const same = fit.find((name) => free(name) && !others.includes(name));
    if (same !== undefined) return { do: 'review', agent: same, how: 'same-vendor' };
  }
  return review.mode === 'required' || review.fallback === 'ask' ? { do: 'ask', reason } : { do: 'skip', reason };
}

/** Whether an agent had its tries at the work that is under review. */
function isSpent({ settings }: RunState, task: TaskState, agent: string): boolean {
  const tries = task.review?.tries[agent];
  if (tries === undefined || settings === undefined) return false;
  return tries.failed >= (settings.review ?? REVIEW_DEFAULTS).tries || tries.lost >= settings.losses;
}

function whyNone(state: RunState, task: TaskState, wrote: readonly string[], all: readonly string[]): string {
  const settings = state.settings as RunSettings;
  const others = all.filter((name) => !wrote.includes(vendorIn(settings, name)));
  const missing = candidates(settings).filter(
    (name) => state.standIns[name] !== undefined && !wrote.includes(vendorIn(settings, name)),
  );
  if (others.length === 0) {
    const gone = missing.length === 0 ? '' : ` (${missing.join(', ')} cannot be started here)`;
    return `no agent of another vendor than ${wrote.join(', ')} is there to review it${gone}`;
  }
  const words = others.map((name) => {
    const tries = task.review?.tries[name];
    if (tries !== undefined && isSpent(state, task, name))
      return `${name} failed at it ${tries.failed + tries.lost} times`;
    const parked = parkedLane(state, name);
    return parked === undefined ? name : `${name} cannot work: ${FAILURES[parked.failure].about}`;
  });
  return `nobody of another vendor can review it: ${words.join('; ')}`;
}
