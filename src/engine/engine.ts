import type { Result } from '../core/base/result.ts';
import { withdraws } from '../core/run/amend/accept.ts';
import { decide } from '../core/run/decide.ts';
import type { Effect, EffectType } from '../core/run/effect.ts';
import type { RecordedEvent, RunEvent } from '../core/run/event.ts';
import type { Room } from '../core/run/obstacle.ts';
import type { Refusal, Request } from '../core/run/request.ts';
import { taskOf, type RunState } from '../core/run/state.ts';
import type { Io } from '../io/io.ts';
import { answerRequest } from './answer.ts';
import { GitError } from './git/repositories.ts';
import { drainInbox } from './inbox.ts';
import type { Log } from './log/log.ts';
import { performers } from './perform/performers.ts';
import type { Performer, Performing, Surroundings } from './perform/performer.ts';
import type { PlanTexts } from './plan-texts.ts';
import { readAmendment } from './amendments.ts';
import { Radar } from './perform/radar.ts';
import { Projector } from './projections.ts';

/** How hard a run is asked to stop: let attempts finish, or end them with their work kept. */
export type StopMode = 'drain' | 'now';

/** Why an engine came to rest. */
export type EngineEnd =
  /** Nothing is in flight and nothing more can be started: done, or waiting for a person. */
  | { readonly end: 'settled' }
  | { readonly end: 'stopped'; readonly mode: StopMode }
  /** The machine or git refused, again and again; agents that are at work go on and are found by the next start. */
  | { readonly end: 'trouble'; readonly what: string; readonly message: string };

interface InFlight {
  readonly effect: Effect;
  readonly abort: AbortController;
}

/** Waits before an effect that failed for reasons of the machine is tried again, milliseconds. */
const PAUSES = [1000, 5000, 15000];
/** Milliseconds between two looks into the inbox, beside the hints of the file system. */
const LOOK = 1000;

/**
 * Carries a run on until it rests. There is no other way in: a run that starts, one that goes on after a crash and one
 * that only has a request to answer all go through this loop.
 */
export class Engine {
  readonly #log: Log;
  /** What performers are given. */
  readonly performing: Performing;
  readonly #io: Io;
  readonly #projector: Projector;
  readonly #inFlight = new Map<string, InFlight>();
  readonly #troubles = new Map<string, { count: number; until: number; message: string }>();
  #stop: StopMode | undefined;
  #wake: (() => void) | undefined;
  #woken = false;
  #failure: Error | undefined;
  /** What the plan says now: an amendment puts another text in its place. */
  #texts: PlanTexts;
  /** The request that is answered last of those that came. */
  #answers: Promise<void> = Promise.resolve();
  /** Requests that are being answered and want everything to stand still. */
  #held = 0;
  #watchers: (() => void)[] = [];

  constructor(log: Log, performing: Surroundings) {
    this.#log = log;
    this.#io = performing.io;
    this.#texts = performing.texts;
    const texts = (): PlanTexts => this.#texts;
    this.performing = {
      ...performing,
      get texts() {
        return texts();
      },
      state: () => log.state,
      record: async (events) => {
        await log.append(events);
        this.#rouse();
      },
      answer: (request) => this.answer(request),
      confirm: () => log.confirm(),
      radar: new Radar(() => this.performing),
    };
    this.#projector = new Projector(performing.io, performing.paths, log, texts);
  }

  get state(): RunState {
    return this.#log.state;
  }

