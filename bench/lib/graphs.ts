import type { PlanTask } from '../../src/core/plan/model.ts';
import type { Chance } from './chance.ts';

/** The families of random graphs that schedules are tried on. */
export const FAMILIES = ['layered', 'erdos-renyi', 'fork-join', 'modules', 'plan shapes'] as const;
export type Family = (typeof FAMILIES)[number];

/** Widths of the levels of real plans, with the narrow middles that real plans have. */
const SHAPES: readonly (readonly number[])[] = [
  [8, 7, 2, 2, 2, 3, 1, 1],
  [1, 8, 3, 1, 5, 5, 1, 4, 2, 1, 2, 2, 1],
  [1, 2, 2, 1],
  [3, 2, 1],
  [1, 1, 4, 3, 2, 1],
  [2, 3, 3, 2, 1, 1],
  [1, 3, 4, 2, 2, 1, 1],
  [4, 4, 2, 1],
  [1, 5, 2, 2, 1, 1, 1],
];

/** Needs by position: `needs[i]` holds only positions before `i`. */
export function randomNeeds(family: Family, chance: Chance): number[][] {
  switch (family) {
    case 'layered':
      return levels(
        Array.from({ length: chance.whole(4, 10) }, () => chance.whole(2, 20)),
        chance,
      );
    case 'plan shapes':
      return levels(chance.pick(SHAPES), chance);
    case 'erdos-renyi': {
      const count = chance.whole(20, 120);
      const density = (1 + 2 * chance.next()) / count;
      return Array.from({ length: count }, (_, i) => range(i).filter(() => chance.next() < density * 2));
    }
    case 'fork-join': {
      const needs: number[][] = [[]];
      for (let stage = chance.whole(2, 5); stage > 0; stage--) {
        const fork = needs.length - 1;
        const ends: number[] = [];
        for (let branch = chance.whole(3, 16); branch > 0; branch--) {
          let before = fork;
          for (let step = chance.whole(1, 3); step > 0; step--) before = needs.push([before]) - 1;
          ends.push(before);
        }
        needs.push(ends);
      }
      return needs;
    }
    case 'modules': {
      // Some groundwork, modules that are chains of their own with a few needs across, and a few tasks that tie them up.
      const needs: number[][] = range(chance.whole(1, 3)).map(() => []);
      const roots = needs.length;
      const ends: number[] = [];
      for (let module = chance.whole(3, 14); module > 0; module--) {
        let before = chance.whole(0, roots - 1);
        for (let step = chance.whole(2, 8); step > 0; step--) {
          const own = [before];
          if (chance.next() < 0.2 && ends.length > 0) own.push(chance.pick(ends));
          needs.push([...new Set(own)]);
          before = needs.length - 1;
        }
        ends.push(before);
      }
      for (let tie = chance.whole(1, 3); tie > 0; tie--) needs.push(ends.filter(() => chance.next() < 0.6));
      return needs;
    }
  }
}

function levels(widths: readonly number[], chance: Chance): number[][] {
  const needs: number[][] = [];
  let before: number[] = [];
  for (const width of widths) {
    const level: number[] = [];
    for (let k = 0; k < width; k++) {
      const own = new Set<number>();
      if (before.length > 0) own.add(chance.pick(before));
      for (let more = chance.whole(0, 2); more > 0 && before.length > 0; more--) {
        // Now and then a need reaches back over a level.
        own.add(
          chance.next() < 0.2 && needs.length > 0
            ? chance.whole(0, (before[0] as number) + before.length - 1)
            : chance.pick(before),
        );
      }
      level.push(needs.length);
      needs.push([...own]);
    }
    before = level;
  }
  return needs;
}

/** Needs as tasks of a plan, without estimates. `scopes[i]` are the paths of task `i`. */
export function tasksOf(
  needs: readonly (readonly number[])[],
  scopes: readonly (readonly string[])[] = [],
): PlanTask[] {
  return needs.map((own, i) => ({
    id: `T${i + 1}`,
    title: `Task ${i + 1}`,
    unit: `task:${i + 1}`,
    needs: own.map((need) => `T${need + 1}`),
    scope: scopes[i] ?? [`src/task${i + 1}.ts`],
    verify: ['true'],
    nonCommitting: false,
    agent: undefined,
    estimate: undefined,
  }));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
