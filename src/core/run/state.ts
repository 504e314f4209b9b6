import type { Usage } from '../agents/event.ts';
import type { FailureClass } from '../agents/failure.ts';
import type { Lease } from '../environment/lease.ts';
import type { PlanKind, PlanTask } from '../plan/model.ts';
import type { PlanTerms } from '../plan/terms.ts';
import type { KnownWindow, ToldBy } from './lane-windows.ts';
import type { PermissionAsk } from '../agents/event.ts';
import type { Train } from './queue/train.ts';
import type { Authoring, WrittenDocument } from './authoring/model.ts';
import type { Role } from './role.ts';
import type { ByHand, CommandResult, Ending, Expected, FailedCheck, Shortage } from './event.ts';
import type { FailedSetup } from './environment-event.ts';
import type { Evidence, ImportKind, Verdict } from './import-event.ts';
import type { FailureGroup } from './failures/group.ts';
import type { EndState, Opened, StopCheck } from './finish/state.ts';
import type { ReviewLedger, Subject } from './review/ledger.ts';
import type { FinishChoice, RecordedKey, RunSettings } from './settings.ts';
import type { WitnessFinding } from '../witness/change.ts';
import type { OldTestsVerdict } from '../witness/old-tests.ts';

/** One try of a task. */
export interface Attempt {
  readonly number: number;
  readonly agent: string;
  /** What it was started as, with which model and effort, and why this agent; attempts of old logs have none of it. */
  readonly role?: Role;
  readonly model?: string;
  readonly effort?: string;
  readonly why?: string;
  /** The conversation of an earlier attempt that it went on with. */
  readonly session?: string;
  readonly base: string;
  readonly nonce: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  ended?: { readonly at: number; readonly ending: Ending | 'voided' | 'rejected'; readonly reason: string };
  /** What it changed, as scope entries, once it is done. */
  touches?: readonly string[];
  /** What the next attempt should know: the check that failed, the paths that were out of scope, the conflict. */
  lesson?: {
    readonly what: string;
    readonly paths: readonly string[];
    readonly check?: FailedCheck;
    /** The merge queue sent it back: the tasks that it did not go together with. */
    readonly with?: readonly string[];
  };
  /** The last evidence about its work. */
  evidence?: {
    readonly tree: string;
    readonly passed: boolean;
    readonly landing: boolean;
    readonly path: string;
    readonly environment?: string;
    readonly results: readonly CommandResult[];
  };
  /** What the witness found in its change, and what follows from it. */
  examined?: {
    readonly commit: string;
    readonly findings: readonly WitnessFinding[];
    readonly verdict: 'passed' | 'warned' | 'rejected' | 'asked';
    /** What a person said at the gate. */
    answer?: string;
  };
  /** What came of its work with the tests that it changed as they were; absent: it was not tried. */
  oldTests?: { readonly of: string; readonly verdict: OldTestsVerdict; readonly evidence: string };
  /** What was wrong with its digest, for which its agent was started once more. */
  repair?: readonly string[];
  /** First words of its digest. */
  summary?: string;
  /** What its program reported in the end. */
  report?: {
    readonly session: string | null;
    readonly usage: Usage;
    readonly model?: string;
    readonly failure?: FailureClass;
  };
  /** Where its work is kept when it did not land. */
  snapshot?: string;
  worktree: 'open' | 'removed';
  /** What it judges; present exactly when it is a review. */
  readonly subject?: Subject;
  /** It is what a person did by hand. */
  readonly person?: ByHand;
  /** How many files it changed; known when it is done. */
  changed?: number;
  /** A person took the task away from it, or changed the task: nothing of it lands as it is. */
  left?: true;
  /** Its work was good enough to be reviewed, and is gone on with by the next attempt. */
  sentBack?: true;
  /** What its worktree leases, once its set-up has begun. */
  lease?: Lease;
  setup?: 'running' | 'passed' | 'failed' | 'cleared';
  /** When its worktree was ready, milliseconds since 1970: what is younger is the agent's. */
  ready?: number;
  /** Files that were put there, which are no part of its work. */
  put?: readonly string[];
  /** Its worktree was taken away: the snapshot with which the next attempt begins, if there is one. */
  vanished?: { readonly snapshot: string | null };
  /** Questions that it waits or waited for, by their id; the answer once there is one. */
  asks?: Record<string, { readonly command: string | null; readonly about?: Asked; answer?: string }>;
}