  /** Effects in flight now, for live views. */
  get inFlight(): readonly Effect[] {
    return [...this.#inFlight.values()].map((one) => one.effect);
  }

  /** Calls `listener` with events once they are durable. */
  subscribe(listener: (events: readonly RecordedEvent[]) => void): void {
    this.#log.subscribe(listener);
  }

  /** Asks the loop to come to rest; asked `now` after `drain`, it hurries. */
  stop(mode: StopMode): void {
    this.#stop = mode;
    if (mode === 'now') for (const one of this.#inFlight.values()) one.abort.abort();
    this.#rouse();
  }

  /**
   * Answers one request: its facts are durable when this resolves. Returns the seq of the last one. One after the other: what is
   * accepted next is judged by what was accepted before.
   */
  answer(request: Request): Promise<Result<number, Refusal>> {
    const answered = this.#answers.then(() => this.#answerNow(request));
    this.#answers = answered.then(
      () => undefined,
      () => undefined,
    );
    return answered;
  }

  async #answerNow(request: Request): Promise<Result<number, Refusal>> {
    const withdrawing = withdraws(request);
    if (withdrawing) this.#held++;
    try {
      if (withdrawing) await this.#standStill();
      const { paths, readPlan } = this.performing;
      const before = this.#log.state.planSha256;
      const answered = await answerRequest(this.#log, request, this.#io, paths, readPlan);
      const { state } = this.#log;
      if (state.planSha256 !== before)
        this.#texts = (await readAmendment(this.#io, paths, state, state.planSha256, readPlan))?.texts ?? this.#texts;
      return answered;
    } finally {
      if (withdrawing) this.#held--;
      this.#rouse();
    }
  }

  /**
   * Waits until nothing is in flight whose facts are about tasks as they stand now, but for agents at work, who are ended by
   * what they are told: nobody may take a task away from a verification that is about to speak of it, or from a landing
   * whose branch has moved already. What is proven lands first.
   */
  async #standStill(): Promise<void> {
    let landings = 0;
    for (;;) {
      await this.#log.settled();
      const busy = [...this.#inFlight.values()].filter(({ effect }) => !this.#goesOn(effect));
      if (busy.length === 0) {
        const merge = this.#lands();
        if (merge === undefined || landings++ >= 3) return;
        this.#start(merge);
        continue;
      }
      for (const { effect, abort } of busy) if (effect.type !== 'work' && effect.type !== 'merge') abort.abort();
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** An effect that says nothing of a task that a person takes away: it ends by itself, or it is about what has ended. */
  #goesOn(effect: Effect): boolean {
    if (effect.type === 'wait' || effect.type === 'tidy' || effect.type === 'expire') return true;
    if (effect.type !== 'work') return false;
    return (taskOf(this.#log.state, effect.task)?.attempts.length ?? 0) >= effect.attempt;
  }

  #lands(): Effect | undefined {
    return this.#stop === 'now' ? undefined : decide(this.#log.state).find(({ type }) => type === 'merge');
  }

  async run(): Promise<EngineEnd> {
    const end = await this.#untilRest();
    // Last of all, when the projections are written, too: what is said of a run at rest is believed by a person.
    if (end.end === 'settled') await this.#log.confirmUnchanged();
    return end;
  }

  async #untilRest(): Promise<EngineEnd> {
    const watcher = this.#io.files.watch(this.performing.paths.inbox, () => this.#rouse());
    try {
      for (;;) {
        await this.#log.settled();
        if (this.#failure !== undefined) throw this.#failure;
        await drainInbox(this.#io, this.performing.paths, (request) => this.answer(request));
        await this.#log.settled();
        const { room, again } = await this.#look();
        const pause = this.#reconcile(room) ?? (again ? LOOK : undefined);
        if (this.#atRest && !this.#woken && pause === undefined && this.#held === 0) {
          const trouble = [...this.#troubles.entries()].find(([, one]) => one.count > PAUSES.length);
          if (trouble !== undefined) return { end: 'trouble', what: trouble[0], message: trouble[1].message };
          return this.#stop === undefined ? { end: 'settled' } : { end: 'stopped', mode: this.#stop };
        }
        // What is made from the log can be made again: a disk that refuses it now does not stop the run.
        await this.#projector.checkpoint(false).catch(() => undefined);
        await this.#rest(Math.min(pause ?? LOOK, LOOK));
      }
    } finally {
      watcher.close();
      for (const one of this.#inFlight.values()) one.abort.abort();
      await this.#projector.checkpoint(true).catch(() => undefined);
    }
  }

  /** Starts what should be in flight and is not, cancels what no longer should. Returns how long to wait for a retry. */
  #reconcile(room: Room): number | undefined {
    const wanted = this.#wanted(room);
    const keys = new Set(wanted.map((effect) => effect.key));
    for (const [key, one] of this.#inFlight) if (!keys.has(key) && this.#stop === undefined) one.abort.abort();
    let pause: number | undefined;
    const now = this.#io.clock.monotonic();
    for (const effect of wanted) {
      const running = this.#inFlight.get(effect.key);
      if (running !== undefined) {
        if (effect.type === 'work' && effect.end) running.abort.abort();
        continue;
      }
      const trouble = this.#troubles.get(effect.key);
      if (trouble !== undefined) {
        if (trouble.count > PAUSES.length) continue;
        if (trouble.until > now) {
          pause = Math.min(pause ?? Number.POSITIVE_INFINITY, trouble.until - now);
          continue;
        }
      }
      this.#start(effect);
    }
    return pause;
  }

  /** What the machine has for us; nothing is asked of it when nothing new would be started. */
  async #look(): Promise<{ room: Room; again: boolean }> {
    const { machine } = this.performing;
    if (machine === undefined || this.#starts === 'nothing') return { room: {}, again: false };
    const { room, events, again } = await machine.look(this.#log.state, this.#beginning);
    if (events.length > 0) await this.#log.append(events);
    return { room, again };
  }

  /** Tasks of which an attempt is being prepared that is not in the log yet. */
  get #beginning(): string[] {
    const { state } = this.#log;
    return this.inFlight.flatMap((effect) =>
      effect.type === 'work' && taskOf(state, effect.task)?.attempts.length === effect.attempt - 1 ? [effect.task] : [],
    );
  }

  /** Nothing is in flight but what waits for a deadline of a person: nobody has to stay for that. */
  get #atRest(): boolean {
    const now = this.#io.clock.now();
    return this.inFlight.every((effect) => effect.type === 'expire' && effect.until > now);
  }

  get #starts(): 'nothing' | 'anything' {
    const troubled = [...this.#troubles.values()].some((one) => one.count > PAUSES.length);
    return troubled || this.#stop !== undefined ? 'nothing' : 'anything';
  }

  #wanted(room: Room): Effect[] {
    if (this.#stop === 'now') return [];
    if (this.#held > 0) return [...this.#inFlight.values()].map(({ effect }) => effect);
    const effects = decide(this.#log.state, this.#beginning, room);
    if (this.#starts === 'anything') return effects;
    // Stopping, or something is broken: what was begun goes on, new attempts do not start.
    return effects.filter((effect) => effect.type !== 'work' || effect.started);
  }

  #start(effect: Effect): void {
    const abort = new AbortController();
    if (effect.type === 'work' && effect.end) abort.abort();
    this.#inFlight.set(effect.key, { effect, abort });
    // The mapped type of `performers` pairs each effect with its own performer; only the pairing is lost here.
    const perform = performers[effect.type] as Performer<EffectType>;
    void this.#carryOut(effect, perform, abort.signal);
  }

  async #carryOut(effect: Effect, perform: Performer<EffectType>, signal: AbortSignal): Promise<void> {
    try {
      const events: RunEvent[] = await perform(effect as never, this.performing, signal);
      await this.#log.append(events);
      this.#troubles.delete(effect.key);
    } catch (error) {
      await this.#trouble(effect, error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#inFlight.delete(effect.key);
      this.#rouse();
    }
  }

  async #trouble(effect: Effect, error: Error): Promise<void> {
    // Without a log nothing can be known: the loop ends with this error.
    if (error.name === 'LogError' || error.name === 'Defect') {
      this.#failure ??= error;
      return;
    }
    // What to type stands beside the cause where it is known, such as the lock file to remove.
    const message =
      error instanceof GitError && error.hint !== undefined ? `${error.message}; ${error.hint}` : error.message;
    const count = (this.#troubles.get(effect.key)?.count ?? 0) + 1;
    const pause = PAUSES[count - 1] ?? 0;
    this.#troubles.set(effect.key, { count, until: this.#io.clock.monotonic() + pause, message });
    await this.#log
      .append([{ event: 'anomaly', what: `${effect.key} could not be carried out`, detail: message }])
      .catch((failure: unknown) => {
        this.#failure ??= failure instanceof Error ? failure : new Error(String(failure));
      });
  }

  #rouse(): void {
    this.#woken = true;
    this.#wake?.();
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  async #rest(ms: number): Promise<void> {
    if (!this.#woken) {
      const early = new AbortController();
      this.#wake = () => early.abort();
      await this.#io.clock.wait(ms, early.signal);
      this.#wake = undefined;
    }
    this.#woken = false;
  }
}
