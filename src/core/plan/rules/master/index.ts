import { briefFields } from './brief-fields.ts';
import { coupling } from './coupling.ts';
import { fixedVerification } from './fixed-verification.ts';
import { foundationContracts } from './foundation-contracts.ts';
import { foundationFirst } from './foundation-first.ts';
import { notInScope } from './not-in-scope.ts';
import { orchestrationConsistent } from './orchestration-consistent.ts';
import { providedOnce } from './provided-once.ts';
import { providerExists } from './provider-exists.ts';
import { providesDepends } from './provides-depends.ts';
import { standardsIrrelevant } from './standards-irrelevant.ts';
import { stateOwner } from './state-owner.ts';
import { tooDetailed } from './too-detailed.ts';
import type { Rule } from '../rule.ts';

/** The rules of family `master`, in the order of their ids. */
export const MASTER_RULES: readonly Rule[] = [
  foundationFirst,
  foundationContracts,
  briefFields,
  providesDepends,
  notInScope,
  tooDetailed,
  providerExists,
  providedOnce,
  orchestrationConsistent,
  coupling,
  fixedVerification,
  standardsIrrelevant,
  stateOwner,
];
