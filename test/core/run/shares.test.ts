import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pressureOn } from '../../../src/core/run/pressure.ts';
import { granted, type Share } from '../../../src/core/run/shares.ts';

const shares: fc.Arbitrary<Share[]> = fc
  .array(fc.record({ using: fc.nat(6), wants: fc.nat(6), since: fc.nat(20) }), { minLength: 1, maxLength: 6 })
  .map((all) => all.map((one, at) => ({ ...one, id: `r${at}` })));
const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

describe('places for agents that runs share', () => {
  test('are never more than there are, and none is empty while somebody wants one', () => {
    fc.assert(
      fc.property(shares, fc.nat(20), (all, limit) => {
        const got = all.map(({ id }) => granted(all, limit, id));
        const using = sum(all.map((one) => one.using));
        expect(sum(got)).toBe(Math.min(Math.max(0, limit - using), sum(all.map((one) => one.wants))));
        all.forEach((one, at) => expect(got[at]).toBeLessThanOrEqual(one.wants));
        // Nobody is given one while somebody who has fewer goes without.
        all.forEach((one, at) => {
          if ((got[at] as number) === 0) return;
          for (const [i, other] of all.entries())
            if ((got[i] as number) < other.wants)
              expect(other.using + (got[i] as number)).toBeGreaterThanOrEqual(one.using + (got[at] as number) - 1);
        });
      }),
    );
  });

  test('with one place, three that always want one have it in turn', () => {
    const all = ['a', 'b', 'c'].map((id) => ({ id, using: 0, wants: 1, since: 0 }));
    const had: string[] = [];
    for (let round = 1; round <= 9; round++) {
      const next = all.find(({ id }) => granted(all, 1, id) === 1);
      had.push(next?.id ?? '');
      if (next !== undefined) next.since = round;
    }
    expect(had).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c']);
  });
});

describe('pressure', () => {
  const measured = { memory: 500e6, load: 3, disk: 10e9 };
  test('says what is short, and takes a little more to be over', () => {
    expect(pressureOn({ memory: 400e6, load: 4, disk: 1e9 }, measured, false)).toBeUndefined();
    expect(pressureOn({ memory: 600e6 }, measured, false)).toEqual({
      what: 'memory',
      words: '500 MB of memory are left, and 600 MB are to be',
    });
    expect(pressureOn({ memory: 480e6 }, measured, false)).toBeUndefined();
    expect(pressureOn({ memory: 480e6 }, measured, true)?.what).toBe('memory');
    expect(pressureOn({ load: 2.5 }, measured, false)?.what).toBe('load');
    expect(pressureOn({ disk: 20e9 }, measured, false)?.words).toBe(
      '10.0 GB are left on the disk, and 20.0 GB are to be',
    );
  });
  test('what nobody can measure is not short', () => {
    expect(pressureOn({ disk: 1e12 }, { ...measured, disk: undefined }, false)).toBeUndefined();
  });
});
