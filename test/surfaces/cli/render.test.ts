import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/core/base/finding.ts';
import type { Explanation } from '../../../src/core/views/explain.ts';
import { PLAIN, paintFor } from '../../../src/surfaces/cli/paint.ts';
import { renderExplanation } from '../../../src/surfaces/cli/render/explanation.ts';
import { renderFindings } from '../../../src/surfaces/cli/render/findings.ts';
import { renderReport } from '../../../src/surfaces/cli/render/report.ts';
import { renderStatus } from '../../../src/surfaces/cli/render/status.ts';
import { renderSummary } from '../../../src/surfaces/cli/render/summary.ts';
import { renderValidation } from '../../../src/surfaces/cli/render/validation.ts';
import { PlainLines } from '../../../src/surfaces/cli/run/plain-lines.ts';
import { cells } from '../../../src/surfaces/width.ts';
import { board, FINISH_GATE, minutes, NOON, report, SUMMARY } from '../fake.ts';

const text = (lines: readonly string[]): string => `\n${lines.join('\n')}\n`;
const EVIL = 'a\u001b[31mb\u001b]0;title\u0007c\u202ed\re';

/** A finding about the first occurrence of `mark` in `source`. */
function finding(source: string, mark: string, fields: Partial<Finding> = {}): Finding {
  const start = source.indexOf(mark);
  const end = start + mark.length;
  const at = (offset: number) => {
    const before = source.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
  };
  const span = { start, end, ...at(start), endLine: at(end).line, endColumn: at(end).column };
  return {
    rule: 'GEN-004',
    severity: 'error',
    message: 'T1 needs T9, which this plan does not have.',
    hint: 'Name tasks of this plan.',
    span,
    ...fields,
  };
}

describe('findings', () => {
  const source = '# Plan\n\n### Task 1: First\n\n**Needs:** Task 9\n**Files:** src/登録/\t`x`\n';

  test('place, severity, rule, excerpt, mark, hint and sum, in the order of the text', () => {
    const findings = [
      finding(source, '`x`', { rule: 'TK-02', severity: 'warning', message: 'no path', hint: '' }),
      finding(source, ' Task 9'),
      finding(source, '### Task 1: First\n\n**Needs', {
        rule: 'TK-09',
        severity: 'info',
        message: 'two lines',
        hint: 'nothing',
      }),
    ];
    expect(text(renderFindings({ file: 'plan.md', source, findings }, PLAIN, 80))).toMatchInlineSnapshot(`
      "
      plan.md:3:1: info TK-09: two lines
          3 │ ### Task 1: First
            │ ^^^^^^^^^^^^^^^^^
        hint: nothing

      plan.md:5:11: error GEN-004: T1 needs T9, which this plan does not have.
          5 │ **Needs:** Task 9
            │            ^^^^^^
        hint: Name tasks of this plan.

      plan.md:6:20: warning TK-02: no path
          6 │ **Files:** src/登録/ \`x\`
            │                      ^^^

      1 error, 1 warning, 1 remark
      "
    `);
  });

  test('a long line is cut around the place', () => {
    const long = `${'left '.repeat(40)}HERE ${'right '.repeat(40)}`;
    const lines = renderFindings({ file: 'plan.md', source: long, findings: [finding(long, 'HERE')] }, PLAIN, 60);
    expect(text(lines.slice(1, 3))).toMatchInlineSnapshot(`
      "
          1 │ …left left left left left HERE right right right ri…
            │                           ^^^^
      "
    `);
    expect(cells(lines[1]!)).toBeLessThanOrEqual(60);
    expect(lines[2]!.indexOf('^')).toBe(lines[1]!.indexOf('HERE'));
  });

  test('what a document says cannot move the cursor', () => {
    const lines = renderFindings(
      { file: EVIL, source: EVIL, findings: [finding(EVIL, 'b', { message: EVIL, hint: EVIL })] },
      PLAIN,
      80,
    );
    expect(lines.join('')).not.toMatch(/[\u001b\u0007\u202e\r]/);
  });

  test('a place outside of the text, and more findings than anybody reads', () => {
    const span = { start: 900, end: 901, line: 90, column: 9, endLine: 90, endColumn: 10 };
    const many = Array.from({ length: 60 }, () => finding(source, 'Task 9', { span }));
    const lines = renderFindings({ file: 'plan.md', source, findings: many }, PLAIN, 80);
    expect(lines.at(-2)).toBe('… and 10 more findings: --json has them all');
    expect(lines.at(-1)).toBe('60 errors');
  });

  test('colours only where they are welcome', async () => {
    const paint = await paintFor(true);
    expect(renderFindings({ file: 'plan.md', source, findings: [finding(source, 'Task 9')] }, paint, 80)[0]).toContain(
      '\u001b[31merror',
    );
    expect(await paintFor(false)).toBe(PLAIN);
  });
});

