import { expect, test } from 'vitest';
import { prepareLint, type LintAnswer } from '../../src/app/lint.ts';
import { watchPlans } from '../../src/app/lint-watch.ts';
import { until } from '../io/until.ts';
import { desk } from './rig.ts';

const GOOD = '# Plan: Good\n\n### Task 1: One\n\n**Files:** `a.txt`\n\n**Verify:** `true`\n';
const CIRCLE = GOOD.replace('**Files', '**Needs:** T1\n\n**Files');

test('what changes is linted again, until it is told to stop', async () => {
  const here = desk({ 'plans/a.md': GOOD, 'plans/b.md': GOOD });
  const answers: LintAnswer[] = [];
  const stop = new AbortController();
  const watched = watchPlans(
    here.context,
    { paths: ['plans'] },
    async (answer) => void answers.push(answer),
    stop.signal,
  );
  const broken = (): string[] =>
    (answers.at(-1)?.report.files ?? [])
      .filter(({ findings }) => findings.some(({ rule }) => rule === 'GEN-005'))
      .map(({ file }) => file);
  await until('the first answer', () => answers.length === 1);
  expect(broken()).toEqual([]);
  here.write('plans/b.md', CIRCLE);
  await until('the change to be seen', () => broken().join() === 'plans/b.md');
  // In a directory that nobody watched yet.
  here.write('plans/new/c.md', CIRCLE);
  await until('the new plan to be seen', () => broken().length === 2);
  here.write('plans/b.md', GOOD);
  await until('the correction to be seen', () => broken().join() === 'plans/new/c.md');
  here.write('.masterplan.yaml', 'lint: {rules: {GEN-005: off}}\n');
  await until('the configuration to be seen', () => broken().length === 0);
  stop.abort();
  expect(await watched).toEqual({ ok: true, value: undefined });
});

test('what is wrong from the beginning is refused', async () => {
  const here = desk();
  const never = new AbortController().signal;
  const show = async (): Promise<void> => undefined;
  expect(await watchPlans(here.context, { paths: ['nowhere.md'] }, show, never)).toMatchObject({ error: { exit: 2 } });
  here.write('.masterplan.yaml', 'lint: []\n');
  expect((await prepareLint(here.context, { paths: [] })).ok).toBe(false);
  expect(await watchPlans(here.context, { paths: [] }, show, never)).toMatchObject({ error: { exit: 2 } });
});
