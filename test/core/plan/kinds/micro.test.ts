import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Draft } from '../../../../src/core/plan/draft.ts';
import { parsePlan, readDraft } from '../../../../src/core/plan/parse.ts';

function read(text: string) {
  const result = readDraft(text);
  if (!result.ok) throw new Error('was not read');
  const { draft, compiled } = result.value;
  if (draft.kind !== 'micro') throw new Error(`was read as ${draft.kind}`);
  return { draft: draft as Draft<'micro'>, compiled };
}

const plan = (name: string) => readFileSync(join('test', 'cases', 'plans', `${name}.md`), 'utf8');

describe('a full plan', () => {
  const { draft, compiled } = read(plan('micro-full'));
  const { detail } = draft;

  test('its header, title and form', () => {
    expect(draft.title).toBe('Ledger Export');
    expect(detail.compact).toBe(false);
    expect(detail.tier).toBe('medium');
    expect(Object.keys(detail.header).sort()).toEqual(
      ['adds', 'architecture', 'closes', 'contracts', 'goal', 'problem', 'source', 'tier', 'why'].sort(),
    );
    expect(detail.header.adds?.text).toContain('2. A refusal');
  });

  test('its contracts, however they are spelt', () => {
    expect(detail.contracts.map(({ id, polarity, name }) => [id, polarity, name])).toEqual([
      ['BC-1', 'positive', 'Rows are written'],
      ['BC-EPD-1', 'positive', 'Header first'],
      ['BC-17-1', 'negative', 'No floats'],
      ['BC-4', 'negative', 'Nothing else is touched'],
      ['BC-5', 'error', 'Locked file'],
    ]);
    for (const { clauses } of detail.contracts) {
      expect(Object.keys(clauses)).toEqual(expect.arrayContaining(['given', 'when', 'then']));
    }
    const [first, , third, , last] = detail.contracts;
    expect(first?.clauses.then?.text).toBe('stdout MUST hold four lines and the exit code is 0');
    expect(first?.clauses.mechanism?.text).toBe('rows go through `csv()`'.replaceAll('`', ''));
    expect(third?.clauses.when?.text).toBe('they are written');
    expect(last?.clauses.given?.text).toBe('a locked file');
    expect(draft.criteria.map(({ id }) => id)).toEqual(detail.contracts.map(({ id }) => id));
  });

  test('its tasks are a chain with scopes, verify commands and contracts', () => {
    expect(
      compiled.tasks.map(({ id, unit, title, needs, scope, verify }) => ({ id, unit, title, needs, scope, verify })),
    ).toEqual([
      {
        id: 'T1',
        unit: 'task:1',
        title: 'Write rows',
        needs: [],
        scope: ['src/export.ts', 'src/csv.ts', 'test/export.test.ts'],
        verify: ['npx vitest run test/export.test.ts', 'npx eslint src'],
      },
      {
        id: 'T2',
        unit: 'task:2',
        title: 'Refuse locked files',
        needs: ['T1'],
        scope: ['src/export.ts', 'test/lock.test.ts'],
        verify: ['npx vitest run test/lock.test.ts', 'npx vitest run', 'npx eslint src'],
      },
      {
        id: 'T3',
        unit: 'task:3',
        title: 'Say so in the manual',
        needs: ['T2'],
        scope: ['docs/export.md'],
        verify: ['npx markdownlint docs'],
      },
    ]);
    expect(compiled.edges.filter(({ why }) => why === 'order')).toHaveLength(2);
    expect(draft.units.map(({ criterionIds }) => criterionIds)).toEqual([
      ['BC-1', 'BC-EPD-1', 'BC-17-1'],
      ['BC-4', 'BC-5'],
      [],
    ]);
    expect(draft.units[1]?.criteria).toEqual(['no other file of the ledger changes', 'exit code 2 is returned']);
  });

  test('the uses of files, the steps and the commits', () => {
    const [one, two] = detail.tasks;
    expect(one?.files.map(({ use, path }) => `${use} ${path}`)).toEqual([
      'create src/export.ts',
      'create src/csv.ts',
      'test test/export.test.ts',
    ]);
    expect(one?.steps.map(({ number, kind }) => `${number} ${kind}`)).toEqual([
      '1 test',
      '2 run-fail',
      '3 impl',
      '4 run-pass',
      '5 lint',
      '6 commit',
    ]);
    expect(one?.steps[1]?.runs).toMatchObject([{ fails: true, expected: 'FAIL (no such module)' }]);
    expect(one?.steps[5]?.commit?.text).toBe('feat(export): write rows (BC-1)');
    expect(one?.steps[5]?.commit?.rest).toContain('BC-17-1');
    expect(two?.steps.map(({ kind }) => kind)).toEqual(['test', 'run-fail', 'impl', 'run-pass', 'lint', 'commit']);
    expect(draft.units[1]?.boxes).toHaveLength(6);
  });

  test('its tables and checklist', () => {
    expect(detail.deviations.map(({ word, none, source }) => [word, none, source])).toEqual([
      ['SCOPE_CHANGE', false, 'XLSX, too'],
      [undefined, true, 'CSV'],
    ]);
    expect(detail.tests.map(({ contracts, task, type }) => [contracts.join(' '), task, type])).toEqual([
      ['BC-1 BC-EPD-1', 'Task 1', 'Unit'],
      ['BC-17-1', 'Task 1', 'Invariant'],
      ['BC-4 BC-5', 'Task 2', 'Golden + Invariant'],
    ]);
    expect(detail.risks).toMatchObject([
      { risk: 'Huge ledgers', likelihood: 'Low', mitigation: 'stream', task: 'Task 1' },
    ]);
    expect(detail.checklist.map(({ box, text }) => [box.ticked, text])).toEqual([
      [true, 'No dead code'],
      [false, 'Manual updated'],
    ]);
    expect(detail.appendix.map(({ path }) => path)).toEqual(['src/export.ts', 'src/csv.ts']);
  });
});

