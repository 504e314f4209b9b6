import { appendixEmpty } from './appendix-empty.ts';
import { fileReference } from './file-reference.ts';
import { filesVersusSteps } from './files-steps.ts';
import { horizontalSlice } from './horizontal-slice.ts';
import { logPosition } from './log-position.ts';
import { nothingProvesPhase } from './nothing-proves.ts';
import { openWhenDone } from './open-when-done.ts';
import { phaseForm } from './phase-form.ts';
import { phaseNumbering } from './phase-numbering.ts';
import { phaseParts } from './phase-parts.ts';
import { phaseSteps } from './phase-steps.ts';
import { stepNumbering } from './step-numbering.ts';
import { stepsOutside } from './steps-outside.ts';
import { testsInPhase } from './tests-in-phase.ts';
import { thinStep } from './thin-step.ts';
import { tickOrder } from './tick-order.ts';
import { wholeEmpty } from './whole-empty.ts';
import type { Rule } from '../rule.ts';

/** The rules of family `phased`, in the order of their ids. */
export const PHASED_RULES: readonly Rule[] = [
  phaseForm,
  phaseNumbering,
  stepsOutside,
  stepNumbering,
  phaseSteps,
  phaseParts,
  nothingProvesPhase,
  testsInPhase,
  horizontalSlice,
  thinStep,
  fileReference,
  filesVersusSteps,
  wholeEmpty,
  appendixEmpty,
  logPosition,
  openWhenDone,
  tickOrder,
];
