import type { Finding } from '../core/base/finding.ts';
import type { Result } from '../core/base/result.ts';
import type { Autonomy } from '../core/run/autonomy.ts';
import type { Complexity } from '../core/run/complexity.ts';
import type { Role } from '../core/run/role.ts';
import type { Peer } from '../core/run/overlap.ts';
import type { PlanKind } from '../core/plan/model.ts';
import type { RecordedEvent } from '../core/run/event.ts';
import type { Refusal } from '../core/run/request.ts';
import type { SubplanPolicy } from '../core/run/autonomy.ts';
import type { FinishChoice } from '../core/run/settings.ts';
import type { RunState } from '../core/run/state.ts';
import type { Board } from '../core/views/board.ts';
import type { LegacyNote } from '../core/views/legacy-board.ts';
import type { Outcome } from '../core/views/report.ts';
import type { DamageKind } from '../engine/log/damage.ts';
import type { EngineEnd, StopMode } from '../engine/engine.ts';

/** What the program's exit code says; the same list is in docs/cli.md. */
export const EXIT = {
  ok: 0,
  /** Refused, or a task failed. */
  failed: 1,
  usage: 2,
  /** Nothing is wrong; a person has to answer. */
  waits: 3,
  /** A document has errors. */
  findings: 4,
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** Why a use case was refused, and what to type next. Nothing was changed. */
export interface AppRefusal extends Refusal {
  readonly exit: number;
  /** The findings that refuse a plan, with the text that they point into. */
  readonly findings?: { readonly file: string; readonly source: string; readonly findings: readonly Finding[] };
}

export interface RunOptions {
  /** A plan's path, or the slug of a run; without it the one run that is not over. */
  readonly target?: string;
  /** It begins with an idea instead of a plan; `slug` says which run. */
  readonly authoring?: AuthoringOptions;
  readonly slug?: string;
  /** Begin although another run is about the same, or has the name. */
  readonly variant?: boolean;
  /** The run that a new one meets: it asks before anything begins. */
  readonly peer?: Peer;
  readonly kind?: PlanKind;
  readonly parallel?: number;
  readonly finish?: FinishChoice | 'ask';
  readonly base?: string;
  /** Who approves sub-plans, instead of what the configuration says. */
  readonly subplans?: SubplanPolicy;
  /** Which gates open by themselves, instead of what the configuration, or the run, says. */
  readonly autonomy?: Autonomy;
  /** The preset that settings are filled in from, instead of what the configuration says. */
  readonly complexity?: Complexity;
  /** A file of answers to questions that may come up. */
  readonly answers?: string;
  /** Start although tracked files have uncommitted changes, which no agent will see. */
  readonly allowDirty?: boolean;
  /** `key=value` of the configuration, over files and variables; also for a run that goes on. */
  readonly set?: readonly string[];
  /** Flags that were typed for keys that have one, as `--parallel`: what a run that goes on is to do otherwise. */
  readonly typed?: readonly { readonly key: string; readonly value: string; readonly flag: string }[];
}

/** A run that begins with an idea, or goes on with one. */
export interface AuthoringOptions {
  readonly topic: string;
  /** Where the verb ends that was typed; `null`: with the run. */
  readonly until: 'spec' | 'plan' | null;
  /** The kind of plan that is asked for; without it the one that fits. */
  readonly kind?: PlanKind;
  /** Answers to the interview, by the id or the words of a question; `*`: for all others. */
  readonly given?: Readonly<Record<string, string>>;
  /** A spec that is there already. */
  readonly spec?: { readonly source: string; readonly path: string };
}

export interface PlanSummary {
  /** What runs in each worktree before and after its agent, in words. */
  readonly setup?: readonly string[];
  readonly slug: string;
  readonly title: string;
  readonly kind: PlanKind;
  /** As the user would type it. */
  readonly path: string;
  readonly tasks: readonly {
    readonly id: string;
    readonly title: string;
    readonly needs: readonly string[];
    readonly scope: readonly string[];
    readonly verify: readonly string[];
    readonly agent: string;
    /** What it is to be, with which model, and why this agent. */
    readonly role?: Role;
    readonly model?: string;
    readonly why?: string;
    /** It is a brief: a plan of this kind is written first. */
    readonly planFirst?: PlanKind;
  }[];
  /** Tasks that could run side by side, level by level. */
  readonly levels: readonly (readonly string[])[];
  /** The command of each agent that the plan will use. */
  readonly agents: Readonly<Record<string, readonly string[]>>;
  /** What is remarkable, but does not refuse. */
  readonly findings: readonly Finding[];
  readonly source: string;
}

/** What became of a run so far, and what to do next. */
export interface RunReport extends Outcome {
  readonly board: Board;
  /** Paths relative to the repository. */
  readonly log: string;
  readonly transcripts: string;
  /** Commands worth typing next, with a word on each. */
  readonly next: readonly { readonly type: string; readonly why: string }[];
  readonly durationMs: number;
}

/** A run that this process owns until {@link RunHandle.close}. */
export interface RunHandle {
  readonly summary: PlanSummary;
  readonly isNew: boolean;
  /** What is odd in the configuration that a new run was made with, such as a misspelt key; none for one that goes on. */
  readonly warnings: readonly string[];
  readonly paths: { readonly log: string; readonly bundle: string; readonly transcripts: string };
  needsApproval(): boolean;
  /** Gates that the file of answers says something about that does not hold, and why. */
  held(): readonly string[];
  board(): Board;
  state(): RunState;
  report(): RunReport;
  approve(how: string): Promise<Result<void, Refusal>>;
  /** `how`: what the answer was given by, where nobody at this terminal was asked (`--yes`). */
  answer(gate: string, answer: string, note?: string, how?: string): Promise<Result<void, Refusal>>;
  finish(choice: FinishChoice): Promise<Result<void, Refusal>>;
  cancel(reason: string): Promise<Result<void, Refusal>>;
  /** Calls `listener` with every event that this process wrote or writes, each once it is durable. */
  subscribe(listener: (events: readonly RecordedEvent[]) => void): void;
  /** Carries the run on until it rests. */
  run(): Promise<EngineEnd>;
  stop(mode: StopMode): void;
  close(): Promise<void>;
}

export interface Owner {
  readonly pid: number | undefined;
  readonly host: string;
  readonly since: string;
  readonly command: string;
  readonly alive: boolean;
}

/** One run as `status` shows it. */
export interface RunInfo {
  readonly board: Board;
  /** Whoever runs it now. */
  readonly owner: Owner | undefined;
  /** Relative to the repository. */
  readonly bundle: string;
  /** It was written by an older tool, and is read only. */
  readonly legacy?: LegacyNote;
  /** Why it cannot be shown whole. */
  readonly problem?: { readonly message: string; readonly hint: string };
}

export interface ValidateReport {
  readonly runs: readonly {
    readonly slug: string;
    readonly ok: boolean;
    readonly events: number;
    /** Schema of a bundle of an older tool. */
    readonly legacy?: string;
    /** Of a damaged log: the events that are proven, and until when. */
    readonly trusted?: { readonly events: number; readonly until: string | null };
    readonly findings: readonly {
      readonly severity: 'error' | 'warning';
      readonly file: string;
      readonly line: number;
      /** From 1, where it can be told. */
      readonly column?: number;
      /** What kind of damage it is. */
      readonly kind?: DamageKind;
      readonly message: string;
      readonly hint: string;
    }[];
  }[];
}

export interface Sent {
  readonly slug: string;
  /** Who made it a fact: the process that runs it, or we ourselves because nobody did. */
  readonly acceptedBy: 'owner' | 'us';
  /** What happens now, or what to type. */
  readonly next: string;
  /** Nobody runs it, and there is something to be carried out. */
  readonly carryOn: boolean;
  /** What `approve` approved, where it was not the plan. */
  readonly approves?: 'spec';
}
