import { FUNCTIONAL_RULES } from './functional/index.ts';
import { GENERAL_RULES } from './general/index.ts';
import { IMPLEMENTATION_RULES } from './implementation/index.ts';
import { MACRO_RULES } from './macro/index.ts';
import { MASTER_RULES } from './master/index.ts';
import { MICRO_RULES } from './micro/index.ts';
import { PHASED_RULES } from './phased/index.ts';
import { TASK_RULES } from './task/index.ts';
import { READ_RULES } from './read-rules.ts';
import type { Rule, RuleInfo } from './rule.ts';

/** Every check, in the order of the families. A new rule is a file in its family's folder and a line in that index. */
export const CHECKS: readonly Rule[] = [
  ...GENERAL_RULES,
  ...TASK_RULES,
  ...PHASED_RULES,
  ...MASTER_RULES,
  ...IMPLEMENTATION_RULES,
  ...FUNCTIONAL_RULES,
  ...MACRO_RULES,
  ...MICRO_RULES,
];

/** Everything that a finding's rule id can be, checks and what readers remark. */
export const RULES: readonly RuleInfo[] = [...READ_RULES, ...CHECKS];

const REFUSING: ReadonlySet<string> = new Set(RULES.filter((rule) => rule.refuses === true).map(({ id }) => id));

/** Whether an error of this rule keeps a plan from being run. */
export function refuses(id: string): boolean {
  return REFUSING.has(id);
}