/** A commit that stands for an attempt's work on some base. */
export interface Candidate {
  readonly base: string;
  readonly commit: string;
  readonly tree: string;
}

/** A question, as far as it is told from others. */
export interface Asked {
  readonly kind: PermissionAsk['kind'];
  readonly tool: string;
  readonly command: string | null;
  readonly what: string;
}

/** A question that need not be asked any more; without a task, of no task of the run. */
export interface Leave extends Asked {
  readonly task?: string;
}

/** Where a task goes that a person took out of what it was at. */
export type Leaving =
  | { readonly to: 'waived'; readonly by: string; readonly reason: string }
  /** The plan has it no more. */
  | { readonly to: 'dropped'; readonly by: string }
  /** A person does it by hand. */
  | { readonly to: 'attached'; readonly by: string }
  /** It begins again, with what was done so far as far as that fits. */
  | { readonly to: 'pending'; readonly by: string }
  /** Its work stays, and is proven again. */
  | { readonly to: 'verifying'; readonly by: string };

/** Where a task is, holding only what is valid there. */
export type Progress =
  | { readonly status: 'pending' }
  | { readonly status: 'working'; readonly attempt: number }
  | { readonly status: 'verifying'; readonly attempt: number; readonly work: Candidate; readonly since: number }
  | {
      readonly status: 'merging';
      readonly attempt: number;
      readonly work: Candidate;
      readonly since: number;
      /** The work carried onto a tip of the run branch: what will land if that tip is still the tip. */
      readonly landing?: Candidate;
    }
  /** Its verified work is judged by another agent before it may land. */
  | {
      readonly status: 'reviewing';
      /** The attempt whose work it is. */
      readonly attempt: number;
      readonly work: Candidate;
      readonly since: number;
      /** Number of the attempt that reviews it now; absent: nobody does. */
      readonly reviewer?: number;
    }
  /** Its sub-plan waits for approval. */
  | { readonly status: 'planned'; readonly attempt: number; readonly since: number }
  /** Its sub-plan is being carried out; it is merged when the last task of that is. */
  | { readonly status: 'unfolded'; readonly attempt: number; readonly since: number }
  | {
      readonly status: 'merged';
      readonly attempt: number;
      readonly commit: string;
      readonly at: number;
      /** Tree of what landed. */
      readonly tree?: string;
    }
  | { readonly status: 'failed'; readonly reason: string }
  /** A person said that it needs no proof: over, and never done. */
  | { readonly status: 'waived'; readonly by: string; readonly reason: string; readonly at: number }
  /** A person does it by hand, from `base` on. */
  | { readonly status: 'attached'; readonly by: string; readonly at: number; readonly base: string }
  /** The plan was amended, and has it no more. */
  | { readonly status: 'dropped'; readonly by: string; readonly at: number };

export interface TaskState {
  /** Its definition; an amendment of the plan may put another one in its place. */
  task: PlanTask;
  progress: Progress;
  readonly attempts: Attempt[];
  /** Attempts that count against the budget since the task was last opened. */
  failures: number;
  losses: number;
  /** How often the merge queue sent it back since it was last opened. */
  returns?: number;
  /** The task whose sub-plan this one belongs to. */
  readonly parent?: string;
  /** What a person said when its circuit was open: attempts before `from` no longer count. */
  /** Who does it by hand, until it landed or they gave it back: what they returned and did not hold comes back to them. */
  holder?: string;
  /** Where it goes when the attempt at work is over, which is being ended. */
  leaving?: Leaving;
  circuit?: {
    readonly from: number;
    readonly advice?: string;
    readonly agent?: string;
    /** Steps of the ladder that a policy has tried. */
    readonly rungs?: number;
    /** Whoever plays `architecture` has it. */
    readonly stronger?: true;
    /** It was taken apart: planned first though its plan does not say so. */
    readonly split?: true;
  };
  /** What a person said about who does it. */
  routing?: 'confirm' | 'implementer';
  /** What its last planning attempt wrote. */
  subplan?: Subplan;
  /** What its last attempt wrote, of a task that writes a document of the run. */
  document?: WrittenDocument;
  /** What it was found to be when the run was imported. */
  takenOver?: { readonly verdict: Verdict; readonly evidence: readonly Evidence[] };
  /** What reviewers found, and what became of it. */
  review?: ReviewLedger;
}

