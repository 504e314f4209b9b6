import type { PlanGate } from './gate.ts';

/**
 * What a plan asks of a run beyond its tasks: criteria that have to be proven, rows of the contracts between the plan and
 * those who develop, test and review, and stops. Recorded when a run is created, so that no later reading of the document
 * changes what a live run is held to.
 */
export interface PlanTerms {
  readonly criteria: readonly TermCriterion[];
  readonly rows: readonly TermRow[];
  readonly gates: readonly TermGate[];
  /** Units that are pull requests, with the name of the branch that the plan gives each. */
  readonly units?: readonly TermUnit[];
  /** What the plan as a whole wants to be true and no command of it checks, as sentences. */
  readonly whole: readonly string[];
}

/** A unit that becomes a branch and a pull request of its own. */
export interface TermUnit {
  readonly task: string;
  readonly branch?: string;
}

/** A criterion with an id. */
export interface TermCriterion {
  /** `AC-3`, `BC-17-1`. */
  readonly id: string;
  readonly text: string;
  /** Tasks that are to fulfil it. */
  readonly tasks: readonly string[];
}

/** Whose duty the rows of a contract are. */
export type ContractRole = 'development' | 'testing' | 'review';

/** One row of a contract. */
export interface TermRow {
  /** Unique in the plan, by contract and place: `D1`, `T3`, `R2`. */
  readonly id: string;
  readonly role: ContractRole;
  readonly requirements: readonly string[];
  readonly criteria: readonly string[];
  /** What is to be seen, tested or checked. */
  readonly text: string;
  /** Tasks that it concerns. */
  readonly tasks: readonly string[];
}

/** A stop between tasks, with what opens it. */
export interface TermGate extends PlanGate {
  /** An entry of the assumption register, or an open question. */
  readonly asks?: 'assumption' | 'question';
  /** Commands that must pass before it opens. */
  readonly commands: readonly string[];
  /** Paths that nobody changes after a freeze, as scope entries, and names whose declarations stay as they are. */
  readonly frozen?: { readonly paths: readonly string[]; readonly names: readonly string[] };
}

/** Stops that a run keeps to. What a freeze holds is the witness's to see, and what comes last, the balance's. */
export function isKept(gate: TermGate): boolean {
  if (gate.asks !== undefined) return gate.before.length > 0;
  if (gate.kind === 'validation' || gate.kind === 'checkpoint') return true;
  // Before everything the plan itself is approved; after everything the finish is asked about.
  return gate.kind === 'approval' && gate.after.length > 0 && gate.before.length > 0;
}
