import { chmodSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { discover } from '../../../src/app/imports/discover.ts';
import { bytesIn } from '../doctor/bytes.ts';
import { desk, type Desk } from '../rig.ts';
import { imported, oldBundle, PLAN, AGES } from './world.ts';

const ISSUE = {
  number: 12,
  title: 'Log in with a key',
  body: 'What we want.\n\n- [x] the form\n  with a field\n- [ ] the check\n\nAnd thanks.\n',
  state: 'OPEN',
  url: 'https://forge.example/o/r/issues/12',
  updatedAt: '2026-10-01T00:00:00Z',
};

/** The forge's tool, on the PATH, with these answers by its first two words. */
function withForge(at: Desk, answers: Readonly<Record<string, unknown>>): Desk {
  const cases = Object.entries(answers).map(([words, answer]) => {
    at.write(`../forge/${words.replace(' ', '-')}.json`, JSON.stringify(answer));
    return `"${words}") exec cat ${at.path('../forge', `${words.replace(' ', '-')}.json`)};;`;
  });
  at.write('../forge/gh', `#!/bin/sh\ncase "$1 $2" in\n${cases.join('\n')}\nesac\necho "no such thing" >&2\nexit 1\n`);
  chmodSync(at.path('../forge/gh'), 0o755);
  const env = { ...at.context.env, PATH: `${at.path('../forge')}:${at.context.env['PATH'] ?? ''}` };
  return { ...at, context: { ...at.context, env } };
}

function verdicts(made: Awaited<ReturnType<typeof imported>>): readonly string[] {
  if (!made.ok) throw new Error(made.error.message);
  return made.value.tasks.map(({ title, verdict }) => `${title}: ${verdict}`);
}

describe('what becomes a bundle', () => {
  test('an issue: each box a task, ticked ones possibly done', async () => {
    const at = withForge(desk(), { 'issue view': ISSUE });
    const made = await imported(at, { by: 'issue', which: '12' });
    expect(verdicts(made)).toEqual(['the form: possibly_done', 'the check: not_done']);
    expect(made).toMatchObject({ ok: true, value: { slug: 'issue-12-log-in-with-a-key' } });
    expect(at.read('docs/masterplan/issue-12-log-in-with-a-key/plan.md')).toMatch(
      /What we want\.\s+And thanks\.[^]*with a field/,
    );
    expect(await imported(at, { by: 'issue', which: '#12' })).toMatchObject({
      ok: true,
      value: { status: 'unchanged' },
    });
  });

  test('a tool that does not know why an issue was closed: then nothing says so, and nothing says that it was not done', async () => {
    const at = withForge(desk(), {});
    at.write(
      '../forge/gh',
      `#!/bin/sh\ncase "$5" in *stateReason*) echo 'Unknown JSON field: "stateReason"' >&2; exit 1;; esac\ncat <<'E'\n${JSON.stringify({ ...ISSUE, state: 'CLOSED' })}\nE\n`,
    );
    const made = await imported(at, { by: 'issue', which: '12' });
    expect(verdicts(made)).toEqual(['the form: possibly_done', 'the check: not_done']);
    expect(made.ok && made.value.tasks.flatMap(({ against }) => against)).toEqual([]);
  });

  test('a merged pull request: done where the base holds its merge', async () => {
    const plain = desk();
    const oid = plain.git('rev-parse', 'HEAD');
    const pull = { ...ISSUE, state: 'MERGED', mergeCommit: { oid }, headRefName: 'gone', baseRefName: 'main' };
    const at = withForge(plain, { 'pr view': pull });
    const made = await imported(at, { by: 'pull-request', which: '12' });
    expect(verdicts(made)).toEqual(['the form: done', 'the check: done']);
    expect(made).toMatchObject({ ok: true, value: { over: true } });
  });

  test('a branch with a plan on it, and one without: its own commits are the base', async () => {
    const at = desk();
    at.git('switch', '--quiet', '--create', 'feat/x');
    at.write('docs/x-plan.md', PLAN);
    at.write('src/a.ts', 'x');
    at.git('add', '--all');
    at.git('commit', '--quiet', '--message', 'x-plan T1: the first');
    at.git('switch', '--quiet', '--create', 'feat/y', 'main');
    at.git('commit', '--quiet', '--allow-empty', '--message', 'y');
    at.git('switch', '--quiet', 'main');
    const made = await imported(at, { by: 'branch', name: 'feat/x' });
    expect(verdicts(made)).toEqual(['First: done', 'Second: not_done', 'Third: not_done']);
    expect(made).toMatchObject({ ok: true, value: { base: { branch: 'feat/x' } } });
    expect(verdicts(await imported(at, { by: 'branch', name: 'feat/y' }))).toEqual([
      'Finish what feat/y began: not_done',
    ]);
    expect(await imported(at, { by: 'branch', name: 'main' })).toMatchObject({ ok: false, error: { exit: 1 } });
    expect(await imported(at, { by: 'branch', name: 'nothing' })).toMatchObject({ ok: false, error: { exit: 2 } });
  });

  test('a list of boxes, a text without any, a plan of another tool', async () => {
    const at = desk({
      'TODO.md': '# Things\n\n- [x] one\n- [ ] two\n\n```\n- [ ] code\n```\n',
      'docs/specs/idea.md': '# An idea\n\nIt would be good.\n',
      'specs/001-login/tasks.md':
        '# Tasks: Login\n\n## Phase 1: Setup\n\n- [x] T001 Create the project in src/\n- [ ] T002 [P] Write src/login.ts\n',
      'specs/001-login/spec.md': '# Feature Specification: Login\n\n### User Story 1 - x (Priority: P1)\n',
    });
    const from = (path: string): ReturnType<typeof imported> => imported(at, { by: 'file', path });
    expect(verdicts(await from('TODO.md'))).toEqual(['one: possibly_done', 'two: not_done']);
    expect(verdicts(await from('docs/specs/idea.md'))).toEqual(['An idea: not_done']);
    const foreign = await from('specs/001-login');
    expect(verdicts(foreign)).toEqual([
      expect.stringMatching(/possibly_done$/) as string,
      expect.stringMatching(/not_done$/) as string,
    ]);
    expect(foreign).toMatchObject({ ok: true, value: { kind: 'foreign', schema: 'spec-kit' } });
  });

  test('without the tool of the forge, with one that refuses, and with nonsense there is a refusal and no file', async () => {
    const at = desk();
    const bare = { ...at, context: { ...at.context, env: { ...at.context.env, PATH: '/usr/bin:/bin' } } };
    const before = bytesIn(at.root);
    const target = { by: 'issue', which: '12' } as const;
    expect(await imported(bare, target)).toMatchObject({ ok: false });
    expect(await imported(withForge(at, {}), target)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('no such thing') as string },
    });
    expect(await imported(withForge(at, { 'issue view': [1] }), target)).toMatchObject({ ok: false });
    const saying = (script: string): Desk => {
      const made = withForge(at, {});
      at.write('../forge/gh', `#!/bin/sh\n${script}\n`);
      return made;
    };
    for (const [script, words, hint] of [
      ['echo "<!DOCTYPE html><p>502"', 'is a web page', 'nothing was written'],
      ['true', 'the answer is empty', 'nothing was written'],
      ['echo "please run: gh auth login" >&2; exit 4', 'please run', 'log in: gh auth login'],
      ['echo "API rate limit exceeded" >&2; exit 1', 'rate limit', 'wait until'],
      ['kill -9 $$', 'SIGKILL', 'try it by hand'],
      ['echo "Unknown JSON field: \\"title\\"" >&2; exit 1', 'Unknown JSON', 'try it by hand'],
    ] as const)
      expect(await imported(saying(script), target), script).toMatchObject({
        ok: false,
        error: {
          message: expect.stringContaining(words) as string,
          hint: expect.stringContaining(hint) as string,
        },
      });
    expect(await imported(at, { by: 'issue', which: '--repo=x' })).toMatchObject({ ok: false, error: { exit: 2 } });
    expect(bytesIn(at.root)).toEqual(before);
  });
});

