import { describe, expect, test } from 'vitest';
import { validatePlan } from '../../src/app/validate-plan.ts';
import { desk, type Desk } from './rig.ts';

const task = (id: number, needs: string, file: string): string =>
  `### Task ${id}: Number ${id}\n\n**Files:** \`${file}\`\n**Needs:** ${needs}\n**Verify:** \`true\`\n`;
const plan = (...tasks: readonly string[]): string => `# Plan: Circles\n\n## Tasks\n\n${tasks.join('\n')}`;

async function validate(at: Desk, path: string) {
  const done = await validatePlan(at.context, { path });
  if (!done.ok) throw new Error(done.error.message);
  const { report, graphs } = done.value;
  return {
    graphs,
    found: report.files.flatMap(({ file, findings }) =>
      findings.map(({ rule, span, message }) => `${file}:${span.line} ${rule} ${message}`),
    ),
  };
}

describe('a plan of ours', () => {
  test('shows every circle once, needs that name nothing, and scopes that no need orders', async () => {
    const at = desk({
      'plan.md': plan(
        task(1, 'T2', 'src/a.ts'),
        task(2, 'T1, T9', 'src/a.ts'),
        task(3, 'T4', 'src/c.ts'),
        task(4, 'T5', 'src/d.ts'),
        task(5, 'T3, T4', 'src/e.ts'),
        task(6, 'none', 'src/e.ts'),
        task(7, 'T1', 'src/a.ts'),
      ),
    });
    const { graphs, found } = await validate(at, 'plan.md');
    expect(graphs).toEqual([
      {
        plan: 'plan.md',
        kind: 'task',
        format: undefined,
        tasks: 7,
        needs: 7,
        cycles: [
          ['T1', 'T2', 'T1'],
          ['T3', 'T4', 'T5', 'T3'],
        ],
      },
    ]);
    expect(found).toEqual([
      'plan.md:8 GEN-005 Tasks need each other in a circle: T1 → T2 → T1.',
      'plan.md:14 GEN-004 T2 needs T9, which this plan does not have.',
      'plan.md:20 GEN-005 Tasks need each other in a circle: T3 → T4 → T5 → T3.',
      expect.stringMatching(/GEN-012 T[56] and T[56] may both change src\/e\.ts/),
    ]);
  });

  test('is found in its folder, and says nothing of what is not about the graph', async () => {
    const at = desk({ 'plans/one/plan.md': plan('### Task 1: [Title]\n', task(2, 'T1', 'src/b.ts')) });
    const { graphs, found } = await validate(at, 'plans/one');
    expect(graphs).toMatchObject([{ plan: 'plans/one/plan.md', tasks: 2, needs: 1, cycles: [] }]);
    expect(found).toEqual([]);
  });
});

describe('a plan of another tool', () => {
  const tasks = [
    { id: 1, title: 'One', status: 'pending', dependencies: [2] },
    { id: 2, title: 'Two', status: 'pending', dependencies: [3] },
    { id: 3, title: 'Three', status: 'pending', dependencies: [1] },
    { id: 4, title: 'Four', status: 'pending', dependencies: [5, 99] },
    { id: 5, title: 'Five', status: 'pending', dependencies: [4] },
  ];

  test('Task Master: circles by its own ids', async () => {
    const text = JSON.stringify({ master: { tasks, metadata: {} } }, null, 2);
    const at = desk({ '.taskmaster/tasks/tasks.json': text });
    const { graphs, found } = await validate(at, '.taskmaster/tasks/tasks.json');
    expect(graphs).toMatchObject([
      {
        plan: '.taskmaster/tasks/tasks.json',
        format: 'task-master',
        tasks: 5,
        cycles: [
          ['1', '2', '3', '1'],
          ['4', '5', '4'],
        ],
      },
    ]);
    expect(found.map((line) => line.replace(/^\S+ /, ''))).toEqual(
      expect.arrayContaining([
        'FF-04 These need each other in a circle: 1 → 2 → 3 → 1.',
        'FF-04 These need each other in a circle: 4 → 5 → 4.',
        'FF-03 4 needs 99, which is not there; that need is left out.',
      ]),
    );
  });

  test('OpenSpec: every change of a folder, as its own program judges them', async () => {
    const spec = (shall: string): string =>
      `## ADDED Requirements\n\n### Requirement: Doors\nThe door ${shall} open.\n\n#### Scenario: Push\n- **WHEN** pushed\n- **THEN** it opens\n`;
    const change = (name: string, shall: string): Record<string, string> => ({
      [`openspec/changes/${name}/proposal.md`]:
        '## Why\n\nDoors stay shut when people come.\n\n## What Changes\n\n- Doors\n',
      [`openspec/changes/${name}/tasks.md`]: '## 1. Doors\n\n- [ ] 1.1 Open `src/door.ts`\n- [ ] 1.2 Close it\n',
      [`openspec/changes/${name}/specs/doors/spec.md`]: spec(shall),
    });
    const at = desk({ ...change('good', 'SHALL'), ...change('bad', 'will') });
    const { graphs, found } = await validate(at, 'openspec/');
    expect(graphs.map(({ plan: name, format }) => `${format} ${name}`).sort()).toEqual([
      'openspec openspec/changes/bad',
      'openspec openspec/changes/good',
    ]);
    expect(found.filter((line) => line.includes(' OS-'))).toEqual([
      'openspec/changes/bad/specs/doors/spec.md:3 OS-06 ADDED "Doors" says neither SHALL nor MUST.',
    ]);
  });
});

test.each([
  ['nothing.md', /nothing to read/],
  ['notes.md', /no plan/],
  ['src/', /no plan/],
])('%s is refused', async (path, why) => {
  const at = desk({ 'notes.md': 'Nothing.\n', 'src/a.ts': 'a;\n' });
  const done = await validatePlan(at.context, { path });
  expect(done.ok).toBe(false);
  if (!done.ok) expect(done.error.message).toMatch(why);
});
