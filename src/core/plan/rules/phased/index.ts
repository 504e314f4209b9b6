import { nothingProvesPhase } from './nothing-proves.ts';
import { phaseForm } from './phase-form.ts';
import { phaseNumbering } from './phase-numbering.ts';
import { phaseParts } from './phase-parts.ts';
import { phaseSteps } from './phase-steps.ts';
import { stepNumbering } from './step-numbering.ts';
import { stepsOutside } from './steps-outside.ts';
import { tickOrder } from './tick-order.ts';
import type { Rule } from '../rule.ts';

/** The rules of family `phased`, in the order of their ids. */
export const PHASED_RULES: readonly Rule[] = [
  nothingProvesPhase,
  phaseForm,
  phaseNumbering,
  phaseParts,
  phaseSteps,
  stepNumbering,
  stepsOutside,
  tickOrder,
];
