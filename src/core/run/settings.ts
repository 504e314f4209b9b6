import type { ContainmentPolicy, RoleContainment } from '../agents/containment.ts';
import type { AgentFamily } from '../agents/order.ts';
import type { Price } from '../agents/price.ts';
import type { WitnessRule } from '../witness/change.ts';
import type { QuietHours } from '../base/quiet-hours.ts';
import type { FinishSettings } from './finish/settings.ts';
import type { ReviewSettings } from './review/settings.ts';
import type { EnvironmentSettings } from '../environment/settings.ts';
import type { Autonomy, SubplanPolicy } from './autonomy.ts';
import type { Complexity } from './complexity.ts';
import type { Role, RoleTable } from './role.ts';

/** What every agent has. Values of its environment are never recorded, only their names. */
interface AnyAgent {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** Names of the environment variables that the configuration gives it beside `PATH` and `HOME`. */
  readonly env: readonly string[];
  /** Milliseconds without any output after which an attempt is ended; 0: never. */
  readonly idle_timeout: number;
  /** Milliseconds after which an attempt is ended whatever it does; 0: never. */
  readonly timeout: number;
  /** Bytes of output after which an attempt is ended; 0: no limit. */
  readonly max_output: number;
  /** Bytes of memory of all its processes together beyond which an attempt is ended. */
  readonly max_memory?: number;
  /** How many attempts of this agent may run at once; 0: no limit of its own. */
  readonly max_concurrent: number;
  /** The account that it works on: agents of one lane share its limits. Without one, the agent's name. */
  readonly lane?: string;
  /** Name of the model, as its program calls it; `own`: its own choice. A command agent is told. */
  readonly model?: string;
  /** How hard the model should think. */
  readonly effort?: string;
  /** Whose model it is, where its program and the name of the model do not say. */
  readonly vendor?: string;
  /** The container around it; without one it may do what its user may. */
  readonly containment?: ContainmentPolicy;
}

/** Any program that reads a brief and writes a digest. */
export interface CommandAgent extends AnyAgent {
  readonly kind: 'command';
}

/** A program that we speak with, through a keeper. */
export interface SpokenAgent extends AnyAgent {
  readonly kind: AgentFamily;
  /**
   * What it may do without anybody being asked, beside changing its worktree and running what the plan declares: nothing
   * (`ask`), or run any command (`all`).
   */
  readonly permission: 'ask' | 'all';
  /** Milliseconds that a person gets to answer its questions before they are denied; 0: for ever. */
  readonly patience: number;
  /** Whether a later attempt of a task goes on with the conversation of the one before; without it never. */
  readonly resume?: 'never' | 'after-limit' | 'always';
  readonly max_turns?: number;
  /** What its model costs, for programs that do not say so. */
  readonly price?: Price;
  /** US dollars for one attempt, where the program counts them. */
  readonly max_cost?: number;
}

/** What may be used; absent: as much as it takes. */
export interface BudgetLimit {
  /** US dollars. */
  readonly cost?: number | undefined;
  readonly tokens?: number | undefined;
  /** Milliseconds of work. */
  readonly time?: number | undefined;
}

/** How one agent is started. */
export type AgentSettings = CommandAgent | SpokenAgent;

/** What happens to the run branch at the end; `ask` leaves the gate to a person. */
export type FinishChoice = 'merge' | 'pull-request' | 'keep' | 'discard';

export const FINISH_CHOICES = ['merge', 'pull-request', 'keep', 'discard'] as const satisfies readonly FinishChoice[];

/** What a run does when an agent that it needs is not installed: the first of `failover` plays for it, or it refuses. */
export type UnavailablePolicy = 'degrade-loudly' | 'block';

/** What happens to a change in which the witness finds a check weakened. */
export type WitnessPolicy = 'reject' | 'ask' | 'warn' | 'off';

/** How strictly changes are looked at before they are verified. */
export interface WitnessSettings {
  /** Checks that were weakened. */
  readonly weakened: WitnessPolicy;
  /** The same for single kinds of weakening. */
  readonly rules?: Partial<Readonly<Record<WitnessRule, WitnessPolicy>>>;
  /** Claims of a digest that evidence contradicts. */
  readonly claims: 'reject' | 'warn';
  /** Changes outside of the scope: the attempt fails, they are taken back, or a person is asked. Without it `reject`. */
  readonly scope?: 'reject' | 'revert' | 'ask';
  /** Whose new tests must fail without the work: those of tasks that ask for it (`asked`), of all, of none. Without it `none`. */
  readonly proof?: 'asked' | 'all' | 'none';
  /** Whether files of the user's checkout that change while agents are at work are told of. Without it `off`. */
  readonly checkout?: 'warn' | 'off';
  /** What happens when the tests that a change altered or deleted fail on its result as they were. Without it `off`. */
  readonly old_tests?: WitnessPolicy;
}

