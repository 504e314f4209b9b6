import { describe, expect, test } from 'vitest';
import { expectations, known, type PastTask, sizeOf } from '../../../src/core/run/past-tasks.ts';
import { explainTask } from '../../../src/core/views/explain.ts';
import { Story, task } from './story.ts';

const past = (minutes: readonly number[], fields: Partial<PastTask> = {}): readonly PastTask[] =>
  minutes.map((one) => ({ minutes: one, estimate: undefined, attempts: 1, role: 'implement', ...fields }));

describe('what earlier tasks tell', () => {
  const claude = past([10, 11, 12, 13, 14], { agent: 'claude', size: 'small' });
  const codex = past([40, 41, 42, 43, 44], { agent: 'codex', size: 'small' });
  const large = past([90, 91, 92, 93, 94], { agent: 'claude', size: 'large' });
  const all = [...claude, ...codex, ...large];

  test('is told by the nearest group that is large enough', () => {
    const small = { scope: ['a.ts'] };
    expect(known(all, small, 'claude')).toMatchObject({
      middle: 12,
      how: 'the median of 5 earlier tasks of this size by claude',
    });
    expect(known(all, small, 'gemini')).toMatchObject({
      middle: 40,
      how: 'the median of 10 earlier tasks of this size',
    });
    expect(known(all, { scope: ['a.ts', 'b.ts'] }, 'codex')).toMatchObject({
      middle: 42,
      how: 'the median of 5 earlier tasks by codex',
    });
    expect(known(all, { scope: [] }, 'gemini')?.how).toBe('the median of 15 earlier tasks');
    expect(known(all, { scope: ['a.ts'], planFirst: 'task' }, 'claude')).toBeUndefined();
    expect(known(claude.slice(1), small, 'claude')).toBeUndefined();
  });

  test('of a task with an estimate is how far off estimates were', () => {
    const off = past([20, 22, 24, 26, 28], { estimate: 10, agent: 'claude' });
    expect(known(off, { scope: [], estimate: 30 }, 'claude')).toMatchObject({
      middle: 72,
      how: '2.4 times its estimate, as 5 earlier tasks of claude took',
    });
  });

  test('of an attempt that was tried again counts each try', () => {
    expect(known(past([20, 20, 20, 20, 20], { attempts: 2 }), { scope: [] }, undefined)?.middle).toBe(10);
  });

  test('a size is the estimate, else how much may be changed', () => {
    expect(sizeOf({ scope: [], estimate: 10 })).toBe('small');
    expect(sizeOf({ scope: ['a.ts', 'b.ts'] })).toBe('medium');
    expect(sizeOf({ scope: ['src/'] })).toBe('large');
    expect(sizeOf({ scope: [] })).toBe('unknown');
  });
});

test('the order of work follows what earlier runs took, and explain says how that is known', () => {
  const tasks = [task('T1'), task('T2', { estimate: 5 }), task('T3', { needs: ['T1'] })];
  const story = new Story(tasks);
  expect(story.state.schedule.ready).toEqual([0, 1]);
  const long = past([50, 60, 70, 80, 90], { estimate: 1, agent: 'worker', size: 'small' });
  story.tell({
    event: 'durations_estimated',
    tasks: expectations(long, tasks, () => 'worker'),
    usual: 20,
    from: 5,
  });
  // Seventy times its estimate is more than two tasks of an hour and ten.
  expect(story.state.expected?.['T2']).toEqual({
    minutes: 350,
    how: '70 times its estimate, as 5 earlier tasks of worker took',
  });
  expect(story.state.schedule.ready).toEqual([1, 0]);
  expect(explainTask(story.state, 'T2')?.expected?.minutes).toBe(350);
});
