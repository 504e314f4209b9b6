import { acFrRef } from './ac-fr-ref.ts';
import { acGwt } from './ac-gwt.ts';
import { acInContracts } from './ac-in-contracts.ts';
import { acObservable } from './ac-observable.ts';
import { agentKnown } from './agent-known.ts';
import { assumptionUnresolved } from './assumption-unresolved.ts';
import { branchId } from './branch-id.ts';
import { british } from './british.ts';
import { conditionalSections } from './conditional-sections.ts';
import { errorCasesCovered } from './error-cases-covered.ts';
import { excludeWords } from './exclude-words.ts';
import { expandContract } from './expand-contract.ts';
import { filePath } from './file-path.ts';
import { frFields } from './fr-fields.ts';
import { frHasAc } from './fr-has-ac.ts';
import { frOneStream } from './fr-one-stream.ts';
import { frUnassigned } from './fr-unassigned.ts';
import { clientOnContract } from './client-on-contract.ts';
import { hintEnum } from './hint-enum.ts';
import { identifierLeak } from './identifier-leak.ts';
import { jsonParity } from './json-parity.ts';
import { nfrIds } from './nfr-ids.ts';
import { nfrTarget } from './nfr-target.ts';
import { openQuestion } from './open-question.ts';
import { overviewLength } from './overview-length.ts';
import { pairValid } from './pair-valid.ts';
import { parallelSymmetric } from './parallel-symmetric.ts';
import { parallelValid } from './parallel-valid.ts';
import { schemaFirst } from './schema-first.ts';
import { securityNotes } from './security-notes.ts';
import { sourceCode } from './source-code.ts';
import { speculative } from './speculative.ts';
import { testRowAc } from './test-row-ac.ts';
import { ws0First } from './ws0-first.ts';
import type { Rule } from '../rule.ts';

/** The rules of family `functional`, in the order of their ids. */
export const FUNCTIONAL_RULES: readonly Rule<'functional'>[] = [
  sourceCode,
  filePath,
  identifierLeak,
  frFields,
  hintEnum,
  frHasAc,
  acFrRef,
  acGwt,
  acObservable,
  errorCasesCovered,
  acInContracts,
  pairValid,
  testRowAc,
  frOneStream,
  frUnassigned,
  nfrIds,
  ws0First,
  schemaFirst,
  clientOnContract,
  parallelSymmetric,
  parallelValid,
  agentKnown,
  conditionalSections,
  securityNotes,
  expandContract,
  assumptionUnresolved,
  openQuestion,
  nfrTarget,
  overviewLength,
  british,
  branchId,
  jsonParity,
  speculative,
  excludeWords,
];
