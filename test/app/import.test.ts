import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../../src/app/context.ts';
import { createContext } from '../../src/app/context.ts';
import { exportPlan } from '../../src/app/export.ts';
import { importPlans, type ImportOptions, type ImportReport } from '../../src/app/import.ts';
import { FORMATS } from '../../src/core/formats/list.ts';

const CASES = 'test/cases/formats';
let root: string;
let context: Context;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'masterplan-import-'));
  mkdirSync(join(root, '.git'));
  context = createContext({ cwd: root, env: {}, argv: [], node: process.execPath });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (name: string): void => cpSync(join(CASES, name), root, { recursive: true });
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

async function imported(options: ImportOptions): Promise<ImportReport> {
  const answer = await importPlans(context, options);
  if (!answer.ok) throw new Error(`${answer.error.message}\n${answer.error.hint}`);
  return answer.value;
}

describe('import', () => {
  test.each(FORMATS.map(({ name, title }) => [name, title]))(
    '%s is found in the repository, and comes back as it was',
    async (name, title) => {
      put(name);
      const { plans } = await imported({ path: '.' });
      expect(plans).toMatchObject([{ format: name, formatTitle: title, status: 'written' }]);
      const [plan] = plans;
      expect(plan?.path).toBe(`docs/plans/${plan?.slug ?? ''}/plan.md`);
      expect(plan?.lint.filter((one) => one.severity === 'error')).toEqual([]);
      expect(text(plan?.path ?? '')).toContain(`Imported from ${title}`);
      for (const [, link] of text(plan?.path ?? '').matchAll(/\]\((\.\.\/[^)]+)\)/g))
        expect([link, existsSync(join(root, 'docs/plans', plan?.slug ?? '', decodeURIComponent(link ?? '')))]).toEqual([
          link,
          true,
        ]);
      const again = await imported({ path: '.' });
      expect(again.plans).toMatchObject([{ status: 'unchanged' }]);
      const back = await exportPlan(context, { plan: plan?.path ?? '', out: '.' });
      expect(back).toMatchObject({ ok: true, value: { format: name, givenBack: true, notes: [] } });
      expect(back.ok && back.value.files.every((file) => file.status === 'unchanged')).toBe(true);
    },
  );

  test('a file, a folder and the folder of the tool all mean the plan', async () => {
    put('spec-kit');
    put('task-master');
    put('kiro');
    mkdirSync(join(root, '.specify'));
    for (const [path, format] of [
      ['specs/004-tide-tables', 'spec-kit'],
      ['specs/004-tide-tables/tasks.md', 'spec-kit'],
      ['specs', 'spec-kit'],
      ['.specify', 'spec-kit'],
      ['.taskmaster', 'task-master'],
      ['.taskmaster/tasks/tasks.json', 'task-master'],
      ['.kiro', 'kiro'],
      ['.kiro/specs/bird-log/tasks.md', 'kiro'],
    ] as const) {
      const { plans } = await imported({ path, dryRun: true });
      expect([path, plans.map((plan) => plan.format)]).toEqual([path, [format]]);
      expect(plans[0]?.status).toBe('dry-run');
    }
    expect(existsSync(join(root, 'docs'))).toBe(false);
  });

  test('several plans are listed; --all takes each', async () => {
    put('spec-kit');
    put('beads');
    const { several, plans } = await imported({ path: '.' });
    expect(plans).toEqual([]);
    expect(several.map((one) => one.format).sort()).toEqual(['beads', 'spec-kit']);
    const all = await imported({ path: '.', all: true });
    expect(all.plans.map((plan) => plan.status)).toEqual(['written', 'written']);
  });

  test('what was changed by hand is not written over, and what no import wrote never is', async () => {
    put('openspec');
    const { plans } = await imported({ path: 'openspec', slug: 'quiet' });
    const path = plans[0]?.path ?? '';
    writeFileSync(join(root, path), `${text(path)}\nMine.\n`);
    expect(await importPlans(context, { path: 'openspec', slug: 'quiet' })).toMatchObject({
      ok: false,
      error: { exit: 1, message: expect.stringContaining('was changed'), hint: expect.stringContaining('--force') },
    });
    expect(text(path)).toContain('Mine.');
    expect((await imported({ path: 'openspec', slug: 'quiet', force: true })).plans[0]?.status).toBe('written');
    expect(text(path)).not.toContain('Mine.');
    mkdirSync(join(root, 'docs/plans/other'));
    writeFileSync(join(root, 'docs/plans/other/plan.md'), 'Mine.\n');
    expect(await importPlans(context, { path: 'openspec', slug: 'other', force: true })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('no import wrote') },
    });
    expect(text('docs/plans/other/plan.md')).toBe('Mine.\n');
  });

  test('what is no plan is refused with what came near', async () => {
    writeFileSync(join(root, 'readme.md'), '# Hello\n');
    expect(await importPlans(context, { path: 'nowhere' })).toMatchObject({ ok: false, error: { exit: 2 } });
    expect(await importPlans(context, { path: '.' })).toMatchObject({
      ok: false,
      error: { exit: 4, message: expect.stringContaining('nothing at .') },
    });
    mkdirSync(join(root, 'openspec/changes/empty'), { recursive: true });
    writeFileSync(join(root, 'openspec/changes/empty/tasks.md'), '# Tasks\n');
    expect(await importPlans(context, { path: '.' })).toMatchObject({
      ok: false,
      error: { hint: expect.stringContaining('nearest: OpenSpec') },
    });
    mkdirSync(join(root, '.taskmaster/tasks'), { recursive: true });
    writeFileSync(join(root, '.taskmaster/tasks/tasks.json'), '{"master": {"tasks": [{"id": 1, "dependencies": [}]}}');
    expect(await importPlans(context, { path: '.taskmaster' })).toMatchObject({
      ok: false,
      error: { exit: 4, findings: { file: '.taskmaster/tasks/tasks.json', findings: [{ rule: 'FF-01' }] } },
    });
  });

  test('links are not followed', async () => {
    put('beads');
    symlinkSync(tmpdir(), join(root, 'docs'));
    expect(await importPlans(context, { path: '.beads/issues.jsonl' })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('symbolic link') },
    });
  });
});

