import type { Source } from '../plan/markdown/source.ts';
import type { Remark, RuleInfo } from '../plan/rules/rule.ts';
import type { ContextBundle } from './bundle/model.ts';
import type { CommitMessage } from './commit/read.ts';
import type { ConvergenceState } from './convergence/read.ts';
import type { CompanionKind } from './kinds.ts';

/** What each kind is read as. */
export interface CompanionDetails {
  readonly bundle: ContextBundle;
  readonly commit: CommitMessage;
  readonly convergence: ConvergenceState;
}

/** What is known of the world around a companion. Everything is optional: a rule that needs what is absent stays silent. */
export interface CompanionFacts {
  /** The commit that is checked out, in full. */
  readonly head?: string;
  /** UTC day or stamp of the last commit that changed a file, by the file's path as the bundle writes it. */
  readonly changed?: ReadonlyMap<string, string>;
}

/** What a rule looks at. */
export interface CompanionSubject<K extends CompanionKind> {
  readonly source: Source;
  readonly detail: CompanionDetails[K];
  readonly facts: CompanionFacts;
}

/** One rule about companions of one kind: as a rule about plans, without what only plans have. */
export interface CompanionRule<K extends CompanionKind> extends RuleInfo {
  readonly kind: K;
  check(subject: CompanionSubject<K>): Iterable<Remark>;
}