/** A sub-plan as the log knows it; its text is in the bundle, bound by the hash. */
export interface Subplan {
  readonly kind: PlanKind;
  readonly sha256: string;
  readonly clean: boolean;
  readonly tasks: readonly PlanTask[];
  /** Tasks of it that are not merged yet. */
  open: number;
}

/** The account that agents of one lane work on, as far as its limits are known. */
export interface Lane {
  /** Why nothing starts on it now; `undefined`: it is open. */
  parked:
    | {
        readonly failure: FailureClass;
        readonly until: number | null;
        readonly message: string;
        /** How the end is known. */
        readonly by?: ToldBy | 'guess';
        /** Its limit is over; why it rests all the same. */
        readonly held?: 'quiet-hours' | 'unattended';
      }
    | undefined;
  /** How often in a row it was parked without an attempt that went well. */
  tries: number;
  /** What its programs told of its limits, by the name of the window. */
  windows?: Readonly<Record<string, KnownWindow>>;
}

export interface Gate {
  readonly id: string;
  readonly question: string;
  readonly options: readonly string[];
  readonly recommended: string;
  readonly detail: readonly string[];
  readonly opened: number;
  /** When it takes its default if nobody answers, milliseconds since 1970, and which option that is; without them it waits. */
  readonly deadline?: number;
  readonly fallback?: string;
}

