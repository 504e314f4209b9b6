import { describe, expect, test } from 'vitest';
import { convertDocument, writeTwin } from '../../src/app/convert.ts';
import { lintPlans } from '../../src/app/lint.ts';
import { desk } from './rig.ts';

const PLAN = `---
kind: task
---

# Plan: Lamps

### Task 1: Wire

**Files:** \`wire.txt\`
**Verify:** \`true\`
**Needs:** none

### Task 2: Switch

**Files:** \`switch.txt\`
**Verify:** \`true\`
**Needs:** T1
`;

describe('convertDocument', () => {
  test('writes a plan of another kind, and over nothing', async () => {
    const one = desk({ 'plans/lamps.md': PLAN });
    const ask = { path: 'plans/lamps.md', to: 'phased', out: 'plans/new/phased.md', force: false } as const;
    expect(await convertDocument(one.context, ask)).toMatchObject({
      ok: true,
      value: { from: 'task', to: 'phased', ids: { T1: 'P1', T2: 'P2' }, out: 'plans/new/phased.md' },
    });
    expect(one.read('plans/new/phased.md')).toContain('## [ ] Phase 1 of 2: Wire');
    expect(one.read('plans/lamps.md')).toBe(PLAN);
    expect(await convertDocument(one.context, ask)).toMatchObject({ ok: false, error: { exit: 1 } });
    expect(await convertDocument(one.context, { ...ask, force: true })).toMatchObject({ ok: true });
  });

  test('refuses what is not there or no plan', async () => {
    const one = desk({ 'notes.md': 'Words.\n' });
    for (const path of ['notes.md', 'nowhere.md'])
      expect(await convertDocument(one.context, { path, to: 'task', force: false })).toMatchObject({ ok: false });
  });
});

describe('writeTwin', () => {
  test('writes it, finds drift, and says which field', async () => {
    const one = desk({ 'docs/plan.md': PLAN, 'docs/other.md': PLAN });
    const twin = (check: boolean, path = 'docs/plan.md') => writeTwin(one.context, { path, check });
    expect(await twin(true)).toMatchObject({ value: { state: 'stale', existed: false, path: 'docs/plan.index.json' } });
    expect(await twin(false)).toMatchObject({ value: { state: 'written', existed: false } });
    expect(await twin(false)).toMatchObject({ value: { state: 'unchanged' } });
    expect(await twin(false, 'docs/other.md')).toMatchObject({ value: { path: 'docs/other.index.json' } });
    const { text } = { text: one.read('docs/plan.index.json') };
    expect(await twin(true)).toMatchObject({ value: { state: 'unchanged', differences: [] } });
    one.write('docs/plan.index.json', text.replace('"wire.txt"', '"cable.txt"'));
    expect(await twin(true)).toMatchObject({
      value: {
        state: 'stale',
        differences: [{ field: 'tasks.T1.files', twin: '["cable.txt"]', plan: '["wire.txt"]' }],
      },
    });
    one.write('docs/plan.md', PLAN.replace('**Needs:** T1', '**Needs:** none'));
    one.write('docs/plan.index.json', text);
    const linted = await lintPlans(one.context, { paths: ['docs'] });
    const stale = linted.ok
      ? linted.value.report.files.flatMap(({ file, findings }) =>
          findings.map(({ rule, message }) => `${file} ${rule} ${message}`),
        )
      : [];
    expect(stale.filter((line) => line.includes('GEN-024'))).toEqual([
      'docs/plan.md GEN-024 plan.index.json says something else than the plan: needs of T2.',
    ]);
  });

  test('a macro plan has none', async () => {
    const one = desk({ 'm.md': '---\nkind: macro\n---\n\n# M\n\n### PR 1: A\n' });
    expect(await writeTwin(one.context, { path: 'm.md', check: false })).toMatchObject({
      ok: false,
      error: { exit: 2 },
    });
  });
});