test.each<[string, string | Uint8Array, RegExp]>([
  ['a merge', '# A\n\n- [ ] one\n<<<<<<< HEAD\n=======\n>>>>>>> x\n', /^notes\.md:4: a merge that was not finished/],
  [
    'bytes of another encoding',
    Uint8Array.of(0x23, 0x20, 0x41, 0x0a, 0xf6, 0x0a),
    /^notes\.md:2: holds bytes that are no UTF-8/,
  ],
  ['zeros', '# A\n\n- [ ] one\0two\n', /^notes\.md:3: holds bytes that are no text/],
  ['nothing', '\n', /^notes\.md is empty/],
])('a document of %s is refused with its place', async (_, bytes, words) => {
  const at = desk({ 'README.md': 'x\n' });
  writeFileSync(at.path('notes.md'), bytes);
  const made = await imported(at, { by: 'file', path: 'notes.md' });
  expect(made).toMatchObject({ ok: false, error: { message: expect.stringMatching(words) as string } });
});

test('what could be imported is listed, with what it becomes, and what was imported already; nothing is written', async () => {
  const at = oldBundle(AGES['3'] ?? '', {
    'TODO.md': '# Things\n\n- [ ] one\n',
    'docs/plans/x/plan.md': 'no',
    'docs/specs/s.md': PLAN,
  });
  at.git('branch', 'merged');
  at.git('switch', '--quiet', '--create', 'feat/x');
  at.git('commit', '--quiet', '--allow-empty', '--message', 'half of it');
  at.git('switch', '--quiet', 'main');
  const forge = withForge(at, {
    'issue list': [
      { ...ISSUE, labels: [] },
      { number: 3, title: 'bug', body: 'x', labels: [null, { name: null }] },
    ],
    'pr list': { message: 'Bad credentials' },
  });
  const before = bytesIn(at.root);
  const list = async (): Promise<object> => {
    const found = await discover(forge.context);
    return found.ok
      ? Object.fromEntries(
          found.value.candidates.map(({ from, kind, imported: as, becomes }) => [from, as ?? `${kind}: ${becomes}`]),
        )
      : found;
  };
  expect(await list()).toEqual({
    'docs/masterplan/old': 'bundle: a bundle of 3 tasks, of which it calls 1 done',
    'TODO.md': 'document: a bundle of 1 tasks, one for each box',
    'docs/specs/s.md': 'plan: a bundle of its 3 tasks (kind task)',
    'feat/x': 'branch: a bundle on top of its 1 commit',
    [ISSUE.url]: 'issue: a bundle of 2 tasks',
  });
  expect(await discover(forge.context)).toMatchObject({
    ok: true,
    value: { notes: ['gh pr list: the answer is no list'] },
  });
  expect(bytesIn(at.root)).toEqual(before);
  await imported(at, 'old');
  expect(await list()).toMatchObject({ 'docs/masterplan/old': 'old-2' });
});
