import { describe, expect, test } from 'vitest';
import { ok } from '../../../src/core/base/result.ts';
import type { RecordedEvent } from '../../../src/core/run/event.ts';
import { runCli } from '../../../src/surfaces/cli/cli.ts';
import { board, fakeCli, fakeRun, FINISH_GATE, type FakeRun } from '../fake.ts';

const MERGED = board({ status: 'completed', phase: 'over', outcome: 'merge' });
const WAITS = board({ status: 'waiting', phase: 'finish', working: [], waiting: [FINISH_GATE] });
const FAILED = board({
  status: 'blocked',
  working: [],
  counts: { ...board().counts, failed: 1 },
  waiting: [{ what: 'T5 failed: no', since: 0, type: ['masterplan retry T5 --run add-login'] }],
});
const STARTED: RecordedEvent = {
  event: 'attempt_started',
  task: 'T1',
  attempt: 1,
  agent: 'alpha',
  contract_id: 'implement.v1',
  base: 'b',
  nonce: 'n',
  brief_sha256: 's',
  seq: 5,
  ts: '2030-01-02T12:00:00.000Z',
  fence: 1,
};

/** `masterplan run` over a run without an engine. */
function start(run: FakeRun, argv: readonly string[] = [], options: Parameters<typeof fakeCli>[1] = {}) {
  const { handle, asked } = fakeRun(run);
  const fake = fakeCli({ openRun: async () => ok(handle) }, options);
  return { ...fake, asked, code: runCli(['run', 'plan.md', '--plain', ...argv], fake.cli) };
}

describe('how a run ends', () => {
  test.each([
    ['merged', MERGED, 0],
    ['waits for a person', WAITS, 3],
    ['a task failed', FAILED, 1],
    ['cancelled', board({ status: 'cancelled', phase: 'over', outcome: 'cancelled' }), 1],
  ])('%s', async (_, end, code) => {
    const run = start({ boards: [board(), end] });
    expect(await run.code).toBe(code);
    expect(run.asked).toEqual(['run', 'close']);
    expect(run.out()).toContain('Add a login: ');
  });

  test('the log is named when something unexpected ends it', async () => {
    const run = start({ boards: [board()], fails: new Error('boom') });
    expect(await run.code).toBe(1);
    expect(run.errors()).toContain('/project/docs/masterplan/add-login/events.jsonl');
    expect(run.asked).toEqual(['run', 'close']);
  });

  test('what is odd in the configuration is said before anything else, and not among JSON', async () => {
    const warnings = ['unknown key "contanment"; did you mean "containment"?'];
    const run = start({ boards: [board(), MERGED], warnings }, ['--json']);
    expect(await run.code).toBe(0);
    expect(run.errors()).toBe(`masterplan: ${warnings[0]}\n`);
  });

  test('a cancelled run that is cleaned up by cancel ended as asked', async () => {
    const { handle } = fakeRun({
      boards: [board(), board({ status: 'cancelled', phase: 'over', outcome: 'cancelled' })],
    });
    const sendToRun = async () => ok({ slug: 'add-login', acceptedBy: 'us' as const, next: '', carryOn: true });
    const { cli, out } = fakeCli({ openRun: async () => ok(handle), sendToRun });
    expect(await runCli(['cancel', 'add-login', '--yes'], cli)).toBe(0);
    expect(out()).toContain('add-login: cancelled, recorded; nobody runs it now');
  });
});

describe('approval', () => {
  const boards = [board({ phase: 'plan' }), MERGED];

  test('nobody there: what to type, exit 3, nothing started', async () => {
    const run = start({ boards, needsApproval: true });
    expect(await run.code).toBe(3);
    expect(run.out()).toContain('  masterplan approve add-login\n  masterplan run add-login\n');
    expect(run.asked).toEqual(['close']);
  });

  test('--json: the same as JSON', async () => {
    const run = start({ boards, needsApproval: true }, ['--json'], { interactive: true });
    expect(await run.code).toBe(3);
    expect(JSON.parse(run.out()).error).toMatchObject({
      exit: 3,
      hint: 'masterplan approve add-login, then: masterplan run add-login',
    });
  });

  test('--yes approves', async () => {
    const run = start({ boards, needsApproval: true }, ['--yes']);
    expect(await run.code).toBe(0);
    expect(run.asked).toEqual(['approve --yes', 'run', 'close']);
  });

  test.each([[[]], [['--json']]])('--yes %j over errors of the linter is said, here and in the log', async (flags) => {
    const error = {
      rule: 'TK-03',
      severity: 'error',
      span: { start: 0, end: 1, line: 1, column: 1, endLine: 1, endColumn: 2 },
      message: 'It has no criteria.',
      hint: 'Write some.',
    } as const;
    const run = start({ boards, needsApproval: true, findings: [error] }, ['--yes', ...flags]);
    expect(await run.code).toBe(0);
    expect(run.asked[0]).toBe('approve --yes, with 1 error of the linter');
    expect(flags.length === 0 ? run.out() : run.errors()).toContain(
      flags.length === 0 ? 'It has no criteria.' : 'approved with 1 error of the linter: masterplan lint plan.md',
    );
  });

  test.each([
    [true, 0, ['approve terminal', 'run', 'close']],
    [false, 3, ['close']],
    [undefined, 3, ['close']],
  ])('a person answers %s', async (answer, code, asked) => {
    const run = start({ boards, needsApproval: true }, [], {
      interactive: true,
      prompts: { confirm: async () => answer },
    });
    expect(await run.code).toBe(code);
    expect(run.asked).toEqual(asked);
    expect(run.out()).toContain('Agents that will be started');
  });
});

