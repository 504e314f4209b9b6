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
  /** What a person has to say to whoever works on the task next. */
  | { readonly event: 'task_advised'; readonly task: string; readonly by: string; readonly advice: string };
