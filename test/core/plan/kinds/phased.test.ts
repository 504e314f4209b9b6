import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderPhased } from '../../../../src/core/plan/kinds/phased/render.ts';
import { phasedTemplate } from '../../../../src/core/plan/kinds/phased/template.ts';
import { isSourcePath, isTestPath, isPathWord } from '../../../../src/core/plan/kinds/phased/paths.ts';
import type { Plan } from '../../../../src/core/plan/model.ts';
import { isRunnable, parsePlan } from '../../../../src/core/plan/parse.ts';
import type { Portable, PortableUnit } from '../../../../src/core/plan/portable.ts';
import { runs } from '../../../runs.ts';

function read(text: string): Plan {
  const parsed = parsePlan(text, { fileName: 'x.md' });
  if (!parsed.ok) throw new Error('was not read');
  expect(parsed.value.kind).toBe('phased');
  return parsed.value;
}

describe('older forms', () => {
  test.each(['fires', 'fires-list', 'fires-high'])('steps without a phase are one phase: %s', (name) => {
    const text = readFileSync(join('test', 'cases', 'rules', 'PP-03', `${name}.md`), 'utf8');
    const { units, verify } = read(text);
    expect(units.map(({ task }) => [task.id, task.title, task.scope, task.verify])).toEqual([
      ['P1', 'Label the jars', ['src/labels.ts', 'test/labels.test.ts'], ['npm test']],
    ]);
    expect(verify).toEqual(['npm test']);
    expect(units[0]?.boxes.length).toBeGreaterThan(0);
    expect(units[0]?.text).toContain('## Files');
  });

  test('a document with a word on steps is no plan', () => {
    expect(parsePlan('# Bread\n\n## Steps\n\nKnead, wait, bake.\n', { fileName: 'x.md' }).ok).toBe(false);
  });

  test('a plan that begins with a phase 0 of steps is no master plan', () => {
    const text = '# A\n\n## [ ] Phase 0: Preparation\n\n### [ ] 1. Look\n\n## [ ] Phase 1: Work\n\n### [ ] 2. Do\n';
    expect(read(text).units.map(({ task }) => task.id)).toEqual(['P0', 'P1']);
  });
});

test.each([phasedTemplate('A title', 'a-title'), phasedTemplate('Plan: `x` # "y"', 'x')])(
  'the template is a phased plan',
  (text) => {
    const { units, findings } = read(text);
    expect(units.map(({ task }) => `${task.id} ${task.needs.join(' ')}`)).toEqual(['P1 ', 'P2 P1']);
    expect(findings.filter(({ severity, rule }) => severity === 'error' && rule !== 'GEN-001')).toEqual([]);
  },
);

test.each([
  ['src/a.ts', true],
  ['src/db/', true],
  ['.env.example', true],
  ['Makefile', true],
  ['src/**/*.ts', true],
  ['/api/users', false],
  ['application/json', false],
  ['read/write', false],
  ['user.name', false],
  ['@scope/package', false],
  ['https://a.b/c.html', false],
  ['v1.2', false],
])('%s is a path: %s', (word, expected) => expect(isPathWord(word)).toBe(expected));

test.each([
  ['src/a.ts', true, false],
  ['src/a.test.ts', false, true],
  ['tests/conftest.py', false, true],
  ['pkg/a_test.go', false, true],
  ['docs/a.md', false, false],
  ['vite.config.ts', false, false],
])('%s is source: %s, test: %s', (path, source, tested) => {
  expect([isSourcePath(path), isTestPath(path)]).toEqual([source, tested]);
});

const unit = (id: string, more: Partial<PortableUnit>): PortableUnit => ({
  id,
  title: `Unit ${id}`,
  group: undefined,
  body: 'Do it.',
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
  ...more,
});

const portable = (units: readonly PortableUnit[]): Portable => ({
  title: 'Plan: jars',
  context: '## Context\n\nJars.\n\n## Phase 3: none\n',
  units,
  requirements: [],
  criteria: [{ id: 'AC-1', title: 'Read', text: 'Labels can be read.', requirements: [] }],
  verify: ['npm test'],
});

describe('writing', () => {
  test('reads back the same, in an order that keeps all needs', () => {
    const units = [
      unit('T1', { needs: ['T2'], scope: ['src/a.ts'], verify: ['npm test'], criteria: ['It *is* there'] }),
      unit('T2', {
        body: '### [x] 1. One\n\ntext\n\n### [ ] 2. Two\n\n## Phase 9: no\n',
        verify: ['a `b`', 'x\ny'],
        done: true,
      }),
      unit('T3', { needs: ['T1'], criterionIds: ['AC-1'], title: '`odd` [title] #' }),
    ];
    const plan = read(renderPhased(portable(units)));
    expect(isRunnable(plan)).toBe(true);
    expect(plan.title).toBe('Plan: jars');
    expect(plan.verify).toEqual(['npm test']);
    expect(plan.units.map(({ task }) => task.title)).toEqual(['Unit T2', 'Unit T1', '`odd` [title] #']);
    expect(plan.units.map(({ task }) => task.needs)).toEqual([[], ['P1'], ['P2']]);
    expect(plan.units.map(({ task }) => task.scope)).toEqual([[], ['src/a.ts'], []]);
    expect(plan.units[1]?.task.verify).toEqual(['npm test']);
    expect(plan.units[0]?.task.verify).toHaveLength(2);
    expect(plan.units.map(({ criteria }) => criteria)).toEqual([[], ['It *is* there'], []]);
    expect(plan.units[2]?.text).toContain('AC-1');
    expect(plan.findings.filter(({ rule }) => /^PP-0[1-5]/.test(rule))).toEqual([]);
  });

  test('reads back the same whatever stands in it', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '### Files',
        '- `src/x.ts`',
        '- [ ] x',
        '## Log',
        '## Verification',
        '# Phase 1: y',
        '### [ ] 1. z',
        '```',
        '\n',
        '<!--',
        '---',
      ),
      fc.string({ maxLength: 12 }),
    );
    const body = fc.array(word, { maxLength: 8 }).map((words) => words.join('\n'));
    fc.assert(
      fc.property(fc.array(body, { minLength: 1, maxLength: 4 }), body, (bodies, context) => {
        const units = bodies.map((text, i) =>
          unit(`T${i}`, { body: text, scope: [`src/${i}.ts`], verify: [`npm test ${i}`] }),
        );
        const plan = read(renderPhased({ ...portable(units), context }));
        expect(plan.units.map(({ task }) => [task.scope, task.verify])).toEqual(
          units.map(({ scope, verify }) => [scope, verify]),
        );
        expect(plan.verify).toEqual(['npm test']);
      }),
      { numRuns: runs(150) },
    );
  });
});
