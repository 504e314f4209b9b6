import type { PermissionAsk, Usage } from '../agents/event.ts';
import type { FailureClass } from '../agents/failure.ts';
import type { AgentFamily } from '../agents/order.ts';
import type { PlanKind, PlanTask } from '../plan/model.ts';
import type { AuthoringEvent } from './authoring/event.ts';
import type { PlanTerms } from '../plan/terms.ts';
import type { EnvironmentEvent } from './environment-event.ts';
import type { FinishEvent } from './finish/event.ts';
import type { ImportEvent } from './import-event.ts';
import type { SteerEvent } from './amend/event.ts';
import type { RepairEvent } from './repair.ts';
import type { ReviewEvent } from './review/event.ts';
import type { Subject } from './review/ledger.ts';
import type { FailedCheck } from './failed-check.ts';
import type { ToldBy } from './lane-windows.ts';
import type { Loss } from './queue/loss.ts';
import type { Car } from './queue/train.ts';
import type { Role } from './role.ts';
import type { DecisionSource } from './routing.ts';
import type { FinishChoice, RecordedKey, RunSettings } from './settings.ts';
import type { WitnessFinding } from '../witness/change.ts';
import type { OldTestsVerdict } from '../witness/old-tests.ts';

/** How an attempt ended. Only `done` goes on to verification. */
export type Ending =
  | 'done'
  | 'blocked'
  | 'failed'
  | 'lost'
  | 'timed_out'
  /** It used more memory than it may. */
  | 'out_of_memory'
  | 'cancelled'
  | 'contract_violation'
  /** The account of the agent is at a limit, or its model server in trouble: no fault of the attempt. */
  | 'limited'
  /** Its worktree could not be made ready, so its agent never started: no fault of the attempt. */
  | 'unready';

export type { FailedCheck } from './failed-check.ts';

/** What one verify command came to. */
export interface CommandResult {
  readonly command: string;
  readonly exit_code: number | null;
  /** Of the last 64 kB of its output. */
  readonly output_sha256: string;
  readonly duration_ms: number;
}

/** What a verification showed. Bound to one tree and one list of commands. */
export interface Verification {
  readonly commit: string;
  readonly tree: string;
  /** SHA-256 of the command list: evidence counts only for the same commands. */
  readonly checks: string;
  readonly passed: boolean;
  /** Directory of the recorded evidence, relative to the run's runtime directory. */
  readonly evidence: string;
  readonly failed?: FailedCheck;
  /** Commands that failed and did not count, because they are in quarantine. */
  readonly excused?: readonly string[];
  /** SHA-256 of the names and values of the environment, but for those that differ in every run. Logs of 0.2 and before have none. */
  readonly environment?: string;
  /** Whether the new tests fail without the work, as they should (`red`), or pass (`green`); only where that was looked at. */
  readonly proof?: 'red' | 'green';
  /** It counts as failed because of the tests as they were; see `old_tests_tried`. */
  readonly old_tests?: 'failed';
  /** What each command came to, in the order in which they ran. */
  readonly results?: readonly CommandResult[];
  readonly duration_ms: number;
  /** The tree on which the commands ran, when numbers had to be given to make one that could land. */
  readonly numbered?: string;
}

/** What a machine has too little of: memory, processor, disk, or places for agents. */
export type Shortage = 'memory' | 'load' | 'disk' | 'places';

/** What an agent is named for: a role, a task that asks for it, or taking over for others. */
export type WantedAs = Role | 'task' | 'failover';
/** How long a task is expected to take, and how that is known. */
export interface Expected {
  readonly minutes: number;
  /** For people: `the median of 7 earlier tasks of this size by claude`. */
  readonly how: string;
}

/**
 * What allowed the removal of a worktree: everything in it is in this tree, which is under this ref (`kept`); nothing in it
 * differs from its base (`unchanged`); there was nothing (`missing`); or it was somebody else's and was moved aside
 * (`moved`, with the path where it lies).
 */
export type RemovalProof =
  | { readonly how: 'kept'; readonly ref: string; readonly tree: string }
  | { readonly how: 'unchanged'; readonly tree: string }
  | { readonly how: 'missing' }
  | { readonly how: 'moved'; readonly to: string };

/** What a person who held a task gave back. */
export interface ByHand {
  readonly by: string;
  /** What stood in their place, as a commit on the base of the attempt; `null`: they had none. */
  readonly commit: string | null;
  /** They gave the task back unfinished: agents go on from there. */
  readonly gave_up: boolean;
}

