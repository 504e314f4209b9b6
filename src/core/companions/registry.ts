import { BUNDLE_RULES } from './bundle/rules/index.ts';
import { COMMIT_RULES } from './commit/rules/index.ts';
import { CONVERGENCE_RULES } from './convergence/rules/index.ts';
import type { CompanionKind } from './kinds.ts';
import type { RuleInfo } from '../plan/rules/rule.ts';

/** What is known of every rule about companions of plans, with the kind that it is about. */
export const COMPANION_RULES: readonly (RuleInfo & { readonly kind: CompanionKind })[] = [
  ...BUNDLE_RULES,
  ...COMMIT_RULES,
  ...CONVERGENCE_RULES,
];