describe('export', () => {
  test('ticks, titles and needs of the plan go back into the original, in its place', async () => {
    put('spec-kit');
    const { plans } = await imported({ path: 'specs/004-tide-tables' });
    const path = plans[0]?.path ?? '';
    writeFileSync(
      join(root, path),
      text(path)
        .replace('### [ ] Task 3: ', '### [x] Task 3: ')
        .replace(/(Task 10: ).*/, '$1Describe it all'),
    );
    const tasks = 'specs/004-tide-tables/tasks.md';
    const before = text(tasks);
    const dry = await exportPlan(context, { plan: '004-tide-tables', out: '.', dryRun: true });
    expect(dry).toMatchObject({ ok: true, value: { givenBack: true } });
    expect(text(tasks)).toBe(before);
    const report = await exportPlan(context, { plan: '004-tide-tables', out: '.' });
    expect(report).toMatchObject({
      ok: true,
      value: { files: expect.arrayContaining([{ path: tasks, status: 'written' }]), notes: [] },
    });
    expect(text(tasks)).toBe(
      before.replace('- [ ] T003', '- [X] T003').replace('Describe the service in docs/tides.md', 'Describe it all'),
    );
  });

  test('another file in the way is not written over', async () => {
    put('ccpm');
    const { plans } = await imported({ path: '.claude/epics/ferry' });
    writeFileSync(join(root, '.claude/epics/ferry/3.md'), '---\nname: Mine\n---\n');
    const path = plans[0]?.path ?? '';
    expect(await exportPlan(context, { plan: path, out: '.' })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('something else'), hint: expect.stringContaining('--force') },
    });
    expect(await exportPlan(context, { plan: path })).toMatchObject({ ok: true });
    expect(existsSync(join(root, 'docs/plans/ferry/ccpm/.claude/epics/ferry/3.md'))).toBe(true);
  });

  test('a plan that was born here goes into any format', async () => {
    writeFileSync(
      join(root, 'walk.md'),
      '# Walk the dog\n\n### Task 1: Find the lead\n\n**Needs:** none\n**Verify:** `npm test`\n\n### Task 2: Go\n\n**Needs:** T1\n',
    );
    expect(await exportPlan(context, { plan: 'walk.md' })).toMatchObject({
      ok: false,
      error: { exit: 2, hint: expect.stringContaining('--to') },
    });
    for (const { name } of FORMATS) {
      expect(await exportPlan(context, { plan: 'walk.md', to: name, out: `out/${name}` })).toMatchObject({
        ok: true,
        value: { givenBack: false, notes: [] },
      });
      const { plans } = await imported({ path: `out/${name}`, dryRun: true });
      expect([name, plans[0]?.format, plans[0]?.tasks]).toEqual([name, name, 2]);
    }
    expect(await exportPlan(context, { plan: 'nothing.md' })).toMatchObject({ ok: false, error: { exit: 2 } });
  });

  test('a record that leads outside is refused', async () => {
    put('beads');
    const { plans } = await imported({ path: '.beads/issues.jsonl' });
    const record = plans[0]?.foreignPath ?? '';
    writeFileSync(
      join(root, record),
      text(record).replace('".beads/issues.jsonl",\n      "text"', '"../../evil.jsonl",\n      "text"'),
    );
    expect(await exportPlan(context, { plan: plans[0]?.path ?? '' })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('outside') },
    });
    writeFileSync(join(root, record), '{}');
    expect(await exportPlan(context, { plan: plans[0]?.path ?? '' })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('cannot be read') },
    });
  });
});
