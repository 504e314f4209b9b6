import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AppRefusal } from '../../src/app/api.ts';
import type { Context } from '../../src/app/context.ts';
import { type Approval, approvePlan, type DocumentAnswer } from '../../src/app/documents/approve.ts';
import { finishPlan, startPlan } from '../../src/app/documents/carry.ts';
import { listDocuments, type PlanList } from '../../src/app/documents/list.ts';
import { newPlan, type NewPlan, type NewPlanRequest } from '../../src/app/documents/new-plan.ts';
import { noticeFor } from '../../src/app/documents/visits.ts';
import { lintPlans } from '../../src/app/lint.ts';
import { openRun } from '../../src/app/run.ts';
import { sendToRun } from '../../src/app/send.ts';
import type { Result } from '../../src/core/base/result.ts';
import { planHash } from '../../src/core/plan/hash.ts';
import { PLAN_KINDS } from '../../src/core/plan/model.ts';
import { type Desk, desk } from './rig.ts';
import { worked } from '../worked.ts';

/** Then nothing below it is outside of one, and these tests would write into it. */
const TEMPORARY_IS_REPOSITORY = existsSync(join(tmpdir(), '.git'));
const CORPUS = join(import.meta.dirname, '../../../shared/corpus');

/** A plan that nothing is wrong with. */
function whole(slug: string, fields: { status?: string; boxes?: string } = {}): string {
  const box = fields.boxes ?? ' ';
  return `---
kind: phased
slug: ${slug}
status: ${fields.status ?? 'draft'}
---

# The ${slug} plan

## Context

The counter forgets its value when the program ends, and its users have asked for it to be kept in a small file.

## [${box}] Phase 1 of 1: A counter that lasts

### [${box}] 1. Keep the value in a file

Write the value into \`src/counter.ts\` after every change, so that the next start finds it where the last one left it,
and test in \`test/counter.test.ts\` that a second start goes on counting from there without losing anything.

### Files

- \`src/counter.ts\` — keeps the value
- \`test/counter.test.ts\` — starts it twice

### Verification

- [${box}] \`npm test\`

## Verification

- [${box}] \`npm run check\`

## Log

- 2026-01-31 09:30 — Created by ann@host
`;
}

const place = (slug: string): string => `docs/plans/${slug}/plan.md`;

async function given<T>(answer: Promise<Result<T, AppRefusal>>): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new Error(`${result.error.message}\n${result.error.hint}`);
  return result.value;
}

async function refused(answer: Promise<Result<unknown, AppRefusal>>): Promise<AppRefusal> {
  const result = await answer;
  if (result.ok) throw new Error(`it was not refused: ${JSON.stringify(result.value)}`);
  return result.error;
}

const create = (
  context: Context,
  slug: string,
  more: Partial<NewPlanRequest> = {},
): Promise<Result<NewPlan, AppRefusal>> => newPlan(context, { kind: 'phased', slug, force: false, ...more });

async function approve(context: Context, plan?: string, agent?: string): Promise<DocumentAnswer> {
  const answer: Approval = await given(
    approvePlan(context, { ...(plan === undefined ? {} : { plan }), ...(agent === undefined ? {} : { agent }) }),
  );
  if (answer.meant === 'run') throw new Error('a run was meant');
  return answer.answer;
}

const start = (context: Context, plan?: string, force = false): Promise<Result<DocumentAnswer, AppRefusal>> =>
  startPlan(context, { force, ...(plan === undefined ? {} : { plan }) });
const done = (context: Context, plan?: string): Promise<Result<DocumentAnswer, AppRefusal>> =>
  finishPlan(context, plan === undefined ? {} : { plan });
const list = (context: Context): Promise<PlanList> => given(listDocuments(context));

/** The context at another time, so that two things do not happen at once. */
function at(context: Context, iso: string): Context {
  return { ...context, io: { ...context.io, clock: { ...context.io.clock, now: () => Date.parse(iso) } } };
}

const entries = (here: Desk, slug: string): readonly Record<string, unknown>[] =>
  readdirSync(here.path('docs/plans', slug, 'plan.record'))
    .sort()
    .map((name) => JSON.parse(here.read(`docs/plans/${slug}/plan.record/${name}`)) as Record<string, unknown>);

async function rulesIn(here: Desk, path: string): Promise<readonly string[]> {
  const { report } = await given(lintPlans(here.context, { paths: [here.path(path)] }));
  return report.files.flatMap(({ findings }) => findings.map(({ rule }) => rule));
}

