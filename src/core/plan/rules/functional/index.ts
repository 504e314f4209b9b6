import type { Rule } from '../rule.ts';

/** The rules of family `functional`, in the order of their ids. */
export const FUNCTIONAL_RULES: readonly Rule[] = [];
