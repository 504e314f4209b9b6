import { isOfKind } from '../core/plan/draft.ts';
import { markPrDone } from '../core/plan/kinds/macro/status.ts';
import { readDraft } from '../core/plan/parse.ts';
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
    ...(plan.kind === 'macro' ? { marks: marksOf(source) } : {}),
  };
}

/** Macro plans say behind the heading of a pull request that it is completed. */
function marksOf(source: string): NonNullable<PlanTexts['marks']> {
  const read = readDraft(source, 'macro');
  const draft = read.ok ? read.value.draft : undefined;
  if (draft === undefined || !isOfKind(draft, 'macro')) return () => [];
  const units = new Map(draft.units.map((unit) => [unit.id, unit]));
  return (task, date) => {
    const unit = units.get(task);
    // What a heading says of being done is left out of what is approved; a row of a table is not.
    return unit === undefined || source[unit.heading.start] !== '#' ? [] : markPrDone(source, unit, date);
  };
}
