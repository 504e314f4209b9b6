import type { FailedCheck } from '../failed-check.ts';
import type { Balance } from './balance.ts';
import type { ForgeOffer } from './forge.ts';
import type { NarrativeState } from './narrative-model.ts';

/** How a stop of the plan came to be open. */
export interface Opened {
  readonly answer: string;
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What the person said with it. */
  readonly note?: string;
}

/** What the commands of a stop came to. */
export interface StopCheck {
  /** How often they ran. */
  readonly times: number;
  readonly passed: boolean;
  readonly evidence: string;
  readonly failed?: FailedCheck;
  /** A person wants to see them run again. */
  readonly again?: true;
}

/** What is known of the end of a run. */
export interface EndState {
  balance?: Balance & {
    readonly commit: string;
    readonly onto: 'fast-forward' | 'merge-commit' | 'conflict' | 'landed' | 'gone';
    readonly conflicts?: readonly string[];
    readonly forge: ForgeOffer;
  };
  /** The tip that the branches of units were made of. */
  unitsOf?: string;
  /** Branches of units, by task. */
  branches?: Record<string, { readonly branch: string; readonly commit: string; readonly base: string }>;
  /** Commits that were pushed, by branch. */
  pushed?: Record<string, string>;
  /** Addresses of pull requests, by branch. */
  requests?: Record<string, string>;
  missing?: readonly string[];
  waived?: readonly string[];
  /** What an agent makes of the run. */
  narrative?: NarrativeState;
  archived?: string;
}
