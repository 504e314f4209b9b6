import { directorySlash } from './directory-slash.ts';
import { documentOrder } from './document-order.ts';
import { nothingProves } from './nothing-proves.ts';
import { silentNeeds } from './silent-needs.ts';
import { uncheckedExpectation } from './unchecked-expectation.ts';
import type { Rule } from '../rule.ts';

/** The rules of family `task`, in the order of their ids. */
export const TASK_RULES: readonly Rule[] = [
  directorySlash,
  documentOrder,
  nothingProves,
  silentNeeds,
  uncheckedExpectation,
];
