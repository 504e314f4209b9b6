import type { Follow } from './follow.ts';
import type { Shift } from './shift.ts';
import type { Unit } from './units.ts';

/** What stands in tests after the change and did not before: where a part of an old test may have gone. */
export interface Pool {
  /** Whether literals stand together somewhere in it, beside an assertion of at least this strength. */
  holds(literals: readonly string[], strength: number, besides?: Unit): boolean;
  /** Whether an assertion with the same subject and expectation is in it. */
  asserts(key: string): boolean;
  /** Whether other words are expected because the source uses other words. */
  readonly follows: Follow;
  /** What the source of the change moved. */
  readonly shift: Shift;
}
