import type { Authored } from '../plan/model.ts';
import type { RunEvent } from './event.ts';
import type { Subject } from './review/ledger.ts';
import type { Car } from './queue/train.ts';
import type { Assignment } from './routing.ts';
import type { FinishChoice } from './settings.ts';
import type { Candidate } from './state.ts';

/**
 * Something that should be in flight. The key is made of what the effect is about and nothing else, so the same effect
 * asked for twice is one effect, also across a crash.
 */
export type Effect =
  /** Make the private repository and the run branch, and note what the user's git directory looks like. */
  | { readonly type: 'prepare'; readonly key: string }
  /** Carry one attempt from its brief to its digest. */
  | {
      readonly type: 'work';
      readonly key: string;
      readonly task: string;
      readonly attempt: number;
      readonly base: string;
      readonly agent: string;
      /** As what, with which model, and why this agent: of an attempt that has not started. */
      readonly assignment?: Assignment;
      /** It writes the task's sub-plan instead of doing the work. */
      readonly plans: boolean;
      /** It writes a document of the run. */
      readonly authors?: Authored;
      /** Its start is in the log already. */
      readonly started: boolean;
      /** The run is over: end it, wherever it is, and keep its work. */
      readonly end: boolean;
      /** It judges the work of another attempt instead of doing any. */
      readonly reviews?: Subject;
    }
  /** Run the verify commands on a clean checkout. `landing`: of the tree that the merge queue wants to land. */
  | {
      readonly type: 'verify';
      readonly key: string;
      readonly task: string;
      readonly attempt: number;
      readonly subject: Candidate;
      readonly commands: readonly string[];
      readonly landing: boolean;
      /** Which tree of a train it is of. */
      readonly train?: { readonly id: number; readonly cars: number };
    }
  /** Find out which of these tasks of the merge queue would conflict with the tip, in the private repository. */
  | {
      readonly type: 'predict';
      readonly key: string;
      readonly base: string;
      readonly tasks: readonly { readonly task: string; readonly attempt: number }[];
    }
  /** Carry tasks of the merge queue one upon the other onto the tip of the run branch, in the private repository. */
  | {
      readonly type: 'assemble';
      readonly key: string;
      readonly train: number;
      readonly base: string;
      /** At most this many of those in `from` ride. */
      readonly limit: number;
      readonly from: readonly { readonly task: string; readonly attempt: number }[];
      readonly joins: readonly number[];
    }
  /** Move the run branch to the end of a train whose tree is verified. */
  | {
      readonly type: 'merge';
      readonly key: string;
      readonly base: string;
      readonly cars: readonly Car[];
    }
  /** Remove the worktree of an attempt that has ended. */
  | { readonly type: 'tidy'; readonly key: string; readonly task: string; readonly attempt: number }
  /** Run the plan's global verification on the finished branch. */
  | {
      readonly type: 'verify-branch';
      readonly key: string;
      readonly commit: string;
      readonly commands: readonly string[];
    }
  /** Run the commands of a stop of the plan on the run branch. */
  | {
      readonly type: 'check-stop';
      readonly key: string;
      readonly stop: string;
      readonly commit: string;
      readonly commands: readonly string[];
    }
  /** Give each pull request of the plan a branch of its own. */
  | { readonly type: 'branch-units'; readonly key: string; readonly commit: string }
  /** Find out what the finished branch proves of the plan, and what can be done with it. */
  | { readonly type: 'draw-balance'; readonly key: string; readonly commit: string }
  /** Ask an agent, once, what it makes of the run that is over; `begun`: it was asked already. */
  | {
      readonly type: 'narrate';
      readonly key: string;
      readonly agent: string;
      readonly model?: string;
      readonly effort?: string;
      readonly begun: boolean;
    }
  /** Leave what is to be left of a run that is over, last of all. */
  | { readonly type: 'archive'; readonly key: string }
  /** Put the run branch back where the log says it was. */
  | { readonly type: 'restore'; readonly key: string; readonly commit: string; readonly displacedTo: string | null }
  /** Do with the finished branch what was chosen. */
  | { readonly type: 'finish'; readonly key: string; readonly choice: FinishChoice; readonly commit: string }
  /** Open a parked lane again at this time; milliseconds since 1970. */
  | { readonly type: 'wait'; readonly key: string; readonly lane: string; readonly until: number }
  /** Answer a gate with its default when nobody has by then; milliseconds since 1970. */
  | {
      readonly type: 'expire';
      readonly key: string;
      readonly gate: string;
      readonly until: number;
      readonly answer: string;
    }
  /** Write down what follows from the state alone. */
  | { readonly type: 'record'; readonly key: string; readonly events: readonly RunEvent[] };

export type EffectType = Effect['type'];
export type EffectOf<T extends EffectType> = Extract<Effect, { type: T }>;
