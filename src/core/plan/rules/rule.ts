import type { Fix, Severity, Span } from '../../base/finding.ts';
import type { Compiled } from '../compile.ts';
import type { Draft } from '../draft.ts';
import type { Details } from '../kinds/details.ts';
import type { PlanKind } from '../model.ts';

/** How far a document is on its way: some findings weigh more the further it is. */
export type Stage = 'draft' | 'approval' | 'execution' | 'done';

/**
 * What is known of the world around a document. Everything is optional: a rule that needs a fact which is absent stays
 * silent. Filled in by the application from git and from the files beside the document.
 */
export interface Facts {
  /** The branch checked out. */
  readonly branch?: string;
  /** Every path that git tracks at HEAD. */
  readonly files?: ReadonlySet<string>;
  /** Of the identifiers that {@link wantedSymbols} asks for, those that some file at HEAD holds. */
  readonly symbols?: ReadonlySet<string>;
  /** Text of the appendix beside the plan; `undefined` when there is none. */
  readonly appendix?: string;
  /** The JSON twin beside the plan (`plan_output.json`, `plan.index.json`, an execution packet). */
  readonly twin?: { readonly name: string; readonly text: string };
  /** Text of the document that this one is derived from: the macro plan of a micro plan, the research of a specification. */
  readonly source?: string;
  /** The version that was approved last: its hash and, where git still has it, its text. */
  readonly approved?: { readonly sha256: string; readonly text?: string };
  /** Names of the agents that are configured. */
  readonly agents?: readonly string[];
}

/** What a rule looks at: the document as read, the tasks it compiles to, and what is known around it. */
export interface Subject<K extends PlanKind = PlanKind> {
  readonly draft: Draft<K>;
  readonly detail: Details[K];
  readonly compiled: Compiled;
  readonly facts: Facts;
  readonly stage: Stage;
}

/** What a check found: a finding without what the rule itself knows. `severity` only where it differs from the rule's. */
export interface Remark {
  readonly span: Span;
  readonly message: string;
  readonly hint: string;
  readonly severity?: Severity;
  readonly fix?: Fix;
}

/** What is known of a rule without running it: docs/rules.md is made of this. */
export interface RuleInfo {
  /** Stable for ever: `GEN-005`. */
  readonly id: string;
  /** Stable, for people: `dep-cycle`. */
  readonly name: string;
  /** What it finds, in one sentence that ends with a full stop. */
  readonly about: string;
  readonly severity: Severity;
  /** Where the severity differs at a stage or for a kind; the stage counts more. */
  readonly severities?: Readonly<Partial<Record<Stage | PlanKind, Severity>>>;
  /** What a fix of it is, at best. */
  readonly fix: Fix['kind'] | 'none';
  /** An error of this rule means that a run cannot be carried out as written, so that `run` refuses. */
  readonly refuses?: true;
}

/** One lint rule: a stable id and a check that never throws and takes time linear in the document. */
export interface Rule<K extends PlanKind = PlanKind> extends RuleInfo {
  /** The kinds it applies to. */
  readonly kinds: readonly K[];
  // A method, so that a rule for one kind can stand in a list of rules for all: the registry looks at `kinds` first.
  check(subject: Subject<K>): Iterable<Remark>;
}

/** The severity of a rule's finding in a document of this kind at this stage. */
export function severityOf(rule: RuleInfo, kind: PlanKind, stage: Stage): Severity {
  return rule.severities?.[stage] ?? rule.severities?.[kind] ?? rule.severity;
}
