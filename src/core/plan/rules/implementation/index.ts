import { acceptanceCovered } from './acceptance-covered.ts';
import { acceptanceGroupsRule } from './acceptance-groups.ts';
import { acceptanceMeasurable } from './acceptance-measurable.ts';
import { approachSpecific } from './approach-specific.ts';
import { approvalBoxes } from './approval-boxes.ts';
import { checkpointPerPhase } from './checkpoint-per-phase.ts';
import { decisionFields } from './decision-fields.ts';
import { depOrder } from './dep-order.ts';
import { dependsExplicit } from './depends-explicit.ts';
import { effortSums } from './effort-sums.ts';
import { grounded } from './grounded.ts';
import { openQuestions } from './open-questions.ts';
import { patternExtracted } from './pattern-extracted.ts';
import { planningRatio } from './planning-ratio.ts';
import { riskTable } from './risk-table.ts';
import { rollbackVerify } from './rollback-verify.ts';
import { specSections } from './sections.ts';
import { taskFields } from './task-fields.ts';
import { taskNumber } from './task-number.ts';
import { taskSize } from './task-size.ts';
import { vagueTask } from './vague-task.ts';
import { waveConsistent } from './wave-consistent.ts';
import type { Rule } from '../rule.ts';

/** The rules of family `implementation`, in the order of their ids. */
export const IMPLEMENTATION_RULES: readonly Rule[] = [
  specSections,
  taskSize,
  taskFields,
  dependsExplicit,
  depOrder,
  taskNumber,
  acceptanceGroupsRule,
  acceptanceMeasurable,
  acceptanceCovered,
  decisionFields,
  riskTable,
  rollbackVerify,
  checkpointPerPhase,
  effortSums,
  planningRatio,
  approvalBoxes,
  grounded,
  approachSpecific,
  openQuestions,
  patternExtracted,
  vagueTask,
  waveConsistent,
];
