import { expect, test } from 'vitest';
import type { PlanTask } from '../../../src/core/plan/model.ts';
import { newSchedule } from '../../../src/core/run/schedule.ts';

function task(id: string, ...needs: string[]): PlanTask {
  return {
    id,
    title: id,
    unit: id,
    needs,
    scope: [],
    verify: [],
    nonCommitting: false,
    agent: undefined,
    estimate: undefined,
  };
}

test('of the ready tasks, the one with the longest chain behind it comes first', () => {
  const { ready, rank } = newSchedule([
    task('A'),
    task('B'),
    task('C', 'B'),
    task('D', 'C'),
    task('E'),
    task('F', 'E'),
  ]);
  expect(ready).toEqual([1, 4, 0]);
  // B; C and E, which both have one behind them; A, D and F, which have none.
  expect(rank).toEqual([3, 0, 1, 4, 2, 5]);
});
