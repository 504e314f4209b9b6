import type { PlanTask } from '../../src/core/plan/model.ts';
import { formatStamp } from '../../src/core/base/time.ts';
import { checksOf } from '../../src/core/run/checks.ts';
import { decide } from '../../src/core/run/decide.ts';
import type { Effect } from '../../src/core/run/effect.ts';
import type { RecordedEvent, RunEvent } from '../../src/core/run/event.ts';
import { evolve } from '../../src/core/run/evolve.ts';
import { emptyState, type RunState } from '../../src/core/run/state.ts';
import { Chance } from './chance.ts';
import { beginning, SETTINGS } from './history.ts';

/** An effect under way, and what follows when its time has come. */
interface Pending {
  readonly effect: Effect;
  readonly at: number;
}

/**
 * Carries out a plan in virtual time with the product's own decisions and returns how many minutes it takes until all is
 * merged. `minutes[i]` are the attempts of task `i`: all but the last fail their verification. What takes no time is done
 * before anything new starts in the same moment.
 */
export function simulate(
  tasks: readonly PlanTask[],
  minutes: readonly (readonly number[])[],
  parallel: number,
  verify: number,
): number {
  const state = emptyState();
  const stamp = { ts: formatStamp(0), fence: 1 };
  const record = (...events: readonly RunEvent[]): void => {
    for (const event of events) evolve(state, { ...event, ...stamp, seq: state.seq + 1 } as RecordedEvent);
  };
  record(
    ...beginning(tasks, 'bench', new Chance(1)).map((event) =>
      event.event === 'config_resolved'
        ? { ...event, settings: { ...SETTINGS, parallel, verify_parallel: parallel } }
        : event,
    ),
  );
  const pending = new Map<string, Pending>();
  let clock = 0;
  while (state.schedule.merged < tasks.length) {
    for (let changed = true; changed && state.schedule.merged < tasks.length;) {
      changed = false;
      const fresh = decide(state).filter((effect) => !pending.has(effect.key));
      const due = fresh.filter((effect) => durationOf(effect, state, minutes, verify) === 0);
      for (const effect of due) record(...factsOf(effect, minutes));
      changed = due.length > 0;
      if (changed) continue;
      for (const effect of fresh) {
        if (effect.type === 'work') record(...startOf(effect));
        pending.set(effect.key, { effect, at: clock + durationOf(effect, state, minutes, verify) });
      }
    }
    if (state.schedule.merged === tasks.length) break;
    clock = Math.min(...Array.from(pending.values(), (one) => one.at));
    if (clock === Number.POSITIVE_INFINITY) throw new Error('nothing is under way and not all is merged');
    for (const [key, one] of pending) {
      if (one.at > clock) continue;
      pending.delete(key);
      record(...factsOf(one.effect, minutes));
    }
  }
  return clock;
}

function durationOf(effect: Effect, state: RunState, minutes: readonly (readonly number[])[], verify: number): number {
  if (effect.type === 'verify') return verify;
  if (effect.type !== 'work') return 0;
  return minutes[state.schedule.index[effect.task] ?? -1]?.[effect.attempt - 1] ?? 0;
}

function startOf(effect: Extract<Effect, { type: 'work' }>): RunEvent[] {
  const of = { task: effect.task, attempt: effect.attempt };
  return [
    {
      event: 'attempt_started',
      ...of,
      agent: effect.agent,
      contract_id: 'implement.v1',
      base: effect.base,
      nonce: '',
      brief_sha256: '',
    },
  ];
}

function factsOf(effect: Effect, minutes: readonly (readonly number[])[]): readonly RunEvent[] {
  switch (effect.type) {
    case 'work': {
      const of = { task: effect.task, attempt: effect.attempt };
      const commit = `${effect.task}.${effect.attempt}`;
      return [
        {
          event: 'attempt_finished',
          ...of,
          ending: 'done',
          reason: '',
          exit_code: 0,
          commit,
          tree: commit,
          files_changed: 1,
        },
      ];
    }
    case 'verify': {
      const of = { task: effect.task, attempt: effect.attempt };
      const passed = effect.attempt >= (minutes[Number(effect.task.slice(1)) - 1]?.length ?? 0);
      const { base, commit, tree } = effect.subject;
      return [
        {
          event: 'verification_finished',
          ...of,
          base,
          landing: effect.landing,
          ...(effect.train === undefined ? {} : { train: effect.train.id, cars: effect.train.cars }),
          commit,
          tree,
          checks: checksOf(effect.commands),
          passed,
          evidence: '',
          duration_ms: 0,
        },
      ];
    }
    case 'predict':
      return [{ event: 'queue_predicted', base: effect.base, tasks: effect.tasks.map(({ task }) => task) }];
    case 'assemble': {
      const { train, base, joins, from, limit } = effect;
      const cars = from.slice(0, limit).map(({ task, attempt }, at) => {
        const commit = `${task}.${attempt}/${train}.${at}`;
        return { task, attempt, commit, tree: commit };
      });
      return [{ event: 'train_started', train, base, cars, joins, clean: from.slice(limit).map(({ task }) => task) }];
    }
    case 'merge':
      return effect.cars.map((car, at) => ({
        event: 'merge_finished',
        ...car,
        base: effect.cars[at - 1]?.commit ?? effect.base,
        adopted: false,
      }));
    case 'tidy':
      return [{ event: 'worktree_removed', task: effect.task, attempt: effect.attempt }];
    case 'record':
      return effect.events;
    default:
      throw new Error(`unexpected in a simulated run: ${effect.key}`);
  }
}
