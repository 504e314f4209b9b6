import { describe, expect, test } from 'vitest';
import type { DocumentAnswer } from '../../../src/app/documents/approve.ts';
import type { ListedPlan } from '../../../src/app/documents/list.ts';
import { err, ok } from '../../../src/core/base/result.ts';
import { runCli } from '../../../src/surfaces/cli/cli.ts';
import { fakeCli } from '../fake.ts';

const ANSWER: DocumentAnswer = {
  slug: 'auth',
  title: 'Auth',
  kind: 'phased',
  path: 'docs/plans/auth/plan.md',
  typed: '../docs/plans/auth/plan.md',
  status: 'approved',
  changed: true,
  by: 'ada@host',
  at: '2030-01-02T12:00:00.000Z',
  sha256: 'a'.repeat(64),
  next: { type: 'masterplan start auth', why: 'it is approved' },
  warnings: 2,
  superseded: [],
};

const listed = (slug: string, fields: Partial<ListedPlan> = {}): ListedPlan => ({
  slug,
  title: `The ${slug}`,
  kind: 'phased',
  path: `docs/plans/${slug}/plan.md`,
  status: 'draft',
  state: 'draft',
  boxes: { done: 0, all: 4 },
  next: { type: `masterplan approve ${slug}`, why: 'when nothing is left to write' },
  ...fields,
});

describe('new-plan', () => {
  const made = {
    slug: 'auth',
    title: 'Auth',
    kind: 'phased',
    by: 'ada@host',
    at: '2030-01-02T12:00:00.000Z',
    path: 'docs/plans/auth/plan.md',
    appendix: 'docs/plans/auth/appendix.md',
    typed: '../docs/plans/auth/plan.md',
    superseded: [{ slug: 'old', path: 'docs/plans/old/plan.md' }],
  } as const;

  test('says what was written and what to do with it; the prompt may come on standard input', async () => {
    const asked: unknown[] = [];
    const fake = fakeCli(
      { newPlan: async (_, request) => (asked.push(request), ok(made)) },
      { input: 'Let people in.\nAll of them.\n' },
    );
    const argv = ['new-plan', 'Phased', 'auth', '--prompt', '-', '--agent', 'planner', '--title', 'T', '--force'];
    expect(await runCli(argv, fake.cli)).toBe(0);
    expect(asked).toEqual([
      {
        kind: 'phased',
        slug: 'auth',
        force: true,
        title: 'T',
        prompt: 'Let people in.\nAll of them.',
        agent: 'planner',
      },
    ]);
    expect(fake.out()).toMatchInlineSnapshot(`
      "docs/plans/auth/plan.md is a draft of kind phased
      docs/plans/auth/appendix.md is for what is found while planning
        superseded: old, kept in docs/plans/old/plan.md
        next: replace what stands in brackets; masterplan lint ../docs/plans/auth/plan.md names every place
        then: masterplan approve ../docs/plans/auth/plan.md
      "
    `);
    const json = fakeCli({ newPlan: async () => ok(made) });
    expect(await runCli(['new-plan', 'task', 'auth', '--json'], json.cli)).toBe(0);
    expect(JSON.parse(json.out())).toEqual({ created: made });
  });

  test('a kind that does not exist', async () => {
    const fake = fakeCli();
    expect(await runCli(['new-plan', 'epic', 'auth'], fake.cli)).toBe(2);
    expect(fake.errors()).toContain('phased, master, task, implementation, functional, macro, micro');
  });
});

describe('list', () => {
  test('groups, with what to type; long groups are cut', async () => {
    const plans = [
      listed('a'),
      listed('b', { state: 'in-progress', status: 'in-progress', boxes: { done: 3, all: 4 } }),
      listed('c', { state: 'changed', status: 'approved', boxes: { done: 0, all: 0 }, title: 'C\u001b[31m\nc' }),
    ];
    const damaged = [{ path: 'docs/plans/x/plan.md', message: 'it is no plan of any kind', hint: 'masterplan lint x' }];
    const fake = fakeCli({ listDocuments: async () => ok({ plans, damaged, over: 2 }) });
    expect(await runCli(['list'], fake.cli)).toBe(0);
    expect(fake.out()).toMatchInlineSnapshot(`
      "in progress (1)
        The b  (phased, 3 of 4 boxes ticked)
          docs/plans/b/plan.md
          masterplan approve b  when nothing is left to write

      changed after approval (1)
        C c  (phased)
          docs/plans/c/plan.md
          masterplan approve c  when nothing is left to write

      draft (1)
        The a  (phased, 0 of 4 boxes ticked)
          docs/plans/a/plan.md
          masterplan approve a  when nothing is left to write

      damaged (1)
        docs/plans/x/plan.md: it is no plan of any kind
          masterplan lint x

      2 other plans are over
      "
    `);
    const many = Array.from({ length: 1000 }, (_, n) => listed(`p${n}`));
    const full = fakeCli({ listDocuments: async () => ok({ plans: many, damaged: [], over: 0 }) });
    await runCli(['list'], full.cli);
    expect(full.out()).toContain('draft (1000)\n');
    expect(full.out()).toContain('  … and 980 more: --json has them all\n');
  });

  test('nothing', async () => {
    const fake = fakeCli({ listDocuments: async () => ok({ plans: [], damaged: [], over: 1 }) });
    await runCli(['list'], fake.cli);
    expect(fake.out()).toBe(
      'no plan is pending here; 1 plan is over\n  masterplan new-plan <kind> <slug>  writes a draft\n',
    );
    const json = fakeCli({ listDocuments: async () => ok({ plans: [], damaged: [], over: 1 }) });
    await runCli(['list', '--json'], json.cli);
    expect(JSON.parse(json.out())).toEqual({ plans: [], damaged: [], over: 1 });
  });
});