describe('R000-1 a draft is a plan and an appendix, with prompt and author in its log', () => {
  test.each(PLAN_KINDS)('%s', async (kind) => {
    const here = desk();
    const made = await given(create(here.context, 'keep-counts', { kind, prompt: 'Keep "the" counts\n\n# now' }));
    expect(made).toMatchObject({ path: place('keep-counts'), appendix: 'docs/plans/keep-counts/appendix.md', kind });
    const text = here.read(place('keep-counts'));
    expect(text).toMatch(
      /## Log\n\n- \d{4}-\d\d-\d\d \d\d:\d\d — Created \(prompt: "Keep 'the' counts # now"\) by ada@\S+\n$/,
    );
    expect(here.read(made.appendix)).toContain('## Codebase Findings');
    expect(entries(here, 'keep-counts')).toMatchObject([
      { schema: 1, event: 'created', prompt: 'Keep "the" counts\n\n# now' },
    ]);
    // What is left to write is named place by place, and nothing but that and the like keeps it from being approved.
    expect(await rulesIn(here, made.path)).toContain('GEN-001');
    const no = await refused(approvePlan(here.context, { plan: 'keep-counts' }));
    expect(no.exit).toBe(4);
    expect(no.findings?.findings.some(({ rule, severity }) => rule === 'GEN-001' && severity === 'error')).toBe(true);
    expect(here.read(place('keep-counts'))).toBe(text);
  });

  test('nothing that is there is written over, and the same command goes on after a crash', async () => {
    const here = desk();
    const broken: Context = {
      ...here.context,
      io: {
        ...here.context.io,
        files: {
          ...here.context.io.files,
          create: async (path, content) => {
            if (path.endsWith('plan.md')) throw new Error('the power is gone');
            return here.context.io.files.create(path, content);
          },
        },
      },
    };
    await expect(create(broken, 'one', { prompt: 'p' })).rejects.toThrow('power');
    const { damaged } = await list(here.context);
    expect(damaged).toMatchObject([{ path: place('one'), message: expect.stringContaining('no plan') as string }]);
    here.write('docs/plans/one/appendix.md', 'Mine.\n');
    await given(create(here.context, 'one', { prompt: 'p' }));
    expect(entries(here, 'one')).toHaveLength(1);
    expect(here.read('docs/plans/one/appendix.md')).toBe('Mine.\n');
    const again = await refused(create(here.context, 'one'));
    expect(again).toMatchObject({ exit: 1, hint: expect.stringContaining('one-2') as string });
  });

  test('nothing is written through a symbolic link', async () => {
    const here = desk();
    mkdirSync(here.path('docs'));
    symlinkSync('/tmp', here.path('docs/plans'));
    expect((await refused(create(here.context, 'one'))).message).toContain('symbolic link');
  });

  test.skipIf(TEMPORARY_IS_REPOSITORY)('nothing is written outside of a repository', async () => {
    const bare = desk({}, { git: false });
    expect((await refused(create(bare.context, 'one'))).hint).toContain('git init');
  });
});

describe('R000-2 a slug is words joined by single hyphens, and the title comes from it', () => {
  test.each([
    ['Auth_System', 'auth-system'],
    ['a--b', 'a-b'],
    ['-a', 'a'],
    ['a.b', 'a-b'],
    ['Größe', 'grosse'],
    ['../x', 'x'],
  ])('%s', async (slug, instead) => {
    const here = desk();
    const no = await refused(create(here.context, slug));
    expect(no.exit).toBe(2);
    expect(no.hint).toBe(`masterplan new-plan phased ${instead}`);
    expect(existsSync(here.path('docs'))).toBe(false);
  });

  test('nothing usable, and too long', async () => {
    const here = desk();
    expect((await refused(create(here.context, '…'))).hint).toBe('for example: auth-system');
    expect((await refused(create(here.context, 'x'.repeat(65)))).message).toContain('64');
    expect((await given(create(here.context, 'auth-system'))).title).toBe('Auth system');
    expect(here.read(place('auth-system'))).toContain('# Auth system\n');
  });

  test('a title may be given', async () => {
    const here = desk();
    await given(create(here.context, 'auth', { title: ' Who may come in ' }));
    expect((await list(here.context)).plans).toMatchObject([{ title: 'Who may come in', slug: 'auth' }]);
  });
});