describe('a compact plan', () => {
  const { draft, compiled } = read(plan('micro-compact'));

  test('tasks are bold lines with keys', () => {
    expect(draft.detail.compact).toBe(true);
    expect(draft.detail.tier).toBe('small');
    expect(compiled.tasks.map(({ id, title, needs, scope, verify }) => [id, title, needs, scope, verify])).toEqual([
      [
        'T1',
        'Rename the flag',
        [],
        ['src/flags.py', 'tests/test_flags.py'],
        ['pytest tests/test_flags.py', 'ruff check src'],
      ],
      ['T2', 'Rename it in the manual', ['T1'], ['README.md'], ['pytest -q', 'mkdocs build --strict']],
    ]);
    expect(draft.detail.tasks.map(({ steps }) => steps.map(({ kind }) => kind))).toEqual([
      ['test', 'impl', 'run-pass', 'lint', 'commit'],
      ['impl', 'run-pass', 'lint', 'commit'],
    ]);
    expect(draft.units.map(({ criterionIds }) => criterionIds)).toEqual([['BC-1'], ['BC-1', 'BC-2']]);
  });
});

const around = (tasks: string): string =>
  [
    '# Sorting',
    '**Goal:** sort',
    '**Source:** #3',
    '## Behavioral Contracts',
    'BC-1: Stable\n- GIVEN a\n- WHEN b\n- THEN c',
    'BC-2: Empty: GIVEN a WHEN b THEN d',
    '## Tasks',
    tasks,
    '## Sanity Checklist',
    '- [ ] ok',
  ].join('\n\n');

