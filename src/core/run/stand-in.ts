import { err, ok, type Result } from '../base/result.ts';
import type { PlanTask } from '../plan/model.ts';
import type { RunEvent, WantedAs } from './event.ts';
import type { Refusal } from './request.ts';
import { candidates } from './review/vendors.ts';
import { implementer, seatOf } from './seats.ts';
import { type Assignment, handedTo, meantFor } from './routing.ts';
import type { RunSettings } from './settings.ts';

/*
 * Agents that are named but not installed: who takes their place. Decided when a process begins to carry on a run, never
 * while it does: an agent that goes away under a run shows in its attempts.
 */

/** Who plays what an agent was named for, by the name of that agent; `null`: nobody takes its place. */
export type StandIns = Readonly<Record<string, string | null>>;

/** An agent that the tasks of a run need, and what it is named for. */
export interface Wanted {
  readonly agent: string;
  readonly role: WantedAs;
}

/** Who plays for the agent that a task is meant for: that one, unless it cannot be started here. */
export function playerFor(settings: RunSettings, standIns: StandIns, task: PlanTask): Assignment {
  const meant = meantFor(settings, task);
  const other = standIns[meant.agent];
  if (other === undefined || other === null || other === meant.agent) return meant;
  return handedTo(
    settings,
    meant,
    other,
    'stand-in',
    `${meant.agent} cannot be started here, ${other} takes its place`,
  );
}

/** Every agent that these tasks need, each once. */
export function wantedAgents(settings: RunSettings, tasks: readonly PlanTask[]): Wanted[] {
  const wanted = new Map<string, WantedAs>();
  for (const task of tasks) {
    const { agent, role, source } = meantFor(settings, task);
    const asked = source === 'annotation' && task.agent === agent && seatOf(settings, role).agent !== agent;
    if (!wanted.has(agent)) wanted.set(agent, asked ? 'task' : role);
  }
  for (const agent of settings.review === undefined ? [] : candidates(settings)) {
    if (!wanted.has(agent) && settings.failover?.includes(agent) !== true) wanted.set(agent, 'review');
  }
  for (const agent of settings.failover ?? []) {
    if (Object.hasOwn(settings.agents, agent) && !wanted.has(agent)) wanted.set(agent, 'failover');
  }
  return [...wanted].map(([agent, role]) => ({ agent, role }));
}

/**
 * What to record, or why the run must not go on.
 *
 * @param missing  why an agent cannot be started, by name: only those that cannot
 * @param known  the stand-ins as the log has them
 */
export function standInsFor(
  settings: RunSettings,
  wanted: readonly Wanted[],
  missing: Readonly<Record<string, string>>,
  known: StandIns,
): Result<RunEvent[], Refusal> {
  const events: RunEvent[] = [];
  const gone = (agent: string): boolean => Object.hasOwn(missing, agent);
  const free = settings.failover?.find((name) => Object.hasOwn(settings.agents, name) && !gone(name));
  for (const { agent, role } of wanted) {
    if (!gone(agent)) {
      if (known[agent] !== undefined) events.push({ event: 'agent_restored', role, agent });
      continue;
    }
    const why = missing[agent] as string;
    // Whoever does the small edits is spared first: they are tasks like others.
    const all = implementer(settings);
    const spared = role === 'small_edit' && agent !== all && !gone(all) && Object.hasOwn(settings.agents, all);
    const other = free ?? (spared ? all : undefined);
    if (role !== 'failover' && role !== 'review') {
      const refusal = objection(settings, { agent, role }, why, other);
      if (refusal !== undefined) return err(refusal);
    }
    const to = role === 'failover' || role === 'review' ? null : (other ?? null);
    if (known[agent] !== to) events.push({ event: 'agent_degraded', role, from: agent, to, why });
  }
  return ok(events);
}

function objection(settings: RunSettings, { agent, role }: Wanted, why: string, free: string | undefined) {
  const message = `the agent "${agent}" (${role === 'task' ? 'a task asks for it' : `role "${role}"`}) cannot be started: ${why}`;
  // What is there already need not be installed.
  const remedy = /\binside\b/.test(why)
    ? 'start masterplan from a terminal of your own'
    : 'install it (masterplan agents shows what is there)';
  if (settings.unavailable_policy === 'block') {
    const instead =
      free === undefined
        ? ''
        : `; to let ${free} take its place: unavailable_policy: degrade-loudly in .masterplan.yaml`;
    return { message, hint: `${remedy}${instead}` };
  }
  if (free !== undefined) return undefined;
  const others = settings.failover ?? [];
  const nobody =
    others.length === 0 ? ', and limits.failover names nobody else' : `, and neither can ${others.join(', ')}`;
  return {
    message: `${message}${nobody}`,
    hint: `${remedy}, or name another in .masterplan.yaml: roles: {implement: …}, limits: {failover: […]}`,
  };
}
