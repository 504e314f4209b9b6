import { describe, expect, test } from 'vitest';
import { err, ok } from '../../../src/core/base/result.ts';
import { runCli } from '../../../src/surfaces/cli/cli.ts';
import { unexpected } from '../../../src/surfaces/cli/command.ts';
import { askedQuickly, runQuickly } from '../../../src/surfaces/cli/quick/quick.ts';
import { ALIASES, GROUPS } from '../../../src/surfaces/cli/help.ts';
import { COMMANDS } from '../../../src/surfaces/cli/table.ts';
import type { Board } from '../../../src/core/views/board.ts';
import { board, fakeCli } from '../fake.ts';

const REFUSED = err({ message: 'there is no run "nope" here', hint: 'masterplan status', exit: 2 });

describe('the command line', () => {
  test('--version', async () => {
    const { cli, out } = fakeCli();
    expect(await runCli(['--version'], cli)).toBe(0);
    expect(out()).toBe('9.9.9\n');
  });

  test.each([[['--help']], [[]]])('%j lists every command', async (argv) => {
    const { cli, out } = fakeCli();
    expect(await runCli(argv, cli)).toBe(0);
    for (const [name, { brief }] of Object.entries(COMMANDS)) {
      if (ALIASES[name] === undefined) expect(out()).toContain(`  ${name.padEnd(15)} ${brief}`);
      else expect(out()).toMatch(new RegExp(`  ${ALIASES[name]} .*\\(also: ${name}\\)`));
    }
    expect(
      out()
        .split('\n')
        .every((line) => line.length <= 120),
    ).toBe(true);
  });

  test('help has each command in one group, and no other', () => {
    const grouped = GROUPS.flatMap(([, names]) => names);
    expect([...grouped, ...Object.keys(ALIASES)].sort()).toEqual(Object.keys(COMMANDS).sort());
  });

  test.each(Object.keys(COMMANDS))('%s --help', async (name) => {
    const { cli, out } = fakeCli();
    expect(await runCli([name, '--help'], cli)).toBe(0);
    expect(out()).toContain(`masterplan ${name}`);
    expect(out()).toMatch(/FLAGS\n(?:.*\n)*.*--json/);
    expect(out()).not.toMatch(/ \n/);
  });

  test('an unknown command', async () => {
    const { cli, errors, out } = fakeCli();
    expect(await runCli(['stauts'], cli)).toBe(2);
    expect(errors()).toBe(
      'masterplan: there is no command "stauts"; did you mean `status`?\n  masterplan shows what is open, masterplan --help lists the commands\n',
    );
    expect(out()).toBe('');
    const far = fakeCli();
    expect(await runCli(['bogus'], far.cli)).toBe(2);
    expect(far.errors()).toBe(
      'masterplan: there is no command "bogus"\n  masterplan shows what is open, masterplan --help lists the commands\n',
    );
  });

  test.each([
    [['status', '--jsn'], /--jsn, did you mean --json/],
    [['run', 'plan.md', '--parallel', '0'], /no whole number/],
    [['run', 'plan.md', '--finish', 'sell'], /merge/],
    [['status', 'one', 'two'], /Too many arguments/],
    [['explain'], /task/],
    [['approve', 'add-login', '--gate', 'blocker'], /belong together/],
    [['run', 'plan.md', '--finish', 'discard'], /throws away/],
    [['unlock', 'add-login'], /--force/],
  ])('%j is wrong usage', async (argv, message) => {
    const { cli, errors } = fakeCli();
    expect(await runCli(argv, cli)).toBe(2);
    expect(errors()).toMatch(message);
  });

  test('with --json a complaint about the command line is JSON too', async () => {
    const { cli, errors, out } = fakeCli();
    expect(await runCli(['status', '--jsno', '--json'], cli)).toBe(2);
    expect(JSON.parse(out())).toEqual({
      error: { message: expect.stringContaining('--jsno'), hint: 'masterplan status --help', exit: 2 },
    });
    expect(errors()).toBe('');
  });

  test.each([
    [['status', 'nope'], { runStatus: async () => REFUSED }],
    [['next', 'nope'], { nextAction: async () => REFUSED }],
    [['explain', 'T1'], { explain: async () => REFUSED }],
    [['retry', 'T1'], { sendToRun: async () => REFUSED }],
    [['approve', 'nope'], { sendToRun: async () => REFUSED }],
    [['cancel', 'nope', '--yes'], { sendToRun: async () => REFUSED }],
    [['validate', 'nope'], { validateRuns: async () => REFUSED }],
    [['unlock', 'nope', '--force'], { unlockRun: async () => REFUSED }],
    [['run', 'nope'], { openRun: async () => REFUSED }],
  ])('%j: a refusal says why and what to type, also as JSON', async (argv, app) => {
    const words = fakeCli(app);
    expect(await runCli(argv, words.cli)).toBe(2);
    expect(words.errors()).toBe('masterplan: there is no run "nope" here\n  masterplan status\n');
    expect(words.out()).toBe('');
    const json = fakeCli(app);
    expect(await runCli([...argv, '--json'], json.cli)).toBe(2);
    expect(JSON.parse(json.out())).toEqual({
      error: { message: 'there is no run "nope" here', hint: 'masterplan status', exit: 2 },
    });
    expect(json.errors()).toBe('');
  });

  test('findings come with their refusal', async () => {
    const span = { start: 2, end: 5, line: 1, column: 3, endLine: 1, endColumn: 6 };
    const findings = [{ rule: 'GEN-001', severity: 'error', message: 'no', hint: 'yes', span }] as const;
    const app = {
      openRun: async () =>
        err({
          message: 'plan.md has 1 error',
          hint: 'correct it',
          exit: 4,
          findings: { file: 'plan.md', source: '# Bad', findings },
        }),
    };
    const words = fakeCli(app);
    expect(await runCli(['run', 'plan.md'], words.cli)).toBe(4);
    expect(words.errors()).toContain('plan.md:1:3: error GEN-001: no');
    const json = fakeCli(app);
    expect(await runCli(['run', 'plan.md', '--json'], json.cli)).toBe(4);
    expect(JSON.parse(json.out()).error).toMatchObject({ exit: 4, file: 'plan.md', findings });
  });

  test('a defect is one sentence, and a stack trace only on request', async () => {
    const app = {
      runStatus: () => {
        throw new Error('boom\nat secret places');
      },
    };
    const plain = fakeCli(app);
    expect(await runCli(['status'], plain.cli)).toBe(1);
    expect(plain.errors()).toBe(
      'masterplan: a defect of masterplan: boom at secret places\n  MASTERPLAN_DEBUG=1 shows where; please tell us\n',
    );
    const debug = fakeCli(app, { env: { MASTERPLAN_DEBUG: '1' } });
    expect(await runCli(['status'], debug.cli)).toBe(1);
    expect(debug.errors()).toContain('cli.test.ts');
  });

  test('what the machine refuses is no defect, and the log is named', () => {
    const { cli, out } = fakeCli();
    const error = Object.assign(new Error('cannot write events.jsonl: no space left on device'), { name: 'LogError' });
    expect(unexpected(cli, error, true, 'events.jsonl')).toBe(1);
    expect(JSON.parse(out()).error).toEqual({
      message: 'cannot write events.jsonl: no space left on device',
      hint: 'everything up to here is in events.jsonl; correct the cause, then type the same command again',
      exit: 1,
    });
  });
});

