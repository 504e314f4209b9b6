import { describe, expect, test } from 'vitest';
import { knownSeeds } from './seeds.ts';
import { simulate } from './simulate.ts';

/** Runs seeds and returns what failed, with how to look at it. */
async function failures(seeds: readonly number[]): Promise<string[]> {
  const failed: string[] = [];
  for (const seed of seeds) {
    const { violation, counts } = await simulate(seed);
    if (seed <= BLOCK) for (const name of Object.keys(met) as (keyof typeof met)[]) met[name] += counts[name];
    if (violation !== undefined) failed.push(`${violation}\nlook at it with: npm run sim -- --seed ${seed} --trace`);
  }
  return failed;
}

const BLOCK = 100;
/** What the first seeds met with. */
const met = { kills: 0, powerCuts: 0, stops: 0, ioErrors: 0, robbed: 0, merges: 0 };

describe('whatever happens, nothing is lost and nothing happens twice', () => {
  test('in the seeds that once failed', async () => {
    expect(await failures(knownSeeds())).toEqual([]);
  });

  test.each([1, 101])('from seed %i on', async (from) => {
    expect(await failures(Array.from({ length: BLOCK }, (_, i) => from + i))).toEqual([]);
  });
});

test('a seed decides everything', async () => {
  for (const seed of [3, 44, 221, 363]) {
    const [one, other] = [await simulate(seed, { trace: true }), await simulate(seed, { trace: true })];
    expect(other.trace).toEqual(one.trace);
    expect(other).toEqual(one);
  }
});

test('the faults that the seeds promise happen', () => {
  for (const [what, count] of Object.entries(met)) expect(count, what).toBeGreaterThan(5);
});
