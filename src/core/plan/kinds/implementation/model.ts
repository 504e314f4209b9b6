import type { Span } from '../../../base/finding.ts';
import type { Section } from '../../markdown/sections.ts';
import type { Box } from '../../model.ts';

/**
 * How a plan of this kind states its units: numbered tasks with fields, rows of a tracker with waves, task groups, or a plain
 * order of work, of which nobody expects the sections of a specification.
 */
export type Form = 'specification' | 'waves' | 'groups' | 'steps';

/** What the plan is about; each approach has content that only it must have. */
export type Approach = 'feature' | 'refactor' | 'debug' | 'infra';

/** Text and where it stands. */
export interface Said {
  readonly text: string;
  readonly span: Span;
}

/** Minutes, as a range; a single value is a range of nothing. */
export interface Effort extends Said {
  readonly low: number;
  readonly high: number;
}

/** What a field of a task says, whatever its label. */
export type FieldRole = 'files' | 'changes' | 'tests' | 'needs' | 'estimate' | 'verify' | 'criteria' | 'other';

/** One `Label: value` of a task. */
export interface Field extends Said {
  readonly role: FieldRole;
  /** Lower case, single blanks. */
  readonly label: string;
  /** Where it ends, with the list or fence that belongs to it. */
  readonly end: number;
}

/** Where another field of a unit can be inserted as a line of its own, and how its line is written. */
export interface Room {
  readonly at: number;
  /** What comes before the label: indentation and list marker. */
  readonly prefix: string;
  readonly bold: boolean;
}

/** What is known of a unit beside its {@link DraftUnit}; {@link ImplementationDetail.tasks} runs parallel to the units. */
export interface SpecTask {
  /** The number as written at its marker or in its label, if any. */
  readonly number: string | undefined;
  /** Where {@link number} stands. */
  readonly numberSpan: Span | undefined;
  /** Position in {@link ImplementationDetail.phases}. */
  readonly phase: number | undefined;
  readonly fields: readonly Field[];
  /** What is said beside the fields: the sentence behind the title. */
  readonly text: string;
  readonly estimate: Effort | undefined;
  readonly status: { readonly value: string | undefined; readonly text: string; readonly span: Span } | undefined;
  readonly priority: string | undefined;
  /** Where the wave is stated that the unit is in, if anywhere. */
  readonly waveSpan: Span | undefined;
  /** The wave that the execution order puts it in, if it does. */
  readonly orderWave: number | undefined;
  /** Not in tables. */
  readonly room: Room | undefined;
}

/** A phase of the task list. */
export interface SpecPhase {
  readonly number: number | undefined;
  readonly title: string;
  readonly span: Span;
  readonly effort: Effort | undefined;
}

/** One group of acceptance criteria. */
export interface AcceptanceGroup {
  readonly name: 'functional' | 'non-functional' | 'testing' | 'documentation' | 'security' | 'performance' | 'other';
  readonly title: string;
  readonly span: Span;
  readonly criteria: readonly (Said & { readonly box: Box | undefined })[];
}

/** One row of the risk table; cells that the row lacks are `undefined`. */
export interface Risk {
  readonly risk: Said;
  readonly likelihood: Said | undefined;
  readonly impact: Said | undefined;
  readonly mitigation: Said | undefined;
}

/** One decision record. */
export interface Decision {
  readonly title: string;
  readonly span: Span;
  /** Where the record ends, without trailing blanks. */
  readonly end: number;
  readonly context: string | undefined;
  readonly options: readonly string[];
  readonly chosen: string | undefined;
  readonly rationale: string | undefined;
  readonly tradeoffs: string | undefined;
  readonly risks: string | undefined;
  readonly mitigation: string | undefined;
  readonly pattern: string | undefined;
  /** All of it, as written. */
  readonly text: string;
}

/** One line of the effort roll-up. */
export interface EffortLine {
  readonly name: 'total' | 'research' | 'planning' | 'implementation' | 'validation' | 'other';
  readonly label: string;
  readonly value: Said;
  /** Without one, the line states no hours: `Included in implementation`, `Already done`. */
  readonly effort: Effort | undefined;
  /** Hours by phase number, of `(Phase 1: 2h, Phase 2: 3h)`. */
  readonly phases: readonly { readonly number: number; readonly effort: Effort }[];
  readonly done: boolean;
}

/** One row of the table of conformance checks. */
export interface Conformance {
  /** Positions of the units that it speaks of; empty when none could be told. */
  readonly units: readonly number[];
  readonly which: Said;
  /** Lower case: `files_exist`, `content_check`, `command`, or several joined by `+`. */
  readonly type: string;
  readonly check: Said;
}

/** One line of a list with its box. */
export interface Line extends Said {
  readonly box: Box | undefined;
}

/** What only plans of kind `implementation` have. */
export interface ImplementationDetail {
  readonly form: Form;
  readonly approach: Approach;
  /** True when the document says which approach it takes, by its words or sections; else {@link approach} is a guess. */
  readonly approachStated: boolean;
  readonly phases: readonly SpecPhase[];
  readonly tasks: readonly SpecTask[];
  /** The section that the units stand in, or the first phase where there is none. */
  readonly tasksSection: Section | undefined;
  readonly acceptance: readonly AcceptanceGroup[];
  readonly acceptanceSection: Section | undefined;
  readonly risks: readonly Risk[];
  readonly risksSection: Section | undefined;
  readonly rollback: { readonly section: Section; readonly steps: readonly Line[]; readonly text: string } | undefined;
  readonly checkpoints:
    | {
        readonly section: Section;
        readonly lines: readonly (Line & { readonly phase: number | undefined })[];
      }
    | undefined;
  readonly decisions: readonly Decision[];
  readonly effort: { readonly section: Section; readonly lines: readonly EffortLine[] } | undefined;
  readonly approval: { readonly section: Section; readonly boxes: readonly Line[] } | undefined;
  readonly nextPhase: Section | undefined;
  /** Links, paths and header lines that name the research it rests on. */
  readonly research: readonly Said[];
  readonly boundaries: {
    readonly always: readonly Said[];
    readonly ask: readonly Said[];
    readonly never: readonly Said[];
  };
  /** Measured before the work began: metric, command, result. */
  readonly baseline: readonly { readonly metric: string; readonly command: string; readonly result: string }[];
  readonly conformance: readonly Conformance[];
  /** The epic that the rows belong to, if the document names one. */
  readonly epic: string | undefined;
  readonly complexity: string | undefined;
  readonly trackerMode: string | undefined;
}
