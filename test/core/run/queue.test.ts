import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Change, runQueue } from '../../../bench/lib/queue-model.ts';
import { landingMoves, touching } from '../../../src/core/run/queue/plan.ts';
import { batchSize, culprit, failureRate, probes, type Train } from '../../../src/core/run/queue/train.ts';

function train(cars: number, fields: Partial<Train> = {}): Train {
  return {
    id: 1,
    base: 'tip',
    cars: Array.from({ length: cars }, (_, i) => ({ task: `T${i}`, attempt: 1, commit: `c${i}`, tree: `t${i}` })),
    since: 0,
    landed: 0,
    good: 0,
    reds: [],
    checking: [],
    joined: false,
    ...fields,
  };
}

const LANES = { mode: 'lanes', slots: 4, batch: 16, confirm: 1 } as const;

function waiting(...names: readonly string[]): { task: string; attempt: number; touches: readonly string[] }[] {
  return names.map((task) => ({ task, attempt: 1, touches: [`${task}/`] }));
}

function view(fields: Partial<Parameters<typeof landingMoves>[0]>): Parameters<typeof landingMoves>[0] {
  return { tip: 'tip', next: 9, waiting: [], trains: [], touches: (task) => [`${task}/`], rate: 0.05, ...fields };
}

describe('how long a train is', () => {
  test('one over the root of the failure rate, shared among the slots', () => {
    expect(batchSize(64, 1, 0.05, 16)).toBe(6);
    expect(batchSize(64, 1, 0.01, 16)).toBe(13);
    expect(batchSize(64, 1, 0.2, 16)).toBe(3);
    expect(batchSize(8, 4, 0.01, 16)).toBe(2);
    expect(batchSize(64, 1, 0.0001, 16)).toBe(16);
    expect(batchSize(1, 4, 0.5, 16)).toBe(1);
  });

  test('the rate begins at one in twenty and follows what happens', () => {
    expect(failureRate(0, 0)).toBe(0.05);
    expect(failureRate(380, 0)).toBeLessThan(0.005);
    expect(failureRate(10, 10)).toBeGreaterThan(0.25);
  });
});

describe('the search for the culprit', () => {
  test('finds any one with about the logarithm of its length, whatever the number of slots', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.integer({ min: 1, max: 5 }), (cars, chosen, room) => {
        const guilty = chosen % cars;
        const one = train(cars);
        let rounds = 0;
        while (culprit(one, 1) === undefined) {
          const next = probes(one, room, 1);
          expect(next.length).toBeGreaterThan(0);
          expect(next.length).toBeLessThanOrEqual(room);
          rounds++;
          for (const at of next) {
            const before = one.reds.find((red) => red.cars === at)?.times ?? 0;
            if (at <= guilty) one.good = Math.max(one.good, at);
            else one.reds = [...one.reds.filter((red) => red.cars !== at), { cars: at, times: before + 1 }];
          }
          one.reds = one.reds.filter((red) => red.cars > one.good).sort((a, b) => a.cars - b.cars);
        }
        expect(culprit(one, 1)).toBe(guilty);
        // The whole train, the search, and the second look at the bad tree.
        expect(rounds).toBeLessThanOrEqual(2 + Math.ceil(Math.log(Math.max(1, cars)) / Math.log(room + 1)) + 1);
      }),
    );
  });

  test('goes on with what is being verified, also when a slot gets free', () => {
    const searching = train(16, { reds: [{ cars: 16, times: 1 }], checking: [{ cars: 8, since: 0 }] });
    expect(probes(searching, 1, 1)).toEqual([8]);
    expect(probes(searching, 3, 1)).toEqual([4, 8, 12]);
  });
});