interface OfAttempt {
  readonly task: string;
  readonly attempt: number;
}

/** Which tree of a train a verification of the merge queue is of; logs before there were trains have neither. */
interface OfTrain {
  readonly train?: number;
  /** How many first cars the tree holds; the task is the last of them. */
  readonly cars?: number;
}

/**
 * The facts that a log can hold, as a closed union: every consumer handles every one, or does not compile.
 * Documented field by field in docs/formats/events.md. Names are past tense; stamps are added by the log.
 */
export type RunEvent =
  | {
      readonly event: 'run_created';
      readonly schema: 1;
      readonly run: string;
      readonly slug: string;
      readonly title: string;
      readonly plan_path: string;
      readonly base_branch: string;
      readonly base: string;
      readonly run_branch: string;
      readonly masterplan: string;
    }
  | {
      readonly event: 'plan_written';
      readonly kind: PlanKind;
      readonly sha256: string;
      readonly tasks: readonly PlanTask[];
      readonly verify: readonly string[];
      /** Hashes of the text of each task and of what stands before them all; logs of 0.2 and before have none. */
      readonly texts?: Readonly<Record<string, string>>;
      readonly context?: string;
      /** What it asks for beyond its tasks; logs of 0.2 and before have none. */
      readonly terms?: PlanTerms;
    }
  /** `config`: the keys that were given. `by`: who changed it with flags, of a run that exists. */
  | {
      readonly event: 'config_resolved';
      readonly settings: RunSettings;
      readonly config?: readonly RecordedKey[];
      readonly by?: string;
    }
  /** What an earlier life of the run had left behind, in words: processes that were ended, locks that were released. */
  | { readonly event: 'leftovers_ended'; readonly processes: readonly string[]; readonly locks?: readonly string[] }
  /** Nothing new starts for now: the machine is short of something, or other runs have all places. */
  | { readonly event: 'dispatch_paused'; readonly why: Shortage; readonly detail: string }
  | { readonly event: 'dispatch_resumed' }
  /** What earlier runs say of the durations of this one; `usual` stands for tasks of which nothing else is known. */
  | {
      readonly event: 'durations_estimated';
      readonly tasks: Readonly<Record<string, Expected>>;
      readonly usual: number;
      readonly from: number;
    }
  | { readonly event: 'plan_approved'; readonly sha256: string; readonly by: string; readonly how: string }
  | { readonly event: 'phase_entered'; readonly phase: 'execute' | 'finish' }
  | {
      readonly event: 'gate_opened';
      readonly gate: string;
      readonly question: string;
      readonly options: readonly string[];
      readonly recommended: string;
      readonly detail: readonly string[];
    }
  | {
      readonly event: 'gate_answered';
      readonly gate: string;
      readonly answer: string;
      readonly by: string;
      readonly how: string;
      /** What the person said with it: advice for whoever goes on. */
      readonly note?: string;
    }
  | { readonly event: 'branch_created'; readonly branch: string; readonly commit: string }
  | {
      readonly event: 'branch_moved';
      readonly branch: string;
      readonly from: string;
      readonly to: string | null;
      readonly forward: boolean;
    }
  | { readonly event: 'branch_restored'; readonly branch: string; readonly commit: string }
  | { readonly event: 'repository_fingerprinted'; readonly files: Readonly<Record<string, string>> }
  | {
      readonly event: 'repository_tampered';
      readonly files: readonly string[];
      readonly now: Readonly<Record<string, string>>;
    }
  | (OfAttempt & {
      readonly event: 'attempt_started';
      readonly agent: string;
      readonly contract_id: string;
      readonly base: string;
      readonly nonce: string;
      readonly brief_sha256: string;
      /** What it judges; present exactly when it is a review. */
      readonly reviews?: Subject;
      /** What it was started as; the fields up to `source` are missing in logs of 0.2 and before. */
      readonly role?: Role;
      /** Model and effort that its program was told; `null`: its own choice. */
      readonly model?: string | null;
      readonly effort?: string | null;
      /** Why this agent. */
      readonly reason?: string;
      readonly source?: DecisionSource;
      /** The conversation of an earlier attempt that it goes on with. */
      readonly session?: string;
      /** It is what a person did by hand, and has no agent. */
      readonly person?: ByHand;
      /** Ids of what earlier runs learned that its brief holds; absent: none. */
      readonly learned?: readonly string[];
    })
  | (OfAttempt & {
      readonly event: 'attempt_finished';
      readonly ending: Ending;
      readonly reason: string;
      readonly exit_code: number | null;
      /** Present exactly when `ending` is `done`. */
      readonly commit?: string;
      readonly tree?: string;
      readonly files_changed?: number;
      /** What it changed, as scope entries; many paths are given by their directories. */
      readonly touches?: readonly string[];
    })
  | EnvironmentEvent
  | AuthoringEvent
  | ImportEvent
  /** What the program of a spoken agent says of its attempt: a claim, but the only source for what it used. */
  | (OfAttempt & {
      readonly event: 'agent_reported';
      readonly family: AgentFamily;
      readonly how: 'completed' | 'failed' | 'cancelled';
      readonly failure: FailureClass | null;
      readonly status: number | null;
      readonly message: string;
      readonly session: string | null;
      readonly model: string | null;
      /** Version of the program. */
      readonly program: string | null;
      readonly usage: Usage;
      /** Warnings of the radar that it was told while it worked, `<other task>-<hash of the paths>`. */
      readonly told?: readonly string[];
    })
  /** A spoken agent asks for leave that no rule gives; the gate `ask:<attempt>:<id>` is opened with it. */
  | (OfAttempt & {
      readonly event: 'permission_asked';
      readonly ask: string;
      readonly kind: PermissionAsk['kind'];
      readonly tool: string;
      readonly command: string | null;
      readonly what: string;
    })
  /** No attempt starts on this lane before `until` (UTC), or, if that is `null`, before a person says so. */
  | {
      readonly event: 'lane_parked';
      readonly lane: string;
      readonly failure: FailureClass;
      readonly until: string | null;
      /** Whether the vendor said when, or we guess. */
      readonly known: 'reported' | 'estimated';
      /** How the end is known; missing in logs of 0.2 and before, and where there is none. */
      readonly by?: ToldBy | 'guess';
      readonly message: string;
    }
  /** What the program of an agent told of the limits of its account: percent used, and when the window begins anew (UTC). */
  | {
      readonly event: 'lane_told';
      readonly lane: string;
      readonly agent: string;
      readonly windows: readonly {
        readonly window: string;
        readonly used?: number;
        readonly resets?: string;
        readonly left?: string;
        readonly by: ToldBy;
      }[];
    }
  /** The limit of a parked lane is over, and it rests on: until the quiet hours end, or, with `until` null, until a person says so. */
  | {
      readonly event: 'lane_held';
      readonly lane: string;
      readonly until: string | null;
      readonly why: 'quiet-hours' | 'unattended';
    }
  | { readonly event: 'lane_opened'; readonly lane: string; readonly by: string }
  /** An agent that is named cannot be started on this machine; `to` plays for it, or, if that is `null`, nobody. */
  | {
      readonly event: 'agent_degraded';
      readonly role: WantedAs;
      readonly from: string;
      readonly to: string | null;
      readonly why: string;
    }
  /** It can be started again, and plays for itself. */
  | { readonly event: 'agent_restored'; readonly role: WantedAs; readonly agent: string }
  /** A planning attempt ended well: this is the sub-plan that it wrote, its tasks named as tasks of the run. */
  | (OfAttempt & {
      readonly event: 'subplan_written';
      readonly kind: PlanKind;
      readonly sha256: string;
      /** No finding of it is an error. */
      readonly clean: boolean;
      readonly tasks: readonly PlanTask[];
    })
  /** A person changed the sub-plan before approving it: this is what it says now. */
  | {
      readonly event: 'subplan_edited';
      readonly task: string;
      readonly by: string;
      readonly kind: PlanKind;
      readonly sha256: string;
      readonly clean: boolean;
      readonly tasks: readonly PlanTask[];
    }
  | {
      readonly event: 'subplan_approved';
      readonly task: string;
      readonly sha256: string;
      readonly by: string;
      readonly how: string;
    }
  | { readonly event: 'subplan_rejected'; readonly task: string; readonly by: string; readonly reason: string }
  | (OfAttempt & { readonly event: 'attempt_voided'; readonly reason: string })
  | (OfAttempt & {
      readonly event: 'digest_recorded';
      readonly contract_id: string;
      /** `derived`: the agent wrote none that is valid; this one was made from what git shows. */
      readonly source: 'agent' | 'derived';
      readonly status: 'completed' | 'blocked' | 'failed';
      readonly summary: string;
      readonly sha256: string;
      /** What the agent says against findings of a review. */
      readonly disputes?: readonly { readonly finding: string; readonly argument: string }[];
      /** What it says it did otherwise than the plan says, decided, and would do again; absent: nothing. */
      readonly deviations?: readonly string[];
      readonly decisions?: readonly string[];
      readonly patterns?: readonly string[];
    })
  | (OfAttempt & {
      readonly event: 'contract_violation';
      readonly contract_id: string;
      readonly problems: readonly string[];
    })
  | RepairEvent
  | ReviewEvent
  | SteerEvent
  | (OfAttempt & { readonly event: 'snapshot_taken'; readonly commit: string; readonly ref: string })
  /** Two tasks under way do not go together as they stand: their newest snapshots conflict. */
  | {
      readonly event: 'conflict_foreseen';
      readonly tasks: readonly [string, string];
      readonly attempts: readonly [number, number];
      readonly paths: readonly string[];
    }
  | { readonly event: 'conflict_cleared'; readonly tasks: readonly [string, string] }
  /** Files that are in no snapshot: told once each while an agent works. */
  | (OfAttempt & {
      readonly event: 'snapshot_skipped';
      readonly why: 'large' | 'unreadable' | 'repository';
      /** The first fifty. */
      readonly paths: readonly string[];
      readonly count: number;
    })
  /** Files of the user's checkout became others while these attempts (`T3#2`) were at work: a person did it, or one of their agents. */
  | {
      readonly event: 'checkout_changed';
      readonly attempts: readonly string[];
      /** The first fifty. */
      readonly paths: readonly string[];
      readonly count: number;
    }
  /** Somebody took the worktree away while the agent was at work in it, or put something else in its place. */
  | (OfAttempt & {
      readonly event: 'worktree_vanished';
      readonly failure: 'vanished';
      readonly how: 'missing' | 'replaced';
      /** The last snapshot of it, with which the next attempt begins. */
      readonly snapshot: string | null;
    })
  | (OfAttempt & {
      readonly event: 'scope_violated';
      readonly paths: readonly string[];
      readonly policy: 'reject' | 'revert' | 'ask';
    })
  /** What the witness found in a change, before it is verified. */
  | (OfAttempt & {
      readonly event: 'change_examined';
      readonly commit: string;
      readonly tree: string;
      readonly findings: readonly WitnessFinding[];
      /** `asked`: the gate `witness:<task>#<attempt>` decides. */
      readonly verdict: 'passed' | 'warned' | 'rejected' | 'asked';
      /** What git ignores and the attempt wrote outside of its scope: never committed; directories end in `/`. */
      readonly ignored?: readonly string[];
    })
  | (OfAttempt & { readonly event: 'witness_failed'; readonly claim: string; readonly check: string })
  /** The verified work, with the tests that it changed as they were: what the commands that had passed came to on that tree. */
  | (OfAttempt &
      Verification & {
        readonly event: 'old_tests_tried';
        /** The work that it is about; `commit` and `tree` are those with the old tests. */
        readonly of: string;
        readonly base: string;
        /** Tests that were put back, at most fifty. */
        readonly paths: readonly string[];
        /** `passed`: there is nothing to say. `asked`: the gate `witness:<task>.<attempt>` decides. */
        readonly verdict: OldTestsVerdict;
        /** The task lets tests change, or a person has accepted it: what fails there is no surprise. */
        readonly allowed?: true;
        /** What is said of it; absent when there is nothing to say. */
        readonly finding?: WitnessFinding;
      })
  | (OfAttempt & {
      readonly event: 'verification_started';
      readonly tree: string;
      readonly base: string;
      /** Of the tree that the merge queue wants to land, not of the attempt's own. */
      readonly landing: boolean;
    } & OfTrain)
  | (OfAttempt &
      Verification & {
        readonly event: 'verification_finished';
        readonly base: string;
        readonly landing: boolean;
      } & OfTrain)
  /** An agent that was handed a conflict left out lines of one side, and did not say so. */
  | (OfAttempt & { readonly event: 'loss_found'; readonly losses: readonly Loss[] })
  /** A command failed on a tree, and passed on the very same tree. */
  | (OfAttempt & { readonly event: 'verification_flaked'; readonly tree: string; readonly command: string })
  /** The merge queue looked who would conflict with the tip: those in `tasks` would not. */
  | { readonly event: 'queue_predicted'; readonly base: string; readonly tasks: readonly string[] }
  /** Tasks of the merge queue were carried one upon the other onto `base`, to be verified and landed as one. */
  | {
      readonly event: 'train_started';
      readonly train: number;
      readonly base: string;
      readonly cars: readonly Car[];
      /** Trains that it takes the place of. */
      readonly joins: readonly number[];
      /** Others that wait and do not conflict with `base`. */
      readonly clean: readonly string[];
    }
  /** Files of a task got numbers on the tree that they are to land on. */
  | (OfAttempt & {
      readonly event: 'numbers_given';
      readonly train: number;
      readonly files: readonly { readonly from: string; readonly to: string }[];
    })
  /** A train was given up; its tasks wait again. */
  | { readonly event: 'train_dropped'; readonly train: number; readonly reason: string }
  /** On top of what stands before it in its train a task did not pass, again and again; without it that did. */
  | (OfAttempt & {
      readonly event: 'landing_rejected';
      readonly train: number;
      readonly failed?: FailedCheck;
      /** Tasks whose changes it had not seen: those that landed since it began, and those before it in the train. */
      readonly with: readonly string[];
    })
  | (OfAttempt & {
      readonly event: 'merge_started';
      readonly base: string;
      readonly commit: string;
      readonly tree: string;
    })
  | (OfAttempt & {
      readonly event: 'merge_conflicted';
      readonly base: string;
      readonly paths: readonly string[];
      /** Tasks that landed meanwhile and changed these paths. */
      readonly with?: readonly string[];
      /** What would have vanished in a merge that git called clean. */
      readonly lost?: readonly Loss[];
    })
  | (OfAttempt & {
      readonly event: 'merge_finished';
      readonly base: string;
      readonly commit: string;
      readonly tree: string;
      readonly adopted: boolean;
    })
  | (OfAttempt & {
      readonly event: 'worktree_removed';
      /** Why nothing was lost with it. Logs of 0.1 and before have none. */
      readonly proof?: RemovalProof;
    })
  /** A task failed so often in the same way that nothing more starts for it until the gate `circuit:<task>` is answered. */
  | {
      readonly event: 'circuit_opened';
      readonly task: string;
      readonly signature: string;
      readonly count: number;
      readonly what: string;
      readonly agents: readonly string[];
    }
  | { readonly event: 'task_failed'; readonly task: string; readonly reason: string }
  | { readonly event: 'task_reopened'; readonly task: string; readonly by: string; readonly advice?: string }
  | (Verification & {
      readonly event: 'branch_verified';
      /** The tip of the run branch whose end this is, where the commit is a merge of it; else it is the commit. */
      readonly of?: string;
      /** Commands that failed on this tree before they passed on it. */
      readonly flaked?: readonly string[];
    })
  /** The commands of a stop of the plan ran on the run branch. */
  | (Verification & { readonly event: 'stop_checked'; readonly stop: string; readonly flaked?: readonly string[] })
  | FinishEvent
  | { readonly event: 'finish_refused'; readonly choice: FinishChoice; readonly reason: string; readonly hint: string }
  | { readonly event: 'run_cancelled'; readonly by: string; readonly reason: string }
  | {
      readonly event: 'run_completed';
      readonly outcome: FinishChoice;
      readonly branch: string;
      readonly commit: string;
      /** What of the plan nothing proves, and what was waived, by name; logs of 0.2 and before do not say. */
      readonly missing?: readonly string[];
      readonly waived?: readonly string[];
    }
  | {
      readonly event: 'recovered';
      readonly attached: readonly string[];
      readonly adopted: readonly string[];
      readonly lost: readonly string[];
    }
  | { readonly event: 'log_repaired'; readonly cut_bytes: number; readonly kept_in: string }
  | { readonly event: 'anomaly'; readonly what: string; readonly detail: string };

/** Name of an event. */
export type EventName = RunEvent['event'];

/** What the log adds to an event when it writes it. */
export interface Stamp {
  /** Dense, from 1. */
  readonly seq: number;
  /** UTC with milliseconds, stamped by the program. */
  readonly ts: string;
  /** Generation of the lock under which it was written: never goes back. */
  readonly fence: number;
  /** Present on every line of a group but its last: a crash keeps a group whole or cuts it whole. */
  readonly more?: true;
  /** Id of the request that it answers; a second delivery of the same request changes nothing. */
  readonly request?: string;
}

export type RecordedEvent = RunEvent & Stamp;

/** `T3#2`: the second attempt of task T3. */
export function attemptName(task: string, attempt: number): string {
  return `${task}#${attempt}`;
}
