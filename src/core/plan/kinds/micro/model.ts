import type { Span } from '../../../base/finding.ts';
import type { Section } from '../../markdown/sections.ts';
import type { Box } from '../../model.ts';

/** A stretch of the document and what it says, as a reader sees it. */
export interface Said {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The header lines that a micro plan knows, by what they are about. */
export type HeaderKey =
  | 'goal'
  | 'problem'
  | 'adds'
  | 'why'
  | 'architecture'
  | 'source'
  | 'closes'
  | 'contracts'
  | 'tier'
  | 'branch';

/** The sections that a micro plan knows, whatever their letters. */
export type MicroPart =
  | 'design'
  | 'summary'
  | 'contracts'
  | 'interaction'
  | 'deviations'
  | 'review'
  | 'implementation'
  | 'overview'
  | 'tasks'
  | 'tests'
  | 'risks'
  | 'quality'
  | 'checklist'
  | 'appendix';

/** How much review a change needs. */
export type Tier = 'express' | 'small' | 'medium' | 'large';

/** The parts of a contract's sentence. */
export type ClauseKey = 'given' | 'when' | 'then' | 'mechanism';

/** A behavioural contract. */
export interface Contract {
  /** Normalised: `BC-1`, `BC-17-1`, `BC-EPD-1`. */
  readonly id: string;
  readonly name: string;
  readonly polarity: 'positive' | 'negative' | 'error' | undefined;
  readonly clauses: Readonly<Partial<Record<ClauseKey, Said>>>;
  /** The line that opens it. */
  readonly head: { readonly start: number; readonly end: number };
  /** Head and clauses. */
  readonly start: number;
  readonly end: number;
  /** What its clauses begin with when one is added: `- ` below a line, two blanks more inside a list. */
  readonly bullet: string;
}

export const DEVIATION_WORDS = [
  'CLARIFICATION',
  'SIMPLIFICATION',
  'CORRECTION',
  'DEFERRAL',
  'ADDITION',
  'SCOPE_CHANGE',
] as const;

/** Why a plan does something else than its source says. */
export type DeviationWord = (typeof DEVIATION_WORDS)[number];

/** One row or bullet of the deviation log. */
export interface Deviation {
  readonly source: string;
  readonly does: string;
  readonly reason: string;
  readonly word: DeviationWord | undefined;
  /** The row says that there is no deviation. */
  readonly none: boolean;
  readonly start: number;
  readonly end: number;
}

/** One row of the test strategy. */
export interface TestRow {
  readonly contracts: readonly string[];
  readonly task: string;
  readonly type: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** One row of the risk table. */
export interface RiskRow {
  readonly risk: string;
  readonly likelihood: string;
  readonly impact: string;
  readonly mitigation: string;
  readonly task: string;
  readonly start: number;
  readonly end: number;
}

/** What a step of a task is for. */
export type StepKind = 'test' | 'run-fail' | 'impl' | 'run-pass' | 'lint' | 'commit' | 'other';

/** A command of a step and what is expected of it. */
export interface MicroRun {
  readonly command: string;
  readonly span: Span;
  readonly expected: string | undefined;
  /** It is meant to fail: a test before the code that it tests. */
  readonly fails: boolean;
}

/** The message of a commit, first line. */
export interface CommitMessage {
  readonly text: string;
  /** Its first line, without quotes. */
  readonly start: number;
  readonly end: number;
  /** The lines below the first one. */
  readonly rest: string;
}

/** One step of a task: `**Step 2: …**`, a numbered line, or a key of the compact form (`**Verify:** …`). */
export interface MicroStep {
  readonly number: number | undefined;
  readonly title: string;
  readonly kind: StepKind;
  /** The line that opens it. */
  readonly head: { readonly start: number; readonly end: number };
  readonly end: number;
  readonly runs: readonly MicroRun[];
  /** How many fences of code it holds. */
  readonly fences: number;
  /** Its prose, title left out. */
  readonly prose: string;
  readonly commit: CommitMessage | undefined;
  /** True for a key of the compact form. */
  readonly compact: boolean;
}

/** What a task does to a file. */
export type FileUse = 'create' | 'modify' | 'test' | 'delete';

export interface MicroFile {
  readonly path: string;
  readonly use: FileUse | undefined;
  readonly span: Span;
}

/** A contract that a task or row names. */
export interface Citation {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/** What a task of a micro plan has beyond a unit; positions are those of the units. */
export interface MicroTask {
  readonly citations: readonly Citation[];
  /** It cites contracts as a whole ("foundation for all"), not as its own work. */
  readonly foundation: boolean;
  /** It names no contract itself; those cited are named by its tests, or all that the plan has for its only task. */
  readonly implied: boolean;
  /** Its text begins with what to do, in front of all keys and steps. */
  readonly lead: boolean;
  /** The paths that it speaks of, whether or not they are its files. */
  readonly mentions: readonly string[];
  readonly files: readonly MicroFile[];
  readonly steps: readonly MicroStep[];
}

/** One box of the sanity checklist. */
export interface ChecklistBox {
  readonly box: Box;
  readonly text: string;
}

/** What only plans of kind `micro` have. */
export interface MicroDetail {
  /** The short form: no Parts, tasks of keys instead of steps. */
  readonly compact: boolean;
  readonly header: Readonly<Partial<Record<HeaderKey, Said>>>;
  /** Where a missing header line belongs. */
  readonly headerEnd: number;
  readonly tier: Tier | undefined;
  readonly parts: Readonly<Partial<Record<MicroPart, Section>>>;
  readonly contracts: readonly Contract[];
  readonly tasks: readonly MicroTask[];
  readonly deviations: readonly Deviation[];
  readonly tests: readonly TestRow[];
  readonly risks: readonly RiskRow[];
  readonly checklist: readonly ChecklistBox[];
  /** Files that the appendix describes. */
  readonly appendix: readonly { readonly path: string; readonly span: Span }[];
}
