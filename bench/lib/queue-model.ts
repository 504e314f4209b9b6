import { checksOf } from '../../src/core/run/checks.ts';
import { decide } from '../../src/core/run/decide.ts';
import type { Effect, EffectOf } from '../../src/core/run/effect.ts';
import type { RecordedEvent, RunEvent } from '../../src/core/run/event.ts';
import { evolve } from '../../src/core/run/evolve.ts';
import type { RunSettings } from '../../src/core/run/settings.ts';
import { emptyState, type RunState } from '../../src/core/run/state.ts';
import { formatStamp } from '../../src/core/base/time.ts';
import { Chance } from './chance.ts';
import { beginning, SETTINGS } from './history.ts';

/** A change that is green alone, as the merge queue meets it. */
export interface Change {
  /** Files, as scope entries. */
  readonly touches: readonly string[];
  /** Red on top of anything that landed after it began. */
  readonly bad: boolean;
  /** Numbers of earlier changes with which it is red together, though all of them are green alone. */
  readonly clashes: readonly number[];
}

export interface Load {
  readonly changes: readonly Change[];
  /** How many wait from the beginning, and are kept waiting as long as there are more. */
  readonly waiting: number;
  readonly landing: NonNullable<RunSettings['landing']>;
  readonly flaky: NonNullable<RunSettings['verify']['flaky']>;
  /** Minutes that a verification takes. */
  readonly minutes: number;
  /** Whether the verification of a good tree fails all the same, for the n-th time on that tree. */
  readonly flake?: (tree: string, time: number) => boolean;
  /** Told of every verification and of every landing. */
  readonly watch?: (state: RunState, event: RunEvent) => void;
}

export interface Outcome {
  /** Minutes until the queue came to rest. */
  readonly took: number;
  readonly landed: readonly number[];
  /** Landings an hour while as many waited as should. */
  readonly rate: number;
  readonly rejected: readonly number[];
  readonly verifications: number;
  /** Times at which the branch stood on a tree that is red. */
  readonly red: number;
  /** Those who were sent back, though they were good on top of what stood before them. */
  readonly innocent: readonly number[];
  readonly state: RunState;
}

