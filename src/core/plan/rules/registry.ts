import type { Finding } from '../../base/finding.ts';
import type { Compiled } from '../compile.ts';
import type { Draft } from '../draft.ts';
import { badFence } from './bad-fence.ts';
import { checkboxSyntax } from './checkbox-syntax.ts';
import { depCycle } from './dep-cycle.ts';
import { directorySlash } from './directory-slash.ts';
import { documentOrder } from './document-order.ts';
import { dupId } from './dup-id.ts';
import { longUnit } from './long-unit.ts';
import { noUnits } from './no-units.ts';
import { nothingProves } from './nothing-proves.ts';
import { phaseForm } from './phase-form.ts';
import { phaseNumbering } from './phase-numbering.ts';
import { phaseParts } from './phase-parts.ts';
import { phaseSteps } from './phase-steps.ts';
import type { Rule } from './rule.ts';
import { sameWaveOverlap } from './same-wave-overlap.ts';
import { silentNeeds } from './silent-needs.ts';
import { stepNumbering } from './step-numbering.ts';
import { stepsOutside } from './steps-outside.ts';
import { tickOrder } from './tick-order.ts';
import { ticked } from './ticked.ts';
import { uncheckedExpectation } from './unchecked-expectation.ts';

const RULES: readonly Rule[] = [
  noUnits,
  dupId,
  depCycle,
  sameWaveOverlap,
  badFence,
  checkboxSyntax,
  ticked,
  longUnit,
  documentOrder,
  silentNeeds,
  directorySlash,
  nothingProves,
  uncheckedExpectation,
  phaseForm,
  phaseNumbering,
  stepsOutside,
  stepNumbering,
  phaseSteps,
  phaseParts,
  tickOrder,
];

/** All findings of all rules on one document. */
export function checkRules(draft: Draft, compiled: Compiled): readonly Finding[] {
  return RULES.flatMap((rule) => [...rule.check({ draft, compiled })]);
}
