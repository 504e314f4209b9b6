import { aspiration } from './aspiration.ts';
import { blockCount } from './block-count.ts';
import { blockMap } from './block-map.ts';
import { codeInPlan } from './code-in-plan.ts';
import { conceptLength } from './concept-length.ts';
import { correspondence } from './correspondence.ts';
import { costThree } from './cost-three.ts';
import { crosscut } from './crosscut.ts';
import { depDag } from './dep-dag.ts';
import { docsSamePull } from './docs-same-pull.ts';
import { eventsClassified } from './events-classified.ts';
import { executiveSummary } from './executive-summary.ts';
import { extensionType } from './extension-type.ts';
import { fileLine } from './file-line.ts';
import { freezeTwo } from './freeze-two.ts';
import { friction } from './friction.ts';
import { frozenIsMerged } from './frozen-is-merged.ts';
import { gateOrder } from './gate-order.ts';
import { mergeable } from './mergeable.ts';
import { objectives } from './objectives.ts';
import { prevention } from './prevention.ts';
import { pullFields } from './pull-fields.ts';
import { revisionNote } from './revision-note.ts';
import { riskRow } from './risk-row.ts';
import { scopingTable } from './scoping-table.ts';
import { silentChange } from './silent-change.ts';
import { singleOwner } from './single-owner.ts';
import { sixAspects } from './six-aspects.ts';
import { successMeasurable } from './success-measurable.ts';
import { tier1Length } from './tier1-length.ts';
import type { Rule } from '../rule.ts';

/** The rules of family `macro`, in the order of their ids. */
export const MACRO_RULES: readonly Rule[] = [
  executiveSummary,
  objectives,
  scopingTable,
  conceptLength,
  blockCount,
  sixAspects,
  eventsClassified,
  singleOwner,
  correspondence,
  codeInPlan,
  fileLine,
  frozenIsMerged,
  freezeTwo,
  pullFields,
  extensionType,
  blockMap,
  tier1Length,
  depDag,
  mergeable,
  riskRow,
  costThree,
  successMeasurable,
  gateOrder,
  crosscut,
  docsSamePull,
  friction,
  prevention,
  revisionNote,
  silentChange,
  aspiration,
];