/** The fold of a run's log. Plain data, so that a snapshot of it is its JSON; owned and changed by `evolve` alone. */
export interface RunState {
  seq: number;
  /** Highest lock generation seen. */
  fence: number;
  /** Time of the first and last event, milliseconds since 1970. */
  created: number;
  updated: number;
  run: string;
  slug: string;
  title: string;
  kind: PlanKind;
  planPath: string;
  planSha256: string;
  verify: readonly string[];
  baseBranch: string;
  base: string;
  runBranch: string;
  /** Where the run branch stands as far as the log knows; `undefined` until it is created. */
  tip: string | undefined;
  settings: RunSettings | undefined;
  /** The keys that it was started with, and where they were given. */
  config?: readonly RecordedKey[];
  phase: 'plan' | 'execute' | 'finish' | 'over';
  approved: { readonly by: string; readonly at: number } | undefined;
  fingerprint: Readonly<Record<string, string>> | undefined;
  /** What was found changed in the user's repository, until a person answers. */
  tampered: Readonly<Record<string, string>> | undefined;
  /** Where somebody else put the run branch, until a person answers; `null`: deleted. */
  displaced: { readonly to: string | null } | undefined;
  /** A person asked to put the run branch back. */
  restoring: boolean;
  gates: Gate[];
  /** How often a person let the run, or a task of it, go on beyond its budget: each time it may use as much again. */
  raised: Record<string, number>;
  /** How many merged tasks a person has seen and let the run go on after; only where that is asked. */
  continued?: number;
  /** Commands that a person allowed for the whole run. */
  allowed: string[];
  /** What persons allowed for a task or the run, question by question. */
  leaves?: Leave[];
  /** Lanes that were ever parked, by name. */
  lanes: Record<string, Lane>;
  /** Why worktrees of these tasks could not be made ready, until a person says that it may be tried again. */
  unready?: Record<string, FailedSetup>;
  /** Who plays for agents that cannot be started here; `null`: nobody. */
  standIns: Record<string, string | null>;
  /** Ids of tasks in the order in which they were verified: the merge queue. */
  queue: string[];
  /** Parts of the merge queue that are carried onto the branch and verified together; see queue/plan.ts. */
  trains: Train[];
  nextTrain: number;
  /** Tasks of the merge queue that were looked at, and do not conflict with what had landed then. */
  predicted: string[];
  landings: Landings;
  /** Verified trees of the run branch and of candidates: `<tree>:<checks>`. */
  verified: string[];
  branchCheck:
    | {
        readonly tree: string;
        readonly commit: string;
        readonly passed: boolean;
        readonly failed?: FailedCheck;
        /** The tip that it was made for, where the commit is a merge of it. */
        readonly of?: string;
        /** Commands that passed. */
        readonly commands?: readonly string[];
        readonly evidence?: string;
      }
    | undefined;
  finishAnswer: FinishChoice | undefined;
  finishRefused: { readonly choice: FinishChoice; readonly reason: string; readonly hint: string } | undefined;
  outcome: FinishChoice | 'cancelled' | undefined;
  /** The run that a person wants to go on instead of this one, which never began. */
  instead?: string;
  /** What the plan asks for beyond its tasks. */
  terms?: PlanTerms;
  /** Stops of the plan that are open, and how they came to be. */
  opened?: Record<string, Opened>;
  /** What the commands of stops came to. */
  stopChecks?: Record<string, StopCheck>;
  /** Criteria that a person does without. */
  excused?: Record<string, Excuse>;
  /** What is known of the end of the run. */
  end?: EndState;
  /** Ids of the requests that were accepted. */
  requests: string[];
  /** Names of events that this release does not know: readable, but not to be executed. */
  unknown: string[];
  tasks: TaskState[];
  /** Commits landed, in order, with the task of each. */
  landed: { readonly task: string; readonly commit: string }[];
  /** Last events in words, newest last; at most {@link RECENT}. */
  recent: { readonly at: number; readonly text: string }[];
  /** Why nothing new starts: the machine has no room. */
  paused?: { readonly why: Shortage; readonly detail: string; readonly since: number };
  /** How long tasks are expected to take, by what earlier runs took; `usual`: any other task, minutes. */
  expected?: Readonly<Record<string, Expected>>;
  usual?: number;
  /** Where the run comes from, if it was not begun here. */
  imported?: { readonly kind: ImportKind; readonly from: string };
  /** What went wrong, recurrences together; see failures/. Absent in snapshots of a time before them. */
  failures?: Record<string, FailureGroup>;
  /** Short memory of the detectors of failures. */
  failureNotes?: Record<string, string>;
  /** Derived from `tasks`, so that nothing has to be searched; see schedule.ts. */
  schedule: Schedule;
  /** Hashes of the text of each task, and of what stands before them all; unknown in runs of older releases. */
  texts?: Readonly<Record<string, string>>;
  context?: string;
  /** Hashes of the texts that the plan had before it was amended, oldest first. */
  plans?: string[];
  /** Texts of the plan that wait for a person's word, by their gates. */
  proposals?: Readonly<Record<string, { readonly sha256: string; readonly before: string }>>;
  /** What the run knows of the idea that it begins with; absent: it began with a plan. */
  authoring?: Authoring;
  /** Tasks that do not go together as they stand; see radar.ts. */
  foreseen?: readonly Foreseen[];
}

/** What the plan asks for, and a person does without. */
export interface Excuse {
  readonly by: string;
  readonly reason: string;
  /** Said of a criterion of this task. */
  readonly task?: string;
  readonly criterion?: string;
}

/** What the merge queue has done so far. */
export interface Landings {
  landed: number;
  /** Tasks that were green alone and sent back by the queue. */
  rejected: number;
  /** Milliseconds that a verification takes, as a running mean; 0: none is known. */
  took: number;
  /** How often each command failed and passed on the same tree. */
  flakes?: Record<string, number>;
  /** The last commit that landed, and the last tree that it proved; times in milliseconds since 1970. */
  last?: { readonly commit: string; readonly tree: string; readonly at: number };
  proof?: { readonly commit: string; readonly tree: string; readonly at: number; readonly evidence: string };
}

