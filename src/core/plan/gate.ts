/** A named stop between tasks. */
export interface PlanGate {
  readonly id: string;
  readonly kind: 'approval' | 'validation' | 'freeze' | 'checkpoint' | 'review' | 'merge' | 'verify';
  readonly title: string;
  /** Ids of tasks that come before it and of those that wait for it. */
  readonly after: readonly string[];
  readonly before: readonly string[];
  /** What must be true for it to open. */
  readonly criteria: readonly string[];
  /** What happens when it does not: the abort plan. */
  readonly onFail: string | undefined;
}
