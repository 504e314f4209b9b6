import { scopeForm, scopesOverlap } from '../plan/scope.ts';
import { isBeyond } from './authoring/stage.ts';
import { circuitGate, openCircuit } from './circuit.ts';
import { agentFor, laneOf, parkedLane } from './lanes.ts';
import type { TermGate } from '../plan/terms.ts';
import { closedStops, stopBefore, stopObstacle } from './finish/stops.ts';
import { CONTINUE_GATE, owesContinue, owesRouting, routingGate } from './policy-gates.ts';
import { type ElsewhereScope, exhausted, type Obstacle, type Room } from './obstacle.ts';
import { sentBack } from './queue/returns.ts';
import { conflictsOf } from './radar.ts';
import { unreadyFor } from './setup.ts';
import { budgetGate, type Spent, spentInRun, taskUsedUp, usedUp } from './spending.ts';
import { overlapAt } from './overlap.ts';
import { pausedAt } from './pause.ts';
import { isAtWork, isOver, lastAttempt, plansFirst, type RunState, type TaskState } from './state.ts';

/**
 * What tasks under way have in their hands: agents, accounts, scopes, things. Made anew for each decision, from the state
 * alone; what is chosen is taken into it, so that the next one is asked about what is left.
 */
export class Reservations {
  readonly #state: RunState;
  readonly #room: Room;
  #working = 0;
  /** Chosen here, beside those under way. */
  #chosen = 0;
  readonly #agents = new Map<string, number>();
  readonly #lanes = new Map<string, number>();
  readonly #families = new Map<string, number>();
  readonly #resources = new Map<string, { amount: number; by: string[] }>();
  /** Who has a path in its scope, written out as a file. */
  readonly #files = new Map<string, string>();
  /** Scopes with directories and globs, which have to be compared. */
  readonly #wide: { readonly id: string; readonly scope: readonly string[] }[] = [];
  readonly #all: { readonly id: string; readonly scope: readonly string[] }[] = [];
  /** Everybody who is under way or was taken. */
  readonly #ids = new Set<string>();
  readonly #wave: number;
  /** Why nothing starts at all: the question at which a person keeps the run. */
  readonly #paused: string | undefined;
  /** Tasks landed that a person wants to see before the next ones start. */
  readonly #owes: boolean;
  #waveBy: readonly string[] | undefined;
  /** Stops of the plan that are closed. */
  readonly #stops: readonly TermGate[];
  #spent: Spent | undefined;

  constructor(state: RunState, room: Room) {
    this.#state = state;
    this.#room = room;
    this.#wave = lowestWave(state);
    this.#stops = closedStops(state);
    this.#paused = (overlapAt(state) ?? pausedAt(state))?.question;
    this.#owes = owesContinue(state);
    for (const at of state.schedule.active) {
      const task = state.tasks[at] as TaskState;
      const agent = isAtWork(task) ? lastAttempt(task)?.agent : undefined;
      if (agent !== undefined) this.#working++;
      this.#hold(task, agent);
    }
    // What persons do by hand is in nobody else's hands, and takes no agent. One that an amendment made wait lets those it waits for pass.
    for (const at of state.schedule.attached ?? [])
      if (state.schedule.unmet[at] === 0) this.#hold(state.tasks[at] as TaskState, undefined);
  }

  /** No agent is left, whatever a task asks for. */
  get full(): boolean {
    return this.#paused !== undefined || this.#working >= (this.#state.settings?.parallel ?? 0);
  }

  /** Takes what a task needs. `begun`: it has its place at the machine already. */
  take(at: number, begun = false): void {
    const task = this.#state.tasks[at] as TaskState;
    this.#working++;
    if (!begun) this.#chosen++;
    this.#hold(task, agentFor(this.#state, task.task));
  }

  /** Takes what a review needs: an agent, and nothing of the task, which has what it needs in its hands. */
  takeReviewer(agent: string, begun = false): void {
    this.#working++;
    if (!begun) this.#chosen++;
    this.#holdAgent(agent);
  }

