import type { Rule } from '../rule.ts';

/** The rules of family `master`, in the order of their ids. */
export const MASTER_RULES: readonly Rule[] = [];
