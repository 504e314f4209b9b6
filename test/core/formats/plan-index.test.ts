import { describe, expect, test } from 'vitest';
import { readPlanIndex } from '../../../src/core/formats/plan-index.ts';

function read(value: unknown) {
  const result = readPlanIndex(JSON.stringify(value));
  if (!result.ok) throw new Error(result.error);
  return result.value.units.map(({ id, needs, scope, verify, agent }) => ({ id, needs, scope, verify, agent }));
}

const needsOf = (value: unknown) => read(value).map(({ id, needs }) => `${id}: ${needs.join(' ')}`.trim());

describe('an index that another tool wrote of a plan', () => {
  test('6.0 with waves: a wave waits for the whole wave before it, also when numbers are left out', () => {
    const tasks = [
      { id: 1, wave: 1, description: 'Bell' },
      { id: 5, wave: 1, description: 'Rope' },
      { id: 2, wave: 4, description: 'Tower' },
      { id: 3, wave: 6, description: 'Clock' },
    ];
    expect(needsOf({ schema_version: '6.0', tasks })).toEqual(['T1:', 'T5:', 'T2: T1 T5', 'T3: T2']);
  });

  test('6.0 with deps: they count, waves do not', () => {
    const tasks = [
      { id: 1, wave: 0, deps: [] },
      { id: '2', wave: 0, deps: [] },
      { id: 3, wave: 1, deps: [1], codex: 'ok', files: ['`src/a.ts`', ''], verify_commands: ['npm test'] },
    ];
    expect(needsOf({ schema_version: '6.0', tasks })).toEqual(['T1:', 'T2:', 'T3: T1']);
    expect(read({ tasks })[2]).toEqual({
      id: 'T3',
      needs: ['T1'],
      scope: ['src/a.ts'],
      verify: ['npm test'],
      agent: 'codex',
    });
  });

  test('5.0, which has neither: the list is the order of work, neighbours of one group go together', () => {
    const tasks = [null, 'checks', 'checks', null].map((parallel_group, i) => ({
      idx: i + 1,
      name: `Task ${i + 1}`,
      codex: false,
      parallel_group,
    }));
    expect(needsOf({ schema_version: '5.0', tasks })).toEqual(['T1:', 'T2: T1', 'T3: T1', 'T4: T2 T3']);
  });

  test.each([['[]'], ['{"tasks": 3}'], ['{"tasks": [3]}'], ['{']])('%s is none', (text) => {
    expect(readPlanIndex(text).ok).toBe(false);
  });
});