describe('spellings of tasks', () => {
  test.each([
    ['H2', '## Task 1: One (BC-1)\n\nx\n\n## Task 2: Two (BC-2)\n\ny'],
    ['H4 with dashes', '#### Task 1 — One [BC-1]\n\n#### Task 2 – Two (implements BC-2)'],
    ['H5 below phases', '### Phase A\n\n##### Task 1. One (BC-1)\n\n### Phase B\n\n##### Task 2. Two (BC-2)'],
    ['bold', '**Task 1: One** (BC-1)\n\n**Files:** `a.ts`\n\n**Task 2: Two** (BC-2)\n\n**Files:** `b.ts`'],
    ['numbered items', '1. **Task: One** (BC-1)\n\n   Text.\n\n2. **Task: Two** (BC-2)'],
    ['loose items', '1. **Task 1: One** (BC-1)\n\nText.\n\n2. **Task 2: Two** (BC-2)'],
    ['boxes', '- [ ] **Task 1: One** (BC-1)\n- [ ] **Task 2: Two** (BC-2)'],
    ['numbered headings', '### 1. One (BC-1)\n\n### 2. Two (BC-2)'],
    ['plain numbered items', '1. One (BC-1)\n   - **Files:** `a.ts`\n2. Two (BC-2)\n   - **Files:** `b.ts`'],
  ])('%s', (_, tasks) => {
    const { draft, compiled } = read(around(tasks));
    expect(compiled.tasks.map(({ id, title, needs }) => `${id} ${title} ${needs.join()}`)).toEqual([
      'T1 One ',
      'T2 Two T1',
    ]);
    expect(draft.units.map(({ criterionIds }) => criterionIds)).toEqual([['BC-1'], ['BC-2']]);
    expect(draft.units.map(({ criteria }) => criteria)).toEqual([['c'], ['d']]);
  });

  test('headings and tasks in code are code', () => {
    const code = '```bash\n# Task 7: no\n### Task 8: no\n**Task 9: no**\n```';
    const { draft } = read(around(`### Task 1: One\n\n${code}\n\n1. item\n\n   ${code.replaceAll('\n', '\n   ')}\n`));
    expect(draft.units.map(({ id }) => id)).toEqual(['T1']);
  });

  test('needs that tasks declare count instead of the chain', () => {
    const { compiled } = read(
      around(
        '### Task 1: One\n\n**Depends on:** none\n\n### Task 2: Two (depends on Task 1)\n\n### Task 3: Three\n\n**Needs:** T1\n\n### Task 4: Four\n\n**Dependencies:** libfoo 2',
      ),
    );
    expect(compiled.tasks.map(({ needs }) => needs.join(' '))).toEqual(['', 'T1', 'T1', 'T3']);
    expect(compiled.findings).toEqual([]);
  });
});

describe('spellings of contracts', () => {
  test.each([
    ['plain', 'BC-7: Name\n- GIVEN a\n- WHEN b\n- THEN c'],
    ['bold', '**BC-7: Name**\n\n- **GIVEN** a\n- **WHEN:** b\n- **THEN**: c'],
    ['bold id', '**BC-7** — Name\n* Given: a\n* When: b\n* Then: c'],
    ['bullet', '- **BC-7**: Name\n  - given a\n  - when b\n  - then c'],
    ['bullet without colon', '- BC-7 Name\n  - given a\n  - when b\n  - then c'],
    ['heading', '##### BC-7 Name\n\nGIVEN a\nWHEN b\nTHEN c'],
    ['deep heading', '###### BC-007: Name\n\n**Given** a\n\n**When** b\n\n**Then** c'],
    ['one line', 'BC-7: Name: GIVEN a, WHEN b, THEN c'],
    ['sentence', '1. BC-7 (Name): Given a, when b, then c'],
    ['table', '| ID | Name | Given | When | Then |\n|---|---|---|---|---|\n| BC-7 | Name | a | b | c |'],
  ])('%s', (_, text) => {
    const { draft } = read(`# P\n\n## B) Behavioral Contracts\n\n${text}\n\n## Tasks\n\n### Task 1: One (BC-7)\n`);
    const found = draft.detail.contracts.map(({ id, name, clauses }) => [
      id,
      name,
      clauses.given?.text,
      clauses.when?.text,
      clauses.then?.text,
    ]);
    expect(found).toEqual([['BC-7', 'Name', 'a', 'b', 'c']]);
    expect(draft.units[0]?.criteria).toEqual(['c']);
  });

  test('wrapped lines go on, prose around is none of it', () => {
    const { draft } = read(
      '# P\n\n## Contracts\n\nBC-1 and BC-2 are new.\n\nBC-1: One\n- GIVEN a\n- WHEN b\n- THEN the caller\n  sees c when it looks\n- AND nothing else\n\nNote: THEN is for later.\n\n### Task 1: x (BC-1)\n',
    );
    expect(draft.detail.contracts).toHaveLength(1);
    expect(draft.detail.contracts[0]?.clauses.then?.text).toMatch(/^the caller sees c when it looks and nothing else/);
  });
});

