import type { Finding, Span } from '../base/finding.ts';
import type { TaskRoute } from './route.ts';
import type { PlanGate } from './gate.ts';
import type { PlanTerms } from './terms.ts';

export type { PlanGate } from './gate.ts';

/** The grammars a plan can follow. */
export type PlanKind = 'phased' | 'master' | 'task' | 'implementation' | 'functional' | 'macro' | 'micro';

/** All kinds, in the order in which people meet them. */
export const PLAN_KINDS: readonly PlanKind[] = [
  'phased',
  'master',
  'task',
  'implementation',
  'functional',
  'macro',
  'micro',
];

/** A tick box of the document; `mark` is the one character between the brackets. */
export interface Box {
  readonly ticked: boolean;
  readonly mark: Span;
}

/** What an agent is asked to change or a person reads as one unit of work. */
export interface PlanTask {
  /** Normalised, unique in the plan: `T3`, `W1-T2`, `P2`, `WS-3`, `PR-17`. */
  readonly id: string;
  readonly title: string;
  /** The unit of the document it stands for: `task:3`, `phase:2`, `stream:WS-3`, `pr:17`. */
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
  /** What else it says about who should do it. */
  readonly route?: TaskRoute;
  /** The unit is a brief, not steps: an agent first writes a sub-plan of this kind, which is then carried out. */
  readonly planFirst?: PlanKind | undefined;
  /** It writes a document of the run itself instead of changing the repository: no task of any plan does. */
  readonly authors?: Authored | undefined;
  /** The unit is repeated until it is good enough: its rounds are its attempts. */
  readonly loop?: Loop | undefined;
  /** How much of each class of things it needs while it is under way: `{ simulator: 1 }`. */
  readonly resources?: Readonly<Record<string, number>> | undefined;
  /** The parallel group that the plan puts it in; it counts under `parallelism.barrier: wave`. */
  readonly group?: string | undefined;
  /** The wave that the plan puts it in, where it puts every task into one. */
  readonly wave?: number | undefined;
}

/** What tasks of a run that begins with an idea write; a scan writes nothing but its digest. */
export type Authored = 'scan' | 'interview' | 'spec' | 'plan';

/** The bound, the exit and the abort condition of a unit that is repeated, in the document's words. */
export interface Loop {
  readonly rounds: number;
  readonly until: string;
  readonly abort: string;
}

/** One task as the document states it: the task, its own text, and where it stands. */
export interface PlanUnit {
  readonly task: PlanTask;
  /** What the brief quotes: the unit's own Markdown, exactly as written, and whatever else it is defined by. */
  readonly text: string;
  readonly span: Span;
  /** Boxes that are ticked when the task is merged: its heading, its steps, its verification bullets. */
  readonly boxes: readonly Box[];
  /** What the unit wants to be true and no command checks: sentences of its verification, for the brief. */
  readonly criteria: readonly string[];
}

/** Why one task waits for another. */
export type EdgeReason =
  /** The document says so. */
  | 'declared'
  /** Phases, steps and the tasks of a pull request follow each other. */
  | 'order'
  /** Phase 0 and WS-0 lay the ground for everything. */
  | 'foundation'
  /** The schema comes before what reads and writes it. */
  | 'schema-first'
  /** The contract of an interface comes before its clients. */
  | 'contract'
  /** An interface must be frozen by a merged task before others build on it. */
  | 'freeze'
  /** A validation must have passed. */
  | 'gate'
  /** Both may change the same path, so one waits. */
  | 'resource';

/** "`to` waits until `from` is merged", by task ids. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly why: EdgeReason;
  /** Whether the document says it or a rule of its kind does. */
  readonly origin: 'text' | 'rule';
}

/** Something that the plan promises to provide or observe, with an id: FR-1, NFR-2, BR-3. */
export interface Requirement {
  readonly id: string;
  readonly title: string;
  readonly span: Span;
}

/** One acceptance criterion or behavioural contract with an id: AC-3, BC-17-1. */
export interface Criterion {
  readonly id: string;
  readonly title: string;
  /** Its sentences, as a reader sees them. */
  readonly text: string;
  /** Ids of the requirements that it is a criterion of. */
  readonly requirements: readonly string[];
  readonly span: Span;
}

/** A kind that a document resembles, with what it lacks to be one. */
export interface NearKind {
  readonly kind: PlanKind;
  /** Signs of this kind that were found, of those that were looked for. */
  readonly found: readonly string[];
  readonly missing: readonly string[];
}

/** A document that is no plan of any kind. */
export interface UnknownPlan {
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
  /** Every reason for which a task waits, those that only share a path included. */
  readonly edges: readonly Edge[];
  readonly gates: readonly PlanGate[];
  readonly requirements: readonly Requirement[];
  readonly criteria: readonly Criterion[];
  /** Commands of the plan's global verification, run on the finished branch. */
  readonly verify: readonly string[];
  /** Boxes of the global verification. */
  readonly boxes: readonly Box[];
  /** What it asks of a run beyond its tasks. */
  readonly terms?: PlanTerms;
  readonly findings: readonly Finding[];
}
