import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createContext, type Context } from '../../src/app/context.ts';
import { foreignAt, foreignNotes } from '../../src/app/foreign-plan.ts';
import { graphOf } from '../../src/app/graph.ts';
import { importPlans } from '../../src/app/import.ts';

let root: string;
let context: Context;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'masterplan-foreign-'));
  mkdirSync(join(root, '.git'));
  context = createContext({ cwd: root, env: {}, argv: [], node: process.execPath });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (name: string): void => cpSync(join('test/cases/formats', name), root, { recursive: true });

test.each([
  ['spec-kit', 'specs/004-tide-tables/tasks.md'],
  ['spec-kit', 'specs/004-tide-tables'],
  ['openspec', 'openspec/changes/add-quiet-hours'],
  ['task-master', '.taskmaster/tasks/tasks.json'],
  ['beads', '.beads/issues.jsonl'],
])('the graph of a plan of %s is shown as it lies there: %s', async (name, path) => {
  put(name);
  const graph = await graphOf(context, { path });
  expect(graph.ok && graph.value.file.path).toBe(path);
  expect(graph.ok ? graph.value.file.plan.units.length : 0).toBeGreaterThan(1);
});

test('what has to be imported first is told with what to type, and a folder of several with --all', async () => {
  put('spec-kit');
  put('kiro');
  const one = await foreignAt(context, 'specs/004-tide-tables/tasks.md');
  expect(one?.refusal).toMatchObject({
    message: 'specs/004-tide-tables/tasks.md is a plan of Spec Kit, which has to be imported first',
    hint: 'masterplan import specs/004-tide-tables/tasks.md',
  });
  expect((await foreignAt(context, '.'))?.refusal.hint).toBe('masterplan import . --all');
  const graph = await graphOf(context, { path: '.' });
  expect(graph).toMatchObject({ ok: false, error: { hint: 'masterplan import . --all' } });
  writeFileSync(join(root, 'a b.md'), '# Nothing\n');
  expect(await foreignAt(context, 'a b.md')).toBeUndefined();
  expect(await foreignNotes(context, ['a b.md', '-', 'no/such', 'specs/004-tide-tables'])).toEqual([
    'specs/004-tide-tables: a plan of Spec Kit; masterplan import specs/004-tide-tables takes it over, masterplan validate checks it as it is',
  ]);
});

test('an archived change is imported when it is named, and not found otherwise', async () => {
  mkdirSync(join(root, 'openspec/changes/archive/2030-01-02-add-bell'), { recursive: true });
  writeFileSync(
    join(root, 'openspec/changes/archive/2030-01-02-add-bell/tasks.md'),
    '## 1. Bell\n\n- [x] 1.1 Hang the bell\n',
  );
  expect(await importPlans(context, { path: '.', dryRun: true })).toMatchObject({ ok: false });
  expect(
    await importPlans(context, { path: 'openspec/changes/archive/2030-01-02-add-bell', dryRun: true }),
  ).toMatchObject({ ok: true, value: { plans: [{ format: 'openspec', tasks: 1, done: 1 }] } });
});

test('what keeps a plan from being imported is told first, not what only is remarkable', async () => {
  mkdirSync(join(root, 'openspec/changes/empty'), { recursive: true });
  writeFileSync(join(root, 'openspec/changes/empty/tasks.md'), '# Tasks\n');
  writeFileSync(join(root, 'openspec/changes/empty/proposal.md'), '## Why\n\nWho knows.\n');
  const answer = await importPlans(context, { path: 'openspec/changes/empty' });
  expect(answer).toMatchObject({ ok: false, error: { message: expect.stringContaining('There is no task here') } });
});

test('a plan with the header of superpowers and no task is told what it lacks', async () => {
  mkdirSync(join(root, 'docs/superpowers/plans'), { recursive: true });
  writeFileSync(
    join(root, 'docs/superpowers/plans/2030-01-02-attic.md'),
    '# Attic Implementation Plan\n\n**Tech Stack:** Wood\n\n## Wave 1\n\n- [ ] `00` Sweep\n',
  );
  expect(await importPlans(context, { path: '.' })).toMatchObject({
    ok: false,
    error: { hint: expect.stringContaining('missing "### Task 1: Title"') },
  });
});
