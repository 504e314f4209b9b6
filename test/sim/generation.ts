/** The first seed of the second generation. */
export const SECOND_GENERATION = 1_000_000;

/**
 * Whether a seed throws the dice of the second generation too. The seeds before keep their stories, so whatever is new in what the
 * simulator throws is thrown only where this holds.
 */
export function isSecondGeneration(seed: number): boolean {
  return seed >= SECOND_GENERATION;
}

/** The first seed of the third generation, which is one of the second, too. */
const THIRD = 2_000_000;

/** Whether many tasks are planned first, and persons amend the sub-plans that are carried out. */
export function isThirdGeneration(seed: number): boolean {
  return seed >= THIRD;
}
