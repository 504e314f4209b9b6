import type { PlanTask } from '../plan/model.ts';
import { type Role, ROLES } from './role.ts';
import { implementer, seatOf, voiceOf } from './seats.ts';
import type { RunSettings } from './settings.ts';

/*
 * Who does a task, with which model, and why: what the plan asks for, before rules, before the table of roles. Whatever keeps
 * that agent from it (it is not installed, it would run inside of itself, its account is at a limit) comes after, in stand-in.ts and
 * lanes.ts. Decision 0023.
 */

/** What a decision rests on. */
export type DecisionSource = 'annotation' | 'eligibility' | 'role' | 'stand-in' | 'failover' | 'person';

/** Who gets the next attempt of a task. */
export interface Assignment {
  readonly role: Role;
  readonly agent: string;
  /** Name of the model that is asked for; without it the program chooses. */
  readonly model?: string;
  readonly effort?: string;
  readonly source: DecisionSource;
  /** One line for people. */
  readonly reason: string;
}

/** Files that a small edit may change when nothing else is configured. */
export const SMALL_EDIT_FILES = 3;

/**
 * Why a task is no small edit; `undefined`: it is one. Small edits are those whose end is clear beforehand: a few named files,
 * a command that says whether it is done, nothing to decide, nothing delicate.
 */
export function noSmallEdit(task: PlanTask, settings: RunSettings): string | undefined {
  const most = settings.routing?.max_files ?? SMALL_EDIT_FILES;
  const { route, scope } = task;
  if (task.planFirst !== undefined) return 'it is planned first';
  if (task.loop !== undefined) return 'it is repeated until it is good enough';
  if (route?.codex === false) return 'it says Codex: no';
  if (task.nonCommitting) return 'it changes no file';
  if (route?.complexity === 'high' || route?.complexity === 'medium') return `its complexity is ${route.complexity}`;
  if (scope.length === 0) return 'it does not say which files it changes';
  if (scope.length > most) return `it changes ${scope.length} paths, more than ${most}`;
  const wide = scope.find((path) => path.endsWith('/') || /[*?{[]/.test(path));
  if (wide !== undefined) return `it may change all of ${wide}`;
  if (task.verify.length === 0) return 'no command verifies it';
  if (route?.unfit !== undefined) return `its text says "${route.unfit}"`;
  return undefined;
}

/** What was found out before: the scheduler asks for every ready task again and again, and neither side ever changes. */
const KNOWN = new WeakMap<PlanTask, { readonly settings: RunSettings; readonly meant: Assignment }>();

/** Who a task is meant for, whatever keeps that agent from it. */
export function meantFor(settings: RunSettings, task: PlanTask): Assignment {
  const known = KNOWN.get(task);
  if (known?.settings === settings) return known.meant;
  const meant = findOut(settings, task);
  KNOWN.set(task, { settings, meant });
  return meant;
}

function findOut(settings: RunSettings, task: PlanTask): Assignment {
  const { route } = task;
  const asked = { model: route?.model, effort: route?.effort };
  const roleAsked = ROLES.find((role) => role === route?.role);
  const usual: Role = task.planFirst === undefined ? 'implement' : 'plan';
  const of = (agent: string, role: Role, source: DecisionSource, reason: string): Assignment => ({
    role,
    agent,
    ...voiceOf(settings, agent, role, seatVoice(settings, agent, role, asked)),
    source,
    reason: [
      reason,
      ...(asked.model === undefined ? [] : [`the plan asks for the model ${asked.model}`]),
      ...(asked.effort === undefined ? [] : [`and for effort ${asked.effort}`]),
    ].join('; '),
  });
  const wish = task.agent;
  if (wish !== undefined && Object.hasOwn(settings.agents, wish)) {
    return of(wish, roleAsked ?? usual, 'annotation', `the plan asks for ${wish}`);
  }
  if (roleAsked !== undefined) {
    return of(seatOf(settings, roleAsked).agent, roleAsked, 'annotation', `the plan asks for the role ${roleAsked}`);
  }
  const rules = settings.routing?.small_edits ?? 'off';
  const small = seatOf(settings, 'small_edit');
  // `Codex: ok` asks for whoever does such work here; a name that nobody has asks for nobody.
  if (rules !== 'off' && route?.codex === true && task.planFirst === undefined) {
    return of(small.agent, 'small_edit', 'annotation', 'the plan says Codex: ok');
  }
  if (rules === 'auto' && (small.named || small.agent !== implementer(settings))) {
    const objection = noSmallEdit(task, settings);
    if (objection === undefined) {
      const files = task.scope.length === 1 ? 'one file' : `${task.scope.length} files`;
      return of(small.agent, 'small_edit', 'eligibility', `a small edit: ${files}, and a command verifies it`);
    }
    if (usual === 'implement') return of(seatOf(settings, usual).agent, usual, 'role', `no small edit: ${objection}`);
  }
  return of(seatOf(settings, usual).agent, usual, 'role', `role ${usual}`);
}

/** What the role asks for where its own agent plays it; of any other agent the plan alone may ask. */
function seatVoice(
  settings: RunSettings,
  agent: string,
  role: Role,
  asked: { readonly model: string | undefined; readonly effort: string | undefined },
): { readonly model: string | undefined; readonly effort: string | undefined } {
  const seat = seatOf(settings, role);
  if (seat.agent !== agent) return asked;
  return { model: asked.model ?? seat.model, effort: asked.effort ?? seat.effort };
}

/** The same work in another agent's hands: models have other names there. */
export function handedTo(
  settings: RunSettings,
  meant: Assignment,
  agent: string,
  source: 'stand-in' | 'failover' | 'person',
  why: string,
): Assignment {
  const { role } = meant;
  const effort = settings.roles[role];
  const asked = { effort: typeof effort === 'object' ? effort.effort : undefined };
  return { role, agent, ...voiceOf(settings, agent, role, asked), source, reason: `${meant.reason}; ${why}` };
}