/** Two tasks that do not go together as they stand; see radar.ts. */
export interface Foreseen {
  /** In the order of the plan. */
  readonly tasks: readonly [string, string];
  readonly attempts: readonly [number, number];
  readonly paths: readonly string[];
}

export interface Schedule {
  readonly index: Record<string, number>;
  /** Positions of the tasks in the order in which they should be dispatched. */
  readonly rank: number[];
  readonly dependents: number[][];
  /** How many needs of each task are not merged yet. */
  readonly unmet: number[];
  /** The wave of each task under `parallelism.barrier: wave`; tasks of a sub-plan are in the wave of their parent. */
  waves?: number[];
  /** Positions of pending tasks whose needs are all merged, best first. */
  ready: number[];
  /** Positions of tasks that are working, verifying or merging. */
  active: number[];
  /** Positions of tasks with an attempt whose worktree is still there though the attempt has ended. */
  untidy: number[];
  /** Positions of tasks that persons do by hand; absent: nobody ever did. */
  attached?: number[];
  /** Positions of tasks whose sub-plan waits for approval. */
  planned: number[];
  merged: number;
  failed: number;
  /** Tasks that are over without having landed: waived, or dropped from the plan. */
  settled?: number;
}

/** How many past events a state keeps in words. */
export const RECENT = 12;

/** State before the first event. */
export function emptyState(): RunState {
  return {
    seq: 0,
    fence: 0,
    created: 0,
    updated: 0,
    run: '',
    slug: '',
    title: '',
    kind: 'task',
    planPath: '',
    planSha256: '',
    verify: [],
    baseBranch: '',
    base: '',
    runBranch: '',
    tip: undefined,
    settings: undefined,
    phase: 'plan',
    approved: undefined,
    fingerprint: undefined,
    tampered: undefined,
    displaced: undefined,
    restoring: false,
    gates: [],
    raised: {},
    allowed: [],
    lanes: {},
    standIns: {},
    queue: [],
    trains: [],
    nextTrain: 1,
    predicted: [],
    landings: { landed: 0, rejected: 0, took: 0 },
    verified: [],
    branchCheck: undefined,
    finishAnswer: undefined,
    finishRefused: undefined,
    outcome: undefined,
    requests: [],
    unknown: [],
    tasks: [],
    landed: [],
    recent: [],
    failures: {},
    failureNotes: {},
    schedule: {
      index: {},
      rank: [],
      dependents: [],
      unmet: [],
      ready: [],
      active: [],
      untidy: [],
      planned: [],
      merged: 0,
      failed: 0,
    },
  };
}

/** The task with that id, if the plan has one. */
export function taskOf(state: RunState, id: string): TaskState | undefined {
  const at = state.schedule.index[id];
  return at === undefined ? undefined : state.tasks[at];
}

/** Whether the next attempt of a task writes its sub-plan; what carries such a task out are the tasks of that. */
export function plansFirst(task: TaskState): boolean {
  return task.task.planFirst !== undefined;
}

/** The attempt that a task is on, or was last on. */
export function lastAttempt(task: TaskState): Attempt | undefined {
  return task.attempts[task.attempts.length - 1];
}

/** The last attempt that did the task's own work: reviews are attempts, too. */
export function lastWork(task: TaskState): Attempt | undefined {
  return task.attempts.findLast(({ subject }) => subject === undefined);
}

/** Whether nothing is left to be done for a task: it landed, or a person said that it need not. Whoever needs it may begin. */
export function isOver({ progress }: Pick<TaskState, 'progress'>): boolean {
  return progress.status === 'merged' || progress.status === 'waived' || progress.status === 'dropped';
}

/** Whether a person took a task out of the plan, be it that the agent who was at work on it has not ended yet. */
export function isDropped({ progress, leaving }: TaskState): boolean {
  return progress.status === 'dropped' || leaving?.to === 'dropped';
}

/** Whether an agent is busy with a task: doing its work, or reviewing it. */
export function isAtWork({ progress }: TaskState): boolean {
  return progress.status === 'working' || (progress.status === 'reviewing' && progress.reviewer !== undefined);
}
