import { describe, expect, test } from 'vitest';
import { SABOTAGES } from './sabotage.ts';
import { simulate } from './simulate.ts';

/** Where to begin looking, so that rare coincidences need not be waited for; from there on any seed will do. */
const NEAR: Readonly<Record<string, number>> = {
  'merge looks for what has landed': 440,
  'leased ports are written down': 240,
};

describe('without its guard, a seed fails', () => {
  test.each(Object.entries(SABOTAGES))('%s', async (name, hands) => {
    const from = NEAR[name] ?? 1;
    for (let seed = from; seed < from + 2000; seed++) {
      const { violation } = await simulate(seed, { hands });
      if (violation === undefined) continue;
      // The same seed is fine with the guard: what was found is the guard's to prevent.
      expect((await simulate(seed)).violation).toBeUndefined();
      console.log(`${name}: seed ${seed}: ${violation}`);
      return;
    }
    expect.unreachable('2,000 seeds do not miss it: the guard is not needed, or not tested');
  });
});
