import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendixTemplate } from '../../../../src/core/plan/kinds/appendix.ts';
import { mentionsIn, ordersIn, setsIn, titlesOf } from '../../../../src/core/plan/kinds/master/mentions.ts';
import type { MasterDetail } from '../../../../src/core/plan/kinds/master/model.ts';
import { renderMaster } from '../../../../src/core/plan/kinds/master/render.ts';
import { masterTemplate } from '../../../../src/core/plan/kinds/master/template.ts';
import type { Plan } from '../../../../src/core/plan/model.ts';
import { parsePlan, readDraft } from '../../../../src/core/plan/parse.ts';
import type { Portable, PortableUnit } from '../../../../src/core/plan/portable.ts';
import { runs } from '../../../runs.ts';

const RULES = join('test', 'cases', 'rules');
const harbour = readFileSync(join(RULES, 'PP-01', 'near-master.md'), 'utf8');
const MODULES = titlesOf([
  { number: 1, title: 'Arrivals' },
  { number: 2, title: 'Berth fees' },
  { number: 3, title: 'The Notice board module' },
]);
const ALL = [0, 1, 2, 3, 4];

function read(text: string): Plan {
  const parsed = parsePlan(text, { fileName: 'x.md' });
  if (!parsed.ok) throw new Error('was not read');
  expect(parsed.value.kind).toBe('master');
  return parsed.value;
}

function detail(text: string): MasterDetail {
  const parsed = readDraft(text, 'master');
  if (!parsed.ok) throw new Error('was not read');
  return parsed.value.draft.detail as MasterDetail;
}

const needs = (text: string): readonly string[] => read(text).units.map(({ task }) => task.needs.join(' '));
const dependsOn = (value: string): string => harbour.replace('Phase 0 (`Berth`)', value);
const orders = (text: string): string[] =>
  ordersIn(text, ALL, MODULES).map(({ before, after }) => `${before.join(',')} < ${after.join(',')}`);

