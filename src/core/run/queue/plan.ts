import { scopesOverlap } from '../../plan/scope.ts';
import { batchSize, culprit, isGreen, type LandingPolicy, probes, type Train, type Waiting } from './train.ts';

/** The merge queue as far as it matters for what it does next. */
export interface QueueView {
  /** Where the run branch stands. */
  readonly tip: string;
  /** Number of the next train. */
  readonly next: number;
  /** In the order in which they were verified; none of them is in a train. */
  readonly waiting: readonly Waiting[];
  readonly trains: readonly Train[];
  /** What the cars of a train touch; `undefined`: anything. */
  readonly touches: (task: string) => readonly string[] | undefined;
  /** Chance that a task is rejected here. */
  readonly rate: number;
}

/** Something that the queue wants done now. */
export type Move =
  /** Carry the first tasks of `from` that go together onto the tip, at most `limit`. `joins`: trains that it takes the place of. */
  | {
      readonly move: 'assemble';
      readonly train: number;
      readonly from: readonly { readonly task: string; readonly attempt: number }[];
      readonly limit: number;
      readonly joins: readonly number[];
    }
  | { readonly move: 'check'; readonly train: Train; readonly cars: number }
  | { readonly move: 'land'; readonly train: Train }
  | { readonly move: 'reject'; readonly train: Train; readonly at: number }
  | { readonly move: 'drop'; readonly train: Train };

/**
 * What the merge queue does next; the same view gives the same moves. Nothing lands but a train that stands on the tip and
 * whose whole tree is proven, so the branch only ever stands on what was verified.
 *
 * With several slots, trains that touch different files are verified side by side on one tip. The first one that is green
 * lands. The others then stand on a tip that is gone: once they are green, too, they are joined to one train on the new tip,
 * and that is verified before anything of it lands (the tip check). While there is such a train, nothing else lands.
 */
export function landingMoves(view: QueueView, policy: LandingPolicy): Move[] {
  const moves: Move[] = [];
  const alone = policy.mode === 'strict' || policy.slots <= 1;
  const trains = [...view.trains].sort((a, b) => Number(b.joined) - Number(a.joined) || a.id - b.id);
  let free = policy.slots;
  const searching: Train[] = [];
  const stale: Train[] = [];
  for (const train of trains) {
    const onTip = train.base === view.tip;
    if (isGreen(train)) {
      if (!onTip) stale.push(train);
      continue;
    }
    if (alone && !onTip) {
      moves.push({ move: 'drop', train });
      continue;
    }
    const guilty = culprit(train, policy.confirm);
    if (guilty !== undefined) {
      moves.push({ move: 'reject', train, at: guilty });
      continue;
    }
    const wanted = probes(train, Math.max(1, train.checking.length), policy.confirm);
    for (const cars of wanted.slice(0, Math.max(0, free))) moves.push({ move: 'check', train, cars });
    free -= Math.min(wanted.length, Math.max(0, free));
    searching.push(train);
  }
  const lead =
    trains.find((train) => train.joined && train.base === view.tip) ??
    trains.find((train) => train.base === view.tip && isGreen(train));
  const lands = lead !== undefined && isGreen(lead) ? lead : undefined;
  if (lands !== undefined) moves.push({ move: 'land', train: lands });
  // A tip that is about to move is not built upon.
  else if (stale.length > 0 && !trains.some((train) => train.joined && train.base === view.tip)) {
    const from = stale.sort((a, b) => a.id - b.id).flatMap(({ cars }) => cars);
    moves.push({ move: 'assemble', train: view.next, from, limit: from.length, joins: stale.map(({ id }) => id) });
  } else if (free > 0 && view.waiting.length > 0 && (!alone || trains.length === 0)) {
    const from = alone ? view.waiting : independent(view, trains);
    const limit = batchSize(from.length, alone ? 1 : policy.slots, view.rate, policy.batch);
    if (from.length > 0)
      moves.push({ move: 'assemble', train: view.next, from: together(from, limit), limit, joins: [] });
  }
  // What is left over helps those who search.
  for (const train of searching) {
    if (free <= 0 || train.reds.length === 0) continue;
    const already = moves.flatMap((one) => (one.move === 'check' && one.train === train ? [one.cars] : []));
    for (const cars of probes(train, already.length + free, policy.confirm)) {
      if (already.includes(cars) || free <= 0) continue;
      moves.push({ move: 'check', train, cars });
      free--;
    }
  }
  return moves;
}

/** Whether two changes could touch the same file. */
export function touching(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  return a.length > 0 && b.length > 0 && scopesOverlap(a, b);
}

/**
 * Those who wait and touch nothing that a train under way touches. The first in line is not overtaken for ever: while it has to wait,
 * nothing starts that touches what it touches.
 */
function independent(view: QueueView, trains: readonly Train[]): Waiting[] {
  const taken = trains.flatMap(({ cars }) => cars.map(({ task }) => view.touches(task)));
  const free: Waiting[] = [];
  for (const [place, one] of view.waiting.entries()) {
    if (!taken.some((other) => touching(one.touches, other))) free.push(one);
    else if (place === 0) taken.push(one.touches);
  }
  return free;
}

/** Moves those who touch the same files as the first ones to the front, so that they share a train and not a conflict. */
function together(waiting: readonly Waiting[], limit: number): Waiting[] {
  const rest = [...waiting];
  const chosen: Waiting[] = [];
  while (rest.length > 0 && chosen.length < limit) {
    const group = [rest.shift() as Waiting];
    for (const member of group) {
      for (let at = 0; at < rest.length;) {
        const other = rest[at] as Waiting;
        if (touching(member.touches, other.touches)) group.push(...rest.splice(at, 1));
        else at++;
      }
    }
    chosen.push(...group);
  }
  return [...chosen, ...rest];
}
