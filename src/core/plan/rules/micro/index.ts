import type { Rule } from '../rule.ts';
import { checklist } from './checklist.ts';
import { closes } from './closes.ts';
import { commitMessage } from './commit-message.ts';
import { compactEligible } from './compact-eligible.ts';
import { contractCount } from './contract-count.ts';
import { deviationReason } from './deviation-reason.ts';
import { fileOrder } from './file-order.ts';
import { givenWhenThen } from './given-when-then.ts';
import { goldenInvariant } from './golden-invariant.ts';
import { header } from './header.ts';
import { length } from './length.ts';
import { mapped } from './mapped.ts';
import { observable } from './observable.ts';
import { runnable } from './runnable.ts';
import { should } from './should.ts';
import { sourceParity } from './source-parity.ts';
import { taskContracts } from './task-contracts.ts';
import { taskCount } from './task-count.ts';
import { tddShape } from './tdd-shape.ts';
import { vagueStep } from './vague-step.ts';

/** The rules of family `micro`, in the order of their ids. */
export const MICRO_RULES: readonly Rule[] = [
  header,
  length,
  contractCount,
  givenWhenThen,
  should,
  observable,
  mapped,
  taskContracts,
  taskCount,
  tddShape,
  runnable,
  vagueStep,
  fileOrder,
  deviationReason,
  compactEligible,
  goldenInvariant,
  commitMessage,
  closes,
  sourceParity,
  checklist,
];