/** How the unfinished work of agents is kept while they work. */
export interface SnapshotSettings {
  /** Milliseconds between two looks at a worktree; 0: only at events. */
  readonly interval: number;
  /** Bytes; larger files are left out of snapshots, and told of. 0: no limit. */
  readonly max_file: number;
  /** Patterns, as in `.gitignore`, of untracked files that are left out. */
  readonly exclude: readonly string[];
  /** Milliseconds for which snapshots are kept once the work landed or the run is over. */
  readonly keep: number;
}

/** Where nothing else is said, and for runs whose log is older than snapshots. */
export const SNAPSHOTS: SnapshotSettings = {
  interval: 10_000,
  max_file: 50_000_000,
  exclude: [],
  keep: 7 * 24 * 3_600_000,
};

/** A key of the configuration that somebody gave, as a run records it. */
export interface RecordedKey {
  /** As in the file, with dots: `parallelism.max_agents`. */
  readonly key: string;
  readonly value: unknown;
  readonly from: string;
  /** File with line and column, name of a variable, flag, preset. */
  readonly where: string;
}

/** What a run was started with. Recorded in its log, so that a changed configuration file does not change a live run. */
export interface RunSettings {
  readonly agents: Readonly<Record<string, AgentSettings>>;
  /** Which agent plays which role. */
  readonly roles: RoleTable;
  /** Which tasks go to the role `small_edit`; without it none do. */
  readonly routing?: {
    /** By their size, only where the plan says so, or never. */
    readonly small_edits: 'auto' | 'manual' | 'off';
    /** Files that a small edit may change. */
    readonly max_files: number;
  };
  /** How agents are contained in single roles, over what each agent says itself. */
  readonly containment_roles?: { readonly [R in Role]?: RoleContainment };
  /** Agents at work at once. */
  readonly parallel: number;
  /** Agents at work at once on one account (lane) and of one family (`claude`, `codex`, `acp`, `command`), by its name. */
  readonly parallel_lanes?: Readonly<Record<string, number>>;
  readonly parallel_families?: Readonly<Record<string, number>>;
  /** `wave`: nothing of a wave starts before all of the one before it is merged. Without it, needs alone count. */
  readonly barrier?: 'wave';
  /** `advisory`: tasks whose scopes overlap are kept apart while anything else can be done. Without it, always. */
  readonly scopes?: 'advisory';
  /** How many there are of each class of things that tasks name: `{ simulator: 1 }`. */
  readonly resources?: Readonly<Record<string, number>>;
  /** Verifications of attempts at once, beside the one of the merge queue. */
  readonly verify_parallel: number;
  /**
   * Who approves the sub-plans that planning attempts write: a person (`ask`); nobody, when no finding is an error
   * (`if-clean`) or in any case (`always`). Logs of 0.1 and before have none, and no sub-plans.
   */
  readonly subplans?: SubplanPolicy;
  /** Which gates open by themselves; see autonomy.ts. Without it, as every masterplan before 0.4 did: only those of a policy of their own. */
  readonly autonomy?: Autonomy;
  /** The preset that settings were filled in from. */
  readonly complexity?: Complexity;
  /** The opt-in with which `loose` lets a reviewed spec pass. */
  readonly aggressive?: true;
  /** Under `gated`, whoever rules choose for a task is confirmed by a person. */
  readonly confirm_routing?: true;
  /** Results of small edits are looked at by a person even under `full`. */
  readonly look_at_results?: true;
  /** Tasks from which on a gated run is told that `loose` would ask less; 0: never. */
  readonly offer_at?: number;
  /** Milliseconds after which a gate that has a default takes it; 0: never. Without it no gate has a deadline. */
  readonly gates?: { readonly timeout: number };
  /** What one attempt, one task and the whole run may use. */
  readonly budget?: {
    readonly attempt?: BudgetLimit | undefined;
    readonly task?: BudgetLimit | undefined;
    readonly run?: BudgetLimit | undefined;
  };
  /** What models cost, by name, where that is not what the lists say: US dollars for a million tokens. */
  readonly prices?: Readonly<Record<string, Price>>;
  /** Agents that take over, in this order, while the account of a task's own agent is at a limit. */
  readonly failover?: readonly string[];
  /** No lane that a usage limit parked opens by itself in this stretch of each day. */
  readonly quiet_hours?: QuietHours;
  /** Whether a lane opens by itself when its limit ends; without it, it does. */
  readonly resume_unattended?: boolean;
  /** Without it `degrade-loudly`. */
  readonly unavailable_policy?: UnavailablePolicy;
  /** What runs learned is neither told nor taken; without it, both. */
  readonly learned?: 'off';
  /** How work is reviewed before it lands; absent: it is not. */
  readonly review?: ReviewSettings;
  /** Failures with one signature after which a person is asked; without it nobody ever is. */
  readonly circuit?: { readonly after: number };
  /** Failed attempts after which a task is given up. */
  readonly attempts: number;
  /** Attempts lost to crashes after which a task is given up: a machine that dies for ever must not try for ever. */
  readonly losses: number;
  readonly verify: {
    /** Milliseconds for one verify command. */
    readonly timeout: number;
    /** Commands run for every task beside its own. */
    readonly commands: readonly string[];
    /** Names of the environment variables that the configuration gives them beside `PATH` and `HOME`. */
    readonly env: readonly string[];
    /**
     * What a command means that fails and passes on the same tree: it is run again before it counts (`retry`, without it), it
     * does not count any more in this run (`quarantine`), or its first word counts (`fail`).
     */
    readonly flaky?: FlakyPolicy | undefined;
  };
  /** Logs of 0.1 and before have none: then changes are not examined. */
  readonly witness?: WitnessSettings;
  readonly finish: FinishChoice | 'ask';
  /** How that is done; without it as {@link FinishSettings} says. */
  readonly finishing?: FinishSettings;
  /** Whether an agent is asked at the end what it makes of the run; absent: none is. */
  readonly narrative?: 'auto';
  /** What worktrees need so that things run in them; without it they hold what git has, and nothing else. */
  readonly environment?: EnvironmentSettings;
  /** Without it {@link SNAPSHOTS}. */
  readonly snapshots?: SnapshotSettings;
  /** Without it, as if every key were at its default. */
  readonly landing?: LandingSettings;
}

