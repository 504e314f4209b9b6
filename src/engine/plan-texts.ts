import type { Edit } from '../core/base/finding.ts';
import type { Box } from '../core/plan/model.ts';
import { isOfKind } from '../core/plan/draft.ts';
import { markPrDone } from '../core/plan/kinds/macro/status.ts';
import type { Plan } from '../core/plan/model.ts';
import { readDraft } from '../core/plan/parse.ts';
import type { RunState } from '../core/run/state.ts';

/** The plan's document, as far as a run uses it: what briefs quote, and where its boxes are. */
export interface PlanTexts {
  readonly source: string;
  readonly context: string;
  /** The text of each task. */
  readonly goals: Readonly<Record<string, string>>;
  /** Boxes that are ticked when a task is merged. */
  readonly boxes: Readonly<Record<string, readonly Box[]>>;
  /** Boxes of the global verification. */
  readonly finalBoxes: readonly Box[];
  /** What else says in the document that a task was merged on that date (`YYYY-MM-DD`). */
  readonly marks?: (task: string, date: string) => readonly Edit[];
}

/** A plan and its document. */
interface Document {
  readonly plan: Plan;
  readonly source: string;
}

/** What the engine needs of a plan's document. */
export function textsOf({ plan, source }: Document): PlanTexts {
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

/** Plans that were written while this process carries their run on, by the hash of their text. */
const written = new Map<string, PlanTexts>();
const MOST = 64;

/** Keeps the texts of a plan for the moment in which it is approved. */
export function rememberPlan(document: Document): void {
  if (written.size >= MOST) written.clear();
  written.set(document.plan.sha256, textsOf(document));
}

/** The texts of the plan that a run has now: the one that it was opened with, until it gets another one. */
export function textsNow(state: () => RunState, document: Document): PlanTexts {
  let texts: PlanTexts | undefined;
  const given = (): PlanTexts => (texts ??= textsOf(document));
  const now = (): PlanTexts =>
    state().authoring === undefined ? given() : (written.get(state().planSha256) ?? given());
  return {
    get source() {
      return now().source;
    },
    get context() {
      return now().context;
    },
    get goals() {
      return now().goals;
    },
    get boxes() {
      return now().boxes;
    },
    get finalBoxes() {
      return now().finalBoxes;
    },
    marks: (task, date) => now().marks?.(task, date) ?? [],
  };
}
