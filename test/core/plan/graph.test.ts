import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  criticalLengths,
  findCycle,
  findCycles,
  type GraphTask,
  rankTasks,
  taskGraph,
  taskWaves,
  topologicalOrder,
} from '../../../src/core/plan/graph.ts';

function tasks(needs: Readonly<Record<string, string>>, estimates: Readonly<Record<string, number>> = {}): GraphTask[] {
  return Object.entries(needs).map(([id, list]) => ({
    id,
    needs: list === '' ? [] : list.split(' '),
    estimate: estimates[id],
  }));
}

/** A list of tasks with any needs at all: cycles, repetitions and unknown ids included. */
const anyTasks = fc
  .array(fc.array(fc.nat(30), { maxLength: 5 }), { maxLength: 30 })
  .map((rows) =>
    rows.map((row, i): GraphTask => ({ id: `T${i}`, needs: row.map((n) => `T${n}`), estimate: undefined })),
  );

const acyclic = anyTasks.map((list) =>
  list.map((task, i) => ({ ...task, needs: task.needs.filter((id) => Number(id.slice(1)) < i) })),
);

describe('a diamond', () => {
  const diamond = tasks({ A: '', B: 'A', C: 'A', D: 'B C' });

  test('has three waves', () => expect(taskWaves(diamond)).toEqual([0, 1, 1, 2]));
  test('has no cycle', () => expect(findCycle(diamond)).toBeUndefined());
  test('ranks by depth, then by document order', () => expect(rankTasks(diamond)).toEqual([0, 1, 2, 3]));

  test('ranks by work when every task has an estimate', () => {
    const estimated = tasks({ A: '', B: 'A', C: 'A', D: 'B C' }, { A: 1, B: 5, C: 60, D: 1 });
    expect(criticalLengths(estimated)).toEqual([62, 6, 61, 1]);
    expect(rankTasks(estimated)).toEqual([0, 2, 1, 3]);
  });

  test('counts tasks when one estimate is missing', () => {
    expect(criticalLengths(tasks({ A: '', B: 'A' }, { A: 50 }))).toEqual([2, 1]);
  });
});

test('a cycle is shown as a path, whatever hangs on it', () => {
  expect(findCycle(tasks({ X: 'B', A: 'C', B: 'A', C: 'B' }))).toEqual(['B', 'A', 'C', 'B']);
  expect(findCycle(tasks({ A: 'A' }))).toEqual(['A', 'A']);
  expect(taskWaves(tasks({ X: 'B', A: 'C', B: 'A', C: 'B', D: '' }))).toEqual([-1, -1, -1, -1, 0]);
});

test('needs that name no task, or one twice, do no harm', () => {
  expect(taskGraph(tasks({ A: 'Z', B: 'A A' })).needs).toEqual([[], [0]]);
  expect(taskWaves(tasks({ A: 'Z', B: 'A A' }))).toEqual([0, 1]);
});

test('without a cycle, the order is complete and every need comes first', () => {
  fc.assert(
    fc.property(acyclic, (list) => {
      const graph = taskGraph(list);
      const order = topologicalOrder(graph);
      expect([...order].sort((a, b) => a - b)).toEqual(list.map((_, i) => i));
      const place = new Map(order.map((i, at) => [i, at]));
      graph.needs.forEach((needs, i) => {
        for (const need of needs) expect(place.get(need)).toBeLessThan(place.get(i) as number);
      });
      expect(findCycle(list)).toBeUndefined();
    }),
  );
});

test('a wave is one more than the latest wave of the needs', () => {
  fc.assert(
    fc.property(acyclic, (list) => {
      const waves = taskWaves(list);
      taskGraph(list).needs.forEach((needs, i) => {
        expect(waves[i]).toBe(needs.length === 0 ? 0 : 1 + Math.max(...needs.map((need) => waves[need] as number)));
      });
    }),
  );
});

test('a cycle is found exactly when the order is incomplete, and is one', () => {
  fc.assert(
    fc.property(anyTasks, (list) => {
      const cycle = findCycle(list);
      expect(cycle === undefined).toBe(topologicalOrder(taskGraph(list)).length === list.length);
      if (cycle === undefined) return;
      expect(cycle.length).toBeGreaterThan(1);
      expect(cycle[0]).toBe(cycle.at(-1));
      cycle.slice(1).forEach((need, i) => {
        expect(list.find((task) => task.id === cycle[i])?.needs).toContain(need);
      });
    }),
  );
});

test('each circle is shown once, by a shortest way round', () => {
  const two = tasks({ A: 'C', B: 'A', C: 'B', D: 'D A', E: 'F', F: 'G E', G: 'F', H: 'A' });
  expect(findCycles(two)).toEqual([
    ['A', 'C', 'B', 'A'],
    ['D', 'D'],
    ['E', 'F', 'E'],
  ]);
  fc.assert(
    fc.property(anyTasks, (list) => {
      const cycles = findCycles(list);
      expect(cycles.length > 0).toBe(findCycle(list) !== undefined);
      const first = cycles.map(([id]) => list.findIndex((task) => task.id === id));
      expect(first).toEqual([...first].sort((a, b) => a - b));
      for (const cycle of cycles) {
        expect(cycle[0]).toBe(cycle.at(-1));
        expect(new Set(cycle).size).toBe(cycle.length - 1);
        for (const [i, need] of cycle.slice(1).entries())
          expect(list.find((task) => task.id === cycle[i])?.needs).toContain(need);
      }
      // Cutting every one of them again and again leaves nothing that waits for itself.
      let left: readonly (typeof list)[number][] = list;
      for (let rounds = 0; findCycles(left).length > 0 && rounds < 1000; rounds++) {
        const cut = new Map(findCycles(left).map(([id, need]) => [id, need]));
        left = left.map((task) => ({ ...task, needs: task.needs.filter((need) => need !== cut.get(task.id)) }));
      }
      expect(findCycle(left)).toBeUndefined();
    }),
  );
});

test('ranks are a permutation in which no task comes before one that has more work hanging on it', () => {
  fc.assert(
    fc.property(anyTasks, (list) => {
      const ranks = rankTasks(list);
      const lengths = criticalLengths(list);
      expect([...ranks].sort((a, b) => a - b)).toEqual(list.map((_, i) => i));
      const order = list.map((_, i) => i).sort((a, b) => (ranks[a] as number) - (ranks[b] as number));
      order.slice(1).forEach((i, at) => {
        expect(lengths[order[at] as number]).toBeGreaterThanOrEqual(lengths[i] as number);
      });
    }),
  );
});

test('ten thousand tasks in one chain, and in one layer, are no matter of depth', () => {
  const chain = Array.from({ length: 10_000 }, (_, i) => ({ id: `T${i}`, needs: i === 0 ? [] : [`T${i - 1}`] }));
  expect(taskWaves(chain).at(-1)).toBe(9999);
  const round = [...chain.slice(1), { id: 'T0', needs: ['T9999'] }];
  expect(findCycle(round)).toHaveLength(10_001);
  expect(findCycles(round).map((cycle) => cycle.length)).toEqual([10_001]);
});
