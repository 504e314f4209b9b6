import type { PlanTask } from './model.ts';
import type { PlanGate } from './gate.ts';

/** A stop that can never open: `behind` waits for it, and what comes before it, `first`, waits for `behind`. */
export interface Standstill {
  readonly gate: string;
  readonly first: string;
  readonly behind: string;
}

/**
 * The first stop of a plan that waits for itself, by what tasks need and by what stands before the other stops; `undefined`: every one
 * can open. Linear in tasks, needs and stops for each stop.
 */
export function standstillOf(
  tasks: readonly Pick<PlanTask, 'id' | 'needs'>[],
  gates: readonly Pick<PlanGate, 'id' | 'after' | 'before'>[],
): Standstill | undefined {
  const waitsFor = new Map(tasks.map(({ id, needs }) => [id, [...needs]]));
  for (const { after, before } of gates) for (const id of before) waitsFor.get(id)?.push(...after);
  for (const { id: gate, after, before } of gates) {
    const behind = new Set(before);
    for (const first of after) {
      const seen = new Set([first]);
      for (const id of seen) {
        if (behind.has(id) && waitsFor.has(id)) return { gate, first, behind: id };
        for (const next of waitsFor.get(id) ?? []) seen.add(next);
      }
    }
  }
  return undefined;
}

/** Why nothing behind that stop would ever start. */
export function standstillWords({ gate, first, behind }: Standstill): string {
  return first === behind
    ? `${gate} stands both before and after ${first}: it could never open`
    : `${gate} comes after ${first} and before ${behind}, and ${first} waits for ${behind}: it could never open`;
}
