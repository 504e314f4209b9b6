import { describe, expect, test } from 'vitest';
import type { Foreign, ForeignFile, FormatName, Placed } from '../../../src/core/formats/format.ts';
import { formatNamed, sightingsIn } from '../../../src/core/formats/list.ts';
import { worked } from '../../worked.ts';

/** Damaged plans: what is good in them is read, and what is not is told. `[file, text]`. */
const DAMAGED: readonly {
  readonly format: FormatName;
  readonly files: readonly (readonly [string, string])[];
  /** Ids that are read, as they are written. */
  readonly ids: readonly string[];
  /** Findings: rule, and line where there is one file. */
  readonly says: readonly string[];
}[] = [
  {
    format: 'spec-kit',
    files: [
      [
        'specs/001-well/tasks.md',
        '# Tasks: Well\n\n## Phase 1: Dig\n\n- [ ] T001 Dig\n- [ ] T002 Line (depends on T009)\n- [ ] T002 Line again\n- [ ] T003 Cover (depends on T003)\n- [ ] T004 Rope (depends only on T005)\n- [ ] T005 Bucket (depends only on T004)\n- [y] T006 No box\n',
      ],
    ],
    ids: ['T001', 'T002', 'T003', 'T004', 'T005'],
    says: ['FF-06:11', 'FF-02:7', 'FF-03:6', 'FF-05:8', 'FF-04:9'],
  },
  {
    format: 'kiro',
    files: [
      [
        '.kiro/specs/mill/tasks.md',
        '# Implementation Plan\n\n- [ ] 1. Grind\n- [ ] 2. Sieve\n  - _Depends: 9.9_\n- [ ] 2. Sieve again\n- [ ] 3. Fill\n  - _Depends: 4_\n- [ ] 4. Sew\n  - _Depends: 3_\n',
      ],
    ],
    ids: ['1', '2', '3', '4'],
    says: ['FF-02:6', 'FF-03:5', 'FF-04:7'],
  },
  {
    format: 'openspec',
    files: [
      [
        'openspec/changes/add-gate/tasks.md',
        '## 1. Gate\n\n- [ ] 1.1 Post\n- [ ] 1.1 Post again\n- [ ] 1.2 Hinge (depends on 7.7)\n',
      ],
    ],
    ids: ['1.1', '1.2'],
    says: ['FF-02:4', 'FF-03:5', 'OS-01:1', 'OS-17:4'],
  },
  {
    format: 'beads',
    files: [
      [
        '.beads/issues.jsonl',
        '{"id":"sea-a1","title":"Sail","status":"open"}\n{"id":"sea-a2","title":"Row","status":"open","dependencies":[{"depends_on_id":"sea-a1"}\n[1,2]\nnull\n{"id":7,"title":3,"status":[],"dependencies":"no"}\n{"title":"no id"}\n{"id":"sea-a1","title":"Sail again","status":"open"}\n\n{"id":"sea-a4","title":"Drift","status":"open","dependencies":["sea-a1",{"depends_on_id":"sea-zz"},5,null]}\n',
      ],
    ],
    ids: ['sea-a1', '7', 'sea-a4'],
    says: ['FF-01:2', 'FF-01:3', 'FF-01:4', 'FF-01:6', 'FF-02:7', 'FF-03:9', 'FF-03:9'],
  },
  {
    format: 'task-master',
    files: [
      [
        '.taskmaster/tasks/tasks.json',
        '{"master":{"tasks":[\n{"id":1,"title":"Sow","status":"pending","dependencies":[2,99,1,null,{}],"subtasks":"none"},\n{"id":2,"title":"Reap","dependencies":[1]},\n{"id":2,"title":"Reap again"},\n{"title":"no id"},\nnull,\n{"id":3,"title":7,"details":["a","b"],"testStrategy":{"x":1},"status":"brewing"}\n]}}',
      ],
    ],
    ids: ['1', '2', '3'],
    says: ['FF-06:5', 'FF-06:6', 'FF-02:4', 'FF-07:7', 'FF-03:2', 'FF-05:2', 'TM-02:7', 'FF-04:2'],
  },
  {
    format: 'superpowers',
    files: [
      [
        'docs/superpowers/plans/2031-01-01-swing.md',
        '# Swing Implementation Plan\n\n**Tech Stack:** Rope\n\n### Task 1: Hang\n\n- [ ] **Step 1: Knot**\n\n### Task 1: Hang again\n\n- [ ] **Step 1: Knot**\n\n### Task 2: Push\n\n**Needs:** Task 9\n\n- [ ] **Step 1: Push**\n',
      ],
    ],
    ids: ['1', '2'],
    says: ['FF-02:9', 'FF-03:15'],
  },
  {
    format: 'gsd',
    files: [
      [
        '.planning/phases/01-raft/01-01-PLAN.md',
        '---\nphase: [\nplan: 1\n---\n<tasks>\n<task type="auto"><name>Logs</name><action>Cut</action><odd></task>\n<task><name>never closed\n</tasks>\n',
      ],
    ],
    ids: ['01-01#1'],
    says: ['FF-01:3'],
  },
  {
    format: 'backlog',
    files: [
      [
        'backlog/tasks/task-1 - Bake.md',
        '---\nid: task-1\ntitle: Bake\nstatus: To Do\ndependencies: [task-2, task-9, task-1, {a: 1}, null]\n---\n## Description\nBake\n',
      ],
      [
        'backlog/tasks/task-2 - Eat.md',
        '---\nid: task-2\ntitle: [1, 2]\nstatus: {a: b}\ndependencies: task-1\nassignee:\n---\n',
      ],
      ['backlog/tasks/task-3 - Wash.md', '---\nid: task-3\ntitle: "Wash\nstatus: x\nassignee: []\n---\n'],
    ],
    ids: ['task-1', 'task-2'],
    says: ['FF-01:6', 'FF-03:5', 'FF-05:5', 'FF-04:1'],
  },
  {
    format: 'ccpm',
    files: [
      ['.claude/epics/fair/1.md', '---\nname: Tents\nstatus: open\ndepends_on: [2, 9, 1]\n---\n'],
      ['.claude/epics/fair/2.md', '---\nname: Lamps\nstatus: open\ndepends_on: {a: 1}\n---\n'],
      ['.claude/epics/fair/3.md', 'no keys at all'],
      ['.claude/epics/fair/epic.md', '---\nname: fair\nstatus: open\n---\n'],
    ],
    ids: ['1', '2'],
    says: ['FF-01:1', 'FF-03:4', 'FF-05:4'],
  },
];

