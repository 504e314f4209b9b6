import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPlanIndex } from '../../../src/core/formats/plan-index.ts';
import { portableOf } from '../../../src/core/formats/plan-text.ts';
import { twinDifferences } from '../../../src/core/formats/twin-diff.ts';
import { twinName, twinOf } from '../../../src/core/formats/twin.ts';
import type { PlanKind } from '../../../src/core/plan/model.ts';

const PLANS: readonly (readonly [PlanKind, string])[] = [
  ['functional', 'functional-streams'],
  ['implementation', 'implementation-specification'],
  ['task', 'task-diamond'],
  ['phased', 'phased-full'],
];

const read = (name: string): string => readFileSync(join('test', 'cases', 'plans', `${name}.md`), 'utf8');

describe('twins', () => {
  test.each(PLANS)('of a %s plan', async (kind, name) => {
    const twin = twinOf(read(name), kind);
    await expect(twin?.text).toMatchFileSnapshot(resolve('test', 'cases', 'twins', `${name}.json`));
    expect(twinOf(read(name), kind)).toEqual(twin);
    // Ticks are no part of it: an approved plan keeps its twin while it is carried out.
    expect(twinOf(read(name).replaceAll('[ ]', '[x]'), kind)?.text.length).toBeGreaterThan(0);
    expect(twinDifferences(twin?.text ?? '', twin?.text ?? '')).toEqual([]);
    expect(twinDifferences(JSON.stringify(JSON.parse(twin?.text ?? '')), twin?.text ?? '')).toEqual([]);
  });

  test('an index is read back as the plan', () => {
    const text = read('task-diamond');
    const index = readPlanIndex(twinOf(text, 'task')?.text ?? '');
    const fields = (units: readonly { id: string; needs: readonly string[]; scope: readonly string[] }[] = []) =>
      units.map(({ id, needs, scope }) => [id, needs, scope]);
    expect(fields(index.ok ? index.value.units : [])).toEqual(fields(portableOf(text)?.units));
  });

  test('plans that share a folder have twins of their own', () => {
    expect(twinName('task', 'plan')).toBe('plan.index.json');
    expect(twinName('phased', 'lamps')).toBe('lamps.index.json');
    expect(twinName('functional', 'lamps')).toBe('lamps_output.json');
    expect(twinName('implementation', 'lamps')).toBe('lamps.execution-packet.json');
    expect(twinName('micro', 'plan')).toBeUndefined();
    expect(twinOf('# x\n', 'macro')).toBeUndefined();
  });
});

describe('what differs', () => {
  const plan = { a: 1, tasks: [{ id: 'T1', needs: ['T2'] }, { id: 'T2' }], list: [1, 2] };
  const fields = (twin: unknown): readonly string[] =>
    twinDifferences(JSON.stringify(twin), JSON.stringify(plan)).map(({ field }) => field);

  test('is told field by field', () => {
    expect(fields({ ...plan, a: 2 })).toEqual(['a']);
    expect(fields({ ...plan, tasks: [{ id: 'T1', needs: [] }, { id: 'T3' }], list: [2, 1] })).toEqual([
      'tasks.T1.needs',
      'tasks.T2',
      'tasks.T3',
      'list',
    ]);
    expect(fields({ ...plan, tasks: plan.tasks.toReversed(), b: 0 })).toEqual(['tasks', 'b']);
    expect(fields([])).toEqual(['']);
    expect(twinDifferences('not JSON', JSON.stringify(plan))).toHaveLength(1);
  });

  test('long values are cut, and there is an end to it', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => ['k' + String(i), 'x'.repeat(500)]));
    const found = twinDifferences('[1]', JSON.stringify([many]));
    expect(found[0]?.plan?.length).toBe(160);
    expect(twinDifferences(JSON.stringify({ b: 1 }), JSON.stringify(many))).toHaveLength(50);
  });
});