describe('approve, start, done', () => {
  test('a document: who, when, and what comes next', async () => {
    const asked: unknown[] = [];
    const fake = fakeCli({
      approvePlan: async (_, request) => (asked.push(request), ok({ meant: 'document', answer: ANSWER })),
    });
    expect(await runCli(['approve', 'auth', '--agent', 'x'], fake.cli)).toBe(0);
    expect(asked).toEqual([{ plan: 'auth', agent: 'x' }]);
    expect(fake.out()).toMatchInlineSnapshot(`
      "docs/plans/auth/plan.md is approved, by ada@host, 2030-01-02 12:00 UTC
        with 2 warnings: masterplan lint ../docs/plans/auth/plan.md
        next: masterplan start auth  it is approved
          or: masterplan run ../docs/plans/auth/plan.md  has agents carry it out
      "
    `);
  });

  test('a run is still a run, and --json says which it was', async () => {
    const json = fakeCli({ approvePlan: async () => ok({ meant: 'document', answer: ANSWER }) });
    await runCli(['approve', '--json'], json.cli);
    expect(JSON.parse(json.out())).toEqual({ plan: ANSWER });
    const sent: unknown[] = [];
    const run = fakeCli({
      sendToRun: async (_, ask) => (sent.push(ask), ok({ slug: 'auth', acceptedBy: 'us', next: 'n', carryOn: false })),
    });
    expect(await runCli(['approve', 'auth'], run.cli)).toBe(0);
    expect(sent).toEqual([{ request: 'approve', run: 'auth' }]);
  });

  test('start and done', async () => {
    const started = fakeCli({
      startPlan: async (_, { plan, force }) =>
        ok({ ...ANSWER, slug: `${plan} ${force}`, status: 'in-progress', changed: false, warnings: 0 }),
    });
    expect(await runCli(['start', 'auth', '--force'], started.cli)).toBe(0);
    expect(started.out()).toBe(
      'docs/plans/auth/plan.md is in progress already, by ada@host, 2030-01-02 12:00 UTC\n  next: masterplan start auth  it is approved\n',
    );
    const finished = fakeCli({ finishPlan: async () => ok({ ...ANSWER, status: 'done', warnings: 0 }) });
    expect(await runCli(['done'], finished.cli)).toBe(0);
    expect(finished.out()).toBe('docs/plans/auth/plan.md is done, by ada@host, 2030-01-02 12:00 UTC\n');
  });

  test.each(['start', 'done', 'approve'])('%s, refused', async (name) => {
    const refused = async () => err({ message: 'no', hint: 'do', exit: 4 });
    const fake = fakeCli({ startPlan: refused, finishPlan: refused, approvePlan: refused });
    expect(await runCli([name, 'auth'], fake.cli)).toBe(4);
    expect(fake.errors()).toBe('masterplan: no\n  do\n');
  });
});

describe('session-notice', () => {
  test('lines, or the answer of a hook, or nothing at all; never a failure', async () => {
    const notice = { lines: ['one', 'two'], pending: [] };
    const plain = fakeCli({ noticeFor: async () => notice });
    expect(await runCli(['session-notice'], plain.cli)).toBe(0);
    expect(plain.out()).toBe('one\ntwo\n');
    const json = fakeCli({ noticeFor: async () => notice });
    expect(await runCli(['session-notice', '--json'], json.cli)).toBe(0);
    expect(JSON.parse(json.out())).toEqual({
      hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: 'one\ntwo' },
    });
    for (const argv of [['session-notice'], ['session-notice', '--json']]) {
      const broken = fakeCli({ noticeFor: () => Promise.reject(new Error('broken')) });
      expect(await runCli(argv, broken.cli)).toBe(0);
      expect(broken.out() + broken.errors()).toBe('');
    }
  });
});
