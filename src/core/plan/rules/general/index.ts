import { badFence } from './bad-fence.ts';
import { checkboxSyntax } from './checkbox-syntax.ts';
import { danglingRef } from './dangling-ref.ts';
import { declaredVsDerived } from './declared-vs-derived.ts';
import { depCycle } from './dep-cycle.ts';
import { dupId } from './dup-id.ts';
import { editedAfterApproval } from './edited-after-approval.ts';
import { idGap } from './id-gap.ts';
import { longUnit } from './long-unit.ts';
import { missingLog } from './missing-log.ts';
import { noUnits } from './no-units.ts';
import { parentChildState } from './parent-child-state.ts';
import { placeholderLeft } from './placeholder-left.ts';
import { requiredSection } from './required-section.ts';
import { sameWaveOverlap } from './same-wave-overlap.ts';
import { sectionOrder } from './section-order.ts';
import { staleTwin } from './stale-twin.ts';
import { statusVocab } from './status-vocab.ts';
import { ticked } from './ticked.ts';
import { unknownSection } from './unknown-section.ts';
import { unreachableUnit } from './unreachable-unit.ts';
import type { Rule } from '../rule.ts';

/** The rules of family `general`, in the order of their ids. */
export const GENERAL_RULES: readonly Rule[] = [
  placeholderLeft,
  dupId,
  idGap,
  danglingRef,
  depCycle,
  declaredVsDerived,
  requiredSection,
  sectionOrder,
  unknownSection,
  checkboxSyntax,
  parentChildState,
  sameWaveOverlap,
  unreachableUnit,
  badFence,
  statusVocab,
  editedAfterApproval,
  missingLog,
  ticked,
  longUnit,
  noUnits,
  staleTwin,
];