test('a plan with CRLF, a byte-order mark and front matter reads the same', () => {
  const text = plan('micro-full');
  const other = read(`\uFEFF---\nkind: micro\n---\n${text}`.replaceAll('\n', '\r\n'));
  const usual = read(text);
  expect(other.compiled.tasks).toEqual(usual.compiled.tasks);
  expect(other.draft.units.map(({ criteria }) => criteria)).toEqual(usual.draft.units.map(({ criteria }) => criteria));
});

const CORPUS = join('..', 'shared', 'corpus', 'micro');
const absent = !existsSync(CORPUS);

describe.skipIf(absent)(`real documents in ${CORPUS}`, () => {
  const real = (name: string) => readFileSync(join(CORPUS, name), 'utf8');

  test('a full plan: 7 tasks at H4 in a chain, 12 contracts, all mapped', () => {
    const { draft, compiled } = read(real('pr18-prefix-affinity.md'));
    expect(draft.detail.compact).toBe(false);
    expect(compiled.tasks.map(({ id, needs }) => `${id}<${needs.join()}`)).toEqual([
      'T1<',
      'T2<T1',
      'T3<T2',
      'T4<T3',
      'T5<T4',
      'T6<T5',
      'T7<T6',
    ]);
    expect(draft.detail.contracts.map(({ polarity }) => polarity?.[0]).join('')).toBe('pppppppnnnee');
    const mapped = new Set(draft.units.flatMap(({ criterionIds }) => criterionIds ?? []));
    expect([...mapped].sort()).toEqual(draft.criteria.map(({ id }) => id).sort());
    expect(draft.criteria).toHaveLength(12);
    expect(compiled.tasks.map(({ scope }) => scope.length)).toEqual([3, 2, 3, 1, 0, 5, 1]);
    expect(compiled.tasks.map(({ verify }) => verify.length)).toEqual([2, 2, 3, 3, 2, 2, 1]);
    expect(
      compiled.tasks.flatMap(({ verify }) => verify).filter((run) => /git|TestPrefixCacheIndex_/.test(run)),
    ).toEqual([]);
    expect(draft.detail.checklist).toHaveLength(29);
    expect(draft.detail.tests).toHaveLength(12);
  });

  test('a compact plan: 3 tasks, 4 contracts, too many files', () => {
    const { draft, compiled } = read(real('pr1204-compact.md'));
    expect(draft.detail.compact).toBe(true);
    expect(draft.criteria).toHaveLength(4);
    expect(compiled.tasks.map(({ scope, verify, needs }) => [scope.length, verify.length, needs.join()])).toEqual([
      [2, 2, ''],
      [5, 2, 'T1'],
      [3, 2, 'T2'],
    ]);
    const parsed = parsePlan(real('pr1204-compact.md'), { fileName: 'plan.md' });
    const errors = parsed.ok ? parsed.value.findings.filter(({ severity }) => severity === 'error') : [];
    expect(errors.map(({ rule }) => rule)).toEqual(['MI-15']);
  });
});

test.runIf(absent)(`skipped: there are no real documents in ${CORPUS}`, () => undefined);
