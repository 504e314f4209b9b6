import { type Round, type Weight, WEIGHTS } from '../read.ts';

/** How many findings of each weight a round holds. */
export interface Counts {
  /** Those with a location. */
  readonly counted: ReadonlyMap<Weight, number>;
  /** Every number that can be stated of them: those discarded or downgraded may have been left out or not. */
  readonly least: ReadonlyMap<Weight, number>;
  readonly most: ReadonlyMap<Weight, number>;
}

/** Counts the findings of a round; `undefined` when only its tally was kept, or when some finding has no weight. */
export function countsOf({ findings }: Round): Counts | undefined {
  if (findings === undefined) return undefined;
  const zero = (): Map<Weight, number> => new Map(WEIGHTS.map((weight) => [weight, 0]));
  const [counted, least, most] = [zero(), zero(), zero()];
  const add = (to: Map<Weight, number>, weight: Weight): unknown => to.set(weight, (to.get(weight) ?? 0) + 1);
  for (const { weight, location, disposition } of findings) {
    if (weight === undefined) return undefined;
    add(most, weight);
    if (location === undefined) continue;
    add(counted, weight);
    if (disposition !== 'downgraded') add(least, weight);
    else {
      // It may have been counted as what it was made: one step down, or as a suggestion.
      for (const lower of WEIGHTS.slice(WEIGHTS.indexOf(weight) + 1)) add(most, lower);
    }
  }
  return { counted, least, most };
}

/** How many findings of a round forbid to stop: critical or important, neither filed elsewhere nor downgraded. */
export function blockingIn(round: Round): number {
  const grave = (weight: Weight | undefined): boolean => weight === 'critical' || weight === 'important';
  const all = round.findings?.filter(({ weight }) => grave(weight)) ?? [];
  const excused = all.filter(
    ({ location, disposition }) => location === undefined || disposition === 'filed' || disposition === 'downgraded',
  );
  const stated = (round.tally.get('critical')?.value ?? 0) + (round.tally.get('important')?.value ?? 0);
  return Math.max(all.length, stated) - excused.length;
}
