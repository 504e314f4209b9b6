import type { Rule } from '../rule.ts';

/** The rules of family `macro`, in the order of their ids. */
export const MACRO_RULES: readonly Rule[] = [];
