import type { FailedCheck } from '../failed-check.ts';

/** One task's work in a train: the commit that it becomes on top of what stands before it. */
export interface Car {
  readonly task: string;
  readonly attempt: number;
  readonly commit: string;
  readonly tree: string;
}

/** A tree of a train that did not pass. */
export interface Red {
  /** How many first cars the tree holds. */
  readonly cars: number;
  /** How often that very tree was seen to fail. */
  readonly times: number;
  readonly failed?: FailedCheck;
}

/**
 * Tasks of the merge queue that were carried one upon the other onto a commit of the run branch, to be verified and landed as
 * one. Its k-th tree holds the first k cars. Plain data: a part of the state.
 */
export interface Train {
  readonly id: number;
  /** The commit that the first car stands on. */
  base: string;
  cars: readonly Car[];
  /** Milliseconds since 1970. */
  readonly since: number;
  /** How many tasks had landed when it was formed: their commands have to pass as well. */
  readonly landed: number;
  /** How many first cars have a tree that is proven. */
  good: number;
  /** Trees that failed, the shortest first; all are longer than `good`. */
  reds: Red[];
  /** Trees that are being verified now, by how many cars they hold. */
  checking: { readonly cars: number; readonly since: number }[];
  /** Made of trains that were green on an older tip: what it proves is the tip. */
  readonly joined: boolean;
}

/** How the queue is to work; see {@link landingMoves}. */
export interface LandingPolicy {
  /** `lanes`: trains that touch different files are verified side by side; `strict`: one train at a time. */
  readonly mode: 'lanes' | 'strict';
  /** Verifications of the queue at once. */
  readonly slots: number;
  /** Cars of one train at most. */
  readonly batch: number;
  /** How often a tree must fail again before somebody is blamed for it. */
  readonly confirm: number;
}

/** A task that was verified alone and waits for its train. */
export interface Waiting {
  readonly task: string;
  readonly attempt: number;
  /** What it changes, as scope entries; `undefined`: not known, so it may touch anything. */
  readonly touches: readonly string[] | undefined;
}

/** Chance that a task which was green alone is not good on top of the others: a running mean that begins at one in twenty. */
export function failureRate(landed: number, rejected: number): number {
  return (rejected + 1) / (landed + rejected + 20);
}

/**
 * How many cars a train should have when `waiting` tasks wait for `slots` verifications: what is verified together is found
 * guilty together, so the best length goes with one over the root of the failure rate.
 */
export function batchSize(waiting: number, slots: number, rate: number, atMost: number): number {
  const share = Math.ceil(waiting / Math.max(1, slots));
  return Math.max(1, Math.min(atMost, share, Math.round(1.3 / Math.sqrt(rate))));
}

/** The shortest tree of a train that is known to fail, if any. */
export function shortestRed(train: Train): Red | undefined {
  return train.reds[0];
}

/** Every car of the train is proven. */
export function isGreen(train: Train): boolean {
  return train.good === train.cars.length;
}

/**
 * Trees of a train that should be verified next, by how many cars they hold: those under way that are still worth it, then new
 * ones up to `room` in all. First the whole train; if it fails, trees that halve what is left between the longest good and the
 * shortest bad one, until those two are neighbours. The bad one is then verified again, `confirm` times.
 */
export function probes(train: Train, room: number, confirm: number): number[] {
  const { good, cars } = train;
  if (isGreen(train)) return [];
  const red = shortestRed(train);
  if (red === undefined) return [cars.length];
  if (red.cars === good + 1) return red.times <= confirm ? [red.cars] : [];
  const chosen = train.checking.map((one) => one.cars).filter((at) => at > good && at < red.cars);
  while (chosen.length < room) {
    const next = middleOfLargestGap([good, ...chosen, red.cars]);
    if (next === undefined) break;
    chosen.push(next);
  }
  return chosen.sort((a, b) => a - b);
}

function middleOfLargestGap(marks: readonly number[]): number | undefined {
  const sorted = [...marks].sort((a, b) => a - b);
  let best: number | undefined;
  let widest = 1;
  for (let at = 1; at < sorted.length; at++) {
    const [from, to] = [sorted[at - 1] as number, sorted[at] as number];
    if (to - from <= widest) continue;
    widest = to - from;
    best = from + (widest >> 1);
  }
  return best;
}

/**
 * Position of the car that is to blame: without it the tree before was good, with it the tree failed as often as was asked for.
 * `undefined`: not found yet.
 */
export function culprit(train: Train, confirm: number): number | undefined {
  const red = shortestRed(train);
  return red !== undefined && red.cars === train.good + 1 && red.times > confirm ? train.good : undefined;
}
