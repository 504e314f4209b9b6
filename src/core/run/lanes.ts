import { FAILURES, type FailureClass } from '../agents/failure.ts';
import type { PlanTask } from '../plan/model.ts';
import { hasRoom, type ToldBy } from './lane-windows.ts';
import { type Assignment, handedTo } from './routing.ts';
import type { RunSettings } from './settings.ts';
import { strongerSeat } from './ladder.ts';
import { implementer } from './seats.ts';
import { playerFor } from './stand-in.ts';
import { type Lane, type RunState, taskOf } from './state.ts';

/** The lane that an agent works on. */
export function laneOf(settings: RunSettings | undefined, agent: string): string {
  return settings?.agents[agent]?.lane ?? agent;
}

/** Why nothing starts on the lane of an agent now; `undefined`: it is open. */
export function parkedLane(state: RunState, agent: string): NonNullable<Lane['parked']> | undefined {
  return state.lanes[laneOf(state.settings, agent)]?.parked;
}

/** Name of the gate at which a person says that a lane may be tried again. */
export function laneGate(lane: string): string {
  return `lane:${lane}`;
}

/**
 * Who gets the next attempt of a task: whoever it is meant for, or plays for that one; while the lane of it is parked, the first of
 * `failover` whose lane is open.
 */
export function assignmentFor(state: RunState, task: PlanTask): Assignment | undefined {
  const settings = state.settings;
  if (settings === undefined) return undefined;
  const meant = asked(state, settings, task) ?? playerFor(settings, state.standIns, task);
  const parked = parkedLane(state, meant.agent);
  if (parked === undefined) return meant;
  const able = settings.failover?.filter(
    (name) =>
      Object.hasOwn(settings.agents, name) &&
      !Object.hasOwn(state.standIns, name) &&
      parkedLane(state, name) === undefined,
  );
  // One that is about to reach its own limit comes last.
  const other = able?.find((name) => hasRoom(state.lanes[laneOf(settings, name)]?.windows, state.updated)) ?? able?.[0];
  if (other === undefined) return meant;
  return handedTo(settings, meant, other, 'failover', `${meant.agent}: ${FAILURES[parked.failure].about}`);
}

/** The agent that a person, or the ladder, gave the task to when another one failed at it. */
function asked(state: RunState, settings: RunSettings, task: PlanTask): Assignment | undefined {
  const known = taskOf(state, task.id);
  const rung = (known?.circuit?.rungs ?? 0) > 0;
  const seat = known?.circuit?.stronger === true && task.planFirst === undefined ? strongerSeat(state) : undefined;
  if (seat !== undefined) {
    const { role, reason } = playerFor(settings, state.standIns, task);
    const { agent: strong, model, effort } = seat;
    const why = rung ? 'others failed at it' : 'a person asks for it';
    return {
      role,
      agent: strong,
      ...(model === undefined ? {} : { model }),
      ...(effort === undefined ? {} : { effort }),
      source: rung ? 'failover' : 'person',
      reason: `${reason}; ${why}: a stronger model, that of the role architecture`,
    };
  }
  const agent = known?.circuit?.agent ?? (known?.routing === 'implementer' ? implementer(settings) : undefined);
  if (agent === undefined || Object.hasOwn(state.standIns, agent)) return undefined;
  const meant = playerFor(settings, state.standIns, task);
  if (agent === meant.agent) return undefined;
  return rung
    ? handedTo(settings, meant, agent, 'failover', 'others failed at it')
    : handedTo(settings, meant, agent, 'person', `a person gave it to ${agent}`);
}

/** The agent that a task goes to. */
export function agentFor(state: RunState, task: PlanTask): string {
  return assignmentFor(state, task)?.agent ?? '';
}

const MINUTE = 60_000;
/** Pauses after which a lane in trouble is tried again; the last one over and over. */
const PAUSES = [30_000, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE];
/** A limit whose end nobody tells is looked at again after that. */
const UNKNOWN_RESET = 30 * MINUTE;
/** Tries in a row after which a person is asked instead. */
const MAX_TRIES = 24;

/**
 * Until when a lane rests after a failure of this class; `undefined`: it does not, `null`: until a person says so. `jitter` from 0
 * to 1 spreads those who wait for the same moment.
 */
export function restUntil(
  failure: FailureClass,
  tries: number,
  now: number,
  resetsAt: number | undefined,
  jitter: number,
  by: ToldBy = 'message',
):
  | { readonly until: number | null; readonly known: 'reported' | 'estimated'; readonly by?: ToldBy | 'guess' }
  | undefined {
  const policy = FAILURES[failure].lane;
  if (policy === 'open') return undefined;
  if (policy === 'stop' || tries >= MAX_TRIES) return { until: null, known: 'reported' };
  if (resetsAt !== undefined && resetsAt > now) {
    // Clocks differ, and whoever waits for the same moment should not all come at once.
    const margin = Math.min(5000, 500 + (resetsAt - now) / 10) + jitter * Math.min(20_000, (resetsAt - now) / 10);
    return { until: resetsAt + Math.round(margin), known: 'reported', by };
  }
  if (policy === 'park')
    return { until: now + UNKNOWN_RESET + Math.round(jitter * 20_000), known: 'estimated', by: 'guess' };
  const pause = PAUSES[Math.min(tries, PAUSES.length - 1)] as number;
  return { until: now + pause + Math.round(jitter * pause * 0.2), known: 'estimated', by: 'guess' };
}
