import { decide } from '../../core/run/decide.ts';
import type { RunEvent, Shortage } from '../../core/run/event.ts';
import type { Room } from '../../core/run/obstacle.ts';
import { type Pressure, pressureOn, type PressureLimits, size } from '../../core/run/pressure.ts';
import { isAtWork, plansFirst, type RunState, type TaskState } from '../../core/run/state.ts';
import type { Io } from '../../io/io.ts';
import type { DiskMeter } from '../environment/disk.ts';
import type { Demand, HeldScope, Left, Registry } from './registry.ts';

/** What a machine may be used for, by the configuration of whoever starts a run; read anew at each start. */
export interface MachineLimits extends PressureLimits {
  /** Agents at work at once, of all runs of this user together. */
  readonly agents?: number;
}

/** What one look at the machine came to. */
export interface Look {
  readonly room: Room;
  /** What is to be recorded of it. */
  readonly events: readonly RunEvent[];
  /** Something could be started if there was room: look again soon. */
  readonly again: boolean;
}

/** Milliseconds between two measurements. */
const LOOK = 1_000;
/** Milliseconds after which an entry is renewed although nothing changed. */
const RENEW = 5_000;

/** The room that a run has on its machine: asked before each decision. */
export class MachineRoom {
  readonly #io: Io;
  readonly #limits: MachineLimits;
  readonly #registry: Registry | undefined;
  readonly #root: string;
  readonly #worktrees: DiskMeter | undefined;
  #measuredAt = Number.NEGATIVE_INFINITY;
  #pressure: Pressure | undefined;
  #trouble: string | undefined;
  #told = false;
  #asked: { readonly key: string; readonly at: number; readonly left: Left } | undefined;

  /**
   * @param registry  what runs share; without one, this run is alone on the machine
   * @param worktrees  what the worktrees of the run take of the disk
   */
  constructor(io: Io, limits: MachineLimits, root: string, registry: Registry | undefined, worktrees?: DiskMeter) {
    this.#worktrees = worktrees;
    this.#io = io;
    this.#limits = limits;
    this.#root = root;
    this.#registry = registry;
  }

