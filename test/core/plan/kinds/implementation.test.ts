import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Draft } from '../../../../src/core/plan/draft.ts';
import { executionPacket } from '../../../../src/core/plan/kinds/implementation/packet.ts';
import { boxesOf } from '../../../../src/core/plan/markdown/outline.ts';
import { parsePlan, readDraft } from '../../../../src/core/plan/parse.ts';
import { runs } from '../../../runs.ts';
import { worked } from '../../../worked.ts';

const CASES = join('test', 'cases', 'plans');

function draftOf(text: string): Draft<'implementation'> {
  const read = readDraft(text, 'implementation');
  if (!read.ok || read.value.draft.kind !== 'implementation') throw new Error('was not read');
  return read.value.draft as Draft<'implementation'>;
}

function sample(name: string): string {
  return readFileSync(join(CASES, `implementation-${name}.md`), 'utf8');
}

function planOf(text: string, fileName = 'x.md') {
  const parsed = parsePlan(text, { fileName });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

function needsOf(text: string): Record<string, string> {
  return Object.fromEntries(planOf(text).units.map(({ task }) => [task.id, task.needs.join(' ')]));
}

describe('a specification', () => {
  const { detail, criteria, gates } = draftOf(sample('specification'));

  test('its phases have hours', () => {
    expect(detail.form).toBe('specification');
    expect(detail.phases.map(({ number, title, effort }) => [number, title, effort?.low, effort?.high])).toEqual([
      [1, 'Queue', 120, 240],
      [2, 'Sender', 120, 120],
    ]);
  });

  test('the fields of its tasks keep their labels and roles', () => {
    expect(detail.tasks.map(({ number, phase, fields }) => [number, phase, fields.map(({ role }) => role)])).toEqual([
      ['1', 0, ['files', 'changes', 'tests', 'needs']],
      ['2', 0, ['files', 'changes', 'tests', 'needs']],
      ['3', 1, ['files', 'changes', 'tests', 'needs']],
    ]);
    expect(detail.tasks[0]?.text).toBe('Keep readings on disk.');
  });

  test('criteria in groups, risks, decisions, effort, approval, hand-off', () => {
    expect(detail.acceptance.map(({ name, criteria: list }) => [name, list.length])).toEqual([
      ['functional', 1],
      ['performance', 1],
      ['testing', 1],
    ]);
    expect(criteria.map(({ id, title, text }) => [id, title, text])).toEqual([
      ['AC-1', 'Functional', 'No reading is lost'],
      ['AC-2', 'Performance', 'A reading is sent within 5 s'],
      ['AC-3', 'Testing', 'npm run all passes'],
    ]);
    expect(detail.risks[0]).toMatchObject({ likelihood: { text: 'Low' }, mitigation: { text: 'Bounded queue' } });
    expect(detail.decisions).toHaveLength(1);
    expect(detail.decisions[0]).toMatchObject({
      title: 'Files, not a database',
      options: ['A: files', 'B: a database'],
      chosen: 'Option A',
      rationale: 'no server to run',
      tradeoffs: 'no queries',
      pattern: 'write first, send later',
    });
    expect(detail.effort?.lines.map(({ name, effort, done }) => [name, effort?.low, effort?.high, done])).toEqual([
      ['research', 60, 60, true],
      ['planning', 120, 120, false],
      ['implementation', 240, 360, false],
      ['total', 420, 540, false],
    ]);
    expect(detail.effort?.lines[2]?.phases.map(({ number, effort }) => [number, effort.high])).toEqual([
      [1, 240],
      [2, 120],
    ]);
    expect(detail.approval?.boxes.map(({ text, box }) => [text, box?.ticked])).toEqual([
      ['Harbour master', true],
      ['Ready for implementation', false],
    ]);
    expect(detail.nextPhase?.title).toBe('Next Steps');
    expect(detail.research.map(({ text }) => text)).toContain('docs/research/tides-research.md');
    expect(detail.approach).toBe('feature');
  });

  test('a checkpoint is a gate, and what lies behind it waits for what lies before it', () => {
    expect(gates.map(({ id, after, before, criteria: said }) => ({ id, after, before, said }))).toEqual([
      { id: 'phase-1', after: [0, 1], before: [2], said: ['readings survive a restart'] },
    ]);
    const plan = planOf(
      '---\nkind: implementation\n---\n## Tasks\n\n### Phase 1: A\n\n1. **Make a**\n   - Depends on: None\n2. **Make b**\n   - Depends on: None\n\n### Phase 2: B\n\n3. **Make c**\n   - Depends on: None\n4. **Make d**\n   - Depends on: Task 1\n\n## Validation Checkpoints\n\n- Phase 1: works\n',
    );
    expect(plan.edges.map(({ from, to, why, origin }) => `${from} ${to} ${why} ${origin}`)).toEqual([
      'T1 T3 order rule',
      'T2 T3 order rule',
      'T1 T4 declared text',
      'T2 T4 order rule',
    ]);
  });

  const spec = (tasks: string): string =>
    `---\nkind: implementation\n---\n# Implementation Specification: X\n\n${tasks}`;

  test('without needs, tasks follow each other; checkpoints or not', () => {
    expect(needsOf(spec('## Tasks\n\n1. **Make a**\n2. **Make b**\n3. **Make c**\n'))).toEqual({
      T1: '',
      T2: 'T1',
      T3: 'T2',
    });
  });

  test.each([
    [
      'markers that begin anew',
      '## Tasks\n\n### Phase 1: A\n\n1. **Make a**\n2. **Make b**\n\n### Phase 2: B\n\n1. **Make c**\n',
    ],
    ['one marker for all', '## Tasks\n\n1. **Make a**\n1. **Make b**\n1. **Make c**\n'],
    [
      'labels inside markers that begin anew',
      '## Tasks\n\n### Phase 1: A\n1. **Task 1: Make a**\n2. **Task 2:** Make b\n\n### Phase 2: B\n1. **Task 3 - Make c**\n',
    ],
    [
      'headings',
      '## Tasks\n\n### Phase 1: A\n\n#### Task 1: Make a\n\nDo it.\n\n#### Task 2: Make b\n\n1. First\n2. Then\n\n### Phase 2: B\n\n#### Task 3: Make c\n',
    ],
    [
      'numbered headings',
      '## Implementation Plan\n\n### 1. Make a\n\n- Files: `a.ts`\n\n### 2. Make b\n\n1. First\n\n### 3. Make c\n',
    ],
    [
      'phases without a section of tasks',
      '## Phase 1: A (2 hours)\n\n1. **Make a**\n2. **Make b**\n\n## Phase 2: B\n\n3. **Make c**\n\n## Notes\n\n1. no task\n',
    ],
    ['boxes', '## Tasks\n\n- [ ] **Task 1:** Make a\n- [ ] **Task 2:** Make b\n- [x] **Task 3:** Make c\n'],
    [
      'a table',
      '## Tasks\n\n| # | Task | Files |\n|---|---|---|\n| 1 | Make a | `a.ts` |\n| 2 | Make b | `b.ts` |\n| 3 | Make c | `c.ts` |\n',
    ],
    [
      'bullets that are indented too little',
      '## Tasks\n\n1. **Make a**\n- Files: `a.ts`\n\n2. **Make b**\n- Files: `b.ts`\n\n3. **Make c**\n- Files: `c.ts`\n',
    ],
  ])('%s', (_, tasks) => {
    const { units } = planOf(spec(tasks));
    expect(units.map(({ task }) => `${task.id} ${task.unit} ${task.title}`)).toEqual([
      'T1 task:1 Make a',
      'T2 task:2 Make b',
      'T3 task:3 Make c',
    ]);
  });

  test('what stands below the heading of a task belongs to it', () => {
    const [unit] = planOf(
      spec(
        '## Tasks\n\n### Task 1: Make a\n\n#### Files\n\n- `a.ts`\n\n#### Notes\n\n- [ ] twice\n\n#### Acceptance Criteria\n\n- It is made\n',
      ),
    ).units;
    expect(unit?.task.scope).toEqual(['a.ts']);
    expect(unit?.boxes).toHaveLength(1);
    expect(unit?.criteria).toEqual(['It is made']);
  });

  test.each([
    ['Depends on: Phase 1', 'T1 T2'],
    ['Depends on: Phase 1 complete', 'T1 T2'],
    ['Depends on: 1, 2', 'T1 T2'],
    ['Depends on: Task 1 and Task 2', 'T1 T2'],
    ['**Dependencies:** Tasks 1–2', 'T1 T2'],
    ['Depends on: none', ''],
    ['Depends on: —', ''],
  ])('%s', (line, needs) => {
    const text = `## Tasks\n\n### Phase 1: A\n\n1. **Make a**\n   - Depends on: None\n2. **Make b**\n   - Depends on: None\n\n### Phase 2: B\n\n3. **Make c**\n   - ${line}\n`;
    expect(needsOf(spec(text))['T3']).toBe(needs);
  });

  test.each([
    ['Tests: `TestQueue`', [], ['TestQueue']],
    ['Tests: `test/queue.test.ts`', [], ['test/queue.test.ts']],
    ['Tests: `pytest`', ['pytest'], []],
    ['Tests: `npm test` and a look at the screen', ['npm test'], ['`npm test` and a look at the screen']],
    ['Tests: Unit tests in `test/queue.test.ts`', [], ['Unit tests in test/queue.test.ts']],
  ])('%s', (line, verify, criteria) => {
    const [unit] = planOf(spec(`## Tasks\n\n1. **Make a**\n   - ${line}\n`)).units;
    expect(unit?.task.verify).toEqual(verify);
    expect(unit?.criteria.map((one) => one.replaceAll('`', ''))).toEqual(
      criteria.map((one) => one.replaceAll('`', '')),
    );
  });

  test.each([
    ['Implementation Specification: Fix the lost readings crash', 'debug'],
    ['Implementation Specification: Refactoring the queue', 'refactor'],
    ['Implementation Specification: Terraform for the harbour', 'infra'],
    ['Implementation Specification: Show prefixes', 'feature'],
  ])('%s is of approach %s', (title, approach) => {
    expect(draftOf(`# ${title}\n\n## Tasks\n\n1. **Make a**\n`).detail.approach).toBe(approach);
  });
});

describe('rows with waves', () => {
  const { detail, units } = draftOf(sample('waves'));

  test('waves, boundaries, baseline, checks', () => {
    expect(detail.form).toBe('waves');
    expect(units.map(({ declaredWave }) => declaredWave)).toEqual([1, 2, 2, 2, 3, 4]);
    expect(detail.boundaries.always.map(({ text }) => text)).toEqual(['Signs are in two languages']);
    expect(detail.boundaries.ask).toEqual([]);
    expect(detail.boundaries.never.map(({ text }) => text)).toEqual(['Touch the lighthouse.']);
    expect(detail.baseline).toEqual([{ metric: 'Signs', command: 'ls signs | wc -l', result: '12' }]);
    expect(detail.conformance.map(({ units: which }) => which)).toEqual([[0], [1, 2, 3], [5], [5], [0, 1, 2, 3, 4, 5]]);
    expect(detail.epic).toBe('hb-7x');
  });

  test('waves order what states no needs', () => {
    const text =
      '## Issues\n\n### Issue 1: Make a\n**Acceptance:** a\n\n### Issue 2: Make b\n**Acceptance:** b\n\n### Issue 3: Make c\n**Acceptance:** c\n\n## Execution Order\n\n**Wave 0:** Issue 2\n\n**Wave 1** (parallel): Issues 1, 3\n';
    expect(needsOf(text)).toEqual({ I1: 'I2', I2: '', I3: 'I2' });
  });

  test.each([
    ['### Issue `ab-1c.2`: Make a', 'ab-1c.2'],
    ['### ab-1c.2 — Make a', 'ab-1c.2'],
    ['### Issue #12: Make a', 'I12'],
    ['### 3. Make a', 'I3'],
    ['### Issue ABC-07: Make a', 'ABC-7'],
  ])('%s', (heading, id) => {
    const draft = draftOf(`## Issues\n\n${heading}\n**Dependencies:** None\n`);
    expect(draft.units.map((unit) => [unit.id, unit.title])).toEqual([[id, 'Make a']]);
  });

  test.each([
    ['hb-1, hb-2', 'hb-1 hb-2'],
    ['HB-1', 'hb-1'],
    ['hb-1 - hb-3', 'hb-1 hb-2 hb-3'],
    ['hb-1-3', 'hb-1 hb-2 hb-3'],
    ['`hb-1` + `hb-02`', 'hb-1 hb-2'],
    ['All above', 'hb-1 hb-2 hb-3'],
    ['Wave 1', 'hb-1 hb-2'],
    ['hb-2 (the second), because it is red', 'hb-2'],
    ['--', ''],
  ])('needs %s', (cell, needs) => {
    const table = `## Issues\n\n| ID | Title | Wave | Dependencies |\n|---|---|---|---|\n| hb-1 | Make a | 1 | None |\n| hb-2 | Make b | 1 | None |\n| hb-3 | Make c | 2 | None |\n| hb-4 | Make d | 3 | ${cell} |\n`;
    const read = readDraft(table, 'implementation');
    const last = read.ok ? read.value.compiled.tasks.at(-1) : undefined;
    expect(last?.needs.join(' ')).toBe(needs);
  });

  test('a table and headings for the same rows are one list', () => {
    const text =
      '## Issues\n\n| ID | Title | Dependencies |\n|---|---|---|\n| 1 | Make a | None |\n| 2 | Make b | 1 |\n\n### Issue 1: Make a\n**Files:** `a.ts`\n**Acceptance:** done\n\n### Issue 2: Make b\n**Dependencies:** Issue 1\n**Acceptance:** done too\n';
    const plan = draftOf(text);
    expect(plan.units.map(({ id, criteria, needs, quotes }) => [id, criteria, needs.length, quotes?.length])).toEqual([
      ['I1', ['done'], 1, 3],
      ['I2', ['done too'], 1, 3],
    ]);
  });

  test('a matrix of files says what is written', () => {
    expect(units.map(({ paths }) => paths.map(({ text }) => text))).toEqual([
      ['signs/index.json'],
      [],
      [],
      [],
      ['map.svg'],
      [],
    ]);
  });
});

describe('task groups', () => {
  const { detail, gates, units } = draftOf(sample('groups'));

  test('a group that is done is still a unit', () => {
    expect(detail.form).toBe('groups');
    expect(detail.tasks.map(({ status, priority, estimate }) => [status?.value, priority, estimate?.high])).toEqual([
      ['done', 'Critical', 180],
      [undefined, undefined, 120],
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
    ]);
    expect(units.map(({ wave }) => wave)).toEqual([
      'Phase 1: Lights',
      'Phase 1: Lights',
      'Phase 2: Watch',
      'Phase 2: Watch',
    ]);
  });

  test('the check list of a phase is a gate and no part of its last group', () => {
    expect(gates.map(({ id, after, before, criteria }) => ({ id, after, before, criteria }))).toEqual([
      { id: 'phase-1', after: [0, 1], before: [2, 3], criteria: ['The lamps burn'] },
    ]);
    expect(units[1]?.boxes).toHaveLength(1);
  });

  test('groups of another tool, deeper and below layers', () => {
    const text =
      '# Task Breakdown: Lights\n\n## Overview\nTotal Tasks: 2\n\n## Task List\n\n### Database Layer\n\n#### Task Group 1: Poles\n**Dependencies:** None (but there must be poles)\n\n- [ ] 1.0 Complete poles\n  - [ ] 1.1 Write tests\n\n**Acceptance Criteria:**\n- The tests pass\n\n### Surface\n\n#### Task Group 2: Lamps\n**Dependencies:** Task Group 1\n\n- [ ] 2.0 Hang lamps\n';
    expect(needsOf(text)).toEqual({ G1: '', G2: 'G1' });
    expect(planOf(text).title).toBe('Lights');
  });
});

test('the packet of an executing agent says the same every time', () => {
  const draft = draftOf(sample('waves'));
  const packet = executionPacket(draft);
  expect(executionPacket(draftOf(sample('waves')))).toEqual(packet);
  expect(packet).toEqual({
    objective: 'Harbour signs',
    epic_id: 'hb-7x',
    contract_surfaces: ['signs/index.json', 'map.svg'],
    validation_commands: [
      'grep -c x signs/index.json | sort',
      'test -e signs/index.json',
      'test -e signs/README.md',
      'npm run signs',
    ],
    tracker_mode: 'beads',
    done_criteria: ['Content: `Hafen|Harbour` in each sign', 'All signs hang straight'],
    complexity: 'standard',
    pre_mortem_verdict: null,
    test_levels: [],
    research_artifact: 'docs/research/signs.md',
    plan_artifact: 'plan-harbour',
    pre_mortem_artifact: null,
  });
});

const CORPUS = join('..', 'shared', 'corpus', 'implementation');
const absent = !existsSync(CORPUS);

describe.skipIf(absent)(`real documents in ${CORPUS}`, () => {
  const read = (name: string): string => readFileSync(join(CORPUS, name), 'utf8');

  test('rows with waves', () => {
    const draft = draftOf(read('issues-waves-pivot-v3.md'));
    const waves = draft.units.map(({ declaredWave }) => declaredWave);
    expect([1, 2, 3, 4].map((wave) => waves.filter((one) => one === wave).length)).toEqual([1, 12, 1, 1]);
    const plan = planOf(read('issues-waves-pivot-v3.md'));
    const tasks = new Map(plan.units.map(({ task, criteria }) => [task.id, { ...task, criteria }]));
    expect(tasks.get('12-3jc.1')?.verify).toEqual(['test -e _archived/factors-v1/MAPPING.md']);
    expect(tasks.get('12-3jc.13')?.needs).toEqual(['12-3jc.1']);
    expect(tasks.get('12-3jc.13')?.criteria).toHaveLength(2);
    expect(tasks.get('12-3jc.14')?.needs).toEqual(['12-3jc.2', '12-3jc.3', '12-3jc.4']);
    expect(tasks.get('12-3jc.15')?.needs).toHaveLength(14);
    expect(plan.findings.filter(({ rule }) => rule.startsWith('IS-'))).toEqual([]);
  });

  test('task groups', () => {
    const text = read('task-groups-repo-split.md');
    const draft = draftOf(text);
    expect(draft.units).toHaveLength(16);
    expect(draft.detail.phases).toHaveLength(3);
    const plan = planOf(text);
    const needs = Object.fromEntries(plan.units.map(({ task }) => [task.id, task.needs]));
    expect(needs['G5']).toEqual(['G1', 'G2', 'G3', 'G4']);
    expect(needs['G6']).toEqual(['G1', 'G2', 'G3', 'G4', 'G5']);
    expect(needs['G9']).toEqual(['G1', 'G2', 'G3', 'G4', 'G5']);
    expect(needs['G12']).toEqual(['G6', 'G7', 'G8', 'G9', 'G10', 'G11']);
    expect(needs['G16']).toEqual(['G12', 'G13', 'G14', 'G15']);
    const boxes = boxesOf(draft.outline, 0, draft.outline.blocks.length);
    expect([boxes.filter(({ ticked }) => !ticked).length, boxes.filter(({ ticked }) => ticked).length]).toEqual([
      196, 218,
    ]);
    const rules = plan.findings.filter(({ rule }) => rule.startsWith('IS-')).map(({ rule }) => rule);
    expect(rules).toEqual(Array.from({ length: 14 }, () => 'IS-02'));
  });
});

test.runIf(absent)(`skipped: there are no real documents in ${CORPUS}`, () => undefined);

const SEEDS = join('..', 'shared', 'seeds');
const seed = existsSync(SEEDS) ? readdirSync(SEEDS).find((name) => name.startsWith('002')) : undefined;

test.skipIf(seed === undefined)('the worked example of the seed, put together from its parts', () => {
  const text = readFileSync(join(SEEDS, seed as string), 'utf8');
  const fences = [...text.slice(text.indexOf('## Example')).matchAll(/```markdown\n([^]*?)```/g)].map(
    (one) => one[1] as string,
  );
  expect(fences).toHaveLength(7);
  const [research, design, tasks, criteria, decision, risks, spec] = fences as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const [title, ...rest] = spec.split('\n');
  const parts = [
    title,
    `## Context\n\n${research}`,
    design,
    tasks,
    criteria,
    decision,
    risks,
    rest.slice(3).join('\n'),
  ];
  const plan = planOf(parts.join('\n\n'));
  expect(plan.kind).toBe('implementation');
  expect(plan.units.map(({ task }) => [task.id, task.scope.length, task.needs.join()])).toEqual([
    ['T1', 1, ''],
    ['T2', 1, 'T1'],
    ['T3', 1, 'T2'],
    ['T4', 1, 'T3'],
    ['T5', 1, 'T4'],
    ['T6', 1, 'T5'],
  ]);
  expect(plan.criteria).toHaveLength(13);
  const found = plan.findings
    .filter(({ rule }) => rule.startsWith('IS-'))
    .map(({ rule, severity }) => `${rule} ${severity}`);
  expect(found.toSorted()).toEqual(['IS-04 warning', 'IS-07 warning', 'IS-12 warning', 'IS-13 warning']);
});

describe('any text', () => {
  const bases = ['specification', 'waves', 'issues', 'groups'].map(sample);
  const junk = fc.oneof(
    fc.constantFrom(
      '|',
      '`',
      '**',
      '\n',
      '\r\n',
      '```',
      '- [ ] ',
      '1. ',
      '### ',
      '## Issues\n',
      '## Tasks\n',
      '(',
      '[x]',
      '\\|',
      '\0',
      '…',
      '12-3.',
      'Wave 1: ',
      '> ',
      '    ',
      '| --- |',
    ),
    fc.string({ maxLength: 20 }),
  );

  test('is read without throwing, and what is found lies in it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...bases),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 60 }), junk), { minLength: 1, maxLength: 8 }),
        (base, changes) => {
          let text = base;
          for (const [at, cut, put] of changes) {
            const from = at % (text.length + 1);
            text = text.slice(0, from) + put + text.slice(from + cut);
          }
          const parsed = parsePlan(text, {
            fileName: 'x.md',
            kind: 'implementation',
            stage: 'execution',
            facts: { source: base },
          });
          if (!parsed.ok) throw new Error('no plan');
          for (const { span, fix } of parsed.value.findings) {
            expect(span.end).toBeLessThanOrEqual(text.length);
            for (const edit of fix?.edits ?? []) expect(edit.end).toBeLessThanOrEqual(text.length);
          }
        },
      ),
      { numRuns: runs(200), seed: 2 },
    );
  });

  test.each([
    [
      'tasks',
      '# Implementation Specification: X\n\n## Tasks\n\n',
      (i: number) =>
        `${i + 1}. **Make part ${i} of it**\n   - Files: \`src/a${i}.ts\`\n   - Changes: a\n   - Tests: \`npm test\`\n   - Depends on: ${i === 0 ? 'None' : `Task ${i}`}\n`,
    ],
    [
      'rows',
      '## Issues\n\n| ID | Title | Wave | Dependencies |\n|---|---|---|---|\n',
      (i: number) => `| ab-${i} | Make part ${i} of it | ${i} | ${i === 0 ? 'None' : `ab-${i - 1}`} |\n`,
    ],
    [
      'groups',
      '# Tasks: X\n\n',
      (i: number) =>
        `### Task Group ${i + 1}: Part ${i}\n**Dependencies:** ${i === 0 ? 'None' : `Task Group ${i}`}\n\n- [ ] do it\n\n`,
    ],
    [
      'criteria',
      '# Implementation Specification: X\n\n## Tasks\n\n1. **Make it**\n\n## Acceptance Criteria\n\n### Performance\n\n',
      (i: number) => `- [ ] /a${i}/b answers\n`,
    ],
    [
      'decisions',
      '# Implementation Specification: X\n\n## Design Decisions\n\n',
      (i: number) => `### Decision ${i}: a\n\n**Context:** a\n\n`,
    ],
    ['stars', '# Implementation Specification: X\n\n## Tasks\n\n1. ', () => '**('],
    ['blanks', '# Implementation Specification: X\n\n## Tasks\n\n1. **a** (1', () => '          '],
    [
      'bars',
      '## Issues\n\n| ID | Title | Wave |\n|---|---|---|\n| ab-1 | a | 1 |\n\n## Conformance Checks\n\n| Issue | Check |\n|---|---|\n',
      () => '| ab-1-9 | `a` |\n',
    ],
  ])(
    'a megabyte of %s is not read for ever',
    (_, head, line) => {
      let text = `---\nkind: implementation\n---\n${head}`;
      const lines: string[] = [];
      for (let i = 0, length = 0; length < 1_000_000; i++) {
        const one = line(i);
        lines.push(one);
        length += one.length;
      }
      text += lines.join('');
      // A machine with other work takes several times as long; whatever is quadratic takes minutes.
      const start = worked();
      parsePlan(text, { fileName: 'x.md', facts: { source: text } });
      expect(worked() - start).toBeLessThan(8000);
    },
    20_000,
  );
});
