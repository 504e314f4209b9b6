import { readFileSync } from 'node:fs';

/** Seeds that once failed: the first word of each line of seeds.txt. */
export function knownSeeds(): number[] {
  return readFileSync('test/sim/seeds.txt', 'utf8')
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => Number.parseInt(line, 10));
}