describe('R000-3 every action says who and when', () => {
  test('an agent that says so, by flag or environment; else user@host', async () => {
    const here = desk();
    here.write(place('a'), whole('a'));
    expect((await approve(at(here.context, '2026-03-01T10:00:00Z'), 'a', 'planner')).by).toBe('agent:planner');
    const agent = { ...here.context, env: { ...here.context.env, MASTERPLAN_AGENT: 'worker-2' } };
    expect((await given(start(at(agent, '2026-03-01T11:05:00Z'), 'a'))).by).toBe('agent:worker-2');
    here.write(place('a'), here.read(place('a')).replaceAll('[ ]', '[x]'));
    expect((await given(done(at(here.context, '2026-03-02T09:00:00Z'), 'a'))).by).toMatch(/^ada@./);
    const log = here.read(place('a')).split('## Log')[1];
    expect(log).toMatch(
      /^\n\n- 2026-01-31 09:30 — Created by ann@host\n- 2026-03-01 10:00 — Approved by agent:planner\n- 2026-03-01 11:05 — Started by agent:worker-2\n- 2026-03-02 09:00 — Done by ada@\S+\n$/,
    );
    expect(entries(here, 'a').map(({ event, by }) => [event, String(by).split('@')[0]])).toEqual([
      ['approved', 'agent:planner'],
      ['started', 'agent:worker-2'],
      ['done', 'ada'],
    ]);
  });

  test('a name of several words is refused', async () => {
    const here = desk();
    expect((await refused(create(here.context, 'a', { agent: 'my agent' }))).exit).toBe(2);
  });
});

