import type { Finding, Fix, Severity, Span } from '../base/finding.ts';
import type { Annotation } from './annotations.ts';
import type { DraftCommand, DraftPath, DraftStep } from './draft-parts.ts';
import type { Details } from './kinds/details.ts';
import type { Outline } from './markdown/outline.ts';
import type { Section } from './markdown/sections.ts';
import type { Box, Criterion, EdgeReason, Loop, PlanGate, PlanKind, Requirement } from './model.ts';
import type { IdGrammar } from './id-grammar.ts';

/** The needs that a task declares, not yet matched with the ids of the plan. */
export interface DraftNeeds {
  /** The value, blanks and comments included: read by needs.ts once all ids are known. */
  readonly text: string;
  readonly span: Span;
}

/** What opens a unit: a heading, the first cell of a table row, the first line of a list item. */
export interface Head {
  readonly start: number;
  readonly end: number;
  readonly box: Box | undefined;
}

/** A unit of work as it was read, before needs are resolved: what the rules look at. */
export interface DraftUnit {
  readonly id: string;
  readonly unit: string;
  readonly title: string;
  /** Other ids that it goes by: its heading stands for several, `### Tasks 4-6: Title`. */
  readonly covers?: readonly string[];
  /** What a finding about the unit as a whole points at. */
  readonly heading: Head;
  /** Where the unit stands: its section, its row. */
  readonly start: number;
  readonly end: number;
  /** Stretches of the document that its brief quotes, in this order; without any, the unit itself. */
  readonly quotes?: readonly { readonly start: number; readonly end: number }[];
  /** Title of the wave or phase heading above it, if any. */
  readonly wave: string | undefined;
  /** Number of the wave that a table or line of the document puts it in, if any. */
  readonly declaredWave?: number;
  /** Empty: none declared. */
  readonly needs: readonly DraftNeeds[];
  readonly group: string | undefined;
  readonly paths: readonly DraftPath[];
  readonly verify: readonly DraftCommand[];
  readonly criteria: readonly string[];
  /** Ids of the {@link Draft.criteria} and {@link Draft.requirements} that it is to fulfil. */
  readonly criterionIds?: readonly string[];
  readonly requirementIds?: readonly string[];
  readonly nonCommitting: boolean;
  readonly agent: string | undefined;
  readonly estimate: number | undefined;
  readonly boxes: readonly Box[];
  /** Phases only: where the unit's Files and Verification sections and its steps stand. */
  readonly phase: DraftPhase | undefined;
  /** The kind of the sub-plan that is to be written first. */
  readonly planFirst?: PlanKind;
  readonly loop?: Loop;
}

export interface DraftPhase {
  readonly number: number;
  readonly total: number | undefined;
  readonly steps: readonly DraftStep[];
  readonly hasFiles: boolean;
  readonly hasVerification: boolean;
}

/** An edge that follows from a rule of the kind, by positions among the units: `to` waits for `from`. */
export interface RuleEdge {
  readonly from: number;
  readonly to: number;
  readonly why: EdgeReason;
}

/** A gate as the document states it, its tasks by position among the units. */
export interface DraftGate extends Omit<PlanGate, 'after' | 'before'> {
  readonly after: readonly number[];
  readonly before: readonly number[];
  readonly span: Span;
}

/** A document's status, in the words of decision 5: aliases are read, these are what they mean. */
export type DocumentStatus =
  | 'draft'
  | 'in-review'
  | 'approved'
  | 'in-progress'
  | 'suspended'
  | 'done'
  | 'superseded'
  | 'abandoned';

/** Everything but what a kind must say of itself: {@link newDraft} fills it in. */
export interface DraftParts {
  readonly units: readonly DraftUnit[];
  /**
   * What orders tasks beside declared needs and rule edges: `chain`, each needs the one before it; `document`, as `chain`
   * but only while no task of the plan declares needs, parallel groups being stages; `none`.
   */
  readonly order: 'chain' | 'document' | 'none';
  /** How units are named in needs; without one, as tasks are (`T3`, `Task 3`, `3`). */
  readonly ids?: IdGrammar;
  readonly edges?: readonly RuleEdge[];
  readonly gates?: readonly DraftGate[];
  readonly requirements?: readonly Requirement[];
  readonly criteria?: readonly Criterion[];
  readonly context: string;
  readonly title: string;
  readonly verify: readonly DraftCommand[];
  readonly boxes: readonly Box[];
  /** Remarks made while reading: values that could not be understood. */
  readonly remarks: readonly Finding[];
}

/** A document as read by one kind's grammar: the input of the rules and of compile.ts. */
export interface Draft<K extends PlanKind = PlanKind> extends DraftParts {
  readonly kind: K;
  readonly outline: Outline;
  readonly sections: readonly Section[];
  /** `**Key:** value` lines before the first section, in order. */
  readonly header: readonly Annotation[];
  readonly status:
    | { readonly value: DocumentStatus | undefined; readonly text: string; readonly span: Span }
    | undefined;
  readonly edges: readonly RuleEdge[];
  readonly gates: readonly DraftGate[];
  readonly requirements: readonly Requirement[];
  readonly criteria: readonly Criterion[];
  /** What only plans of this kind have. */
  readonly detail: Details[K];
}

/** Whether a draft is of one kind, for the compiler too. */
export function isOfKind<K extends PlanKind>(draft: Draft, kind: K): draft is Draft & Draft<K> {
  return draft.kind === kind;
}

/** Makes a finding; short, because every reader does. Rules make remarks instead: see rules/rule.ts. */
export function finding(
  rule: string,
  severity: Severity,
  span: Span,
  message: string,
  hint: string,
  fix?: Fix,
): Finding {
  return { rule, severity, message, hint, span, ...(fix === undefined ? {} : { fix }) };
}
