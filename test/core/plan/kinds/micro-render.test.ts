import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderMicro } from '../../../../src/core/plan/kinds/micro/render.ts';
import { microTemplate } from '../../../../src/core/plan/kinds/micro/template.ts';
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
  const text = renderMicro(plan);
  const parsed = parsePlan(text, { fileName: 'x.md' });
  if (!parsed.ok) throw new Error(`not read:\n${text}`);
  expect(parsed.value.kind).toBe('micro');
  return { text, plan: parsed.value };
}

const shown = (plan: Portable) =>
  readBack(plan).plan.units.map(({ task, criteria }) => ({
    id: task.id,
    title: task.title,
    needs: task.needs,
    scope: task.scope,
    verify: task.verify,
    criteria,
  }));

describe('a plan of another kind as a micro plan', () => {
  const whole: Portable = {
    title: 'Greeting service',
    context:
      '**Goal:** Say hello.\n\n## Background\n\nPeople are shy.\n\n### Task 9: no task\n\n## Deviation Log\n\nNo deviations.\n',
    requirements: [{ id: 'FR-1', title: 'Greets', text: 'Says hello.\n\n### Task 8: no task' }],
    criteria: [
      { id: 'AC-1', title: 'Hello', text: 'It says hello.', requirements: ['FR-1'] },
      {
        id: 'BC-7',
        title: 'Bye',
        text: 'GIVEN a guest\nWHEN it leaves\nTHEN it hears bye\nMECHANISM a bell',
        requirements: [],
      },
    ],
    units: [
      {
        ...NO_UNIT,
        scope: ['src/a.ts', 'src/db/', 'test/a.test.ts'],
        verify: ['npm test', 'npx eslint src'],
        criterionIds: ['AC-1'],
        criteria: ['It says hello.'],
      },
      {
        ...NO_UNIT,
        id: 'W1-T2',
        title: 'Use `**kwargs` _now_ #',
        needs: ['T1'],
        criterionIds: ['BC-7'],
        criteria: ['it hears bye', 'Nobody waits'],
      },
      {
        ...NO_UNIT,
        id: 'PR-17',
        needs: ['T1'],
        body: '**Step 9: Do not**\n\nRun: `rm -rf x`\n\n#### Task 4: not\n\n**Files:** `z.ts`\n\n```sh\nnever closed',
        verify: ['for i in 1 2; do\n  echo $i\ndone', 'make', 'cd x\nnpm test', 'echo `date`'],
      },
    ],
    verify: ['npm run all'],
  };

  test('ids, needs, scopes, commands and criteria are the same', () => {
    const { plan, text } = readBack(whole);
    expect(plan.title).toBe('Greeting service');
    expect(plan.verify).toEqual(['npm run all']);
    expect(plan.criteria.map(({ id }) => id)).toEqual(['AC-1', 'BC-7', 'BC-1']);
    expect(plan.criteria[1]?.text).toBe(whole.criteria[1]?.text);
    expect(text).toContain('**Goal:** Say hello.');
    expect(text).toContain('### D) Deviation Log\n\nNo deviations.');
    expect(shown(whole)).toEqual([
      {
        id: 'T1',
        title: 'Write the parser',
        needs: [],
        scope: ['src/a.ts', 'src/db/', 'test/a.test.ts'],
        verify: ['npm test', 'npx eslint src'],
        criteria: ['It says hello.'],
      },
      {
        id: 'W1-T2',
        title: 'Use `**kwargs` _now_ #',
        needs: ['T1'],
        scope: [],
        verify: [],
        criteria: ['it hears bye', 'Nobody waits'],
      },
      {
        id: 'PR-17',
        title: 'Write the parser',
        needs: ['T1'],
        scope: [],
        verify: ['set -e\nfor i in 1 2; do\n  echo $i\ndone', 'make', 'set -e\ncd x\nnpm test', 'echo `date`'],
        criteria: [],
      },
    ]);
  });

  test('a micro plan whose units carry their own steps stays as it is', () => {
    const text = readFileSync(join('test', 'cases', 'plans', 'micro-full.md'), 'utf8');
    const parsed = parsePlan(text, { fileName: 'x.md' });
    if (!parsed.ok) throw new Error('was not read');
    const { units, criteria, title, context } = parsed.value;
    const plan: Portable = {
      ...EMPTY,
      title,
      context,
      criteria: criteria.map(({ id, title: name, text: words }) => ({
        id,
        title: name,
        text: words,
        requirements: [],
      })),
      units: units.map(({ task, criteria: sentences }, i) => ({
        ...NO_UNIT,
        ...task,
        agent: undefined,
        planFirst: undefined,
        criteria: sentences,
        criterionIds: [['BC-1', 'BC-EPD-1', 'BC-17-1'], ['BC-4', 'BC-5'], []][i] ?? [],
      })),
    };
    const again = readBack(plan);
    expect(again.plan.units.map(({ task }) => task)).toEqual(units.map(({ task }) => task));
    expect(again.plan.criteria.map(({ id, title: name, text: words }) => [id, name, words])).toEqual(
      criteria.map(({ id, title: name, text: words }) => [id, name, words]),
    );
    expect(again.plan.units.map((unit) => unit.criteria)).toEqual(units.map((unit) => unit.criteria));
    expect(again.text).toContain('**The problem today:** Nobody can read the ledger outside the program.');
    expect(again.text).toContain('CSV only');
  });
});

