import type { PlanTask } from '../../src/core/plan/model.ts';
import { standstillOf } from '../../src/core/plan/standstill.ts';
import type { PlanTerms, TermGate } from '../../src/core/plan/terms.ts';
import type { RecordedEvent } from '../../src/core/run/event.ts';
import type { Dice } from './dice.ts';

/*
 * Stops of the plan anywhere: after several tasks, before several, between tasks that do not need each other, with nothing before or
 * behind them, and amendments that change them or take them away. Thrown for seeds of the second generation.
 */

const NOTHING: PlanTerms = { gates: [], criteria: [], rows: [], whole: [] };

/** What the plan asks for, with one to four stops anywhere, none of which can wait for itself. */
export function withStops(terms: PlanTerms | undefined, tasks: readonly PlanTask[], dice: Dice): PlanTerms | undefined {
  if (!dice.chance(0.6)) return terms;
  let { gates } = terms ?? NOTHING;
  for (let at = dice.whole(1, 4); at > 0; at--) {
    const more = [...gates, anywhere(`X${at}`, tasks, dice)];
    if (standstillOf(tasks, more) === undefined) gates = more;
  }
  return { ...(terms ?? NOTHING), gates };
}

function anywhere(id: string, tasks: readonly PlanTask[], dice: Dice): TermGate {
  const ids = tasks.map((task) => task.id);
  const some = (): string[] => ids.filter(() => dice.chance(0.35));
  const shape = dice.pick(['between', 'between', 'between', 'behind', 'ahead', 'nowhere'] as const);
  const kind = dice.pick([
    'validation',
    'validation',
    'checkpoint',
    'approval',
    'assumption',
    'question',
    'freeze',
  ] as const);
  const asks = kind === 'assumption' || kind === 'question' ? kind : undefined;
  return {
    id,
    kind: kind === 'assumption' || kind === 'question' ? 'approval' : kind,
    title: `stop ${id}`,
    after: shape === 'between' || shape === 'behind' ? some() : [],
    before: shape === 'between' || shape === 'ahead' ? some() : [],
    criteria: dice.chance(0.3) ? ['it is good'] : [],
    onFail: undefined,
    commands: kind === 'validation' || kind === 'checkpoint' ? commands(ids, dice) : [],
    ...(asks === undefined ? {} : { asks }),
  };
}

/** Some pass from the beginning, some once a task landed that need not come before the stop, or enough tasks did. */
function commands(ids: readonly string[], dice: Dice): string[] {
  return dice.pick([
    [],
    ['verify common'],
    [`verify ${dice.pick(ids)}`],
    [`some ${dice.whole(1, 3)}`],
    ['verify common', `some ${dice.whole(1, 2)}`],
  ]);
}

/** What a person makes of the stops of a plan: one more, one less, or another one in the place of one. */
export function amendedTerms(
  terms: PlanTerms | undefined,
  tasks: readonly PlanTask[],
  dice: Dice,
): PlanTerms | undefined {
  const { gates } = terms ?? NOTHING;
  const one = gates.length === 0 ? undefined : dice.pick(gates);
  const ids = tasks.map(({ id }) => id);
  const change = (fields: Partial<TermGate>): TermGate[] =>
    gates.map((gate) => (gate === one ? { ...gate, ...fields } : gate));
  const toggled = (list: readonly string[]): string[] => {
    const id = ids.length === 0 ? '' : dice.pick(ids);
    return list.includes(id) ? list.filter((each) => each !== id) : [...list, ...(id === '' ? [] : [id])];
  };
  const next = ((): TermGate[] => {
    switch (one === undefined ? 0 : dice.whole(0, 7)) {
      case 0:
      case 1: {
        const id = `X${dice.whole(1, 9)}`;
        return ids.length === 0 || gates.some((gate) => gate.id === id)
          ? [...gates]
          : [...gates, anywhere(id, tasks, dice)];
      }
      case 2:
        return gates.filter((gate) => gate !== one);
      case 3:
        return change({ commands: one?.asks === undefined && ids.length > 0 ? commands(ids, dice) : [] });
      case 4:
        return change({ after: toggled(one?.after ?? []) });
      case 5:
        return change({ before: toggled(one?.before ?? []) });
      case 6:
        return gates.some(({ id }) => id === `${one?.id}b`) ? [...gates] : change({ id: `${one?.id}b` });
      default:
        return change({ title: `${one?.title ?? ''}, better` });
    }
  })();
  // Now and then a person writes what can never open: that has to be refused.
  return standstillOf(tasks, next) === undefined || dice.chance(0.2) ? { ...(terms ?? NOTHING), gates: next } : terms;
}