/** Which numbers the merge queue gives: those of files, or those of entries inside of one file. */
export interface NumberRule {
  /** Paths with `{number}` in the place of the number, and `*`: `migrations/{number}_*.sql`. */
  readonly files?: string | undefined;
  /** A file with numbered entries, and how such a number is written in it: `#{number}`. */
  readonly in?: string | undefined;
  readonly entry?: string | undefined;
  /** What a task writes instead of the number; without it `NNNN`. */
  readonly placeholder?: string | undefined;
  /** Digits of a number; without it, as many as the last one has. */
  readonly width?: number | undefined;
}

export interface Generator {
  /** What it makes, as scope entries: files and directories. */
  readonly paths: readonly string[];
  readonly command: string;
  /** It runs when one of these changed; without it, always. Scope entries. */
  readonly inputs?: readonly string[] | undefined;
}

export type FlakyPolicy = 'retry' | 'quarantine' | 'fail';

/** How the merge queue works; see docs/landing.md. */
export interface LandingSettings {
  /** `lanes`: with several slots, trains that touch different files are verified side by side; `strict`: one at a time. */
  readonly mode?: 'lanes' | 'strict' | undefined;
  /** Verifications of the merge queue at once. */
  readonly slots?: number | undefined;
  /** Tasks that are verified as one at most; 0 or absent: as many as pays. */
  readonly batch?: number | undefined;
  /** How often a task may be handed back before a person is asked. */
  readonly returns?: number | undefined;
  /** Numbers that are given at landing. */
  readonly numbers?: readonly NumberRule[] | undefined;
  /** Files whose conflicts are no conflicts: lines of both sides are kept, of JSON the keys of both. Scope entries. */
  readonly union?: readonly string[] | undefined;
  /** What is made by a program, and made anew on the tree that lands. */
  readonly generators?: readonly Generator[] | undefined;
}
