import { PLAN_KINDS, type PlanKind } from '../plan/model.ts';

/** Documents that go with plans and are none: a context bundle, a commit message, the state of a convergence review. */
export type CompanionKind = 'bundle' | 'commit' | 'convergence';

/** All of them, in the order in which they come about. */
export const COMPANION_KINDS: readonly CompanionKind[] = ['bundle', 'commit', 'convergence'];

/** Whatever can be linted. */
export type LintKind = PlanKind | CompanionKind;

/** Everything that can be linted, plans first. */
export const LINT_KINDS: readonly LintKind[] = [...PLAN_KINDS, ...COMPANION_KINDS];

/** Whether a kind is one of the companions of plans. */
export function isCompanionKind(kind: LintKind | undefined): kind is CompanionKind {
  return kind === 'bundle' || kind === 'commit' || kind === 'convergence';
}
