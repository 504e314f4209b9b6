import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderImplementation } from '../../../../src/core/plan/kinds/implementation/render.ts';
import { implementationTemplate } from '../../../../src/core/plan/kinds/implementation/template.ts';
import { taskIdsOf } from '../../../../src/core/plan/kinds/task-render.ts';
import { parsePlan } from '../../../../src/core/plan/parse.ts';
import type { Portable, PortableUnit } from '../../../../src/core/plan/portable.ts';
import { runs } from '../../../runs.ts';

const NO_UNIT: PortableUnit = {
  id: 'T1',
  title: 'Write the parser',
  group: undefined,
  body: '',
  needs: [],
  scope: [],
  verify: [],
  criteria: [],
  criterionIds: [],
  requirementIds: [],
  agent: undefined,
  estimate: undefined,
  done: false,
  planFirst: undefined,
};
const EMPTY: Portable = { title: 'Plan', context: '', units: [], requirements: [], criteria: [], verify: [] };

function readBack(plan: Portable) {
  const text = renderImplementation(plan);
  const parsed = parsePlan(text, { fileName: 'x.md' });
  if (!parsed.ok) throw new Error(`not read:\n${text}`);
  expect(parsed.value.kind).toBe('implementation');
  return { text, plan: parsed.value };
}

function core(plan: Portable) {
  return readBack(plan).plan.units.map(({ task, criteria }) => ({
    id: task.id,
    needs: task.needs,
    scope: task.scope,
    verify: task.verify,
    criteria,
  }));
}

describe('a plan reads back as it was written', () => {
  test('every field', () => {
    const whole: Portable = {
      title: 'Greeting service',
      context:
        '## Goal\n\nSay hello.\n\n## Issues\n\n### Issue 1: no task\n\n## Validation Checkpoints\n\n- Phase 1: none\n\nTests: none',
      requirements: [{ id: 'FR-1', title: 'Greets', text: 'Says hello.' }],
      criteria: [{ id: 'AC-7', title: 'Hello', text: 'It says hello.', requirements: ['FR-1'] }],
      units: [
        { ...NO_UNIT, group: 'Wave 1', scope: ['src/a.ts', 'src/db/'], verify: ['npm test'], estimate: 20, done: true },
        { ...NO_UNIT, id: 'W1-T2', group: 'Notes', title: 'Use `x`', needs: ['T1'], agent: 'codex' },
        { ...NO_UNIT, id: '1.2', group: 'Notes', needs: ['T1', 'W1-T2'], criteria: ['`npm run x` prints **4**'] },
        {
          ...NO_UNIT,
          id: 'PR-17',
          body: '## Steps\n\n- [ ] one\n\n**Needs:** T9\n\nTests: `rm -rf x`\n\n```sh\nnever closed',
          verify: ['for i in 1 2; do\n  echo $i\ndone', 'make all'],
          planFirst: 'micro',
          criterionIds: ['AC-7'],
        },
      ],
      verify: ['npm run all'],
    };
    const { plan } = readBack(whole);
    expect(plan.title).toBe('Greeting service');
    expect(plan.verify).toEqual(['npm run all']);
    expect(plan.criteria.map(({ id, text }) => [id, text])).toEqual([['AC-7', 'Hello: It says hello.']]);
    expect(core(whole)).toEqual([
      { id: 'T1', needs: [], scope: ['src/a.ts', 'src/db/'], verify: ['npm test'], criteria: [] },
      { id: 'W1-T2', needs: ['T1'], scope: [], verify: [], criteria: [] },
      { id: 'T1.2', needs: ['T1', 'W1-T2'], scope: [], verify: [], criteria: ['`npm run x` prints **4**'] },
      {
        id: 'PR-17',
        needs: [],
        scope: [],
        verify: ['set -e\nfor i in 1 2; do\n  echo $i\ndone', 'make all'],
        criteria: [],
      },
    ]);
    expect(plan.units[0]?.task.estimate).toBe(20);
    expect(plan.units[0]?.boxes[0]?.ticked).toBe(true);
    expect(plan.units[1]?.task.agent).toBe('codex');
    expect(plan.units[3]?.task.planFirst).toBe('micro');
  });

  const words = fc.string({
    unit: fc.constantFrom('a', 'B', ' ', '`', '*', '_', '#', '-', '.', ':', '(', '[', '|', '1', '\n', '>'),
    maxLength: 30,
  });
  const unit = fc.record({
    title: words,
    group: fc.option(fc.constantFrom('Phase 2: x', 'Validation', 'Task 4: x', 'Wave 1'), { nil: undefined }),
    body: fc.oneof(
      words,
      fc.constantFrom(
        '## Task 3: x',
        '**Files:** `b.ts`',
        'Depends on: Task 2',
        '- Acceptance: y',
        '## Log',
        '#### Acceptance Criteria\n\n- x',
      ),
    ),
    scope: fc.array(fc.constantFrom('src/a.ts', 'lib/', 'docs/**/*.md'), { maxLength: 2 }),
    criteria: fc.array(fc.constantFrom('It works', '`npm test` passes', 'Tests: none'), { maxLength: 2 }),
    verify: fc.array(fc.constantFrom('npm test', 'make all', 'cd x && npm test'), { maxLength: 2 }),
  });

  test('any words, in any field', () => {
    fc.assert(
      fc.property(words, words, fc.array(unit, { minLength: 1, maxLength: 4 }), (title, context, parts) => {
        const units = parts.map((part, i) => ({ ...NO_UNIT, ...part, id: `T${i + 1}`, needs: i === 0 ? [] : ['T1'] }));
        const plan: Portable = { ...EMPTY, title, context, units };
        const ids = taskIdsOf(plan);
        expect(
          core(plan).map(({ id, needs, scope, verify, criteria }) => ({
            id,
            needs,
            scope,
            verify,
            count: criteria.length,
          })),
        ).toEqual(
          units.map(({ scope, verify, criteria }, i) => ({
            id: ids[i],
            needs: i === 0 ? [] : [ids[0]],
            scope: [...new Set(scope)],
            verify,
            count: criteria.length,
          })),
        );
      }),
      { numRuns: runs(150), seed: 7 },
    );
  });
});

test('the template is a whole draft of which only the placeholders are left to say', () => {
  const text = implementationTemplate('Night watch', 'night-watch');
  const parsed = parsePlan(text, { fileName: 'x.md' });
  if (!parsed.ok) throw new Error('not read');
  const { kind, title, slug, units, gates } = parsed.value;
  expect({ kind, title, slug }).toEqual({ kind: 'implementation', title: 'Night watch', slug: 'night-watch' });
  expect(units.map(({ task }) => task.id)).toEqual(['T1', 'T2', 'T3']);
  expect(gates).toHaveLength(2);
  const rules = new Set(parsed.value.findings.map(({ rule }) => rule));
  expect([...rules].filter((rule) => rule.startsWith('IS-') && rule !== 'IS-20')).toEqual([]);
  expect(rules.has('GEN-001')).toBe(true);
});
