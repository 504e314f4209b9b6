import type { BalanceItem } from './balance.ts';
import type { Usage } from '../../agents/event.ts';
import type { ForgeOffer } from './forge.ts';
import type { Narrative, NarrativeEnding } from './narrative-model.ts';

/** What happens at the stops of a plan, and at the end of a run. */
export type FinishEvent =
  /** A person does without criteria, rows or sentences of the plan. */
  | {
      readonly event: 'criteria_waived';
      readonly criteria: readonly string[];
      readonly by: string;
      readonly reason: string;
    }
  /** What the finished branch proves of its plan, and what can be done with it. */
  | {
      readonly event: 'balance_drawn';
      /** The tip of the run branch. */
      readonly of: string;
      /** The commit that would be merged, and why it is not the tip. */
      readonly commit: string;
      readonly onto: 'fast-forward' | 'merge-commit' | 'conflict' | 'landed' | 'gone';
      readonly conflicts?: readonly string[];
      readonly items: readonly BalanceItem[];
      readonly forge: ForgeOffer;
    }
  /** The work of one pull request of the plan, on a branch of its own. */
  | {
      readonly event: 'unit_branched';
      /** The tip of the run branch that its work was taken from. */
      readonly of: string;
      readonly task: string;
      readonly branch: string;
      readonly commit: string;
      /** The branch that it stands on: that of another unit, or the base branch. */
      readonly base: string;
      /** It could not be put there, so it stands on all that had landed before it. */
      readonly stacked?: 'conflict';
    }
  | {
      readonly event: 'branch_pushed';
      readonly remote: string;
      readonly branch: string;
      readonly commit: string;
      /** It was there already. */
      readonly adopted: boolean;
    }
  | {
      readonly event: 'pull_request_opened';
      readonly tool: string;
      readonly branch: string;
      readonly base: string;
      readonly title: string;
      readonly url: string;
      /** There was one for this branch already. */
      readonly adopted: boolean;
      /** The unit that it is of; absent: the whole run. */
      readonly task?: string;
    }
  /** An agent is asked what it makes of the run that is over: the intent, before it is started. Never twice. */
  | {
      readonly event: 'narrative_asked';
      readonly agent: string;
      readonly model: string | null;
      readonly nonce: string;
      readonly brief_sha256: string;
    }
  /** What it said, as far as it names tasks of the run, and what it used. */
  | {
      readonly event: 'narrative_told';
      readonly agent: string;
      /** As its program says, else as it was asked for. */
      readonly model: string | null;
      readonly ending: NarrativeEnding;
      readonly reason: string;
      /** Present exactly when `ending` is `done`. */
      readonly said?: Narrative;
      readonly usage?: Usage;
      readonly duration_ms: number;
    }
  /** Nothing more happens to the run. */
  | { readonly event: 'run_archived'; readonly path: string };
