import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderTask, taskIdsOf } from '../../../src/core/plan/kinds/task-render.ts';
import { taskTemplate } from '../../../src/core/plan/kinds/task-template.ts';
import { isRunnable, parsePlan } from '../../../src/core/plan/parse.ts';
import type { Portable, PortableUnit } from '../../../src/core/plan/portable.ts';
import { runs } from '../../runs.ts';

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

function unit(parts: Partial<PortableUnit>): PortableUnit {
  return { ...NO_UNIT, ...parts };
}

function readBack(plan: Portable) {
  const text = renderTask(plan);
  const parsed = parsePlan(text, { fileName: 'x.md' });
  if (!parsed.ok) throw new Error(`not read:\n${text}`);
  expect(parsed.value.kind).toBe('task');
  return { text, plan: parsed.value };
}

function tasksOf(plan: Portable) {
  return readBack(plan).plan.units.map(({ task, boxes, criteria }) => ({
    id: task.id,
    title: task.title,
    needs: task.needs,
    scope: task.scope,
    verify: task.verify,
    agent: task.agent,
    estimate: task.estimate,
    planFirst: task.planFirst,
    done: boxes[0]?.ticked,
    criteria,
  }));
}

describe('a plan of tasks reads back as it was', () => {
  const whole: Portable = {
    title: 'Greeting service',
    context: '## Goal\n\nSay hello.\n\n## Log\n\nnot a log\n\n## Verification\n\n- [ ] `rm -rf x`\n',
    requirements: [{ id: 'FR-1', title: 'Greets', text: 'Says hello.\n\n### Task 9: no task' }],
    criteria: [{ id: 'AC-1', title: 'Hello', text: 'It says hello.', requirements: ['FR-1'] }],
    units: [
      unit({
        id: 'T1',
        group: 'Wave 1',
        scope: ['src/a.ts', 'src/db/'],
        verify: ['npm test'],
        estimate: 20,
        done: true,
      }),
      unit({ id: 'W1-T2', group: 'Log', title: 'Use `**kwargs` _now_ #', needs: ['T1'], agent: 'codex' }),
      unit({ id: '1.2', group: 'Verification', needs: ['T1', 'W1-T2'], criteria: ['`npm run x` prints **4**', 'TBD'] }),
      unit({
        id: 'PR-17',
        body: '## Steps\n\n- [ ] one\n\n**Needs:** T9\n\nFiles: a.ts\n\n```sh\nnever closed',
        verify: ['[ -f dist/x ]', 'for i in 1 2; do\n  echo $i\ndone', 'make', 'cd x\nnpm test'],
        planFirst: 'micro',
        criterionIds: ['AC-1'],
      }),
    ],
    verify: ['npm run all', 'make'],
  };

  test('every field', () => {
    const { plan } = readBack(whole);
    expect(plan.title).toBe('Greeting service');
    expect(plan.verify).toEqual(['npm run all', 'make']);
    expect(plan.context).toContain('not a log');
    expect(tasksOf(whole)).toEqual([
      {
        id: 'T1',
        title: 'Write the parser',
        needs: [],
        scope: ['src/a.ts', 'src/db/'],
        verify: ['npm test'],
        agent: undefined,
        estimate: 20,
        planFirst: undefined,
        done: true,
        criteria: [],
      },
      {
        id: 'W1-T2',
        title: 'Use `**kwargs` _now_ #',
        needs: ['T1'],
        scope: [],
        verify: [],
        agent: 'codex',
        estimate: undefined,
        planFirst: undefined,
        done: false,
        criteria: [],
      },
      {
        id: 'T1.2',
        title: 'Write the parser',
        needs: ['T1', 'W1-T2'],
        scope: [],
        verify: [],
        agent: undefined,
        estimate: undefined,
        planFirst: undefined,
        done: false,
        criteria: ['`npm run x` prints **4**', 'It holds: TBD'],
      },
      {
        id: 'PR-17',
        title: 'Write the parser',
        needs: [],
        scope: [],
        verify: ['[ -f dist/x ]', 'set -e\nfor i in 1 2; do\n  echo $i\ndone', 'make', 'set -e\ncd x\nnpm test'],
        agent: undefined,
        estimate: undefined,
        planFirst: 'micro',
        done: false,
        criteria: [],
      },
    ]);
    expect(isRunnable(plan)).toBe(true);
    expect(plan.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('ids that are no names of tasks get the next free number, and needs follow them', () => {
    const plan = {
      ...EMPTY,
      units: [unit({ id: 'setup' }), unit({ id: 'T1' }), unit({ id: 'P2', needs: ['setup', 'T1'] })],
    };
    expect(taskIdsOf(plan)).toEqual(['T2', 'T1', 'T3']);
    expect(tasksOf(plan).map(({ needs }) => needs)).toEqual([[], [], ['T2', 'T1']]);
  });
});

const LINES = fc.constantFrom(
  '### Task 2: other',
  '## Log',
  '## Verification',
  '- [ ] `rm -rf x`',
  '**Needs:** T1',
  'Files: a.ts',
  '**Verify:**',
  '```',
  '~~~',
  '<!--',
  '-->',
  '<pre>',
  '> quoted',
  '| a | b |',
  '|---|---|',
  '---',
  '===',
  '# top',
  'Title',
  '**Files:** x',
  '    code',
  '- item',
  '1. one',
  '[a](b)',
  '',
  '',
  'T1: x',
  '####### seven',
  '<script>',
  '**Loop:** up to 3 rounds',
  '\t# tab',
  '## 1. x',
);
const text = fc.oneof(
  fc.array(LINES, { maxLength: 12 }).map((lines) => lines.join('\n')),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'`*_[]()#<>!-=|\\ \n\r\tab:.{}~"\''.split('')), maxLength: 40 }),
);
const path = fc
  .array(fc.stringMatching(/^[a-z][a-z0-9._-]{0,6}[a-z]$/), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'));

test('whatever stands in the fields, the tasks stay the same', () => {
  const one = fc.record({
    title: text,
    group: fc.option(text, { nil: undefined }),
    body: text,
    scope: fc.uniqueArray(path, { maxLength: 12 }),
    verify: fc.array(fc.stringMatching(/^[a-z]{1,8}( [`"'a-z*_[\]<>|&;#$(){}!-]{1,10})?$/), { maxLength: 3 }),
    criteria: fc.array(text, { maxLength: 3 }),
    done: fc.boolean(),
    estimate: fc.option(fc.integer({ min: 1, max: 99_999 }), { nil: undefined }),
  });
  const plans = fc
    .record({
      title: text,
      context: text,
      units: fc.array(one, { minLength: 1, maxLength: 4 }),
      verify: fc.array(text, { maxLength: 2 }),
    })
    .map(({ units, ...rest }): Portable => ({
      ...EMPTY,
      ...rest,
      units: units.map((parts, i) => unit({ ...parts, id: `T${i + 1}`, needs: i % 2 === 1 ? [`T${i}`] : [] })),
    }));
  fc.assert(
    fc.property(plans, (plan) => {
      const wanted = plan.units.map(({ id, title, needs, scope, estimate, done, verify }) => ({
        id,
        title:
          title
            .replace(/\0/g, '\uFFFD')
            .replace(/[\s\uFEFF]+/g, ' ')
            .trim() || id,
        needs,
        scope,
        estimate,
        done,
        verify: verify.length,
      }));
      const { plan: back, text: document } = readBack(plan);
      const got = back.units.map(({ task, boxes }) => ({
        id: task.id,
        title: task.title,
        needs: task.needs,
        scope: task.scope,
        estimate: task.estimate,
        done: boxes[0]?.ticked,
        verify: task.verify.length,
      }));
      expect(got, document).toEqual(wanted);
      plan.units.forEach((unit, i) => {
        expect(back.units[i]?.criteria, document).toHaveLength(
          unit.criteria.filter((one) => one.replace(/[\s\uFEFF]+/g, '') !== '').length,
        );
      });
    }),
    { seed: 42, numRuns: runs(600) },
  );
});

test('a template is a task plan in which nothing but its placeholders is left to do', () => {
  const document = taskTemplate('Greeting: "a" service', 'greeting');
  const parsed = parsePlan(document, { fileName: 'x.md' });
  if (!parsed.ok) throw new Error('was not read');
  expect(parsed.value).toMatchObject({ kind: 'task', title: 'Greeting: "a" service', slug: 'greeting' });
  expect(parsed.value.units.map(({ task }) => [task.id, task.needs])).toEqual([
    ['T1', []],
    ['T2', ['T1']],
  ]);
  expect(parsed.value.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});