/** What an amendment does to a task that is to be done once more, or at all. */
const BEGINS: ReadonlySet<string> = new Set(['added', 'begins-again', 'opened-again', 'planned-again']);

/** What the checker knows of the stops of a run, by its log alone. */
export class Stops {
  #gates = new Map<string, TermGate>();
  /** What was proven or answered since a stop asks for what it asks for now. */
  #settled = new Set<string>();

  /**
   * Takes an event in; returns what must not be, if anything.
   *
   * @param over  whether a task will change nothing any more
   * @param proven  whether a command passed on a tree
   */
  happened(
    event: RecordedEvent,
    over: (task: string) => boolean,
    proven: (tree: string, command: string) => boolean,
  ): string | undefined {
    switch (event.event) {
      case 'plan_written':
        return this.#carriesOut(event.terms, []);
      case 'plan_amended':
        return this.#carriesOut(
          event.terms,
          event.impact.flatMap(({ task, effect }) => (BEGINS.has(effect) ? [task] : [])),
        );
      case 'stop_checked': {
        if (!event.passed) return this.#early(event.stop, over);
        this.#settled.add(event.stop);
        const unproven = this.#gates.get(event.stop)?.commands.find((command) => !proven(event.tree, command));
        if (unproven !== undefined) return `${event.stop} opens, and "${unproven}" never passed on that tree`;
        return this.#early(event.stop, over);
      }
      case 'gate_opened': {
        const gate = this.#asked(event.gate);
        return gate === undefined ? undefined : this.#early(gate.id, over);
      }
      case 'gate_answered': {
        const gate = this.#asked(event.gate);
        if (gate !== undefined && event.answer !== 'again' && event.answer !== 'cancel') this.#settled.add(gate.id);
        return undefined;
      }
      case 'run_completed': {
        const left = [...this.#gates.values()].find(
          (gate) => gate.asks === undefined && this.#isKept(gate) && !this.#settled.has(gate.id),
        );
        return left === undefined ? undefined : `the run ends, and ${left.id} was never settled`;
      }
      default:
        return undefined;
    }
  }

  /** A task starts: why it must not yet; `undefined`: it may. */
  startFault(task: string, parent: string | undefined): string | undefined {
    const name = parent ?? task;
    const closed = [...this.#gates.values()].find(
      (gate) =>
        this.#isKept(gate) &&
        !this.#settled.has(gate.id) &&
        (gate.before.includes(name) ||
          (gate.kind === 'validation' && gate.asks === undefined && gate.before.length + gate.after.length === 0)),
    );
    return closed === undefined ? undefined : `${task} starts behind ${closed.id}, which nobody opened`;
  }

  /** Questions that are open, and are about a stop that the plan does not have any more or that is settled. */
  stale(open: readonly string[]): string | undefined {
    return open.find((id) => {
      if (!/^(?:open-question|assumption|validation|checkpoint|approval):/.test(id)) return false;
      const gate = this.#asked(id);
      return gate === undefined || this.#settled.has(gate.id);
    });
  }

  #carriesOut(terms: PlanTerms | undefined, again: readonly string[]): undefined {
    const before = [...this.#gates.values()];
    const settled = new Set<string>();
    for (const is of terms?.gates ?? []) {
      // What is called so is the same stop, whatever its number; of two of the same name the one with the same number.
      const named = before.filter((one) => one.title === is.title && one.kind === is.kind);
      const was = named.find((one) => one.id === is.id) ?? named[0];
      if (was === undefined || !this.#settled.has(was.id)) continue;
      const more = is.after.some((task) => !was.after.includes(task) || again.includes(task));
      if (!more && JSON.stringify(is.commands) === JSON.stringify(was.commands)) settled.add(is.id);
    }
    this.#settled = settled;
    this.#gates = new Map((terms?.gates ?? []).map((gate) => [gate.id, gate]));
    return undefined;
  }

  /** A stop without a place before anything is due when the plan says so; one that only stands before something, whenever that could start. */
  #early(id: string, over: (task: string) => boolean): string | undefined {
    const gate = this.#gates.get(id);
    const open = gate?.after.find((task) => !over(task));
    return open === undefined ? undefined : `${id} is looked at, and comes after ${open}, which is not over`;
  }

  #asked(name: string): TermGate | undefined {
    return [...this.#gates.values()].find(
      ({ id, kind, asks }) => name === `${asks === 'question' ? 'open-question' : (asks ?? kind)}:${id}`,
    );
  }

  #isKept({ kind, asks, after, before }: TermGate): boolean {
    if (asks !== undefined) return before.length > 0;
    return (
      kind === 'validation' || kind === 'checkpoint' || (kind === 'approval' && after.length > 0 && before.length > 0)
    );
  }
}