test('what a person is asked to approve', () => {
  expect(text(renderSummary(SUMMARY, PLAIN, 80))).toMatchInlineSnapshot(`
    "
    Add a login  plan.md, 2 tasks, run add-login

    Wave 1
      T1  The table of users
          may change src/db/ · verified by npm test
    Wave 2
      T2  Passwords
          needs T1 · may change anything

    Agents that will be started, with the rights of your account:
      alpha  claude -p 'it'\\''s fine'  for 2 tasks
    "
  `);
  const warning = finding(SUMMARY.source, 'login', { severity: 'warning', message: 'long', hint: 'split it' });
  expect(
    renderSummary({ ...SUMMARY, findings: [warning] }, PLAIN, 80)
      .slice(-6)
      .join('\n'),
  ).toContain('plan.md:1:9: warning GEN-004: long');
});

describe('the report', () => {
  test('of a run that is over', () => {
    expect(text(renderReport(report(), PLAIN, 80))).toMatchInlineSnapshot(`
      "
      Add a login: merged into main  7 of 7 merged, 12 min 00 s

      Merged on masterplan/add-login
        T1  aaaaaaaaaa  The table of users
        T2  bbbbbbbbbb  Passwords           2 attempts

      Retried
        T2#1  timed out: no output for 10 min
              the next attempt was told: npm test: exit code 1

      review: not configured, 0 of 0 merged tasks reviewed

      Log          docs/masterplan/add-login/events.jsonl
      Transcripts  .masterplan/runs/add-login/transcripts

      What to try next
        git log main  what landed
      "
    `);
  });

  test('of a run that needs a person: every command once', () => {
    const counts = {
      pending: 0,
      working: 0,
      planned: 0,
      unfolded: 0,
      verifying: 0,
      reviewing: 0,
      merging: 0,
      merged: 6,
      failed: 1,
    };
    const retry = 'masterplan retry T5 --run add-login';
    const failed = {
      what: 'T5 failed: 3 attempts failed',
      since: NOON,
      type: [retry, 'masterplan explain T5 --run add-login'],
    };
    const made = report({
      board: board({ status: 'waiting', phase: 'finish', counts, working: [], waiting: [FINISH_GATE, failed] }),
      merged: [],
      retried: [],
      failed: [{ task: 'T5', reason: '3 attempts failed' }],
      next: [...FINISH_GATE.type, ...failed.type].map((type) => ({ type, why: '' })),
    });
    expect(text(renderReport(made, PLAIN, 80))).toMatchInlineSnapshot(`
      "
      Add a login: waits for you  6 of 7 merged, 1 failed, 12 min 00 s

      Failed
        T5  3 attempts failed
            masterplan retry T5 --run add-login

      review: not configured, 0 of 0 merged tasks reviewed

      Waits for you: all 7 tasks are merged. What should happen with masterplan/add-login?
        it stands at 11111111
        masterplan approve add-login --finish merge  (recommended)
        masterplan approve add-login --finish keep
        masterplan approve add-login --finish discard

      Log          docs/masterplan/add-login/events.jsonl
      Transcripts  .masterplan/runs/add-login/transcripts

      What to try next
        masterplan explain T5 --run add-login
      "
    `);
  });
});

