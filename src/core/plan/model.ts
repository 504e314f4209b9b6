import type { Finding, Span } from '../base/finding.ts';

/** The grammars a plan can follow that this release runs. */
export type PlanKind = 'phased' | 'task';

/** All grammars that are told apart; those that are no {@link PlanKind} are recognised, but not run by this release. */
export type KnownKind = PlanKind | 'master' | 'implementation' | 'functional' | 'macro' | 'micro';

/** A tick box of the document; `mark` is the one character between the brackets. */
export interface Box {
  readonly ticked: boolean;
  readonly mark: Span;
}

/** What an agent is asked to change or a person reads as one unit of work. */
export interface PlanTask {
  /** Normalised, unique in the plan: `T3`, `W1-T2`, `P2`. */
  readonly id: string;
  readonly title: string;
  /** The unit of the document it stands for: `task:3`, `phase:2`. */
  readonly unit: string;
  /** Ids of the tasks that must be merged first, in document order. */
  readonly needs: readonly string[];
  /** Paths it may change: files, directories (`src/db/`) and globs, relative to the repository; empty: undeclared. */
  readonly scope: readonly string[];
  /** Shell command lines that must exit 0 on the committed tree. */
  readonly verify: readonly string[];
  /** True when the task says that it changes no file. */
  readonly nonCommitting: boolean;
  /** Name of the agent that the plan asks for, if any. */
  readonly agent: string | undefined;
  /** Expected minutes of work, if the plan states them. */
  readonly estimate: number | undefined;
}

/** One task as the document states it: the task, its own text, and where it stands. */
export interface PlanUnit {
  readonly task: PlanTask;
  /** The unit's own Markdown, heading included, exactly as written. */
  readonly text: string;
  readonly span: Span;
  /** Boxes that are ticked when the task is merged: its heading, its steps, its verification bullets. */
  readonly boxes: readonly Box[];
  /** What the unit wants to be true and no command checks: sentences of its verification, for the brief. */
  readonly criteria: readonly string[];
}

/** A kind that a document resembles, with what it lacks to be one. */
export interface NearKind {
  readonly kind: KnownKind;
  /** Signs of this kind that were found, of those that were looked for. */
  readonly found: readonly string[];
  readonly missing: readonly string[];
}

/** A document that is no plan of a kind that this release runs. */
export interface UnknownPlan {
  /** The kind, when it is a known one that is not run yet. */
  readonly kind: KnownKind | undefined;
  /** The kinds that came near, nearest first. */
  readonly near: readonly NearKind[];
  readonly findings: readonly Finding[];
}

/** A parsed plan. Parsing never fails: what could not be understood is in `findings`. */
export interface Plan {
  readonly kind: PlanKind;
  readonly title: string;
  /** Slug asked for in front matter, if any. */
  readonly slug: string | undefined;
  /** SHA-256 of the canonical text without ticks, log and status lines: what an approval is bound to. */
  readonly sha256: string;
  /** What every brief of this plan quotes: the lead sections (goal, context), as written. */
  readonly context: string;
  readonly units: readonly PlanUnit[];
  /** Commands of the plan's global verification, run on the finished branch. */
  readonly verify: readonly string[];
  /** Boxes of the global verification. */
  readonly boxes: readonly Box[];
  readonly findings: readonly Finding[];
}
