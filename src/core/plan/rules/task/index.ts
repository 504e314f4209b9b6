import { complexity } from './complexity.ts';
import { directorySlash } from './directory-slash.ts';
import { documentOrder } from './document-order.ts';
import { groupCodex } from './group-codex.ts';
import { groupFiles } from './group-files.ts';
import { longEstimate } from './long-estimate.ts';
import { markers } from './markers.ts';
import { misspeltKey } from './misspelt-key.ts';
import { nothingProves } from './nothing-proves.ts';
import { silentNeeds } from './silent-needs.ts';
import { uncheckedExpectation } from './unchecked-expectation.ts';
import type { Rule } from '../rule.ts';

/** The rules of family `task`, in the order of their ids. */
export const TASK_RULES: readonly Rule[] = [
  documentOrder,
  directorySlash,
  silentNeeds,
  nothingProves,
  uncheckedExpectation,
  groupFiles,
  groupCodex,
  markers,
  complexity,
  misspeltKey,
  longEstimate,
];