describe('status', () => {
  const OWNER = {
    pid: 4711,
    host: 'box 1234 pid:[1]',
    since: '2030-01-02T11:48:00.000Z',
    command: 'masterplan run plan.md',
    alive: true,
  };
  const info = { board: board(), owner: undefined, bundle: 'docs/masterplan/add-login' };

  test('nothing yet, with what to type', () => {
    expect(text(renderStatus([], NOON, PLAIN))).toMatchInlineSnapshot(`
      "
      No run here yet.
        masterplan run <plan.md>   starts one; masterplan list shows plans
        masterplan demo            shows how it works, in a temporary directory
      "
    `);
  });

  test('what was thrown away is not called completed', () => {
    const over = board({ status: 'completed', phase: 'over', outcome: 'discard', next: 'masterplan retro add-login' });
    const shown = text(renderStatus([{ ...info, board: over }], NOON, PLAIN));
    expect(shown).toContain('add-login  discarded');
    expect(shown).not.toContain('completed');
  });

  test('run by somebody, by nobody, by who knows, waiting, over, damaged', () => {
    const damaged = board({ slug: 'broken', title: '', total: 0 });
    const runs = [
      { ...info, owner: OWNER },
      info,
      { ...info, owner: { ...OWNER, alive: false } },
      { ...info, board: board({ status: 'waiting', waiting: [FINISH_GATE] }) },
      {
        ...info,
        board: board({
          status: 'completed',
          phase: 'over',
          next: 'git log masterplan/add-login',
          counts: { ...board().counts, merged: 7, working: 0, verifying: 0, pending: 0 },
        }),
      },
      {
        ...info,
        board: damaged,
        problem: { message: 'events.jsonl:3: the checksum does not fit', hint: 'put the file back' },
      },
    ];
    expect(text(renderStatus(runs, NOON, PLAIN))).toMatchInlineSnapshot(`
      "
      add-login  running  Add a login
        3 of 7 merged, 2 at work, 2 pending · for 12 min 00 s
        run by process 4711 on box for 12 min 00 s (masterplan run plan.md)
        T4#2 working for 4 min 10 s (alpha): Sessions that end
        T5#1 verifying for 500 ms (beta): The form 登録 for new people

      add-login  stopped  Add a login
        3 of 7 merged, 2 at work, 2 pending · for 12 min 00 s
        nobody runs it now
        next: masterplan run add-login

      add-login  running  Add a login
        3 of 7 merged, 2 at work, 2 pending · for 12 min 00 s
        run by process 4711 on box for 12 min 00 s (masterplan run plan.md); from here nobody can tell whether it still lives
        T4#2 working for 4 min 10 s (alpha): Sessions that end
        T5#1 verifying for 500 ms (beta): The form 登録 for new people

      add-login  waiting  Add a login
        3 of 7 merged, 2 at work, 2 pending · for 12 min 00 s
        nobody runs it now
        waits for you: all 7 tasks are merged. What should happen with masterplan/add-login?
          it stands at 11111111
          masterplan approve add-login --finish merge  (recommended)
          masterplan approve add-login --finish keep
          masterplan approve add-login --finish discard

      add-login  completed  Add a login
        7 of 7 merged · took 11 min 59 s
        next: git log masterplan/add-login

      broken  damaged
        events.jsonl:3: the checksum does not fit
        hint: put the file back
      "
    `);
  });
});

