import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { specKit } from '../../../src/core/formats/spec-kit/spec-kit.ts';
import { checkOpenSpecChange } from '../../../src/core/formats/openspec/check.ts';
import { checkTaskMaster } from '../../../src/core/formats/task-master/check.ts';
import { worked } from '../../worked.ts';

const tasks = (...all: object[]): string => JSON.stringify({ master: { tasks: all } }, null, 2);
const said = (text: string): string[] =>
  checkTaskMaster(text).map(({ rule, severity, span }) => `${rule} ${severity} line ${span.line}`);

describe('tasks.json is checked', () => {
  test('nothing is wrong', () => {
    expect(
      said(
        tasks(
          { id: 1, title: 'a', status: 'done', dependencies: [] },
          {
            id: 2,
            title: 'b',
            status: 'pending',
            dependencies: [1],
            subtasks: [
              { id: 1, title: 'c', status: 'pending', dependencies: [] },
              { id: 2, title: 'd', status: 'pending', dependencies: [1, '1'] },
            ],
          },
        ),
      ),
    ).toEqual([expect.stringContaining('TM-07 warning')]);
    expect(said(tasks({ id: 1, title: 'a', dependencies: [] }, { id: 2, title: 'b', dependencies: ['1'] }))).toEqual(
      [],
    );
  });

  test.each([
    ['no JSON', '{"master": {"tasks": [}', ['TM-01 error line 1']],
    ['no tasks', '{}', ['TM-01 error line 1']],
    ['itself', tasks({ id: 1, title: 'a', dependencies: [1] }), ['TM-05 error line 8']],
    ['missing', tasks({ id: 1, title: 'a', dependencies: [7, '2.1'] }), ['TM-04 error line 8', 'TM-04 error line 9']],
    ['twice', tasks({ id: 1, title: 'a' }, { id: 1, title: 'b' }), ['TM-03 error line 9']],
    ['status', tasks({ id: 1, title: 'a', status: 'maybe' }), ['TM-08 warning line 7']],
    ['no id', tasks({ title: 'a' }), ['TM-02 error line 4']],
  ])('%s', (_, text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  test('every task of a circle is named, and none behind it; subtasks too', () => {
    const text = tasks(
      { id: 1, title: 'a', dependencies: [3] },
      { id: 2, title: 'b', dependencies: [1] },
      { id: 3, title: 'c', dependencies: [2] },
      {
        id: 4,
        title: 'd',
        dependencies: [3],
        subtasks: [
          { id: 1, title: 'e', dependencies: [2] },
          { id: 2, title: 'f', dependencies: ['4.1'] },
        ],
      },
    );
    expect(checkTaskMaster(text).map(({ rule, message }) => `${rule} ${message}`)).toEqual([
      'TM-06 Task 1 is part of a circle: 1 → 3 → 2 → 1.',
      'TM-06 Task 2 is part of a circle: 1 → 3 → 2 → 1.',
      'TM-06 Task 3 is part of a circle: 1 → 3 → 2 → 1.',
      'TM-06 Subtask 4.1 is part of a circle: 4.1 → 4.2 → 4.1.',
      'TM-06 Subtask 4.2 is part of a circle: 4.1 → 4.2 → 4.1.',
    ]);
  });

  test('a long chain and a dense plan take no time', () => {
    const chain = tasks(
      ...Array.from({ length: 20_000 }, (_, i) => ({ id: i + 1, title: 'a', dependencies: i === 0 ? [] : [i] })),
    );
    const dense = tasks(
      ...Array.from({ length: 400 }, (_, i) => ({
        id: i + 1,
        title: 'a',
        dependencies: Array.from({ length: i }, (_, k) => k + 1),
      })),
    );
    const start = worked();
    expect(checkTaskMaster(chain)).toEqual([]);
    expect(checkTaskMaster(dense)).toEqual([]);
    expect(worked() - start).toBeLessThan(4000);
  });
});

const requirement = (
  name: string,
  text = 'The system SHALL do it.',
  scenario = '#### Scenario: It does\n- **WHEN** asked\n- **THEN** done',
): string => `### Requirement: ${name}\n${text}\n\n${scenario}\n`;
const delta = (text: string): string[] =>
  checkOpenSpecChange([{ path: 'specs/thing/spec.md', text }]).map(
    ({ rule, severity, span }) => `${rule} ${severity} line ${span.line}`,
  );

describe('an OpenSpec change is checked', () => {
  test.each([
    ['nothing is wrong', `## ADDED Requirements\n\n${requirement('A')}`, []],
    ['text in two lines', `## ADDED Requirements\n\n${requirement('A', 'When asked,\nthe system MUST answer.')}`, []],
    ['metadata only', `## ADDED Requirements\n\n${requirement('A', '**Rule**: it MUST hold.')}`, []],
    ['removed with bullets', '## REMOVED Requirements\n\n- `### Requirement: A`\n', []],
    ['renamed', '## RENAMED Requirements\n\n- FROM: `### Requirement: A`\n- TO: `### Requirement: B`\n', []],
    ['no section', '# Notes\n', ['OS-02 error line 1', 'OS-01 error line 1']],
    ['empty section', '## ADDED Requirements\n\nnothing\n', ['OS-03 error line 1', 'OS-01 error line 1']],
    ['neither SHALL nor MUST', `## ADDED Requirements\n\n${requirement('A', 'It does it.')}`, ['OS-06 error line 3']],
    [
      'shall in small letters',
      `## ADDED Requirements\n\n${requirement('A', 'It shall do it.')}`,
      ['OS-06 error line 3'],
    ],
    [
      'SHALL only in a fence',
      `## ADDED Requirements\n\n${requirement('A', 'It does.\n```\nSHALL\n```')}`,
      ['OS-06 error line 3'],
    ],
    ['no text', `## ADDED Requirements\n\n${requirement('A', '')}`, ['OS-05 error line 3']],
    [
      'three marks',
      `## ADDED Requirements\n\n${requirement('A', undefined, '### Scenario: x')}`,
      ['OS-04 warning line 6', 'OS-07 error line 6'],
    ],
    [
      'five marks',
      `## MODIFIED Requirements\n\n${requirement('A', undefined, '##### Scenario: x')}`,
      ['OS-07 error line 6'],
    ],
    ['bold', `## MODIFIED Requirements\n\n${requirement('A', undefined, '- **Scenario: x**')}`, ['OS-07 error line 6']],
    [
      'scenario in a fence',
      `## ADDED Requirements\n\n${requirement('A', undefined, '```\n#### Scenario: x\n```')}`,
      ['OS-07 error line 3'],
    ],
    ['twice', `## ADDED Requirements\n\n${requirement('A')}${requirement('A')}`, ['OS-08 error line 9']],
    [
      'added and removed',
      `## ADDED Requirements\n\n${requirement('A')}\n## REMOVED Requirements\n\n### Requirement: A\n**Reason**: x\n**Migration**: y\n`,
      ['OS-08 error line 12'],
    ],
    [
      'modified under the old name',
      `## RENAMED Requirements\n- FROM: \`### Requirement: A\`\n- TO: \`### Requirement: B\`\n\n## MODIFIED Requirements\n\n${requirement('A')}`,
      ['OS-09 error line 7'],
    ],
    [
      'renamed to nothing',
      '## RENAMED Requirements\n- FROM: `### Requirement: A`\n',
      ['OS-10 error line 2', 'OS-03 error line 1', 'OS-01 error line 1'],
    ],
    ['removed without a reason', '## REMOVED Requirements\n\n### Requirement: A\nold\n', ['OS-13 warning line 3']],
    ['a short purpose', `## Purpose\nShort.\n\n## ADDED Requirements\n\n${requirement('A')}`, ['OS-12 warning line 1']],
    [
      'a purpose behind',
      `## ADDED Requirements\n\n${requirement('A')}\n## Purpose\n${'x'.repeat(60)}\n`,
      ['OS-11 warning line 10'],
    ],
  ])('%s', (_, text, expected) => {
    expect(delta(text)).toEqual(expected);
  });

  test('capabilities without a delta, boxes and numbers of tasks', () => {
    const found = checkOpenSpecChange([
      {
        path: 'proposal.md',
        text: '## Capabilities\n\n### New Capabilities\n\n- `thing`: x\n- `other`: y\n- `Bad Name`\n',
      },
      { path: 'specs/thing/spec.md', text: `## ADDED Requirements\n\n${requirement('A')}` },
      { path: 'tasks.md', text: '## 1. One\n\n- [ ] 1.1 a\n- [ ] 2.1 b\n- [ ] 1.1 c\n' },
    ]);
    expect(found.map(({ rule, file, span }) => `${rule} ${file}:${span.line}`)).toEqual([
      'OS-15 proposal.md:6',
      'OS-15 proposal.md:7',
      'OS-17 tasks.md:4',
      'OS-17 tasks.md:5',
    ]);
    expect(checkOpenSpecChange([])).toEqual([]);
  });
});

// A real document, read where it lies beside the project and never copied into it.
const REAL = join('..', 'shared', 'corpus', 'spec-kit', 'autoscaler-tasks.md');

describe.skipIf(!existsSync(REAL))(`real tasks in ${REAL}`, () => {
  test('31 tasks in 7 phases, 9 of them [P], 19 done, ids out of order', () => {
    const files = [{ path: 'specs/006-model-autoscaler/tasks.md', text: readFileSync(REAL, 'utf8') }];
    const read = specKit.read(files);
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    const { plan, ids, findings } = read.value;
    expect(findings).toEqual([]);
    expect(plan.units).toHaveLength(31);
    expect(new Set(plan.units.map((unit) => unit.group)).size).toBe(7);
    expect(plan.units.filter((unit) => unit.done)).toHaveLength(19);
    expect(plan.units.map((unit) => ids[unit.id]).slice(20, 25)).toEqual(['T025', 'T021', 'T022', 'T028', 'T029']);
    expect(plan.units.filter((unit) => unit.scope.length > 0).length).toBe(19);
    expect(specKit.detect(files)[0]?.score).toBeGreaterThan(0.5);
    expect(specKit.write(plan, { name: 'x', kept: { files } }).files).toEqual(files);
    const done = { ...plan, units: plan.units.map((unit) => ({ ...unit, done: true })) };
    const [written] = specKit.write(done, { name: 'x', kept: { files } }).files;
    expect(written?.text.match(/^- \[ \] T/gm)).toBeNull();
    expect(written?.text).toHaveLength(files[0]?.text.length ?? 0);
  });
});
