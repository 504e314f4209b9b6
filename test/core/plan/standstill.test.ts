import { expect, test } from 'vitest';
import { standstillOf, standstillWords } from '../../../src/core/plan/standstill.ts';

const tasks = (needs: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(needs).map(([id, of]) => ({ id, needs: of }));
const stop = (id: string, after: readonly string[], before: readonly string[]) => ({ id, after, before });

test('a stop between tasks that wait for each other in its order opens', () => {
  expect(standstillOf(tasks({ T1: [], T2: ['T1'], T3: ['T2'] }), [stop('V1', ['T1'], ['T2'])])).toBeUndefined();
  expect(
    standstillOf(tasks({ T1: [], T2: [] }), [stop('V1', [], ['T1', 'T2']), stop('V2', ['T2'], [])]),
  ).toBeUndefined();
});

test('a stop after what waits for what stands behind it never opens', () => {
  const found = standstillOf(tasks({ T1: [], T2: ['T1'], T3: ['T2'] }), [stop('V1', ['T3'], ['T1'])]);
  expect(found).toEqual({ gate: 'V1', first: 'T3', behind: 'T1' });
  expect(found && standstillWords(found)).toBe(
    'V1 comes after T3 and before T1, and T3 waits for T1: it could never open',
  );
});

test('two stops may wait for each other where no task does', () => {
  const gates = [stop('V1', ['T1'], ['T2']), stop('V2', ['T2'], ['T1'])];
  expect(standstillOf(tasks({ T1: [], T2: [] }), gates)).toMatchObject({ gate: 'V1' });
});

test('a stop on both sides of one task, and tasks that are not there', () => {
  const found = standstillOf(tasks({ T1: [] }), [stop('V1', ['T1'], ['T1'])]);
  expect(found && standstillWords(found)).toBe('V1 stands both before and after T1: it could never open');
  expect(standstillOf(tasks({ T1: [] }), [stop('V1', ['gone'], ['gone'])])).toBeUndefined();
});
