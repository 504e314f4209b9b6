import type { FailureClass } from '../agents/failure.ts';
import type { RunState, TaskState } from './state.ts';

/** Why a ready task may not start now, given what is under way and what is about to start. */
export type Obstacle =
  /** All agents at work that are allowed: altogether, of one agent, of one account (lane), of one family. */
  | {
      readonly kind: 'no-free-agent';
      readonly limit: number;
      readonly agent?: string;
      readonly lane?: string;
      readonly family?: string;
    }
  /** `run`: it is a task of another run in this repository. */
  | { readonly kind: 'scope-in-use'; readonly by: string; readonly run?: string }
  /** What both did so far conflicts: it waits for the other one to land, and then begins with its changes. */
  | { readonly kind: 'foreseen'; readonly by: string; readonly paths: readonly string[] }
  /** Things of a class are in use; `by` is empty when there are fewer of them than the task needs. */
  | {
      readonly kind: 'resource';
      readonly resource: string;
      readonly needs: number;
      readonly there: number;
      readonly by: readonly string[];
    }
  /** An earlier wave is not over. */
  | { readonly kind: 'wave'; readonly wave: number; readonly by: readonly string[] }
  /** Worktrees could not be made ready: its own, or those of several tasks. */
  | { readonly kind: 'unready'; readonly words: string; readonly gate: string }
  | { readonly kind: 'budget'; readonly words: string; readonly gate: string }
  | {
      readonly kind: 'lane-parked';
      readonly agent: string;
      readonly failure: FailureClass;
      readonly until: number | null;
    }
  /** It failed in the same way again and again: a person is asked. */
  | { readonly kind: 'circuit'; readonly gate: string; readonly words: string }
  /** The plan says that something must be settled or validated first. */
  | { readonly kind: 'stop'; readonly gate: string; readonly words: string; readonly options: readonly string[] }
  /** A gate has to be answered first. */
  | { readonly kind: 'gate'; readonly gate: string; readonly words: string; readonly answer: string }
  /** A person paused the run. */
  | { readonly kind: 'paused'; readonly words: string }
  /** The verb that was typed ends before it. */
  | { readonly kind: 'beyond'; readonly until: 'spec' | 'plan' }
  /** It has failed as often as it may: that is about to be recorded. */
  | { readonly kind: 'given-up' }
  /** The merge queue sent it back because of tasks that are about to land: it goes on when it can see their changes. */
  | { readonly kind: 'partner'; readonly by: readonly string[] }
  /** The merge queue sent it back too often: a person is asked. */
  | { readonly kind: 'sent-back'; readonly gate: string }
  /** The machine has no room: its slots are with other runs, or memory, load or disk are beyond their limits. */
  | { readonly kind: 'machine'; readonly words: string };

/** The scope of a task that another run has under way in the same repository. */
export interface ElsewhereScope {
  readonly run: string;
  readonly task: string;
  readonly scope: readonly string[];
}

/** What the machine has for this run now, beyond what the run has under way; absent: nothing is known of any limit. */
export interface Room {
  /** Agents that may be started beside those at work. */
  readonly agents?: number;
  /** How many of each class of things other runs have in their hands. */
  readonly taken?: Readonly<Record<string, number>>;
  /** Scopes that other runs in this repository have in use. */
  readonly scopes?: readonly ElsewhereScope[];
  /** Why nothing may be started at all, in words. */
  readonly closed?: string;
}

/** Whether a task may not be tried again, and what is used up. */
export function exhausted(task: TaskState, state: RunState): 'failures' | 'losses' | undefined {
  const { settings } = state;
  if (settings === undefined) return undefined;
  // Of a unit that is repeated, the rounds are its attempts.
  if (task.failures >= (task.task.loop?.rounds ?? settings.attempts)) return 'failures';
  return task.losses >= settings.losses ? 'losses' : undefined;
}
