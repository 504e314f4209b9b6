import type { Redactor } from '../../core/redact/redactor.ts';
import type { Result } from '../../core/base/result.ts';
import type { Containment } from '../../core/agents/containment.ts';
import type { EffectOf, EffectType } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { Refusal, Request } from '../../core/run/request.ts';
import type { AgentSettings } from '../../core/run/settings.ts';
import type { RunState } from '../../core/run/state.ts';
import type { Io } from '../../io/io.ts';
import type { MachineRoom } from '../machine/room.ts';
import type { Forge } from '../forge/forge.ts';
import type { Repositories } from '../git/repositories.ts';
import type { RunPaths } from '../paths.ts';
import type { PlanReader } from '../amendments.ts';
import type { PlanTexts } from '../plan-texts.ts';

/** What every performer may use. */
export interface Performing {
  readonly io: Io;
  readonly git: Repositories;
  readonly paths: RunPaths;
  readonly texts: PlanTexts;
  /** Reads amended texts of the plan, where they are no documents of ours. */
  readonly readPlan?: PlanReader;
  /** `PATH` and `HOME`, the only parts of our environment that others inherit. */
  readonly base: { readonly PATH: string; readonly HOME: string };
  /** Values of the environment variables that the configuration names, by agent; `verify` for verify commands. */
  readonly env: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Takes secrets out of what agents and commands said, before it is kept. */
  readonly redactor?: Redactor;
  /** Where the ports that are leased on this machine are written down; without it none can be. */
  readonly leases?: string;
  /** Program and first arguments of the keeper of a spoken agent; the path of its order follows. */
  readonly keeper: readonly [string, ...string[]];
  /** Writes what is left of a run that is over for people to read; called before it is archived. */
  readonly leave?: (signal: AbortSignal) => Promise<void>;
  /** The retro of the run so far, as Markdown, for that agent; or why it is not asked. Without this nobody is. */
  readonly story?: (agent: AgentSettings) => Promise<Result<string, string>>;
  /** Where pull requests are opened, for runs that may want to. */
  readonly forge?: Forge;
  /** What contains the agents that are to be contained, where there is such a thing. */
  readonly containment?: Containment;
  /** Told what the agent of an attempt (`T3#2`) is at; `undefined`: nothing any more. */
  readonly doing?: (attempt: string, what: string | undefined) => void;
  /** The room that the run has on its machine; without it, as much as it likes. */
  readonly machine?: MachineRoom;
  /** The shell that runs verify commands, found once. */
  readonly shell: readonly [string, ...string[]];
  /** The state as far as it is durable. */
  state(): RunState;
  /** Makes facts durable in the middle of an effect: an intent before the deed. */
  record(events: readonly RunEvent[]): Promise<void>;
  /** Asks the run for something, as a person would. */
  answer(request: Request): Promise<Result<number, Refusal>>;
  /** Told of every snapshot: warns of tasks that do not go together. */
  readonly radar: { seen(task: string, attempt: number, commit: string, base: string): void };
  /** Rejects unless the run is still ours: asked just before what another owner's work could suffer from. */
  confirm(): Promise<void>;
}

/** The part of {@link Performing} that does not come from the log. */
export type Surroundings = Omit<Performing, 'state' | 'record' | 'answer' | 'confirm' | 'radar'>;

/**
 * Carries out one kind of effect and returns the facts that came of it. It looks before it leaps: what was begun before
 * a crash is attached to or adopted, never begun twice. It rejects only when the machine or git refuses (disk full,
 * repository broken), never because of what an agent did.
 */
export type Performer<T extends EffectType> = (
  effect: EffectOf<T>,
  performing: Performing,
  signal: AbortSignal,
) => Promise<RunEvent[]>;

/** One performer for each kind of effect; a kind without one does not compile. */
export type Performers = { readonly [T in EffectType]: Performer<T> };