/** The merge queue alone, in virtual time, with the product's own decisions: every change waits verified, and a rejected one is gone. */
export function runQueue(load: Load): Outcome {
  const { changes } = load;
  const tasks = changes.map((_, at) => ({
    id: `T${at}`,
    title: `change ${at}`,
    unit: `task:${at}`,
    needs: [],
    scope: [],
    verify: ['check'],
    nonCommitting: false,
    agent: undefined,
    estimate: undefined,
  }));
  const state = emptyState();
  const stamp = { ts: formatStamp(0), fence: 1 };
  const record = (...events: readonly RunEvent[]): void => {
    for (const event of events) {
      evolve(state, { ...event, ...stamp, seq: state.seq + 1 } as RecordedEvent);
      load.watch?.(state, event);
    }
  };
  record(
    ...beginning(tasks, 'bench', new Chance(1)).map((event) =>
      event.event === 'config_resolved'
        ? {
            ...event,
            settings: {
              ...SETTINGS,
              parallel: changes.length,
              attempts: 1,
              landing: load.landing,
              verify: { ...SETTINGS.verify, flaky: load.flaky },
            },
          }
        : event,
    ),
  );
  /** What each commit holds, as numbers of changes. */
  const holds = new Map<string, ReadonlySet<number>>([[state.tip ?? '', new Set()]]);
  const isRed = (commit: string): boolean => {
    const set = holds.get(commit) ?? new Set<number>();
    return [...set].some(
      (at) => changes[at]?.bad === true || changes[at]?.clashes.some((other) => set.has(other)) === true,
    );
  };
  let fed = 0;
  const feed = (): void => {
    while (fed < changes.length && state.queue.length < load.waiting) {
      const at = fed++;
      const of = { task: `T${at}`, attempt: 1 };
      const base = state.base;
      const made = { commit: `w${at}`, tree: `w${at}` };
      record(
        {
          event: 'attempt_started',
          ...of,
          agent: 'mine',
          contract_id: 'implement.v1',
          base,
          nonce: '',
          brief_sha256: '',
        },
        {
          event: 'attempt_finished',
          ...of,
          ending: 'done',
          reason: '',
          exit_code: 0,
          ...made,
          files_changed: 1,
          touches: changes[at]?.touches ?? [],
        },
        {
          event: 'verification_finished',
          ...of,
          ...made,
          base,
          landing: false,
          checks: checksOf(['check']),
          passed: true,
          evidence: '',
          duration_ms: load.minutes * 60_000,
        },
      );
    }
  };
  const rejected: number[] = [];
  const innocent: number[] = [];
  const times = new Map<string, number>();
  let verifications = 0;
  let red = 0;
  let clock = 0;
  let made = 0;
  let steady = 0;
  const factsOf = (effect: Effect): readonly RunEvent[] => {
    switch (effect.type) {
      case 'predict':
        return [{ event: 'queue_predicted', base: effect.base, tasks: effect.tasks.map(({ task }) => task) }];
      case 'assemble': {
        const { train, base, joins, from, limit } = effect;
        const set = new Set(holds.get(base));
        const cars = from.slice(0, limit).map(({ task, attempt }) => {
          const commit = `c${made++}`;
          set.add(Number(task.slice(1)));
          holds.set(commit, new Set(set));
          return { task, attempt, commit, tree: commit };
        });
        return [{ event: 'train_started', train, base, cars, joins, clean: from.slice(limit).map(({ task }) => task) }];
      }
      case 'verify':
        return [verdict(effect)];
      case 'merge': {
        const last = effect.cars.at(-1)?.commit ?? '';
        if (isRed(last)) red++;
        return effect.cars.map((car, at) => ({
          event: 'merge_finished',
          ...car,
          base: effect.cars[at - 1]?.commit ?? effect.base,
          adopted: false,
        }));
      }
      case 'record': {
        for (const event of effect.events) {
          if (event.event !== 'landing_rejected') continue;
          const at = Number(event.task.slice(1));
          rejected.push(at);
          const train = state.trains.find(({ id }) => id === event.train);
          const car = train?.cars.find(({ task }) => task === event.task);
          if (!isRed(car?.commit ?? '')) innocent.push(at);
        }
        return effect.events;
      }
      default:
        throw new Error(`unexpected in a merge queue: ${effect.key}`);
    }
  };
  const verdict = (effect: EffectOf<'verify'>): RunEvent => {
    const { commit, tree, base } = effect.subject;
    const time = (times.get(tree) ?? 0) + 1;
    times.set(tree, time);
    verifications++;
    const passed = !isRed(commit) && load.flake?.(tree, time) !== true;
    return {
      event: 'verification_finished',
      task: effect.task,
      attempt: effect.attempt,
      base,
      landing: true,
      ...(effect.train === undefined ? {} : { train: effect.train.id, cars: effect.train.cars }),
      commit,
      tree,
      checks: checksOf(effect.commands),
      passed,
      evidence: '',
      duration_ms: load.minutes * 60_000,
      ...(passed ? {} : { failed: { command: 'check', exit_code: 1, reason: 'exit code 1', tail: '' } }),
    };
  };
  const pending = new Map<string, { readonly effect: Effect; readonly at: number }>();
  const wanted = (): Effect[] =>
    decide(state).filter(
      ({ type, key }) =>
        type !== 'work' && type !== 'tidy' && !key.startsWith('record:failed') && key !== 'record:finish',
    );
  for (;;) {
    feed();
    if (fed < changes.length && clock > 0) steady = (state.landed.length / clock) * 60;
    const effects = wanted();
    // What is wanted no more is given up.
    for (const key of pending.keys()) if (!effects.some((effect) => effect.key === key)) pending.delete(key);
    const quick = effects.find((effect) => effect.type !== 'verify');
    if (quick !== undefined) {
      record(...factsOf(quick));
      continue;
    }
    for (const effect of effects) {
      if (effect.type !== 'verify' || pending.has(effect.key)) continue;
      const { task, attempt, subject, train } = effect;
      record({
        event: 'verification_started',
        task,
        attempt,
        tree: subject.tree,
        base: subject.base,
        landing: true,
        ...(train === undefined ? {} : { train: train.id, cars: train.cars }),
      });
      pending.set(effect.key, { effect, at: clock + load.minutes });
    }
    const first = [...pending.values()].sort((a, b) => a.at - b.at)[0];
    if (first === undefined) break;
    clock = first.at;
    pending.delete(first.effect.key);
    record(...factsOf(first.effect));
  }
  const landed = state.landed.map(({ task }) => Number(task.slice(1)));
  const rate = steady > 0 ? steady : (landed.length / Math.max(1, clock)) * 60;
  return { took: clock, landed, rate, rejected, verifications, red, innocent, state };
}
