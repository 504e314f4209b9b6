import type { Obstacle, Room } from './obstacle.ts';
import { Reservations } from './reservations.ts';
import type { RunState } from './state.ts';

/** What should start now, and what keeps every other ready task from it. */
export interface Dispatch {
  /** Positions of tasks, best first, those in `beginning` before all others. */
  readonly start: readonly number[];
  /** By position: why a ready task is not among them. */
  readonly held: ReadonlyMap<number, Obstacle>;
}

/**
 * The one function that says what starts, and why everything else waits. It goes through the ready tasks in the order of the
 * critical path and starts each that fits under all limits at once: agents altogether, of each account, family and agent, budgets,
 * scopes, things of a class, waves, and the machine. Nothing that fits is left lying: a task that has to wait never keeps a later
 * one from a free agent (docs/decisions/0037). Tasks in `beginning` were chosen before and are about to be recorded as started:
 * they keep their place.
 *
 * Linear in the ready tasks; the work for each does not grow with the plan. Who asks for no `reasons` gets those alone that cost
 * nothing, and does not wait for the rest once all agents are taken. `reviewers` are agents that are about to begin a review: what is
 * nearly done goes before what is new.
 */
export function dispatch(
  state: RunState,
  beginning: readonly string[] = [],
  room: Room = {},
  reasons = true,
  reviewers: readonly string[] = [],
): Dispatch {
  const start: number[] = [];
  const held = new Map<number, Obstacle>();
  if (state.settings === undefined) return { start, held };
  const { ready } = state.schedule;
  const reserved = new Reservations(state, room);
  for (const agent of reviewers) reserved.takeReviewer(agent);
  const begun = new Set<number>();
  for (const id of beginning) {
    const at = state.schedule.index[id];
    if (at === undefined || state.tasks[at]?.progress.status !== 'pending') continue;
    begun.add(at);
    start.push(at);
    reserved.take(at, true);
  }
  const second: number[] = [];
  const advisory = state.settings.scopes === 'advisory';
  for (const at of ready) {
    if (begun.has(at)) continue;
    if (!reasons && reserved.full) break;
    const obstacle = reserved.obstacle(at);
    if (obstacle !== undefined) held.set(at, obstacle);
    // Who gets into nobody's way goes first; the others after that, if agents are left.
    else if (advisory && (reserved.overlapping(at) !== undefined || reserved.elsewhere(at) !== undefined))
      second.push(at);
    else {
      start.push(at);
      reserved.take(at);
    }
  }
  for (const at of second) {
    const obstacle = reserved.obstacle(at);
    if (obstacle !== undefined) held.set(at, obstacle);
    else {
      start.push(at);
      reserved.take(at);
    }
  }
  return { start, held };
}

/** What keeps the ready task at position `at` from starting; `undefined`: nothing does. Speaks from {@link dispatch}. */
export function obstacle(state: RunState, at: number, room: Room = {}): Obstacle | undefined {
  return dispatch(state, [], room).held.get(at);
}