test('explain', () => {
  const task: Explanation = {
    task: 'T3',
    title: 'Sessions',
    status: 'pending',
    because: 'it needs T2 (working)',
    next: 'it starts when they are merged',
    needs: [{ task: 'T2', status: 'working' }],
    scope: ['src/session/', 'test/**'],
    verify: ['npm test'],
    attempts: [
      {
        attempt: 1,
        agent: 'alpha',
        started: NOON - minutes(9),
        ended: NOON - minutes(2),
        ending: 'timed_out',
        reason: 'no output',
        lesson: 'verify failed',
        output: `1 failing\n\n${EVIL}\n`,
        snapshot: 'refs/masterplan/x',
      },
      { attempt: 2, agent: 'beta', started: NOON - minutes(1) },
    ],
    findings: [
      {
        id: 'F1',
        severity: 'high',
        place: 'src/session/a.ts:4',
        claim: `sessions never end ${EVIL}`,
        fate: 'disputed',
        holds: true,
        check: 'npm test -- session',
        shown: 'fails',
        argument: 'they end at night',
      },
    ],
  };
  expect(text(renderExplanation(task, NOON, PLAIN))).toMatchInlineSnapshot(`
    "
    T3  Sessions
      pending, because it needs T2 (working)
      next: it starts when they are merged

      needs   T2 (working)
      scope   src/session/, test/**
      verify  npm test

      T3#1  alpha, started 11:51:00, timed out after 7 min 00 s
          no output
          told the next attempt: verify failed
          │ 1 failing
          │ abcde
          its work is kept: git --git-dir=.masterplan/queue.git show refs/masterplan/x

      T3#2  beta, started 11:59:00, under way for 1 min 00 s

      What its reviews found
          F1  high, disputed, holds it up  src/session/a.ts:4: sessions never end abcde
              its check fails: npm test -- session
              the implementer: they end at night
    "
  `);
});

test('validate', () => {
  const findings = [
    { severity: 'error', file: 'docs/masterplan/b/events.jsonl', line: 12, message: 'edited', hint: 'put it back' },
  ] as const;
  const runs = [
    { slug: 'a', ok: true, events: 40, findings: [] },
    { slug: 'b', ok: false, events: 11, findings },
  ];
  expect(text(renderValidation({ runs }, PLAIN))).toMatchInlineSnapshot(`
    "
    a  ok  40 events
    b  not whole  11 events
      docs/masterplan/b/events.jsonl:12: error: edited
        hint: put it back
    "
  `);
});

describe('plain lines', () => {
  test('a sign of life after a minute without a line, while somebody is at work', () => {
    const lines = new PlainLines(() => board());
    expect(lines.tick(NOON)).toEqual([]);
    expect(lines.tick(NOON + 59_999)).toEqual([]);
    expect(text(lines.tick(NOON + 60_000))).toMatchInlineSnapshot(`
      "
      12:01:00  3 of 7 merged, 2 at work, 2 pending: T4#2 working for 5 min 10 s, T5#1 verifying for 1 min 00 s
      "
    `);
    expect(lines.tick(NOON + 119_999)).toEqual([]);
    expect(lines.notice(NOON + 119_999, 'stopping')).toEqual(['12:01:59  stopping']);
    expect(lines.tick(NOON + 121_000)).toEqual([]);
  });

  test('what to type for a question that is asked while others are at work', () => {
    const gate = { id: 'ask:T4#2:1', options: ['allow', 'session', 'deny'], recommended: 'deny', detail: [] };
    const stem = 'masterplan approve add-login --gate ask:T4.2:1 --answer';
    const type = gate.options.map((answer) => `${stem} ${answer}`);
    const question = 'T4#2 (alpha) asks: fetch example.org';
    const lines = new PlainLines(() => board({ waiting: [{ what: question, since: NOON, type, gate }] }));
    const { options, recommended, detail } = gate;
    const opened = { event: 'gate_opened' as const, question, options, recommended, detail };
    const common = { seq: 9, fence: 1, ts: '2026-03-04T12:00:00.000Z' };
    expect(lines.events([{ ...common, ...opened, gate: gate.id }])).toEqual([
      `12:00:00  waits for you: ${question}`,
      `          ${stem} allow (or session, deny)`,
    ]);
    // Whoever answered it was faster than the line.
    expect(lines.events([{ ...common, ...opened, gate: 'ask:T4#2:0' }])).toHaveLength(1);
  });

  test('silence while nobody is', () => {
    const lines = new PlainLines(() => board({ working: [] }));
    lines.tick(NOON);
    expect(lines.tick(NOON + minutes(5))).toEqual([]);
  });
});