  async look(state: RunState, beginning: readonly string[]): Promise<Look> {
    const wanted = this.#demand(state, beginning, {});
    const pressure = wanted.wants === 0 ? undefined : ((await this.#measure()) ?? (await this.#crowded(state)));
    const closed = pressure?.words;
    const left = closed === undefined ? await this.#ask(state, beginning, wanted) : await this.#yield(wanted);
    const room: Room = { ...left, ...(closed === undefined ? {} : { closed }) };
    const starts = closed === undefined ? this.#demand(state, beginning, room).wants : 0;
    // A run with something under way goes on by itself: that others have the other places is no news.
    const stands = wanted.wants > 0 && starts === 0 && wanted.using === 0;
    const why = pressure?.what ?? (stands ? 'places' : undefined);
    const detail =
      pressure?.words ?? 'other runs have the places for agents, the things that its tasks need, or their scopes';
    return { room, events: [...this.#remarks(), ...pauseEvents(state, why, detail)], again: wanted.wants > starts };
  }

  #remarks(): readonly RunEvent[] {
    if (this.#trouble === undefined || this.#told) return [];
    this.#told = true;
    return [
      {
        event: 'anomaly',
        what: 'the register of this machine cannot be used, so no other run is seen',
        detail: this.#trouble,
      },
    ];
  }

  /** Gives everything back. */
  async leave(): Promise<void> {
    await this.#registry?.leave();
  }

  async #measure(): Promise<Pressure | undefined> {
    const { clock, machine } = this.#io;
    const { memory, load, disk } = this.#limits;
    if (machine === undefined || (memory ?? load ?? disk) === undefined) return undefined;
    if (clock.monotonic() - this.#measuredAt < LOOK) return this.#pressure;
    this.#measuredAt = clock.monotonic();
    const measured = {
      memory: memory === undefined ? undefined : machine.memory().available,
      load: load === undefined ? undefined : machine.load().one,
      disk: disk === undefined ? undefined : await machine.free(this.#root),
    };
    this.#pressure = pressureOn(this.#limits, measured, this.#pressure !== undefined);
    return this.#pressure;
  }

  /** Whether the worktrees of the run take more of the disk than they may. */
  async #crowded(state: RunState): Promise<Pressure | undefined> {
    const limit = state.settings?.environment?.limits?.run;
    if (limit === undefined || this.#worktrees === undefined) return undefined;
    const used = (await this.#worktrees.use()) ?? 0;
    if (used <= limit) return undefined;
    return {
      what: 'disk',
      words: `the worktrees of this run take ${size(used)} of the disk, and at most ${size(limit)} are to be`,
    };
  }

  async #ask(state: RunState, beginning: readonly string[], wanted: Demand): Promise<Left | undefined> {
    if (this.#registry === undefined) return undefined;
    const now = this.#io.clock.monotonic();
    const key = JSON.stringify(wanted);
    const known = this.#asked;
    // Nothing changed and nothing is wanted: whoever waits asks again each time, for others come and go.
    if (known?.key === key && wanted.wants === 0 && now - known.at < RENEW) return known.left;
    try {
      const { taken, scopes, agents } = await this.#registry.ask(this.#limits.agents, (left) =>
        this.#demand(state, beginning, left),
      );
      const left = { taken, ...(scopes === undefined ? {} : { scopes }), ...(agents === undefined ? {} : { agents }) };
      this.#asked = { key, at: now, left };
      return left;
    } catch (error) {
      return this.#alone(wanted, error);
    }
  }

  /** Without the register nobody knows of others: the run keeps to the limit by itself, and says so once. */
  #alone({ using }: Demand, error: unknown): Left {
    this.#trouble ??= error instanceof Error ? error.message : String(error);
    const { agents } = this.#limits;
    return { taken: {}, ...(agents === undefined ? {} : { agents: Math.max(0, agents - using) }) };
  }

  /** Under pressure nothing is wanted: others, with other limits, may have it. */
  async #yield(wanted: Demand): Promise<undefined> {
    const now = this.#io.clock.monotonic();
    const key = JSON.stringify({ ...wanted, wants: 0 });
    if (this.#registry === undefined || (this.#asked?.key === key && now - this.#asked.at < RENEW)) return undefined;
    try {
      const left = await this.#registry.ask(this.#limits.agents, () => ({ ...wanted, wants: 0 }));
      this.#asked = { key, at: now, left };
    } catch (error) {
      this.#alone(wanted, error);
    }
    return undefined;
  }

  /** What is under way, and what would start if others leave so much: by the decision itself, reviews included. */
  #demand(state: RunState, beginning: readonly string[], room: Room): Demand {
    const { schedule, tasks } = state;
    const begun = new Set(beginning);
    const under = schedule.active.map((at) => tasks[at] as TaskState);
    const starts = decide(state, beginning, room).flatMap((effect) =>
      effect.type === 'work' && !effect.started && !begun.has(effect.task) ? [effect.task] : [],
    );
    const holding = new Set([...under, ...[...beginning, ...starts].map((id) => tasks[schedule.index[id] ?? -1])]);
    const resources: Record<string, number> = {};
    const scopes: HeldScope[] = [];
    for (const task of holding) {
      if (task === undefined || plansFirst(task)) continue;
      if (task.task.scope.length > 0) scopes.push({ task: task.task.id, scope: task.task.scope });
      for (const [name, amount] of Object.entries(task.task.resources ?? {})) {
        const there = state.settings?.resources?.[name];
        resources[name] = (resources[name] ?? 0) + (there === undefined ? 1 : amount);
      }
    }
    return { using: under.filter(isAtWork).length + begun.size, wants: starts.length, resources, scopes };
  }
}

/** What to record when dispatch pauses, pauses for another reason, or goes on. */
function pauseEvents(state: RunState, why: Shortage | undefined, detail: string): readonly RunEvent[] {
  if (state.paused?.why === why) return [];
  if (why !== undefined) return [{ event: 'dispatch_paused', why, detail }];
  return [{ event: 'dispatch_resumed' }];
}