describe('who comes before whom', () => {
  test.each([
    ['Phase 0 → then all others', ['0 < 1,2,3,4']],
    ['Phase 2 after Phase 1', ['1 < 2']],
    ['1 → 3 → 4', ['1 < 3', '3 < 4']],
    ['Phase 0 -> Phases 1, 2 and 3 -> Phase 4', ['0 < 1,2,3', '1,2,3 < 4']],
    ['Phase 4 depends on Phases 1–3', ['1,2,3 < 4']],
    ['After Phase 1, Phases 2 and 3 can start', ['1 < 2,3']],
    ['Once Phase 1 is merged, then Phase 2', ['1 < 2']],
    ['Phase 1 must be merged before Phase 2; Phase 3 after Phase 2', ['1 < 2', '2 < 3']],
    ['Phase 3 after Phases 1 and 2, Phase 4 after Phase 3', ['1,2 < 3', '3 < 4']],
    ['Phase 1 → Phase 2, Phase 1 → Phase 3', ['1 < 2', '1 < 3']],
    ['Arrivals → Berth fees → Notice board', ['1 < 2', '2 < 3']],
    ['Phase 1 (Arrivals, 3 tables) → Phase 2 (Berth fees)', ['1 < 2']],
    ['Phase 2 does not depend on Phase 1', []],
    ['Phases 1, 2, 3 can run in parallel (all after Phase 0)', []],
    ['There are 3 tables and 2 queues', []],
  ])('%s', (text, expected) => expect(orders(text)).toEqual(expected));

  test.each([
    ['Phases 1, 2, 3 can run in parallel (all depend only on Phase 0 contracts)', [[1, 2, 3]]],
    ['All modules', [[0, 1, 2, 3, 4]]],
    [
      'Phases 1 and 2, then Phases 3 and 4',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['After Phase 0, Phases 1–3 run in parallel', [[1, 2, 3]]],
    ['Worktree A: Phase 1; Worktree B: Phase 2', [[1, 2]]],
    ['None', []],
  ])('side by side: %s', (text, expected) => expect(setsIn(text, ALL, MODULES)).toEqual(expected));

  test.each([
    ['Phase 1, 2 endpoints of it', [1]],
    ['phases 1 & 3, and P4', [1, 3, 4]],
    ['the arrivals module, and the berth fees', [1, 2]],
    ['all arrivals of a day', []],
  ])('mentions: %s', (text, expected) =>
    expect(mentionsIn(text, MODULES).flatMap(({ numbers }) => (numbers === 'others' ? [] : numbers))).toEqual(expected),
  );
});

describe('what a module waits for', () => {
  test.each([
    ['Phase 0 (`Berth`)', 'P0'],
    ['Phase 1 (`ArrivalBook`), Phase 0 (`Berth`)', 'P0 P1'],
    ['`ArrivalBook`', 'P0 P1'],
    ['`announce(ship)` for the list', 'P0 P1'],
    ['the Arrivals module', 'P0 P1'],
    ['`Ship`, `ArrivalBook` from phase 0', 'P0'],
    ['None', 'P0'],
    ['Phase 0 only; it does not need Phase 1', 'P0'],
  ])('by its brief: %s', (value, expected) => expect(needs(dependsOn(value))).toEqual(['', 'P0', expected]));

  test('by a line of the section on dependencies', () => {
    const text = harbour.replace(
      '- **Parallel**: Phases 1 and 2 can run in parallel',
      '- **Sequential**: Phase 1 → Phase 2',
    );
    expect(needs(text)).toEqual(['', 'P0', 'P0 P1']);
    const edges = read(text).edges.map(({ from, to, why, origin }) => `${from} ${to} ${why} ${origin}`);
    expect(edges).toEqual(['P0 P1 foundation rule', 'P0 P2 foundation rule', 'P1 P2 declared text']);
  });

  test('by a numbered list, and by headings instead of labels', () => {
    const list = '### Sequential\n\n1. Phase 0\n2. Phase 1\n3. Phase 2\n';
    const at = harbour.indexOf('- **Sequential**');
    const text = harbour.slice(0, at) + list + harbour.slice(harbour.indexOf('\n## Shared'));
    expect(needs(text)).toEqual(['', 'P0', 'P0 P1']);
  });

  test('without a Phase 0, by nothing else', () => {
    const text = harbour.slice(0, harbour.indexOf('## [ ] Phase 0')) + harbour.slice(harbour.indexOf('## [ ] Phase 1'));
    expect(needs(text)).toEqual(['', '']);
  });
});

describe('a brief', () => {
  test('is read part by part, by whatever spelling', () => {
    const text = harbour
      .replace('### Data & state\n\n- Owns', '#### Data and State\n\n- Owns')
      .replace('### Complexities & edge cases\n\n- A stay', '### Edge cases\n\n- A stay')
      .replace('## Dependencies & parallelization', '## Dependencies and Parallelisation');
    const { modules, orchestration, overview, standards, testing, verification, foundation } = detail(text);
    expect(foundation).toBe(0);
    expect(modules.map(({ parts }) => Object.keys(parts).length)).toEqual([6, 6]);
    expect(modules.map(({ provides }) => provides.map(({ key }) => key))).toEqual([
      ['ArrivalBook', 'announce'],
      ['FeeTable'],
    ]);
    expect(modules[1]?.owns.map(({ kind, key }) => `${kind} ${key}`)).toEqual(['path src/fees', 'state fees']);
    expect([orchestration?.section, overview, standards, testing, verification].map((one) => one?.title)).toEqual([
      'Dependencies and Parallelisation',
      'System Overview',
      'Shared engineering standards',
      'Testing strategy',
      'Verification',
    ]);
  });

  test('has the scope that it calls its own, not what it reads or leaves to others', () => {
    const text = harbour.replace(
      '- Owns `src/fees/` and the table `fees`',
      '- Owns `src/fees/` (routes `/api/fees`, `application/json`)\n- Reads `src/arrivals/list.ts`\n- Not in scope: `src/mail/`',
    );
    expect(read(text).units.map(({ task }) => task.scope)).toEqual([['src/contracts.ts'], [], ['src/fees/']]);
  });

  test('is quoted as it stands; what all modules share is context', () => {
    const { context, units } = read(harbour);
    expect(units[1]?.text).toMatch(/^## \[ \] Phase 1 of 2: Arrivals[^]*base branch\n\n$/);
    expect(context).toMatch(/^## System Overview[^]*## Dependencies[^]*## Shared engineering[^]*real database\.$/);
  });

  test('may stand at any level, and its parts as high as its heading', () => {
    const low = harbour.replace(/^#+ .*$/gm, (line) => (line.startsWith('# ') ? line : `#${line}`));
    expect(needs(low)).toEqual(['', 'P0', 'P0']);
    const flat = harbour.replace(/^### (Scope|Interfaces|Data|Key|Comp)/gm, '## $1');
    expect(detail(flat).modules.map(({ parts }) => Object.keys(parts).length)).toEqual([6, 6]);
  });
});

test.each([masterTemplate('A title', 'a-title'), masterTemplate('Plan: `x` # "y"', 'x')])(
  'the template is a master plan',
  (text) => {
    const { findings, units } = read(text);
    expect(units.map(({ task }) => `${task.id} ${task.needs.join(' ')}`)).toEqual(['P0 ', 'P1 P0', 'P2 P0']);
    expect(findings.filter(({ severity, rule }) => severity === 'error' && rule !== 'GEN-001')).toEqual([]);
  },
);

test('the appendix has three sections', () => {
  expect(appendixTemplate('A title').match(/^#.*$/gm)).toHaveLength(4);
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
  planFirst: 'phased',
  ...more,
});

const portable = (units: readonly PortableUnit[]): Portable => ({
  title: 'Harbour',
  context: 'Ships come and go.\n\n## Log\n\n## [ ] Phase 7: no phase\n',
  units,
  requirements: [{ id: 'FR-1', title: 'Pay', text: 'A ship pays.' }],
  criteria: [],
  verify: ['npm run e2e'],
});

describe('writing', () => {
  test('reads back the same', () => {
    const units = [
      unit('P0', { planFirst: undefined, scope: ['src/a.ts'], verify: ['npm test'], criteria: ['It builds'] }),
      unit('WS-1', {
        needs: ['P0'],
        scope: ['src/b/', 'Makefile'],
        verify: ['make b', 'make c'],
        body: '### Scope\n\nAll of `src/x.ts`.\n\n### Interfaces\n\n- **Provides**: `B`\n- **Depends on**: Phase 9',
      }),
      unit('WS-2', {
        needs: ['P0', 'WS-1'],
        criteria: ['A *star* holds', 'and `that`'],
        body: '## Phase 3: x\n\n### Verification\n\n`src/y.ts`\n\n```\nopen',
        done: true,
      }),
    ];
    const text = renderMaster(portable(units));
    const plan = read(text);
    expect(plan.title).toBe('Harbour');
    expect(plan.verify).toEqual(['npm run e2e']);
    expect(plan.units.map(({ task }) => task.id)).toEqual(['P0', 'P1', 'P2']);
    expect(plan.units.map(({ task }) => task.needs)).toEqual([[], ['P0'], ['P0', 'P1']]);
    expect(plan.units.map(({ task }) => task.scope)).toEqual(units.map(({ scope }) => scope));
    expect(plan.units.map(({ task }) => task.verify)).toEqual(units.map(({ verify }) => verify));
    expect(plan.units.map(({ criteria }) => criteria)).toEqual([['It builds'], [], ['A *star* holds', 'and `that`']]);
    expect(plan.units.map(({ boxes }) => boxes[0]?.ticked)).toEqual([false, false, true]);
    expect(text).toContain('`B`');
  });

  test('reads back the same whatever stands in it', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '### Scope',
        '- [ ] x',
        '**Files:** `a`',
        '## Log',
        '`src/a.ts`',
        '# Phase 1: y',
        '```',
        '\n',
        '\n\n',
        '<!--',
        '---',
        '- **Depends on**: Phase 2',
      ),
      fc.string({ maxLength: 12 }),
    );
    const body = fc.array(word, { maxLength: 8 }).map((words) => words.join('\n'));
    fc.assert(
      fc.property(fc.array(body, { minLength: 2, maxLength: 4 }), body, (bodies, context) => {
        const units = bodies.map((text, i) =>
          unit(`T${i}`, {
            body: text,
            needs: i === 0 ? [] : ['T0'],
            ...(i === 0 ? { planFirst: undefined } : {}),
            scope: [`src/${i}.ts`],
            verify: [`npm test ${i}`],
          }),
        );
        const plan = read(renderMaster({ ...portable(units), context }));
        expect(plan.units.map(({ task }) => [task.needs, task.scope, task.verify])).toEqual(
          units.map((one, i) => [i === 0 ? [] : ['P0'], one.scope, one.verify]),
        );
      }),
      { numRuns: runs(150) },
    );
  });
});

const documents = readdirSync(RULES)
  .filter((name) => /^(?:MS|PP)-/.test(name))
  .flatMap((name) =>
    readdirSync(join(RULES, name))
      .filter((file) => file.endsWith('.md'))
      .map((file) => readFileSync(join(RULES, name, file), 'utf8')),
  );

test('broken documents are read and linted without a throw, at every stage', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...documents),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom('drop', 'double', 'cut', 'odd', 'swap'), fc.nat()), { maxLength: 8 }),
      fc.constantFrom('draft' as const, 'approval' as const, 'done' as const),
      fc.constantFrom('\n', '\r\n'),
      (text, changes, stage, end) => {
        const lines = text.split('\n');
        for (const [at, what, n] of changes) {
          const i = at % lines.length;
          const line = lines[i] ?? '';
          if (what === 'drop' && lines.length > 1) lines.splice(i, 1);
          else if (what === 'double') lines.splice(i, 0, line);
          else if (what === 'cut') lines[i] = line.slice(0, n % (line.length + 1));
          else if (what === 'swap') [lines[i], lines[n % lines.length]] = [lines[n % lines.length] ?? '', line];
          else lines[i] = line + ['`', '(', ' → Phase 9', ', Phases 1-', '**', '[ ]', '\0', '<!--'][n % 8];
        }
        const source = lines.join(end);
        for (const kind of ['master', 'phased'] as const) {
          const parsed = parsePlan(source, { fileName: 'x.md', kind, stage, facts: { appendix: '' } });
          for (const { span, fix } of parsed.ok ? parsed.value.findings : []) {
            expect(span.end).toBeLessThanOrEqual(source.length);
            for (const edit of fix?.edits ?? []) {
              expect(edit.start).toBeLessThanOrEqual(edit.end);
              expect(edit.end).toBeLessThanOrEqual(source.length);
            }
          }
        }
      },
    ),
    { numRuns: runs(250), seed: 7 },
  );
});

const repeat = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => line(i)).join('\n');

test.each([
  [
    'modules',
    repeat(
      6000,
      (i) =>
        `## [ ] Phase ${i} of 6000: M ${i}\n\n### Scope\n\n\`src/${i}/\`\n\n### Interfaces\n\n- **Provides**: \`N${i}\`\n- **Depends on**: \`N${i - 1}\`, Phase 0\n`,
    ),
  ],
  ['orders', `${harbour}\n${repeat(20_000, (i) => `- Phase ${i} → all others → Phase ${i + 1}`)}`],
  ['dependencies', harbour.replace('`Berth`', '`Berth`, Phase 1 '.repeat(40_000))],
  ['one line', harbour.replace('## Shared', `- **Sequential**: ${'Phase 1 → Phase 2, '.repeat(50_000)}\n\n## Shared`)],
  ['parentheses', harbour.replace('## Shared', `- **Parallel**: ${'('.repeat(500_000)}\n\n## Shared`)],
])('a megabyte of %s is read in bounded time', (_, text) => {
  expect(parsePlan(text, { fileName: 'x.md', kind: 'master', stage: 'approval' }).ok).toBe(true);
});