describe('what waits for a person', () => {
  test('cancel asks; without anybody to ask it waits', async () => {
    const runStatus = async () => ok([{ board: board(), owner: undefined, bundle: 'b' }]);
    const nobody = fakeCli({ runStatus });
    expect(await runCli(['cancel', 'add-login'], nobody.cli)).toBe(3);
    expect(nobody.errors()).toContain('masterplan cancel add-login --yes');
    const no = fakeCli({ runStatus }, { interactive: true, prompts: { confirm: async () => false } });
    expect(await runCli(['cancel'], no.cli)).toBe(1);
    expect(no.out()).toBe('Not cancelled.\n');
    // What is not there is said before anybody is asked.
    const missing = fakeCli(
      {},
      { interactive: true, prompts: { confirm: async () => Promise.reject(new Error('asked')) } },
    );
    expect(await runCli(['cancel', 'nope'], missing.cli)).toBe(1);
  });

  test.each([
    [['approve', 'add-login'], { request: 'approve', run: 'add-login' }],
    [['approve', '--finish', 'merge'], { request: 'finish', choice: 'merge' }],
    [['approve', '--gate', 'finish', '--answer', 'keep'], { request: 'finish', choice: 'keep' }],
    [
      ['approve', 'x', '--gate', 'blocker', '--answer', 'go on'],
      { request: 'answer', gate: 'blocker', answer: 'go on', run: 'x' },
    ],
    [['approve', 'x', '--finish', 'discard', '--yes'], { request: 'finish', choice: 'discard', run: 'x' }],
    // Words that go with it are not lost on the way.
    [
      ['approve', '--finish', 'keep', '--note', 'after the release'],
      { request: 'answer', gate: 'finish', answer: 'keep', note: 'after the release' },
    ],
    [
      ['answer', 'finish', 'merge', '--note', 'seen'],
      { request: 'answer', gate: 'finish', answer: 'merge', note: 'seen' },
    ],
    [['cancel', '--yes', '--reason', 'wrong plan'], { request: 'cancel', reason: 'wrong plan' }],
    [['retry', 'T3', '--run', 'x'], { request: 'retry', task: 'T3', run: 'x' }],
  ])('%j is sent', async (argv, ask) => {
    const asks: unknown[] = [];
    const { cli } = fakeCli({
      sendToRun: async (_, sent) => {
        asks.push(sent);
        return ok({ slug: 'x', acceptedBy: 'owner', next: 'masterplan status x', carryOn: false });
      },
    });
    expect(await runCli(argv, cli)).toBe(0);
    expect(asks).toEqual([ask]);
  });

  test('reject takes the name of a gate as it is shown, and shows names that can be typed', async () => {
    const ask = (id: string): Board['waiting'][number] => ({
      what: 'may it?',
      since: 0,
      type: [],
      gate: { id, options: ['deny', 'allow'], recommended: 'deny', detail: [] },
    });
    const waiting = [ask('ask:T1#1:63ba4416-0000-d0b98b90'), ask('ask:T2#1:63ba4416-0000-aaaaaaaa')];
    const sent: unknown[] = [];
    const { cli, errors } = fakeCli({
      runStatus: async () => ok([{ board: board({ slug: 'x', waiting }), owner: undefined, bundle: 'b' }]),
      sendToRun: async (_, one) => {
        sent.push(one);
        return ok({ slug: 'x', acceptedBy: 'owner', next: 'masterplan status x', carryOn: false });
      },
    });
    expect(await runCli(['reject', 'x'], cli)).toBe(2);
    expect(errors()).toContain('--gate ask:T1.1:d0b98b90, masterplan reject x --gate ask:T2.1:aaaaaaaa');
    expect(await runCli(['reject', 'x', '--gate', 'ask:T1.1:d0b98b90'], cli)).toBe(0);
    expect(sent).toMatchObject([{ gate: waiting[0]?.gate?.id, answer: 'deny' }]);
  });

  test.each([
    ['assumption:A-1', ['confirm', 'correct', 'cancel'], 'correct'],
    ['validation:V1', ['passed', 'waive', 'cancel'], undefined],
    ['open-question:Q-1', ['answer', 'leave-open', 'cancel'], undefined],
    ['continue', ['go-on', 'cancel'], 'cancel'],
  ])('reject at %s ends no run that it is not about', async (id, options, said) => {
    const waiting = [
      { what: '?', since: 0, type: [], gate: { id, options, recommended: options[0] ?? '', detail: [] } },
    ];
    const sent: unknown[] = [];
    const { cli } = fakeCli({
      runStatus: async () => ok([{ board: board({ slug: 'x', waiting }), owner: undefined, bundle: 'b' }]),
      sendToRun: async (_, one) => {
        sent.push(one);
        return ok({ slug: 'x', acceptedBy: 'owner', next: '', carryOn: false });
      },
    });
    expect(await runCli(['reject', 'x', '--note', 'no'], cli)).toBe(said === undefined ? 2 : 0);
    expect(sent).toMatchObject(said === undefined ? [] : [{ gate: id, answer: said, note: 'no' }]);
  });

  test('finish of a run that somebody carries out shows where to look at it', async () => {
    const owner = { pid: 7, host: 'h', since: '2030-01-01T00:00:00Z', command: 'masterplan run', alive: true };
    for (const [who, hint] of [
      [owner, 'masterplan watch add-login'],
      [undefined, 'masterplan execute add-login'],
    ] as const) {
      const runStatus = async () => ok([{ board: board({ waiting: [] }), owner: who, bundle: 'b' }]);
      const { cli, errors } = fakeCli({ runStatus });
      expect(await runCli(['finish', 'add-login'], cli)).toBe(1);
      expect(errors()).toContain(hint);
    }
  });

  test('finish of a run that is over says how it ended, and is no success for whoever wants it otherwise', async () => {
    const over = board({ phase: 'over', status: 'cancelled', outcome: 'cancelled', waiting: [] });
    const runStatus = async () => ok([{ board: over, owner: undefined, bundle: 'b' }]);
    expect(await runCli(['finish', 'add-login'], fakeCli({ runStatus }).cli)).toBe(0);
    const { cli, errors } = fakeCli({ runStatus });
    expect(await runCli(['finish', 'add-login', '--finish', 'keep'], cli)).toBe(1);
    expect(errors()).toContain('the run is over: cancelled');
  });

  test('discard needs the name of the run to be typed', async () => {
    const sent = { sendToRun: async () => ok({ slug: 'x', acceptedBy: 'owner' as const, next: '', carryOn: false }) };
    const argv = ['approve', 'x', '--finish', 'discard'];
    expect(await runCli(argv, fakeCli(sent).cli)).toBe(3);
    expect(await runCli(['approve', '--finish', 'discard', '--yes'], fakeCli(sent).cli)).toBe(2);
    expect(await runCli(argv, fakeCli(sent, { interactive: true, prompts: { type: async () => 'y' } }).cli)).toBe(1);
    expect(await runCli(argv, fakeCli(sent, { interactive: true, prompts: { type: async () => 'x' } }).cli)).toBe(0);
  });
});