  /** What keeps an agent from a review now. */
  obstacleToReview(agent: string): Obstacle | undefined {
    if (this.#room.closed !== undefined) return { kind: 'machine', words: this.#room.closed };
    if (this.full) return { kind: 'no-free-agent', limit: this.#state.settings?.parallel ?? 0 };
    return this.#free(agent) ?? this.#machine();
  }

  #holdAgent(agent: string): void {
    add(this.#agents, agent);
    add(this.#lanes, laneOf(this.#state.settings, agent));
    add(this.#families, this.#state.settings?.agents[agent]?.kind ?? '');
  }

  #hold(task: TaskState, agent: string | undefined): void {
    if (agent !== undefined) this.#holdAgent(agent);
    const { id, resources, scope } = task.task;
    this.#ids.add(id);
    // Writing a sub-plan changes nothing and runs nothing.
    if (plansFirst(task)) return;
    for (const [name, amount] of Object.entries(resources ?? {})) {
      const held = this.#resources.get(name) ?? { amount: 0, by: [] };
      held.amount += Math.min(amount, this.#capacity(name) ?? 1);
      held.by.push(id);
      this.#resources.set(name, held);
    }
    if (scope.length === 0) return;
    const entry = { id, scope };
    this.#all.push(entry);
    for (const path of scope) if (scopeForm(path) === 'file') this.#files.set(path, id);
    if (scope.some((path) => scopeForm(path) !== 'file')) this.#wide.push(entry);
  }

  /** What keeps the ready task at position `at` from starting beside those that are under way or were taken. */
  obstacle(at: number): Obstacle | undefined {
    const state = this.#state;
    const task = state.tasks[at] as TaskState;
    const { settings } = state;
    if (settings === undefined) return undefined;
    if (isBeyond(state, task)) return { kind: 'beyond', until: state.authoring?.until ?? 'spec' };
    const repeated = openCircuit(state, task);
    if (repeated !== undefined)
      return {
        kind: 'circuit',
        gate: circuitGate(task.task.id),
        words: `it failed ${repeated.count} times in the same way: ${repeated.what}`,
      };
    if (exhausted(task, state) !== undefined) return { kind: 'given-up' };
    if (this.#paused !== undefined) return { kind: 'paused', words: this.#paused };
    const stop = stopBefore(this.#stops, task);
    if (stop !== undefined) return stopObstacle(state, stop);
    if (this.#owes)
      return {
        kind: 'gate',
        gate: CONTINUE_GATE,
        words: 'tasks have landed, and autonomy is gated: a person says that it goes on',
        answer: 'go-on',
      };
    if (owesRouting(state, task))
      return {
        kind: 'gate',
        gate: routingGate(task.task.id),
        words: 'a person confirms who does it',
        answer: 'confirm',
      };
    const back = sentBack(state, task);
    if (back !== undefined) return back;
    if (this.#room.closed !== undefined) return { kind: 'machine', words: this.#room.closed };
    if (this.full) return { kind: 'no-free-agent', limit: settings.parallel };
    const wave = state.schedule.waves?.[at] ?? this.#wave;
    if (wave > this.#wave) return { kind: 'wave', wave: this.#wave, by: this.#unfinished() };
    const unready = unreadyFor(state, task.task.id);
    if (unready !== undefined) return { kind: 'unready', ...unready };
    const budget = this.#budget(task);
    if (budget !== undefined) return budget;
    return this.#agent(task) ?? this.#things(task) ?? this.#scope(task) ?? this.#foreseen(task) ?? this.#machine();
  }

  /** Who has a scope in use that overlaps with that of the task at position `at`. */
  overlapping(at: number): string | undefined {
    const task = this.#state.tasks[at] as TaskState;
    const { scope } = task.task;
    if (scope.length === 0 || plansFirst(task)) return undefined;
    // Files are looked up; what is wider is compared one by one.
    let plain = true;
    for (const path of scope) {
      if (scopeForm(path) !== 'file') plain = false;
      const by = this.#files.get(path);
      if (by !== undefined) return by;
    }
    return (plain ? this.#wide : this.#all).find((other) => scopesOverlap(scope, other.scope))?.id;
  }

  /** The same of other runs in this repository. */
  elsewhere(at: number): ElsewhereScope | undefined {
    const { scopes } = this.#room;
    const task = this.#state.tasks[at] as TaskState;
    if (scopes === undefined || task.task.scope.length === 0 || plansFirst(task)) return undefined;
    return scopes.find((other) => scopesOverlap(task.task.scope, other.scope));
  }

  #budget(task: TaskState): Obstacle | undefined {
    const words = taskUsedUp(this.#state, task);
    if (words !== undefined) return { kind: 'budget', words, gate: budgetGate(task.task.id) };
    const { budget } = this.#state.settings ?? {};
    if (budget?.run === undefined) return undefined;
    this.#spent ??= spentInRun(this.#state);
    // What those at work may still use counts as used, so that two of them cannot spend the last of it twice.
    const reserved = {
      cost: this.#spent.cost + this.#working * (budget.attempt?.cost ?? 0),
      tokens: this.#spent.tokens + this.#working * (budget.attempt?.tokens ?? 0),
      time: this.#spent.time,
    };
    const used = usedUp(this.#state, 'budget', budget.run, reserved);
    return used === undefined ? undefined : { kind: 'budget', words: used, gate: 'budget' };
  }

  #agent(task: TaskState): Obstacle | undefined {
    return this.#free(agentFor(this.#state, task.task));
  }

  #free(agent: string): Obstacle | undefined {
    const state = this.#state;
    const parked = parkedLane(state, agent);
    if (parked !== undefined) return { kind: 'lane-parked', agent, failure: parked.failure, until: parked.until };
    const settings = state.settings?.agents[agent];
    const most = settings?.max_concurrent ?? 0;
    if (most > 0 && (this.#agents.get(agent) ?? 0) >= most) return { kind: 'no-free-agent', limit: most, agent };
    const lane = laneOf(state.settings, agent);
    const ofLane = state.settings?.parallel_lanes?.[lane];
    if (ofLane !== undefined && (this.#lanes.get(lane) ?? 0) >= ofLane)
      return { kind: 'no-free-agent', limit: ofLane, lane };
    const family = settings?.kind ?? '';
    const ofFamily = state.settings?.parallel_families?.[family];
    if (ofFamily !== undefined && (this.#families.get(family) ?? 0) >= ofFamily)
      return { kind: 'no-free-agent', limit: ofFamily, family };
    return undefined;
  }

  #things(task: TaskState): Obstacle | undefined {
    if (plansFirst(task)) return undefined;
    for (const [resource, amount] of Object.entries(task.task.resources ?? {})) {
      const capacity = this.#capacity(resource);
      // Of what nobody configured there is one, whatever a task asks for.
      const there = capacity ?? 1;
      const needs = capacity === undefined ? 1 : amount;
      if (needs > there) return { kind: 'resource', resource, needs, there, by: [] };
      const held = this.#resources.get(resource);
      const elsewhere = this.#room.taken?.[resource] ?? 0;
      if ((held?.amount ?? 0) + elsewhere + needs > there)
        return {
          kind: 'resource',
          resource,
          needs,
          there,
          by: [...(held?.by ?? []), ...(elsewhere > 0 ? ['another run on this machine'] : [])],
        };
    }
    return undefined;
  }

  #scope(task: TaskState): Obstacle | undefined {
    if (this.#state.settings?.scopes === 'advisory') return undefined;
    const at = this.#state.schedule.index[task.task.id] as number;
    const by = this.overlapping(at);
    if (by !== undefined) return { kind: 'scope-in-use', by };
    const other = this.elsewhere(at);
    return other === undefined ? undefined : { kind: 'scope-in-use', by: other.task, run: other.run };
  }

  /** Two that do not go together as they stand: the one that is under way lands first. */
  #foreseen(task: TaskState): Obstacle | undefined {
    const found = conflictsOf(this.#state, task.task.id).find((one) => this.#ids.has(one.with));
    return found === undefined ? undefined : { kind: 'foreseen', by: found.with, paths: found.paths };
  }

  #machine(): Obstacle | undefined {
    const { agents } = this.#room;
    if (agents === undefined || this.#chosen < agents) return undefined;
    return { kind: 'machine', words: 'the places for agents on this machine are taken by other runs' };
  }

  #capacity(resource: string): number | undefined {
    return this.#state.settings?.resources?.[resource];
  }

  /** Tasks of the wave that others wait for. */
  #unfinished(): readonly string[] {
    this.#waveBy ??= this.#state.tasks.flatMap(({ task, progress }, at) =>
      !isOver({ progress }) && this.#state.schedule.waves?.[at] === this.#wave ? [task.id] : [],
    );
    return this.#waveBy;
  }
}

/**
 * A thing that a task needs and that others under way have in their hands, and who they are. For what comes back from a person, whose
 * verification would use it beside them; of what there is too little for the task alone it may have all.
 */
export function thingInUse(state: RunState, task: TaskState): { thing: string; by: readonly string[] } | undefined {
  for (const [thing, amount] of Object.entries(task.task.resources ?? {})) {
    const there = state.settings?.resources?.[thing] ?? 1;
    const by: string[] = [];
    let used = Math.min(amount, there);
    for (const at of state.schedule.active) {
      const other = state.tasks[at] as TaskState;
      const held = plansFirst(other) ? undefined : other.task.resources?.[thing];
      if (held === undefined) continue;
      used += Math.min(held, there);
      by.push(other.task.id);
    }
    if (used > there && by.length > 0) return { thing, by };
  }
  return undefined;
}

/** The lowest wave with a task that is not merged. */
function lowestWave({ schedule, tasks }: RunState): number {
  let lowest = Number.POSITIVE_INFINITY;
  schedule.waves?.forEach((wave, at) => {
    const task = tasks[at];
    if (wave < lowest && (task === undefined || !isOver(task))) lowest = wave;
  });
  return lowest;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
