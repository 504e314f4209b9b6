import { isKept, type PlanTerms, type TermGate } from '../../plan/terms.ts';
import type { Impact } from '../amend/event.ts';
import type { RunState } from '../state.ts';
import { closedStops, stopGate } from './stops.ts';

/** By whom a stop was opened, when its commands passed. */
export const BY_COMMANDS = 'its commands';

/**
 * Another text of the plan is carried out: what was proven or answered at a stop that asks for something else now, or for more, counts no
 * more, and a question that was asked by the text before is not open any more. The same where something that comes before it is to be done
 * again. Whoever began behind it goes on.
 *
 * @param before  what the text before asked for; `state.terms` is what is asked for now
 * @param impact  what becomes of the tasks
 */
export function stopsAmended(state: RunState, before: PlanTerms | undefined, impact: readonly Impact[]): void {
  const again = begunAnew(impact);
  const now = new Map((state.terms?.gates ?? []).map((gate) => [gate.id, gate]));
  for (const was of before?.gates ?? []) {
    const is = now.get(was.id);
    if (JSON.stringify(is) === JSON.stringify(was) && !was.after.some((id) => again.has(id))) continue;
    // What is still to be asked is asked in the words of the new text.
    state.gates = state.gates.filter(({ id }) => id !== stopGate(was));
    if (is !== undefined && holdsFor(state, was, is, again)) continue;
    if (state.opened !== undefined) state.opened = without(state.opened, was.id);
    if (state.stopChecks !== undefined) state.stopChecks = without(state.stopChecks, was.id);
  }
}

/** Stops that will be closed once another text is carried out. */
export function closedThen(state: RunState, terms: PlanTerms | undefined, impact: readonly Impact[]): TermGate[] {
  const again = begunAnew(impact);
  const before = new Map((state.terms?.gates ?? []).map((gate) => [gate.id, gate]));
  return (terms?.gates ?? []).filter((gate) => {
    const was = before.get(gate.id);
    return (
      isKept(gate) && (was === undefined || state.opened?.[gate.id] === undefined || !holdsFor(state, was, gate, again))
    );
  });
}

/** Whether every stop that has to be settled before a run is finished is. */
export function allSettled(state: RunState): boolean {
  return closedStops(state).every(({ asks }) => asks !== undefined);
}

/** Whether what was proven or answered at a stop holds for it as it is now. */
function holdsFor(state: RunState, was: TermGate, is: TermGate, again: ReadonlySet<string>): boolean {
  // Commands prove the same whatever the stop is called; a person answered what they read.
  const words = state.opened?.[was.id]?.by !== BY_COMMANDS;
  const asked = ({ kind, asks, title, criteria, commands }: TermGate): string =>
    JSON.stringify([kind, asks, commands, words ? [title, criteria] : []]);
  return asked(was) === asked(is) && is.after.every((id) => was.after.includes(id) && !again.has(id));
}

/** Tasks that are to be done once more, or at all, because of an amendment. */
function begunAnew(impact: readonly Impact[]): Set<string> {
  return new Set(impact.flatMap(({ task, effect }) => (goesOn(effect) ? [] : [task])));
}

function goesOn(effect: Impact['effect']): boolean {
  return effect === 'goes-on' || effect === 'not-begun' || effect === 'ended' || effect === 'verified-again';
}

function without<T>(all: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([one]) => one !== name));
}