describe('the quick way in', () => {
  const app = {
    runStatus: async (_: unknown, slug?: string) =>
      ok([{ board: board({ slug: slug ?? 'all' }), owner: undefined, bundle: 'b' }]),
    nextAction: async () =>
      ok({ runs: [{ slug: 'add-login', next: 'masterplan run add-login', why: 'nobody runs it' }] }),
  };

  test.each([
    [['status']],
    [['status', 'x']],
    [['status', '--json']],
    [['status', '--json', 'x']],
    [['next', 'x', '--json']],
    [['next']],
  ])('%j says the same as the long way', async (argv) => {
    const quick = fakeCli(app);
    const long = fakeCli(app);
    const asked = askedQuickly(argv);
    expect(asked).toBeDefined();
    expect(await runQuickly(asked!, quick.cli)).toBe(await runCli(argv, long.cli));
    expect(quick.out()).toBe(long.out());
    expect(quick.out()).not.toBe('');
  });

  test.each([
    [[]],
    [['--help']],
    [['run']],
    [['status', '-h']],
    [['status', '--help']],
    [['status', 'a', 'b']],
    [['status', '--json', '--json']],
    [['status', '--']],
    [['status', '']],
  ])('%j takes the long way', (argv) => expect(askedQuickly(argv)).toBeUndefined());
});
