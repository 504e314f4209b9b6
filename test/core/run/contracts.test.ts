import { describe, expect, test } from 'vitest';
import { composeBrief } from '../../../src/core/run/brief.ts';
import { briefProblems, contractCalled, CONTRACTS } from '../../../src/core/run/contracts/registry.ts';
import type { RunState } from '../../../src/core/run/state.ts';
import { Story, task } from './story.ts';

const sizeOf = (value: unknown): number => JSON.stringify(value).length;

/** A value that a strict JSON Schema of ours allows: the first of everything. */
function sample(schema: unknown): unknown {
  const node = schema as Record<string, unknown>;
  if (Array.isArray(node['enum'])) return node['enum'][0] as unknown;
  if ('const' in node) return node['const'];
  if (Array.isArray(node['anyOf'])) return sample(node['anyOf'][0]);
  const type = Array.isArray(node['type']) ? (node['type'] as string[])[0] : node['type'];
  if (type === 'object') {
    const fields = node['properties'] as Record<string, unknown>;
    return Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, sample(one)]));
  }
  if (type === 'array') return node['minItems'] === undefined ? [] : [sample(node['items'])];
  if (type === 'string') return node['pattern'] === undefined ? 'x' : '0'.repeat(64);
  return type === 'boolean' ? true : type === 'null' ? null : 1;
}

describe.each(CONTRACTS.map((one) => [one.id, one] as const))('contract %s', (id, contract) => {
  test('has a version, a role, limits, and schemas that hold programs to every field', () => {
    expect(id).toMatch(/^[a-z]+[.]v[1-9][0-9]*$/);
    // Nothing is registered that nothing dispatches.
    expect(contract.dispatchedBy).not.toBe('');
    expect(contract.version).toBeGreaterThan(0);
    expect(contract.digest.limit).toBeLessThanOrEqual(64 * 1024);
    const strict = contract.digest.schema() as {
      properties: object;
      required: string[];
      additionalProperties: boolean;
    };
    expect(strict.required.toSorted()).toEqual(Object.keys(strict.properties).toSorted());
    expect(strict.additionalProperties).toBe(false);
  });

  test('takes a digest that its own schema allows, and none of another contract, too long, or broken', () => {
    const { check, limit, schema } = contract.digest;
    const text = JSON.stringify(sample(schema()));
    expect(check(text, text.length)).toMatchObject({ ok: true });
    expect(check(text, limit + 1)).toMatchObject({ error: { problems: [expect.stringContaining('more than')] } });
    expect(check(text.slice(0, -1), text.length)).toMatchObject({ ok: false });
    expect(check('null', 4)).toMatchObject({ ok: false });
    const other = text.replace(id, 'other.v1');
    expect(check(other, other.length)).toMatchObject({
      error: { problems: [expect.stringMatching(/contract_id: this attempt is under .*, not other.v1/)] },
    });
    expect(check('{"status":"blocked","blocker_reason":"no key"}', 40)).toMatchObject({
      error: { admits: { status: 'blocked', reason: 'no key' } },
    });
  });

  test('takes a brief that its own schema allows, and says what is missing', () => {
    const brief = sample(contract.brief.schema()) as Record<string, unknown>;
    expect(briefProblems(id, brief, sizeOf(brief))).toEqual([]);
    const { base: _, ...without } = brief;
    expect(briefProblems(id, without, 10)).toEqual([expect.stringContaining('base')]);
    expect(briefProblems(id, brief, contract.brief.limit + 1)).toEqual([expect.stringContaining('bytes')]);
  });
});

test('briefs that are composed fit their contracts', () => {
  const story = new Story([task('T1'), task('T2', { planFirst: 'task' })]).approved();
  story.started('T1').ended('T1', 1, 'failed');
  const compose = (state: RunState, at: number) =>
    composeBrief(state, state.tasks[at] as never, 2, 'base', 'worker', { goal: 'g', context: '', template: '# Plan' });
  const [one, two] = [compose(story.state, 0), compose(story.state, 1)];
  expect(briefProblems('implement.v1', one, sizeOf(one))).toEqual([]);
  expect(briefProblems('plan.v1', two, sizeOf(two))).toEqual([]);
  expect(briefProblems('implement.v1', two, sizeOf(two))).not.toEqual([]);
  expect(briefProblems('nothing.v9', one, 1)).toEqual(['there is no contract nothing.v9']);
  expect(contractCalled('plan.v1')?.role).toBe('plan');
});