describe('what the queue does next', () => {
  test('with one slot there is one train, and it holds what comes first', () => {
    const moves = landingMoves(view({ waiting: waiting('A', 'B') }), { ...LANES, slots: 1 });
    expect(moves).toMatchObject([{ move: 'assemble', limit: 2, joins: [] }]);
    expect(landingMoves(view({ waiting: waiting('A'), trains: [train(1)] }), { ...LANES, slots: 1 })).toMatchObject([
      { move: 'check', cars: 1 },
    ]);
  });

  test('a second lane holds nothing that touches what the first one touches', () => {
    const [one] = [train(1)];
    const touches = (task: string): readonly string[] => (task === 'T0' || task === 'B' ? ['shared.ts'] : [`${task}/`]);
    const all = waiting('B', 'C', 'D').map((each) => ({ ...each, touches: touches(each.task) }));
    const moves = landingMoves(view({ waiting: all, trains: [one], touches }), LANES);
    const assembled = moves.flatMap((move) => (move.move === 'assemble' ? move.from.map(({ task }) => task) : []));
    expect(assembled).toEqual(['C', 'D']);
    expect(landingMoves(view({ waiting: all, trains: [one], touches }), { ...LANES, mode: 'strict' })).toMatchObject([
      { move: 'check' },
    ]);
  });

  test('what nobody knows the files of has no lane beside others', () => {
    expect(touching(undefined, ['a'])).toBe(true);
    expect(touching(['a/'], ['b/'])).toBe(false);
    expect(touching(['a/'], ['a/x.ts'])).toBe(true);
    expect(touching([], ['a'])).toBe(false);
  });

  test('the first green lane lands, and the others are joined and verified on the new tip before they do', () => {
    const one = train(2, { good: 2 });
    const two = train(2, { id: 2, good: 2 });
    expect(landingMoves(view({ trains: [two, one] }), LANES)).toMatchObject([{ move: 'land', train: { id: 1 } }]);
    const stale = [train(2, { good: 2, base: 'old' }), train(1, { id: 2, good: 1, base: 'old' })];
    expect(landingMoves(view({ trains: stale }), LANES)).toMatchObject([
      { move: 'assemble', train: 9, limit: 3, joins: [1, 2] },
    ]);
    const joined = train(3, { id: 9, joined: true });
    const moves = landingMoves(view({ trains: [joined, train(1, { id: 10, good: 1 })] }), LANES);
    expect(moves).toMatchObject([{ move: 'check', train: { id: 9 }, cars: 3 }]);
  });
});

describe('a queue from its first to its last change', () => {
  const change = (all: number): fc.Arbitrary<Change> =>
    fc.record({
      touches: fc.array(
        fc.integer({ min: 0, max: 5 }).map((n) => `m${n}/`),
        { minLength: 1, maxLength: 2 },
      ),
      bad: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      clashes: fc.array(fc.nat({ max: all }), { maxLength: 1 }),
    });
  const load = fc.record({
    changes: fc.array(change(30), { minLength: 1, maxLength: 30 }),
    waiting: fc.integer({ min: 1, max: 30 }),
    slots: fc.integer({ min: 1, max: 5 }),
    batch: fc.integer({ min: 0, max: 12 }),
    mode: fc.constantFrom('lanes' as const, 'strict' as const),
    seed: fc.nat(),
  });
  /** A tree may fail once for nothing, and never twice. */
  const once =
    (seed: number) =>
    (tree: string, time: number): boolean =>
      time === 1 && (Number(tree.slice(1)) * 7919 + seed) % 5 === 0;

  test('the branch is never red, every change lands or is rejected, and nobody is rejected for nothing', () => {
    fc.assert(
      fc.property(load, fc.boolean(), ({ changes, waiting: many, slots, batch, mode, seed }, flaky) => {
        const own = changes.map((one, at) => ({ ...one, clashes: one.clashes.filter((other) => other !== at) }));
        const proven = new Set<string>();
        const outcome = runQueue({
          changes: own,
          waiting: many,
          landing: { mode, slots, batch },
          flaky: 'retry',
          minutes: 5,
          ...(flaky ? { flake: once(seed) } : {}),
          watch: (_, event) => {
            if (event.event === 'verification_finished' && event.passed) proven.add(event.tree);
          },
        });
        expect(outcome.red).toBe(0);
        expect(outcome.innocent).toEqual([]);
        expect([...outcome.landed, ...outcome.rejected].toSorted((a, b) => a - b)).toEqual(own.map((_, at) => at));
        expect(outcome.rejected).toEqual(expect.arrayContaining(own.flatMap((one, at) => (one.bad ? [at] : []))));
        // Where the branch stands in the end is a tree that was proven.
        if (outcome.landed.length > 0) expect(proven).toContain(outcome.state.landings.last?.tree);
        expect(outcome.state.trains).toEqual([]);
      }),
    );
  });
});