describe('R000-19 approving is one command, and binds the approval to the text', () => {
  test('status, log and record; then start now or later; twice changes nothing', async () => {
    const here = desk({ [place('a')]: whole('a') });
    const answer = await approve(here.context);
    expect(answer).toMatchObject({ status: 'approved', changed: true, next: { type: 'masterplan start a' } });
    const text = here.read(place('a'));
    expect(text).toContain('status: approved\n');
    expect(entries(here, 'a')).toMatchObject([{ event: 'approved', sha256: planHash(text) }]);
    // Only the status and one more line of the log.
    expect(text.replace('status: approved', 'status: draft').replace(/- [^\n]*Approved by[^\n]*\n/, '')).toBe(
      whole('a'),
    );
    expect(await approve(here.context, 'a')).toMatchObject({ changed: false, at: answer.at });
    expect(await approve(here.in('docs'), 'plans/a/plan.md')).toMatchObject({ changed: false });
    expect(await approve(here.context, 'docs/plans/a')).toMatchObject({ changed: false });
    expect(here.read(place('a'))).toBe(text);
    expect(entries(here, 'a')).toHaveLength(1);
    expect(here.git('status', '--short', '--untracked-files=all').split('\n')).toHaveLength(2);
  });

  test('a document with errors is refused with all of them, and not touched', async () => {
    const here = desk({ [place('a')]: whole('a').replace('The counter forgets', '[What is there already]') });
    const no = await refused(approvePlan(here.context, { plan: 'a' }));
    expect(no).toMatchObject({ exit: 4, findings: { file: place('a') } });
    expect(existsSync(here.path('docs/plans/a/plan.record'))).toBe(false);
    expect(here.git('status', '--short')).toBe('');
  });

  test('text that changes afterwards is found by lint, ticks, log and status are not', async () => {
    const here = desk({ [place('a')]: whole('a') });
    await approve(here.context, 'a');
    here.git('add', '--all');
    here.git('commit', '--quiet', '--message', 'Approved');
    const text = here.read(place('a'));
    here.write(place('a'), text.replaceAll('[ ]', '[x]').replace('status: approved', 'status: in-progress'));
    expect(await rulesIn(here, place('a'))).not.toContain('GEN-016');
    here.write(place('a'), text.replace('a small file', 'a database'));
    expect(await rulesIn(here, place('a'))).toContain('GEN-016');
    expect((await list(here.context)).plans).toMatchObject([
      { state: 'changed', status: 'approved', next: { type: 'masterplan approve a' } },
    ]);
    expect((await refused(start(here.context, 'a'))).hint).toContain('masterplan approve a');
    const again = await approve(here.context);
    expect(again).toMatchObject({ status: 'approved', changed: true });
    expect(here.read(place('a'))).toContain('— Approved again by ada@');
    expect(await rulesIn(here, place('a'))).not.toContain('GEN-016');
    expect(entries(here, 'a')).toHaveLength(2);
  });

  test('a plan in progress that was changed is approved anew and stays in progress', async () => {
    const here = desk({ [place('a')]: whole('a') });
    await approve(here.context);
    await given(start(here.context));
    here.write(place('a'), here.read(place('a')).replace('a small file', 'a database').replaceAll('[ ]', '[x]'));
    expect((await refused(done(here.context))).message).toContain('changed after it was approved');
    expect(await approve(here.context)).toMatchObject({ status: 'in-progress' });
    expect(await given(done(here.context))).toMatchObject({ status: 'done' });
  });

  test('line ends, byte-order mark and every other byte stay', async () => {
    const text = `\uFEFF${whole('a').replaceAll('\n', '\r\n')}`;
    const here = desk({ [place('a')]: text });
    await approve(here.context);
    const after = here.read(place('a'));
    expect(after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(after.replace('status: approved', 'status: draft').replace(/- [^\r\n]*Approved by[^\r\n]*\r\n/, '')).toBe(
      text,
    );
  });

  test('documents without a status, without a log, and with sections behind it', async () => {
    const bare = whole('a')
      .replace(/^---[\s\S]*?---\n\n/, '')
      .replace(/## Log[\s\S]*$/, '');
    const here = desk({
      'plans/one.md': bare,
      'plans/two.md':
        whole('two').replace('## Verification\n\n- [ ] `npm run check`\n\n', '') +
        '\n## Verification\n\n- [ ] `npm run check`\n',
    });
    await approve(here.context, 'plans/one.md');
    expect(here.read('plans/one.md')).toMatch(
      /^# The a plan\n\n\*\*Status:\*\* approved\n\n## Context\n[\s\S]*\n\n## Log\n\n- [^\n]*Approved by [^\n]*\n+$/,
    );
    expect(await rulesIn(here, 'plans/one.md')).not.toContain('GEN-016');
    await approve(here.context, 'two');
    expect(here.read('plans/two.md')).toMatch(/Created by ann@host\n- [^\n]*Approved by [^\n]*\n\n## Verification\n/);
    expect(existsSync(here.path('plans/two.record'))).toBe(true);
  });

  test('the power goes between record and document: the same command mends it', async () => {
    const here = desk({ [place('a')]: whole('a') });
    const broken: Context = {
      ...here.context,
      io: {
        ...here.context.io,
        files: { ...here.context.io.files, write: () => Promise.reject(new Error('no power')) },
      },
    };
    await expect(approvePlan(at(broken, '2026-03-01T10:00:00Z'), { plan: 'a' })).rejects.toThrow('no power');
    expect(here.read(place('a'))).toBe(whole('a'));
    expect(await approve(at(here.context, '2026-03-05T10:00:00Z'), 'a')).toMatchObject({
      at: '2026-03-01T10:00:00.000Z',
    });
    expect(here.read(place('a'))).toContain('- 2026-03-01 10:00 — Approved by');
    expect(entries(here, 'a')).toHaveLength(1);
  });

  test('a draft that is taken up again is approved again, not remembered', async () => {
    const here = desk({ [place('a')]: whole('a') });
    await approve(here.context, 'a');
    here.write(place('a'), here.read(place('a')).replace('status: approved', 'status: draft'));
    expect(await approve(here.context, 'a')).toMatchObject({ changed: true });
    expect(entries(here, 'a')).toHaveLength(2);
  });

  test('two clones: their records merge without a conflict, and both approvals count', async () => {
    const here = desk({ [place('a')]: whole('a') });
    here.git('branch', 'other');
    await approve(here.context, 'a', 'first');
    here.git('add', '--all');
    here.git('commit', '--quiet', '--message', 'One');
    const mine = here.read(place('a'));
    here.git('checkout', '--quiet', 'other');
    await approve(here.context, 'a', 'second');
    here.git('add', '--all');
    here.git('commit', '--quiet', '--message', 'Two');
    expect(() => here.git('merge', '--quiet', 'main')).toThrow();
    // The log is what both have added to; nothing else is in conflict.
    expect(here.git('diff', '--name-only', '--diff-filter=U')).toBe(place('a'));
    expect((await list(here.context)).damaged).toMatchObject([
      { path: place('a'), message: expect.stringContaining('conflict') as string },
    ]);
    here.write(place('a'), mine);
    expect(entries(here, 'a')).toHaveLength(2);
    expect(await rulesIn(here, place('a'))).not.toContain('GEN-016');
    expect(await given(start(here.context, 'a'))).toMatchObject({ status: 'in-progress' });
  });

  test('what is over is not approved, nor what is no plan, nor what is not there', async () => {
    const here = desk({ [place('a')]: whole('a', { status: 'superseded' }), 'notes.md': 'Nothing.\n' });
    expect((await refused(approvePlan(here.context, { plan: 'a' }))).message).toContain('superseded');
    expect((await refused(approvePlan(here.context, { plan: 'notes.md' }))).message).toContain('no plan of any kind');
    expect((await refused(approvePlan(here.context, { plan: 'docs/nope.md' }))).exit).toBe(2);
    here.write(place('keep-counts'), whole('keep-counts'));
    expect((await refused(approvePlan(here.context, { plan: 'keep-count' }))).hint).toBe('did you mean keep-counts?');
  });
});

test('R000-19 one approve for documents and for runs: a run is meant while it is open, and by its bundle', async () => {
  const here = desk({
    [place('a')]: whole('a'),
    '.masterplan.yaml': 'agents:\n  mine:\n    command: ["true"]\nroles:\n  implement: mine\n',
  });
  const run = await given(openRun(here.context, { target: place('a') }));
  await run.close();
  const meant = async (plan?: string): Promise<Approval['meant']> =>
    (await given(approvePlan(here.context, plan === undefined ? {} : { plan }))).meant;
  const before = here.read(place('a'));
  expect([await meant('a'), await meant(), await meant('docs/masterplan/a/plan.md')]).toEqual(['run', 'run', 'run']);
  expect(here.read(place('a'))).toBe(before);
  expect((await list(here.context)).plans).toMatchObject([{ next: { type: 'masterplan status a' } }]);
  expect(await meant(place('a'))).toBe('document');
  await given(sendToRun(here.context, { request: 'cancel', run: 'a', reason: 'test' }));
  expect(await meant('a')).toBe('document');
  expect((await list(here.context)).plans).toMatchObject([{ next: { type: `masterplan start ${place('a')}` } }]);
});

describe('R000-20 an approved plan is started once', () => {
  test('approved → in progress, twice the same', async () => {
    const here = desk({ [place('a')]: whole('a') });
    await approve(here.context);
    expect(await given(start(here.context))).toMatchObject({ status: 'in-progress', changed: true });
    const text = here.read(place('a'));
    expect(text).toContain('status: in-progress\n');
    expect(await given(start(here.context, 'a'))).toMatchObject({ changed: false });
    expect(here.read(place('a'))).toBe(text);
  });

  test('a draft is refused with what to type, and so is a word without a record', async () => {
    const here = desk({ [place('a')]: whole('a'), [place('b')]: whole('b', { status: 'approved' }) });
    expect(await refused(start(here.context, 'a'))).toMatchObject({ hint: 'masterplan approve a', exit: 1 });
    expect(await refused(start(here.context, 'b'))).toMatchObject({ hint: 'masterplan approve b' });
  });

  test('a record that cannot be read is no approval', async () => {
    const here = desk({ [place('a')]: whole('a') });
    await approve(here.context);
    here.write('docs/plans/a/plan.record/0002-approved-00000000.json', '{"schema":2}');
    const no = await refused(start(here.context, 'a'));
    expect(no.message).toContain('a newer masterplan wrote it');
    expect(no.hint).toContain('masterplan approve a');
    rmSync(here.path('docs/plans/a/plan.record/0002-approved-00000000.json'));
    await given(start(here.context, 'a'));
  });
});

describe('R000-21 a plan is done when nothing in it is open', () => {
  test('every form of an open box is named with its line', async () => {
    const more =
      '\n- [ ] a bullet\n* [ ] a star\n1. [ ] a number\n\n| what | done |\n|---|---|\n| cell | [ ] |\n| mark | ⏳ |\n\n⬜ a line\n\n```\n- [ ] code\n```\n';
    const here = desk({ [place('a')]: whole('a').replace('\n## Verification\n', `${more}\n## Verification\n`) });
    await approve(here.context, 'a');
    await given(start(here.context));
    const no = await refused(done(here.context));
    expect(no.exit).toBe(4);
    const texts = no.findings?.findings.map(({ message }) => message).join('\n') ?? '';
    for (const one of [
      'Phase 1 of 1',
      '1. Keep the value',
      'npm test',
      'a bullet',
      'a star',
      'a number',
      'npm run check',
      'a line',
    ])
      expect(texts).toContain(one);
    expect(texts).not.toContain('code');
    expect(no.findings?.findings).toHaveLength(10);
    const lines = here.read(place('a')).split('\n');
    for (const { span } of no.findings?.findings ?? []) expect(lines[span.line - 1]).toMatch(/\[ \]|⏳|⬜/);
    here.write(
      place('a'),
      here
        .read(place('a'))
        .replaceAll('[ ]', '[x]')
        .replace('[x] code', '[ ] code')
        .replaceAll('⏳', '✅')
        .replaceAll('⬜', '✅'),
    );
    expect(await given(done(here.context))).toMatchObject({ status: 'done', changed: true });
  });

  test('in progress → done, twice the same; never from approved or from a draft', async () => {
    const here = desk({ [place('a')]: whole('a', { boxes: 'x' }) });
    expect((await refused(done(here.context, 'a'))).hint).toBe('masterplan approve a');
    await approve(here.context);
    expect((await refused(done(here.context, 'a'))).hint).toBe('masterplan start a');
    await given(start(here.context));
    const answer = await given(done(here.context));
    expect(answer).toMatchObject({ status: 'done', changed: true });
    expect(here.read(place('a'))).toContain('status: done\n');
    expect(await given(done(here.context, 'a'))).toMatchObject({ changed: false, at: answer.at });
    expect(await rulesIn(here, place('a'))).not.toContain('GEN-016');
    expect(await list(here.context)).toEqual({ plans: [], damaged: [], over: 1 });
  });
});

describe('R000-22 the plans that are pending, with the next action for each', () => {
  test('grouped by status; what is over is counted; what is damaged is told', async () => {
    const here = desk({
      [place('a')]: whole('a'),
      [place('b')]: whole('b', { status: 'in-review' }),
      [place('c')]: whole('c', { status: 'done', boxes: 'x' }),
      [place('bad')]: 'No plan at all.\n',
      'docs/plans/latin.md': 'x',
      'docs/plans/README.md': '# Plans\n',
      'plans/b.md': whole('b'),
      '.claude/plans/approved/2026-01-31_09-30_old-one.md': whole('x').replace(/^---[\s\S]*?---\n/, ''),
    });
    here.write('docs/plans/odd/plan.md', new Uint8Array([0x23, 0x20, 0xff, 0x0a]));
    const { plans, damaged, over } = await list(here.context);
    expect(plans.map(({ path, state, next }) => [path, state, next.type])).toEqual([
      ['.claude/plans/approved/2026-01-31_09-30_old-one.md', 'approved', 'masterplan approve old-one'],
      [place('a'), 'draft', 'masterplan approve a'],
      [place('b'), 'in-review', `masterplan approve ${place('b')}`],
      ['plans/b.md', 'draft', 'masterplan approve plans/b.md'],
    ]);
    expect(damaged.map(({ path, message }) => [path, message])).toEqual([
      [place('bad'), 'it is no plan of any kind'],
      [place('odd'), 'it is not valid UTF-8'],
    ]);
    expect(over).toBe(1);
    // Reads only.
    expect(here.git('status', '--short')).toBe('?? docs/plans/odd/');
  });

  test('nothing at all', async () => {
    expect(await list(desk().context)).toEqual({ plans: [], damaged: [], over: 0 });
  });

  test('a thousand plans take no time to speak of', async () => {
    const here = desk();
    for (let n = 0; n < 1000; n++) here.write(place(`plan-${n}`), whole(`plan-${n}`));
    const before = worked();
    expect((await list(here.context)).plans).toHaveLength(1000);
    // Some 300 ms on a machine that has nothing else to do.
    expect(worked() - before).toBeLessThan(5000);
  });

  test.skipIf(!existsSync(CORPUS))('folders of the tool before', async () => {
    const here = desk();
    for (const name of ['complexity-levels.md', 'complexity-levels-status.md']) {
      here.write(`docs/plans/${name}`, readFileSync(join(CORPUS, 'masterplan-legacy', name)));
    }
    expect(await list(here.context)).toEqual({ plans: [], damaged: [], over: 1 });
    rmSync(here.path('docs/plans/complexity-levels-status.md'));
    expect((await list(here.context)).plans).toMatchObject([{ slug: 'complexity-levels', status: 'draft' }]);
  });
});

describe('R000-23 a new session is told what is pending', () => {
  const hook = (fields: object): string => JSON.stringify({ hook_event_name: 'SessionStart', ...fields });

  test('in a few lines, and it is noted who was told when', async () => {
    const here = desk({ [place('a')]: whole('a'), [place('b')]: whole('b', { status: 'in-review' }) });
    const first = at(here.given(hook({ session_id: 's-1', cwd: here.path('docs') })), '2026-03-01T10:00:00Z');
    const { lines } = await noticeFor({ ...first, cwd: '/' });
    expect(lines).toEqual([
      'masterplan: 2 plans are pending here.',
      '- in review: b (The b plan) — next: masterplan approve b',
      '- draft: a (The a plan) — next: masterplan approve a',
    ]);
    await noticeFor(at(here.given(hook({ session_id: 's-1' })), '2026-03-02T10:00:00Z'));
    await noticeFor(at(here.given(hook({ session_id: 's-2' })), '2026-03-03T10:00:00Z'));
    expect((await list(here.context)).plans[0]?.seen).toEqual({
      visits: 2,
      first: '2026-03-01T10:00:00.000Z',
      last: '2026-03-03T10:00:00.000Z',
    });
    // Nothing that git would see.
    expect(here.git('status', '--short')).toBe('');
  });

  test.each([
    '',
    'no JSON',
    '[]',
    '{"session_id":7,"cwd":"elsewhere"}',
    '{"cwd":"/does/not/exist"}',
    new Uint8Array([255, 0]),
  ])('whatever is said: %j', async (input) => {
    const here = desk({ [place('a')]: whole('a') });
    const { lines } = await noticeFor(here.given(input));
    expect(lines).toHaveLength(typeof input === 'string' && input.includes('exist') ? 0 : 2);
    expect(existsSync(here.path('.masterplan'))).toBe(false);
  });

  test('nothing, when nothing is pending, and to an agent of a run', async () => {
    const here = desk({ [place('a')]: whole('a', { status: 'done', boxes: 'x' }) });
    expect((await noticeFor(here.given(hook({ session_id: 's' })))).lines).toEqual([]);
    expect(existsSync(here.path('.masterplan'))).toBe(false);
    here.write(place('b'), whole('b'));
    const agent = { ...here.given(''), env: { ...here.context.env, MASTERPLAN_BRIEF: 'x' } };
    expect((await noticeFor(agent)).lines).toEqual([]);
  });

  test.skipIf(TEMPORARY_IS_REPOSITORY)('nothing outside of a repository', async () => {
    const bare = desk({ [place('a')]: whole('a') }, { git: false });
    expect((await noticeFor(bare.given(hook({ session_id: 's' })))).lines).toEqual([]);
  });

  test('its shell finds masterplan, when that was started from elsewhere', async () => {
    const here = desk({ 'settings.sh': 'export A=1' });
    const env = { ...here.context.env, CLAUDE_ENV_FILE: here.path('settings.sh') };
    const program = "/opt/it's here/masterplan";
    for (let n = 0; n < 2; n++) await noticeFor({ ...here.given(''), env, program });
    expect(here.read('settings.sh')).toBe(`export A=1\nexport PATH='/opt/it'\\''s here':"$PATH"\n`);
    for (const other of ['/opt/start.cjs', 'masterplan', '/usr/bin/masterplan'])
      await noticeFor({ ...here.given(''), env: { ...env, PATH: '/bin:/usr/bin' }, program: other });
    expect(here.read('settings.sh').split('\n')).toHaveLength(3);
  });

  test('never a failure, whatever breaks', async () => {
    const here = desk({ [place('a')]: whole('a') });
    const files = { ...here.context.io.files, list: () => Promise.reject(new Error('broken')) };
    const broken = { ...here.given(hook({ session_id: 's' })), io: { ...here.context.io, files } };
    expect((await noticeFor(broken)).lines).toEqual([]);
  });
});

describe('R000-24 one draft and one plan in progress, unless forced', () => {
  test('a second draft is refused; forced, the first is archived as superseded and kept', async () => {
    const here = desk();
    await given(create(here.context, 'a'));
    const no = await refused(create(here.context, 'b'));
    expect(no.message).toContain('there is a draft already: a');
    expect(existsSync(here.path('docs/plans/b'))).toBe(false);
    const made = await given(create(here.context, 'b', { force: true }));
    expect(made.superseded).toEqual([{ slug: 'a', path: place('a') }]);
    const text = here.read(place('a'));
    expect(text).toContain('status: superseded\n');
    expect(text).toMatch(/— Superseded by ada@\S+\n$/);
    expect(entries(here, 'a').map(({ event }) => event)).toEqual(['created', 'superseded']);
    expect((await list(here.context)).plans.map(({ slug }) => slug)).toEqual(['b']);
  });

  test('forced with its own name, the old one moves into the archive whole', async () => {
    const here = desk();
    await given(create(here.context, 'a', { prompt: 'first' }));
    for (const archived of ['a', 'a-2']) {
      const made = await given(create(here.context, 'a', { force: true }));
      expect(made.superseded).toEqual([{ slug: 'a', path: `docs/plans/archive/${archived}/plan.md` }]);
      expect(here.read(`docs/plans/archive/${archived}/plan.md`)).toContain('status: superseded');
    }
    expect(readdirSync(here.path('docs/plans/archive/a'))).toEqual(['appendix.md', 'plan.md', 'plan.record']);
    expect((await list(here.context)).plans).toMatchObject([{ path: place('a'), status: 'draft' }]);
  });

  test('a master plan and a plan of one of its modules are drafted side by side; imported drafts do not count', async () => {
    const here = desk({ [place('imported')]: whole('imported') });
    await given(create(here.context, 'whole', { kind: 'master' }));
    await given(create(here.context, 'part'));
    expect((await refused(create(here.context, 'other', { kind: 'macro' }))).message).toContain('whole');
  });

  test('a second plan in progress is refused; forced, the first is archived', async () => {
    const here = desk({ [place('a')]: whole('a'), [place('b')]: whole('b') });
    await approve(here.context, 'a');
    await approve(here.context, 'b');
    await given(start(here.context, 'a'));
    const no = await refused(start(here.context, 'b'));
    expect(no).toMatchObject({ exit: 1, hint: expect.stringContaining('masterplan done a') as string });
    expect(await given(start(here.context, 'b', true))).toMatchObject({
      status: 'in-progress',
      superseded: [{ slug: 'a', path: place('a') }],
    });
    expect(here.read(place('a'))).toContain('status: superseded\n');
    expect(entries(here, 'a').at(-1)).toMatchObject({ event: 'superseded' });
  });

  test('what is suspended makes room, and is taken up again', async () => {
    const here = desk({ [place('a')]: whole('a'), [place('b')]: whole('b') });
    await approve(here.context, 'a');
    await approve(here.context, 'b');
    await given(start(here.context, 'a'));
    here.write(place('a'), here.read(place('a')).replace('status: in-progress', 'status: suspended'));
    await given(start(here.context, 'b'));
    expect((await list(here.context)).plans.map(({ slug, next }) => [slug, next.type])).toEqual([
      ['a', 'masterplan start a'],
      ['b', 'masterplan done b'],
    ]);
    await refused(start(here.context, 'a'));
    here.write(place('b'), here.read(place('b')).replaceAll('[ ]', '[x]'));
    await given(done(here.context, 'b'));
    expect(await given(start(here.context, 'a'))).toMatchObject({ changed: true, status: 'in-progress' });
  });
});

test('R000-26 a master plan is done when every module is implemented and merged, and the checks across them pass', async () => {
  const here = desk();
  await given(create(here.context, 'whole', { kind: 'master' }));
  const text = here.read(place('whole')).replace('status: draft', 'status: in-progress');
  here.write(place('whole'), text);
  const no = await refused(done(here.context, 'whole'));
  const texts = no.findings?.findings.map(({ message }) => message).join('\n');
  for (const one of [
    'Merged back',
    'Module is implemented',
    'All modules',
    'Integration tests',
    'E2E tests',
    'Phase 2 of 2',
  ])
    expect(texts).toContain(one);
  // Ticks alone are not enough: nobody has approved it.
  here.write(place('whole'), text.replaceAll('[ ]', '[x]'));
  expect((await refused(done(here.context, 'whole'))).hint).toContain('masterplan approve whole');
});