describe('the finish gate at a terminal', () => {
  test('is asked, and the run goes on', async () => {
    const run = start({ boards: [board(), WAITS, MERGED] }, [], {
      interactive: true,
      prompts: { choose: async () => 'merge' },
    });
    expect(await run.code).toBe(0);
    expect(run.asked).toEqual(['run', 'finish merge', 'run', 'close']);
  });

  test('can be left open', async () => {
    const run = start({ boards: [board(), WAITS] }, [], {
      interactive: true,
      prompts: { choose: async () => undefined },
    });
    expect(await run.code).toBe(3);
    expect(run.out()).toContain('masterplan approve add-login --finish merge');
  });

  test('discard only for who types the name', async () => {
    const choose = async () => 'discard';
    const wrong = start({ boards: [board(), WAITS] }, [], {
      interactive: true,
      prompts: { choose, type: async () => 'yes' },
    });
    expect(await wrong.code).toBe(3);
    expect(wrong.asked).toEqual(['run', 'close']);
    const right = start({ boards: [board(), WAITS, MERGED] }, [], {
      interactive: true,
      prompts: { choose, type: async () => 'add-login' },
    });
    expect(await right.code).toBe(0);
    expect(right.asked).toEqual(['run', 'finish discard', 'run', 'close']);
  });

  test('is not asked with --json', async () => {
    const run = start({ boards: [board(), WAITS] }, ['--json'], { interactive: true });
    expect(await run.code).toBe(3);
  });
});

describe('being asked to stop', () => {
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test('Ctrl-C once: no new attempts; twice: now; three times: at once', async () => {
    const run = start({ boards: [board()], untilStopped: true });
    await until(() => run.asked.includes('run'));
    run.interrupt('SIGINT');
    expect(run.out()).toContain('no new attempts; 2 still at work; Ctrl-C again ends them and keeps their work');
    expect(run.asked).toEqual(['run', 'stop drain']);
    run.interrupt('SIGINT');
    expect(run.out()).toContain('ending 2 attempts and keeping their work; Ctrl-C again leaves at once');
    run.interrupt('SIGINT');
    expect(run.exits).toEqual([130]);
    expect(await run.code).toBe(130);
    expect(run.asked).toEqual(['run', 'stop drain', 'stop now', 'close']);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s: now, in order', async (interrupt, code) => {
    const run = start({ boards: [board()], untilStopped: true });
    await until(() => run.asked.includes('run'));
    run.interrupt(interrupt);
    run.interrupt(interrupt);
    expect(await run.code).toBe(code);
    expect(run.exits).toEqual([]);
    expect(run.asked.at(-1)).toBe('close');
  });

  test('a request that comes before there is a run counts', async () => {
    const { handle, asked } = fakeRun({ boards: [board()] });
    const fake = fakeCli({
      openRun: async () => {
        fake.interrupt('SIGTERM');
        return ok(handle);
      },
    });
    expect(await runCli(['run', 'plan.md'], fake.cli)).toBe(143);
    expect(asked).toEqual(['stop now', 'run', 'close']);
  });
});

describe('what is shown on the way', () => {
  test('plain lines: when and what', async () => {
    const run = start({ boards: [board(), MERGED], events: [STARTED] });
    await run.code;
    expect(run.out()).toMatch(/^12:00:00 {2}T1#1 started with alpha\n\nAdd a login: merged into main/);
  });

  test('--json: events as in the log, then the report', async () => {
    const run = start({ boards: [board(), MERGED], events: [STARTED] }, ['--json']);
    expect(await run.code).toBe(0);
    const lines = run.out().trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^\{"seq":5,"ts":"2030-01-02T12:00:00.000Z","event":"attempt_started","task":"T1",/);
    expect(JSON.parse(lines[0]!)).toEqual(STARTED);
    expect(JSON.parse(lines[1]!).report.board.status).toBe('completed');
  });
});
