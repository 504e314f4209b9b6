import type { EventName, RecordedEvent } from '../event.ts';
import { ATTEMPT_FAILURES } from './attempts.ts';
import { EVIDENCE_FAILURES } from './evidence.ts';
import { LANDING_FAILURES } from './landing.ts';
import { LIMIT_FAILURES } from './limits.ts';
import { RECORD_FAILURES } from './record.ts';
import { REVIEW_FAILURES, WORKTREE_FAILURES } from './reviews.ts';
import type { FailureSpec, Occurrence, Seen } from './spec.ts';

/** Every failure class. A new one is added to the file of its group, with what it detects and what to do about it. */
export const RUN_FAILURES: readonly FailureSpec[] = [
  ...ATTEMPT_FAILURES,
  ...EVIDENCE_FAILURES,
  ...LANDING_FAILURES,
  ...LIMIT_FAILURES,
  ...REVIEW_FAILURES,
  ...WORKTREE_FAILURES,
  ...RECORD_FAILURES,
];

/** The class of that id. */
export function failureCalled(id: string): FailureSpec | undefined {
  return BY_ID.get(id);
}

const BY_ID = new Map(RUN_FAILURES.map((spec) => [spec.id, spec]));

type AnyDetector = (event: RecordedEvent, seen: Seen) => Occurrence | undefined;

/** Who looks at an event: nobody, for most. */
export const DETECTORS: ReadonlyMap<EventName, readonly { readonly id: string; readonly detect: AnyDetector }[]> =
  (() => {
    const table = new Map<EventName, { id: string; detect: AnyDetector }[]>();
    for (const { id, detect } of RUN_FAILURES) {
      for (const [name, detector] of Object.entries(detect) as [EventName, AnyDetector][]) {
        const list = table.get(name);
        if (list === undefined) table.set(name, [{ id, detect: detector }]);
        else list.push({ id, detect: detector });
      }
    }
    return table;
  })();
