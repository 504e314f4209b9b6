import type { Rule } from '../rule.ts';

/** The rules of family `micro`, in the order of their ids. */
export const MICRO_RULES: readonly Rule[] = [];
