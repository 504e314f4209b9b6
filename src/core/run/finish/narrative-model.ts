import type { Usage } from '../../agents/event.ts';

/** One thing that it says, and the tasks that show it. */
export interface Remark {
  readonly text: string;
  readonly tasks: readonly string[];
}

/** What it says. */
export interface Narrative {
  readonly summary: string;
  readonly went_well: readonly Remark[];
  readonly went_badly: readonly Remark[];
  readonly next_time: readonly Remark[];
}

export type NarrativeEnding = 'done' | 'failed' | 'timed_out' | 'contract_violation' | 'cancelled' | 'lost';

/** What is known of it. */
export interface NarrativeState {
  readonly agent: string;
  readonly model?: string;
  readonly nonce: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  told?: {
    readonly at: number;
    readonly ending: NarrativeEnding;
    readonly reason: string;
    readonly said?: Narrative;
    readonly model?: string;
    readonly usage?: Usage;
  };
}
