import type { PlanTexts } from '../engine/perform/performer.ts';
import type { PlanFile } from './create.ts';

/** What the engine needs of a plan's document. */
export function textsOf(file: PlanFile): PlanTexts {
  const { plan, source } = file;
  return {
    source,
    context: plan.context,
    goals: Object.fromEntries(plan.units.map((unit) => [unit.task.id, unit.text])),
    boxes: Object.fromEntries(plan.units.map((unit) => [unit.task.id, unit.boxes])),
    finalBoxes: plan.boxes,
  };
}