const ENDS: readonly (readonly [string, (text: string) => string])[] = [
  ['as they are', (text) => text],
  ['with a byte order mark', (text) => `\uFEFF${text}`],
  ['with CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['with both', (text) => `\uFEFF${text.replaceAll('\n', '\r\n')}`],
];

function readAll(files: readonly ForeignFile[]): { readonly format: FormatName; readonly foreign: Foreign } {
  const [sighting] = sightingsIn(files);
  if (sighting === undefined) throw new Error('nothing is found');
  const read = formatNamed(sighting.format).read(files.filter(({ path }) => sighting.files.includes(path)));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return { format: sighting.format, foreign: read.value };
}

const said = (found: readonly Placed[]): string[] => found.map(({ rule, span }) => `${rule}:${span.line}`);

describe.each(DAMAGED)('a damaged plan of $format', ({ format, files, ids, says }) => {
  test.each(ENDS)('%s: what is good is read, the rest is told with its line, and all of it comes back', (_, change) => {
    const given = files.map(([path, text]) => ({ path, text: change(text) }));
    const { format: found, foreign } = readAll(given);
    expect(found).toBe(format);
    expect(foreign.plan.units.map((unit) => foreign.ids[unit.id])).toEqual(ids);
    expect(said(foreign.findings).sort()).toEqual([...says].sort());
    const { files: back } = formatNamed(format).write(foreign.plan, { name: 'x', kept: foreign.kept });
    for (const file of back) expect(file.text).toBe(given.find(({ path }) => path === file.path)?.text);
  });
});

test.each([
  ['.taskmaster/tasks/tasks.json', '{"master":{"tasks":[]}}', 'FF-09'],
  ['.taskmaster/tasks/tasks.json', '{\n"tasks":[{"id":1,"title":"A","status":"pending"},]}', 'FF-01'],
  ['.beads/issues.jsonl', '\n', 'FF-09'],
  ['specs/001-empty/tasks.md', '# Tasks\n\n## Phase 1: Nothing\n', 'FF-09'],
  ['openspec/changes/empty/tasks.md', '', 'FF-09'],
  ['.planning/phases/01-empty/01-01-PLAN.md', '---\nphase: 1\n---\n', 'FF-09'],
])('%s without a task is refused, and says so: %s', (path, text, rule) => {
  const files = [{ path, text }];
  const [sighting] = sightingsIn(files);
  const read = formatNamed(sighting?.format ?? 'spec-kit').read(files);
  expect(sighting?.files).toEqual([path]);
  expect(read.ok ? [] : read.error.filter(({ severity }) => severity === 'error').map((one) => one.rule)).toEqual([
    rule,
  ]);
});

test.each<readonly [FormatName, string, string]>([
  [
    'gsd',
    '.planning/phases/01-long/01-01-PLAN.md',
    `---\nphase: 1\n---\n${Array.from({ length: 8000 }, (_, i) => `<task type="auto"><name>n${i}</name><action>do</action><a${i}>\n</task>`).join('\n')}`,
  ],
  [
    'spec-kit',
    'specs/001-long/tasks.md',
    `# Tasks\n\n## Phase 1: Long\n\n${Array.from({ length: 8000 }, (_, i) => `- [ ] T${i + 1} [P] Do thing ${i}`).join('\n')}\n\n## Dependencies\n\n${Array.from({ length: 8000 }, (_, i) => `- T${i + 2} depends on T${i + 1}`).join('\n')}\n- ${'T001 → '.repeat(20_000)}`,
  ],
  [
    'kiro',
    '.kiro/specs/long/tasks.md',
    `- [ ] 1. ${'_Requirements: '.repeat(60_000)}\n  - _Requirements: ${'1.1, '.repeat(200_000)}\n`,
  ],
  [
    'backlog',
    'backlog/tasks/task-1 - Long.md',
    `---\nid: task-1\ntitle: Long\nstatus: x\nassignee: []\n---\n${'**Acceptance '.repeat(80_000)}\n${'<!-- SECTION:A:BEGIN -->\n'.repeat(40_000)}`,
  ],
])('a huge plan of %s is read in linear time', (format, path, text) => {
  const start = worked();
  const { foreign } = readAll([{ path, text }]);
  expect(foreign.format).toBe(format);
  expect(foreign.plan.units.length).toBeGreaterThan(0);
  // Quadratic reading would take minutes.
  expect(worked() - start).toBeLessThan(20_000);
});
