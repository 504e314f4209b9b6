import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimsOf } from '../../../src/core/imports/claims.ts';
import { type Past, inferCompletion, type TaskClaims } from '../../../src/core/imports/completion.ts';
import { parsePlan } from '../../../src/core/plan/parse.ts';

const ID = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
const OPTIONS = { slug: 'login', since: undefined };

function task(more: Partial<TaskClaims> = {}): TaskClaims {
  return {
    id: 'T3',
    title: 'x',
    creates: [],
    tests: [],
    scope: [],
    boxes: { count: 0, ticked: 0 },
    commits: [],
    ...more,
  };
}

function past(more: Partial<Past> = {}): Past {
  return { commits: [], known: new Map(), files: new Set(), before: undefined, ...more };
}

const stated = { what: 'its log says that it was done', where: 'events.jsonl:3' };
const held = past({ known: new Map([['aaaaaaa', { id: ID, inBase: true }]]) });

describe('what a task is found to be', () => {
  test('nothing found is not done', () => {
    expect(inferCompletion(task(), past(), OPTIONS)).toEqual({ verdict: 'not_done', evidence: [], against: [] });
  });

  test('one signal alone is possibly done, of whichever kind', () => {
    for (const one of [
      inferCompletion(task({ stated }), past(), OPTIONS),
      inferCompletion(task({ boxes: { count: 4, ticked: 4 } }), past(), OPTIONS),
      inferCompletion(task({ commits: ['aaaaaaa'] }), held, OPTIONS),
      inferCompletion(task({ creates: ['src/a.ts'] }), past({ files: new Set(['src/a.ts']) }), OPTIONS),
    ]) {
      expect(one.verdict).toBe('possibly_done');
      expect(one.evidence).toHaveLength(1);
    }
  });

  test('words alone are never proof: log and boxes without git or files', () => {
    const one = inferCompletion(task({ stated, boxes: { count: 2, ticked: 2 } }), past(), OPTIONS);
    expect(one).toMatchObject({ verdict: 'possibly_done', evidence: [{ signal: 'log' }, { signal: 'box' }] });
  });

  test('the log and a commit that the base holds are, and the commit is told', () => {
    expect(inferCompletion(task({ stated, commits: ['aaaaaaa'] }), held, OPTIONS)).toMatchObject({
      verdict: 'done',
      commit: ID,
    });
  });

  test.each([
    ['git does not know it', past(), /does not know/],
    ['it is elsewhere', past({ known: new Map([['aaaaaaa', { id: ID, inBase: false }]]) }), /not in the base/],
    [
      'it was reverted',
      { ...held, commits: [{ id: OTHER, subject: 'Revert', body: `This reverts commit ${ID}.`, at: 2 }] },
      /reverted/,
    ],
  ])('a commit does not count when %s', (_, known, words) => {
    const one = inferCompletion(
      task({ stated, commits: ['aaaaaaa'], creates: ['a'] }),
      { ...known, files: new Set(['a']) },
      OPTIONS,
    );
    expect(one.verdict).toBe('possibly_done');
    expect(one.against.join()).toMatch(words);
  });

  test('its state against its log leaves it open', () => {
    const against = { what: 'its state says that it is pending', where: 'state.yml' };
    expect(inferCompletion(task({ stated, against, commits: ['aaaaaaa'] }), held, OPTIONS).verdict).toBe(
      'possibly_done',
    );
  });

  test('commits count that name plan and task, unless they only begin it or are older than the plan', () => {
    const of = (subject: string, at = 1_000_000_000_000): string =>
      inferCompletion(
        task({ boxes: { count: 1, ticked: 1 } }),
        past({ commits: [{ id: ID, subject, body: '', at }] }),
        { slug: 'login', since: 1_000_000_000_000 },
      ).verdict;
    expect(of('login T3: the form')).toBe('done');
    expect(of('login: Task 3 done')).toBe('done');
    expect(of('T3: the form')).toBe('possibly_done');
    expect(of('login T31: another')).toBe('possibly_done');
    expect(of('login T3.1: another')).toBe('possibly_done');
    expect(of('login T3: WIP')).toBe('possibly_done');
    expect(of('login T3: the form', 900_000_000_000)).toBe('possibly_done');
  });

  test('files count that were not there before, and missing ones speak against it', () => {
    const creates = ['src/a.ts', 'src/b.ts'];
    const of = (files: string[], before: string[]): ReturnType<typeof inferCompletion> =>
      inferCompletion(task({ stated, creates }), past({ files: new Set(files), before: new Set(before) }), OPTIONS);
    expect(of(creates, []).verdict).toBe('done');
    expect(of(creates, creates).verdict).toBe('possibly_done');
    expect(of(['src/a.ts'], []).against.join()).toMatch(/src\/b\.ts is missing/);
  });

  test('tests that it names count when they came with the plan, or mention what it was to create', () => {
    const path = 'test/login.test.ts';
    const of = (more: Partial<Past>): readonly string[] =>
      inferCompletion(
        task({ named: [path], creates: ['src/keyring.ts'] }),
        past({ files: new Set([path]), ...more }),
        OPTIONS,
      ).evidence.map(({ signal, what, where }) => `${signal} ${what} ${where}`);
    expect(of({})).toEqual([]);
    expect(of({ before: new Set() })).toEqual([`tests a test that it names came with the plan ${path}`]);
    expect(of({ before: new Set([path]) })).toEqual([]);
    const texts = (text: string): Partial<Past> => ({ before: new Set([path]), texts: new Map([[path, text]]) });
    expect(of(texts("import '../src/keyring.ts'"))).toEqual([`tests a test that it names mentions keyring ${path}`]);
    expect(of(texts('keyrings'))).toEqual([]);
    expect(of({ before: new Set(), files: new Set() })).toEqual([]);
  });

  test('verify commands that were run: passed is one signal, failed speaks against it, and neither is proof alone', () => {
    const ran = (passed: boolean): NonNullable<TaskClaims['ran']> => ({ passed, what: 'it ran', where: '"make"' });
    const of = (more: Partial<TaskClaims>, from: Past = past()): string =>
      inferCompletion(task(more), from, OPTIONS).verdict;
    expect(of({ ran: ran(true) })).toBe('possibly_done');
    expect(of({ ran: ran(true), stated })).toBe('possibly_done');
    expect(of({ ran: ran(true), commits: ['aaaaaaa'] }, held)).toBe('done');
    expect(of({ ran: ran(false), stated, commits: ['aaaaaaa'] }, held)).toBe('possibly_done');
    expect(of({ ran: ran(false) })).toBe('not_done');
  });

  test('never done without git or files, never with anything against it, and never without evidence', () => {
    const words = fc.option(fc.constant(stated), { nil: undefined });
    const claims = fc.record({
      stated: words,
      against: fc.option(fc.constant({ what: 'no', where: 'x' }), { nil: undefined }),
      creates: fc.subarray(['p', 'q']),
      tests: fc.subarray(['t']),
      commits: fc.subarray(['aaaaaaa', 'bbbbbbb']),
      named: fc.subarray(['n.test.ts']),
      ran: fc.option(fc.record({ passed: fc.boolean(), what: fc.constant('w'), where: fc.constant('x') }), {
        nil: undefined,
      }),
      boxes: fc.record({ count: fc.nat(3), ticked: fc.nat(3) }),
    });
    const known = fc.record({
      files: fc.option(fc.subarray(['p', 'q', 't']), { nil: undefined }),
      before: fc.option(fc.subarray(['p', 't']), { nil: undefined }),
      inBase: fc.boolean(),
    });
    fc.assert(
      fc.property(claims, known, ({ stated: said, against, ran, ...rest }, { files, before, inBase }) => {
        const one = inferCompletion(
          task({
            ...rest,
            ...(said === undefined ? {} : { stated: said }),
            ...(against === undefined ? {} : { against }),
            ...(ran === undefined ? {} : { ran }),
          }),
          past({
            known: new Map([['aaaaaaa', { id: ID, inBase }]]),
            files: files === undefined ? undefined : new Set(files),
            before: before === undefined ? undefined : new Set(before),
          }),
          OPTIONS,
        );
        const kinds = new Set(one.evidence.map(({ signal }) => signal));
        if (one.verdict === 'done') {
          expect(one.against).toEqual([]);
          expect(kinds.size).toBeGreaterThan(1);
          expect(kinds.has('git') || kinds.has('files')).toBe(true);
        }
        expect(one.verdict === 'not_done').toBe(one.evidence.length === 0);
      }),
    );
  });
});

test('a task says which files it creates, and how many of its boxes are ticked', () => {
  const text =
    '# P\n\n### Task 1: A\n\n**Files:**\n- Create: `src/a.ts`\n- Modify: `src/b.ts:1-4`\n- Test: `test/a.test.ts`\n- `src/c.ts` (new)\n\n- [x] one\n- [ ] two\n';
  const parsed = parsePlan(text, { fileName: 'plan.md', kind: 'task' });
  const [unit] = parsed.ok ? parsed.value.units : [];
  expect(unit === undefined ? undefined : claimsOf(unit)).toMatchObject({
    id: 'T1',
    creates: ['src/a.ts', 'src/c.ts'],
    tests: ['test/a.test.ts'],
    boxes: { count: 2, ticked: 1 },
  });
});
