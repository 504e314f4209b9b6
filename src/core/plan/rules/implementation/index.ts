import type { Rule } from '../rule.ts';

/** The rules of family `implementation`, in the order of their ids. */
export const IMPLEMENTATION_RULES: readonly Rule[] = [];
