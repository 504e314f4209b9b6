import type { Passed } from '../retro/chronicle.ts';

/** What attempts came to and cost, of one task, role, agent, model or vendor. Durations are milliseconds. */
export interface StatsRow {
  readonly key: string;
  readonly attempts: number;
  /** Attempts whose work landed, of a planning attempt: whose sub-plan was approved. */
  readonly landed: number;
  /** Attempts that came to nothing by their own fault. */
  readonly failed: number;
  /** Time of its agents. */
  readonly ms: number;
  readonly tokens: number;
  /** US dollars, as far as they are known. */
  readonly cost: number;
  /** Attempts whose cost nobody knows: not in `cost`, and never zero. */
  readonly costUnknown: number;
}

/** Groupings of the rows, in the order in which they are shown. */
export const GROUPINGS = ['task', 'role', 'agent', 'model', 'vendor'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface StatsFailure {
  readonly class: string;
  readonly signature: string;
  readonly count: number;
  readonly settled: boolean;
  readonly what: string;
}

/** How well agents were kept at work side by side. */
export interface Parallelism {
  /** No schedule of the same attempts could have been shorter: the longest chain of needs, or all work over all places. */
  readonly bound: number;
  /** Time in which anything was at work: waiting for people and limits is not in it. */
  readonly atWork: number;
  /** `bound` over `atWork`; `null` where nothing was measured. */
  readonly efficiency: number | null;
  readonly peak: number;
  /** Attempts at work on average while anything was. */
  readonly mean: number;
}

/** What became of reviews: of what landed, how much had been judged by somebody else. */
export interface ReviewCoverage {
  readonly landed: number;
  readonly reviewed: number;
  /** `null` where nothing landed. */
  readonly share: number | null;
}

/** Figures of one run, from its log alone. */
export interface RunStats {
  /** The repository's directory. */
  readonly repository: string;
  readonly slug: string;
  /** Tells it from every other run, wherever it lies; absent: of a legacy bundle. */
  readonly run?: string;
  /** It was taken over from a legacy bundle, whose figures are in these. */
  readonly imported?: { readonly from: string; readonly schema: string };
  readonly title: string;
  /** Where they come from: our log, or a bundle of an older tool. */
  readonly source: 'log' | 'legacy';
  /** Schema of a legacy bundle. */
  readonly schema?: string;
  readonly status: string;
  /** Milliseconds since 1970; 0: not told. */
  readonly started: number;
  readonly ended: number;
  readonly tasks: { readonly total: number; readonly landed: number; readonly failed: number };
  /** Who did the tasks that landed, or that a legacy log calls done: Codex, others, nobody says. */
  readonly routing: { readonly codex: number; readonly other: number; readonly untold: number };
  readonly sum: StatsRow;
  readonly verifyMs: number;
  readonly passed: Passed;
  readonly parallelism: Parallelism;
  readonly review: ReviewCoverage;
  /** Questions to people: how many, how many were answered, and how long they were open, summed. */
  readonly people: { readonly asked: number; readonly answered: number; readonly openMs: number };
  readonly by: Readonly<Record<Grouping, readonly StatsRow[]>>;
  readonly failures: readonly StatsFailure[];
  /** What could not be read of it. */
  readonly problems: readonly string[];
}

/** Figures of several runs, and their sum. */
export interface Stats {
  readonly runs: readonly RunStats[];
  readonly sum: StatsRow;
  readonly by: Readonly<Record<Exclude<Grouping, 'task'>, readonly StatsRow[]>>;
  readonly routing: RunStats['routing'];
  readonly review: ReviewCoverage;
  readonly people: RunStats['people'];
  readonly failures: readonly StatsFailure[];
}
