/** The first seed of the second generation. */
export const SECOND_GENERATION = 1_000_000;

/**
 * Whether a seed throws the dice of the second generation too. The seeds before keep their stories, so whatever is new in what the
 * simulator throws is thrown only where this holds.
 */
export function isSecondGeneration(seed: number): boolean {
  return seed >= SECOND_GENERATION;
}
