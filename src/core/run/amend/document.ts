import { planHash } from '../../plan/hash.ts';
import type { PlanTerms } from '../../plan/terms.ts';
import type { Plan, PlanTask } from '../../plan/model.ts';

/** Hex digits of the hash of a task's text: it tells texts of one plan apart, and is bound to nothing. */
const DIGITS = 16;

/** A text of the plan, as far as a run has to know it to be amended by it. */
export interface AmendedPlan {
  readonly sha256: string;
  readonly tasks: readonly PlanTask[];
  readonly verify: readonly string[];
  /** Hashes of the text of each task, ticks left out. */
  readonly texts: Readonly<Record<string, string>>;
  /** The same as runs recorded it whose log begins with an earlier release. */
  readonly formerTexts?: Readonly<Record<string, string>>;
  /** Hash of what stands before the first task. */
  readonly context: string;
  /** What it asks for beyond its tasks. */
  readonly terms?: PlanTerms;
  /** It is no text of the plan itself, but of the sub-plan of a task. */
  readonly subplan?: {
    readonly of: string;
    /** No finding of it is an error. */
    readonly clean: boolean;
    /** The same of the text that is carried out; absent: that is lost, and every text counts as another one. */
    readonly former?: Pick<AmendedPlan, 'texts' | 'context'>;
  };
}

/** What a run is amended by when this is its plan. */
export function amendedPlan(plan: Plan): AmendedPlan {
  return {
    sha256: plan.sha256,
    tasks: plan.units.map(({ task }) => task),
    verify: plan.verify,
    texts: Object.fromEntries(plan.units.map(({ task, text }) => [task.id, FORM + textHash(text, true)])),
    formerTexts: Object.fromEntries(plan.units.map(({ task, text }) => [task.id, textHash(text)])),
    context: textHash(plan.context),
    ...(plan.terms === undefined ? {} : { terms: plan.terms }),
  };
}

/** Lines that say what the tasks of a plan have as fields, too: a change of one of them is told as what it is. */
const FIELDS =
  /^[ \t]*(?:[-*+][ \t]+)?\*\*(?:files?|scope|needs|depends(?: on)?|dependencies|blocked by|verify|verification|agent|model|effort|estimate|parallel(?: group)?|group|wave|resources?)[^*\n]{0,40}\*\*[^\n]*$/gim;

/** Commands in a block of their own below the line that announces them. */
const COMMANDS =
  /^([ \t]*\*\*verif[^*\n]{0,40}\*\*[^\n]*)\n[ \t]*\n?[ \t]*(```+|~~~+)[^\n]*\n[\s\S]*?\n[ \t]*\2[ \t]*$/gim;

/** Marks hashes in which runs of empty lines count as one: a line more for a field is no other text. */
const FORM = '2:';

/** The hash that the text of a task had by now, in the form in which the run recorded it. */
export function textAs(recorded: string, plan: AmendedPlan, task: string): string | undefined {
  return (recorded.startsWith(FORM) ? undefined : plan.formerTexts?.[task]) ?? plan.texts[task];
}

function textHash(text: string, closed = false): string {
  const words = text
    .replace(/^\s*#{1,6}[^\n]*\n/, '')
    .replace(COMMANDS, '$1')
    .replace(FIELDS, '');
  const lines = closed ? words.replace(/\n\s*\n/g, '\n\n').trim() : words;
  return planHash(lines).slice(0, DIGITS);
}
