import type { Finding, Severity, Span } from '../base/finding.ts';
import type { Box, PlanKind } from './model.ts';
import type { Heading, Outline } from './outline.ts';

/** A path of a task's scope as the document states it. */
export interface DraftPath {
  readonly text: string;
  readonly span: Span;
}

/** A verify command and where it stands. */
export interface DraftCommand {
  readonly run: string;
  readonly span: Span;
  /** What the document expects beyond exit code 0 (`returns ≥ 4`): shown, not checked. */
  readonly expects: string | undefined;
}

/** One step of a phase. */
export interface DraftStep {
  readonly number: number | undefined;
  readonly title: string;
  readonly box: Box | undefined;
  readonly span: Span;
}

/** The needs that a task declares, not yet matched with the ids of the plan. */
export interface DraftNeeds {
  /** The value, blanks and comments included: read by needs.ts once all ids are known. */
  readonly text: string;
  readonly span: Span;
}

/** A task as it was read, before needs are resolved: what the rules look at. */
export interface DraftUnit {
  readonly id: string;
  readonly unit: string;
  readonly title: string;
  readonly heading: Heading;
  readonly start: number;
  readonly end: number;
  /** Title of the wave or phase heading above it, if any. */
  readonly wave: string | undefined;
  /** Empty: none declared. */
  readonly needs: readonly DraftNeeds[];
  readonly group: string | undefined;
  readonly paths: readonly DraftPath[];
  readonly verify: readonly DraftCommand[];
  readonly criteria: readonly string[];
  readonly nonCommitting: boolean;
  readonly agent: string | undefined;
  readonly estimate: number | undefined;
  readonly boxes: readonly Box[];
  /** Phases only: where the unit's Files and Verification sections and its steps stand. */
  readonly phase: DraftPhase | undefined;
}

export interface DraftPhase {
  readonly number: number;
  readonly total: number | undefined;
  readonly steps: readonly DraftStep[];
  readonly hasFiles: boolean;
  readonly hasVerification: boolean;
}

/** A document as read by one kind's grammar: the input of the rules and of {@link compile}. */
export interface Draft {
  readonly kind: PlanKind;
  readonly outline: Outline;
  readonly title: string;
  readonly context: string;
  readonly units: readonly DraftUnit[];
  readonly verify: readonly DraftCommand[];
  readonly boxes: readonly Box[];
  /** Remarks made while reading: values that could not be understood. */
  readonly remarks: readonly Finding[];
}

/** Makes a finding; short, because every rule does. */
export function finding(rule: string, severity: Severity, span: Span, message: string, hint: string): Finding {
  return { rule, severity, message, hint, span };
}
