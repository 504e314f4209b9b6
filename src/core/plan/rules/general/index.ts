import { badFence } from './bad-fence.ts';
import { checkboxSyntax } from './checkbox-syntax.ts';
import { depCycle } from './dep-cycle.ts';
import { dupId } from './dup-id.ts';
import { longUnit } from './long-unit.ts';
import { noUnits } from './no-units.ts';
import { sameWaveOverlap } from './same-wave-overlap.ts';
import { ticked } from './ticked.ts';
import type { Rule } from '../rule.ts';

/** The rules of family `general`, in the order of their ids. */
export const GENERAL_RULES: readonly Rule[] = [
  badFence,
  checkboxSyntax,
  depCycle,
  dupId,
  longUnit,
  noUnits,
  sameWaveOverlap,
  ticked,
];
