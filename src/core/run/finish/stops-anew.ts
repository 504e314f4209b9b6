import { isKept, type PlanTerms, type TermGate } from '../../plan/terms.ts';
import type { Impact } from '../amend/event.ts';
import type { RunState } from '../state.ts';
import { stopGate } from './stops.ts';

/*
 * What was said or run at a stop holds for its words. In another text of the plan a stop with the same words is the same stop, also under
 * another id (many are numbered by their place); one with other words is settled anew.
 */

/** What a stop asks: all that a person or a command has answered to. Who waits behind it is no part of that. */
function wordsOf({ kind, asks, title, criteria, onFail, commands, frozen }: TermGate): string {
  return JSON.stringify([kind, asks ?? null, title, criteria, onFail ?? null, commands, frozen ?? null]);
}

/** Whether what held at a stop holds at another: the same words, and nothing more to come before it, or to be done again. */
function isSame(was: TermGate, is: TermGate, again: ReadonlySet<string>): boolean {
  return wordsOf(was) === wordsOf(is) && is.after.every((task) => was.after.includes(task) && !again.has(task));
}

/** What leaves a task where it is, or ends it. */
const GOES_ON: readonly Impact['effect'][] = ['goes-on', 'not-begun', 'ended', 'verified-again'];

/** Tasks that are to be done once more, or at all, because of an amendment. */
function begunAnew(impact: readonly Impact[]): Set<string> {
  return new Set(impact.flatMap(({ task, effect }) => (GOES_ON.includes(effect) ? [] : [task])));
}

/** The stop of the text before that each stop of a text is; those of the same id come first. */
function pairs(
  before: readonly TermGate[],
  after: readonly TermGate[],
  impact: readonly Impact[],
): ReadonlyMap<TermGate, TermGate> {
  const again = begunAnew(impact);
  const left = new Set(before);
  const found = new Map<TermGate, TermGate>();
  const pair = (is: TermGate, was: TermGate | undefined): void => {
    if (was === undefined) return;
    left.delete(was);
    found.set(is, was);
  };
  for (const is of after)
    pair(
      is,
      before.find((was) => left.has(was) && was.id === is.id && isSame(was, is, again)),
    );
  for (const is of after)
    if (!found.has(is))
      pair(
        is,
        before.find((was) => left.has(was) && isSame(was, is, again)),
      );
  return found;
}

/** Stops that are closed once another text of the plan is carried out. */
export function closedAfter(state: RunState, terms: PlanTerms | undefined, impact: readonly Impact[] = []): TermGate[] {
  const after = terms?.gates ?? [];
  const same = pairs(state.terms?.gates ?? [], after, impact);
  return after.filter((gate) => isKept(gate) && state.opened?.[same.get(gate)?.id ?? ''] === undefined);
}

/** Ids of those of them that were settled, and say something else now. */
export function settledAnew(state: RunState, terms: PlanTerms | undefined): string[] {
  return closedAfter(state, terms).flatMap(({ id }) => (state.opened?.[id] === undefined ? [] : [id]));
}

/** Another text of the plan is carried out: what was settled stays with the stops that it was said of, and what was asked about others is closed. */
export function adoptStops(state: RunState, terms: PlanTerms | undefined, impact: readonly Impact[]): void {
  const before = state.terms?.gates ?? [];
  const after = terms?.gates ?? [];
  const same = pairs(before, after, impact);
  const moved = <T>(of: Readonly<Record<string, T>> | undefined): Record<string, T> =>
    Object.fromEntries(
      [...same].flatMap(([is, was]) => {
        const one = of?.[was.id];
        return one === undefined ? [] : [[is.id, one] as const];
      }),
    );
  if (state.opened !== undefined) state.opened = moved(state.opened);
  if (state.stopChecks !== undefined) state.stopChecks = moved(state.stopChecks);
  const stays = new Set([...same].flatMap(([is, was]) => (isKept(is) && is.id === was.id ? [stopGate(is)] : [])));
  const asked = new Set(before.map(stopGate));
  state.gates = state.gates.filter(({ id }) => !asked.has(id) || stays.has(id));
}
