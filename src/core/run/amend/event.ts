import type { PlanTerms } from '../../plan/terms.ts';
import type { PlanTask } from '../../plan/model.ts';

/** One difference between the plan as it is carried out and as it is to be; `before` and `after` are what a person would read. */
export interface PlanChange {
  readonly change:
    | 'added'
    | 'dropped'
    | 'restored'
    | 'title'
    | 'text'
    | 'scope'
    | 'verify'
    | 'needs'
    | 'routing'
    | 'kind'
    | 'verification'
    | 'context'
    | 'terms'
    | 'prose';
  /** Absent: the plan as a whole. */
  readonly task?: string;
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

/** What becomes of a task because of an amendment. */
export interface Impact {
  readonly task: string;
  readonly effect:
    /** A new task, or one that was dropped and is there again. */
    | 'added'
    /** It has not begun: its brief will say what is so now. */
    | 'not-begun'
    /** What changed has nothing to do with what is under way, or landed. */
    | 'goes-on'
    /** Its attempt is ended or its work withdrawn, and it begins again with what was done so far. */
    | 'begins-again'
    /** Its work stays; what was proven of it, and the review of it, count no more. */
    | 'verified-again'
    /** It had failed, and is another task now. */
    | 'opened-again'
    /** Its sub-plan was for another text. */
    | 'planned-again'
    /** It is in the plan no more. */
    | 'ended';
  /** What counts no more, in words: attempts, evidence, approvals. */
  readonly loses: readonly string[];
}

/** What a person did about the tasks of a run that is under way; docs/living-plan.md. */
export type SteerEvent =
  /** The task, or one criterion of it, needs no proof: a person says so. It is over, and was never done. */
  | {
      readonly event: 'task_waived';
      readonly task: string;
      readonly by: string;
      readonly reason: string;
      /** Only this criterion of it; the task itself goes on. */
      readonly criterion?: string;
    }
  /** A person takes the task upon themselves: its agent, if one is at work, is ended with its work kept. See hold.ts. */
  | { readonly event: 'task_attached'; readonly task: string; readonly by: string }
  /** What a person has to say to whoever works on the task next. */
  | { readonly event: 'task_advised'; readonly task: string; readonly by: string; readonly advice: string }
  /** Another text of the plan was put forward; the gate `amend:<sha>` asks about it. */
  | {
      readonly event: 'amendment_proposed';
      readonly sha256: string;
      /** The text that it would take the place of. */
      readonly before: string;
      readonly by: string;
      readonly changes: readonly PlanChange[];
      readonly impact: readonly Impact[];
      /** The task whose sub-plan the text is; absent: it is the plan itself. */
      readonly task?: string;
    }
  /** Another text of the plan is carried out from here on; it is in the bundle as `amendments/<sha>.md`. */
  | {
      readonly event: 'plan_amended';
      readonly sha256: string;
      readonly before: string;
      readonly by: string;
      readonly how: string;
      readonly changes: readonly PlanChange[];
      readonly impact: readonly Impact[];
      /** Tasks that are new or defined otherwise, as they are now. */
      readonly tasks: readonly PlanTask[];
      readonly verify: readonly string[];
      /** Hashes of the text of each task, and of what stands before them all. */
      readonly texts: Readonly<Record<string, string>>;
      readonly context: string;
      /** What it asks for beyond its tasks: gates, criteria, rows. */
      readonly terms?: PlanTerms;
    }
  /** Another text of a sub-plan is carried out from here on; it is in the bundle as `amendments/<sha>.md`. */
  | {
      readonly event: 'subplan_amended';
      /** The task whose sub-plan it is. */
      readonly task: string;
      readonly sha256: string;
      readonly before: string;
      readonly by: string;
      readonly how: string;
      /** No finding of it is an error. */
      readonly clean: boolean;
      readonly changes: readonly PlanChange[];
      readonly impact: readonly Impact[];
      /** All tasks of the sub-plan as they are now. */
      readonly tasks: readonly PlanTask[];
    };
