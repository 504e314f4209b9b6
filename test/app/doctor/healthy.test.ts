import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runDoctor } from '../../../src/app/doctor/doctor.ts';
import { sendToRun } from '../../../src/app/send.ts';
import { acquireLock } from '../../../src/engine/log/lock.ts';
import { desk, type Desk } from '../rig.ts';
import { beginning, writeRun } from './bundles.ts';

const COMMAND = 'agents: { one: { command: [sh] } }\n';
const checks = async ({ context }: Desk): Promise<readonly string[]> => {
  const done = await runDoctor(context, {});
  if (!done.ok) throw new Error(done.error.message);
  return done.value.findings.map(({ check }) => check);
};

test('a run that another process begins just now, its bundle not there yet, is nothing stray', async () => {
  const at = desk({ '.gitignore': '/.masterplan/\n', '.masterplan.yaml': COMMAND });
  mkdirSync(at.path('.masterplan/runs/new'), { recursive: true });
  mkdirSync(at.path('.masterplan/worktrees/new/T1.1'), { recursive: true });
  expect((await checks(at)).toSorted()).toEqual(['DR-321', 'DR-322']);
  const lock = await acquireLock(at.context.io, at.path('.masterplan/runs/new'), 'masterplan run');
  expect(lock.ok).toBe(true);
  expect(await checks(at)).toEqual([]);
});

test('what an archived run leaves of its worktrees is an empty directory, and nothing stray', async () => {
  const at = desk({ '.gitignore': '/.masterplan/\n', '.masterplan.yaml': COMMAND });
  mkdirSync(at.path('.masterplan/worktrees/gone'), { recursive: true });
  mkdirSync(at.path('.masterplan/scratch/gone'), { recursive: true });
  expect(await checks(at)).toEqual([]);
});

test('a run that is cancelled while nobody runs it leaves its retro, and doctor misses nothing', async () => {
  const at = desk({ '.gitignore': '/.masterplan/\n', '.masterplan.yaml': COMMAND });
  const { paths } = await writeRun(at, 'one', beginning());
  const sent = await sendToRun(at.context, { request: 'cancel', run: 'one', reason: 'enough' });
  expect(sent.ok).toBe(true);
  expect(at.read(`${paths.bundle.slice(at.root.length + 1)}/retro.md`)).toContain('enough');
  expect(await checks(at)).toEqual([]);
});

test('who wants no retro leaves none, and doctor misses none', async () => {
  const at = desk({
    '.gitignore': '/.masterplan/\n',
    '.masterplan.yaml': `${COMMAND}completion: { auto_retro: false }\n`,
  });
  await writeRun(at, 'one', beginning());
  await sendToRun(at.context, { request: 'cancel', run: 'one', reason: 'enough' });
  expect(() => at.read('docs/masterplan/one/retro.md')).toThrow();
  expect(await checks(at)).toEqual([]);
  at.write('.masterplan.yaml', COMMAND);
  expect(await checks(at)).toEqual(['DR-209']);
});