const words = fc
  .array(
    fc.constantFrom(
      'Task',
      '1:',
      'Step',
      'BC-1',
      'GIVEN',
      'THEN',
      '**Files:**',
      '`a b`',
      '```',
      '#',
      '\n',
      '\n\n',
      'Run:',
      '|',
      '- ',
      '---',
      'x',
    ),
    { maxLength: 12 },
  )
  .map((list) => list.join(' '));

test('whatever the texts hold, tasks keep ids, needs, scopes and commands', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ title: words, body: words, criteria: fc.array(words, { maxLength: 2 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      words,
      fc.constantFrom('chain', 'fan'),
      (parts, context, form) => {
        const units = parts.map((part, i) => ({
          ...NO_UNIT,
          ...part,
          id: `T${i + 1}`,
          needs: i === 0 ? [] : [form === 'chain' ? `T${i}` : 'T1'],
          scope: [`src/${i}.ts`],
          verify: ['npm test'],
        }));
        const plan = { ...EMPTY, context, units };
        const read = readBack(plan).plan.units.map(({ task }) => [task.id, task.needs, task.scope, task.verify]);
        expect(read).toEqual(units.map(({ id, needs, scope, verify }) => [id, needs, scope, verify]));
      },
    ),
    { numRuns: runs(150), seed: 7 },
  );
});

describe('the template', () => {
  test('is a full micro plan with nothing but placeholders to find', () => {
    const text = microTemplate('Short keys', 'short-keys');
    const parsed = parsePlan(text, { fileName: 'x.md' });
    if (!parsed.ok) throw new Error('was not read');
    expect(parsed.value.kind).toBe('micro');
    expect(parsed.value.title).toBe('Short keys');
    expect(parsed.value.slug).toBe('short-keys');
    expect(parsed.value.units.map(({ task }) => task.needs.join())).toEqual(['', 'T1', 'T2']);
    const rules = new Set(parsed.value.findings.map(({ rule }) => rule));
    expect([...rules].filter((rule) => !/^(?:GEN-001|MI-09|MI-17)$/.test(rule))).toEqual([]);
    expect(rules).toContain('GEN-001');
  });

  test('takes any title', () => {
    for (const title of ['', 'Task 1: x', 'Log', '# `a` **b**', 'Files:']) {
      const parsed = parsePlan(microTemplate(title, 'x'), { fileName: 'x.md' });
      expect(parsed.ok && parsed.value.units).toHaveLength(3);
    }
  });
});
