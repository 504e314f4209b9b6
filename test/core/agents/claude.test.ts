import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claudeDriver } from '../../../src/core/agents/claude/driver.ts';
import type { Outcome, PermissionAnswer, Usage } from '../../../src/core/agents/event.ts';
import { fieldsOf, readLine } from '../../../src/core/agents/json.ts';
import type { Order } from '../../../src/core/agents/order.ts';
import { ClaudeTalk } from './claude-talk.ts';
import { order, replay } from './replay.ts';

// Streams of the real program, read where they lie beside the project and never copied into it.
const RECORDINGS = join('..', 'shared', 'agents', 'recordings', 'claude-code');
const absent = !existsSync(RECORDINGS);

const DONE: Partial<Outcome> = { how: 'completed', said: 'All done: created hello.txt and ran a command.' };
const EDIT: Usage = { input: 3900, cached: 2200, cacheWrite: 0, output: 120, cost: 0.01844, turns: 3 };
const two = (turns = 2): Usage => ({ input: 2000, cached: 0, cacheWrite: 0, output: 100, cost: 0.01, turns });
const one: Usage = { input: 1000, cached: 0, cacheWrite: 0, output: 50, cost: 0.005, turns: 1 };
const none: Usage = { input: 0, cached: 0, cacheWrite: 0, output: 0, cost: 0 };

/** How each recording ends, what was used, and how often it tried again. */
const RECORDED: Readonly<Record<string, readonly [outcome: Partial<Outcome>, usage?: Usage, retries?: number]>> = {
  badargs: [{ how: 'completed', said: 'recovered from bad args' }, two()],
  // Only standard error: `error: unknown option '--colour'`.
  badflag: [{ how: 'failed', failure: 'misconfigured' }],
  badjson: [{ how: 'completed', said: 'recovered from bad json' }, two()],
  badtool: [{ how: 'completed', said: 'recovered from unknown tool' }, two()],
  bare: [DONE, EDIT],
  budget: [
    { how: 'failed', failure: 'budget', message: 'Reached maximum budget ($0.02)', said: 'turn 3' },
    { input: 4000, cached: 0, cacheWrite: 0, output: 200, cost: 0.02, turns: 4 },
  ],
  credit: [{ how: 'failed', failure: 'billing', status: 400, message: 'Credit balance is too low' }, none],
  drop: [
    { how: 'failed', failure: 'connection' },
    { input: 3000, cached: 0, cacheWrite: 0, output: 12, cost: 0.01224 },
    2,
  ],
  droponce: [
    { how: 'completed', said: 'recovered after drop' },
    { input: 2000, cached: 0, cacheWrite: 0, output: 54, cost: 0.00908, turns: 1 },
    1,
  ],
  e401: [{ how: 'failed', failure: 'authentication', status: 401 }, none, 2],
  e403: [{ how: 'failed', failure: 'forbidden', status: 403 }, none],
  e429: [{ how: 'failed', failure: 'rate-limit', status: 429 }, none, 2],
  e429once: [{ how: 'completed', said: 'recovered after 429' }, one, 1],
  e500: [{ how: 'failed', failure: 'server', status: 500 }, none, 2],
  e529: [{ how: 'failed', failure: 'overloaded', status: 529 }, none, 2],
  e529once: [{ how: 'completed', said: 'recovered after 529' }, one, 1],
  edit: [DONE, EDIT],
  empty: [
    { how: 'completed', said: '' },
    { input: 2000, cached: 0, cacheWrite: 0, output: 100, cost: 0.01 },
  ],
  // Without a stream there are no messages to count.
  json: [DONE, { input: 3900, cached: 2200, cacheWrite: 0, output: 120, cost: 0.01844 }],
  maxturns: [
    { how: 'failed', failure: 'turns', message: 'Reached maximum number of turns (3)' },
    { input: 3000, cached: 0, cacheWrite: 0, output: 150, cost: 0.015, turns: 3 },
  ],
  nokey: [{ how: 'failed', failure: 'authentication' }, none],
  overflow: [{ how: 'failed', failure: 'overflow', status: 400 }, none],
  partial: [DONE, EDIT],
  permbypass: [{ how: 'failed', failure: 'misconfigured' }],
  permbypass_sb: [DONE, EDIT],
  permdefault: [{ ...DONE, denied: 2 }, EDIT],
  permdontask: [{ ...DONE, denied: 1 }, EDIT],
  permnone: [{ ...DONE, denied: 2 }, EDIT],
  permplan: [{ ...DONE, denied: 2 }, EDIT],
  quota: [{ how: 'failed', failure: 'billing', status: 429 }, none, 2],
  refused: [{ how: 'failed', failure: 'connection' }, none, 1],
  resume: [
    { how: 'completed', said: 'just an answer' },
    { input: 4900, cached: 2200, cacheWrite: 0, output: 170, cost: 0.02344, turns: 1 },
  ],
  say: [{ how: 'completed', said: 'just an answer' }, one],
  schema: [{ how: 'completed', structured: { status: 'done', n: 3 } }, two()],
  schemabad: [{ how: 'completed', structured: { status: 'done', n: 4 } }, two()],
  schemanever: [{ how: 'completed', said: 'just an answer' }, two()],
  // The program reads what follows as JSON, and fails.
  sseerr: [
    { how: 'failed', failure: 'unknown' },
    { input: 1000, cached: 0, cacheWrite: 0, output: 1, cost: 0 },
  ],
  'stdin-interrupt': [{ how: 'completed', said: 'just an answer' }, two()],
  'stdin-perm': [
    { how: 'completed', said: 'just an answer' },
    { input: 4900, cached: 2200, cacheWrite: 0, output: 170, cost: 0.02344, turns: 4 },
  ],
  unified: [{ how: 'failed', failure: 'rate-limit', status: 429 }, none],
};

/** A usage whose money is only nearly so. */
function nearly(usage: Usage | undefined): unknown {
  return usage?.cost === undefined ? usage : { ...usage, cost: expect.closeTo(usage.cost, 8) };
}

describe.skipIf(absent)(`recordings in ${RECORDINGS}`, () => {
  const files = absent ? [] : readdirSync(RECORDINGS);

  test('are all in the table', () => {
    expect(new Set(files.map((file) => file.split('.')[0]))).toEqual(new Set(Object.keys(RECORDED)));
  });

  test.each(files)('%s', (file) => {
    const [expected, usage, retries = 0] = RECORDED[file.split('.')[0] ?? ''] ?? [{}];
    const stderr = file.startsWith('badflag') ? "error: unknown option '--colour'\n" : '';
    const { events, outcomes } = replay(claudeDriver(order()), join(RECORDINGS, file), { code: 1, stderr });
    expect(outcomes.at(-1)).toMatchObject(expected);
    for (const { how, failure, message } of outcomes) {
      expect(failure !== undefined).toBe(how === 'failed');
      expect(message === '').toBe(how === 'completed');
    }
    const last = events.findLast((event) => event.type === 'usage');
    expect(last?.usage).toEqual(nearly(usage));
    expect(events.filter(({ type }) => type === 'retrying')).toHaveLength(retries);
    if ((outcomes.at(-1)?.structured === undefined) !== (expected.structured === undefined))
      throw new Error('structured output where there is none, or none where there is');
    const started = events.filter(({ type }) => type === 'started');
    if (usage !== undefined && !file.startsWith('json')) {
      expect(started[0]).toMatchObject({ model: 'claude-opus-5-5', program: '2.1.329', session: expect.any(String) });
    }
  });

  test('a session that is gone on with counts what is new', () => {
    const file = join(RECORDINGS, 'resume.stream.jsonl');
    const used = (fields: Partial<Order>): unknown =>
      replay(claudeDriver(order({ session: 's', ...fields })), file).events.findLast(({ type }) => type === 'usage');
    const { turns: _, ...before } = EDIT;
    expect(used({ before })).toMatchObject({ usage: nearly(one) });
    const { cost: _cost, ...unpaid } = one;
    expect(used({})).toEqual({ type: 'usage', usage: unpaid });
    expect(used({ before: { ...before, input: 5000 } })).toEqual({ type: 'usage', usage: unpaid });
    // Only of what was known before it can be said what came since.
    expect(used({ before: { input: 3900, output: 120 } })).toEqual({ type: 'usage', usage: unpaid });
  });

  /** Both sides of a recording: what was sent there is what our driver is made to say. */
  function play(name: string): ClaudeTalk {
    const talk = new ClaudeTalk();
    let messages = 0;
    for (const line of readFileSync(join(RECORDINGS, `${name}.bidir.jsonl`), 'utf8').split('\n')) {
      const { dir, ms: _ms, ...message } = fieldsOf(readLine(line));
      if (dir === '<') talk.hear(message);
      else if (message['type'] === 'user' && ++messages > 1) talk.take(talk.driver.say('Go on.'));
      else if (message['type'] === 'control_request') talk.take(talk.driver.interrupt());
      else if (message['type'] === 'control_response') {
        const { request_id: id, response } = fieldsOf(message['response']);
        const { behavior } = fieldsOf(response);
        const answer: PermissionAnswer = behavior === 'allow' ? 'allow' : 'deny';
        talk.take(talk.driver.answer(String(id), answer, 'not allowed by orchestrator'));
        // What we say is what was said.
        expect(talk.sent.at(-1)).toEqual(message);
      }
    }
    return talk;
  }

  test('questions are asked and answered', () => {
    const talk = play('stdin-perm');
    expect(talk.of('permission_asked').map(({ ask }) => ask)).toMatchObject([
      { kind: 'write', tool: 'Write', paths: [expect.stringMatching(/\/hello\.txt$/)] },
      { kind: 'command', tool: 'Bash', command: 'cat hello.txt && echo done > ran.txt' },
    ]);
    expect(talk.outcomes).toMatchObject([
      { how: 'completed', denied: 1 },
      { how: 'completed', denied: 1 },
    ]);
    expect(talk.of('file_changed')).toEqual([{ type: 'file_changed', path: '/tree/hello.txt' }]);
    expect(talk.of('tool_ended').map(({ ok }) => ok)).toEqual([true, false]);
  });

  test('an interrupted turn is cancelled, and the next one is another', () => {
    const talk = play('stdin-interrupt');
    expect(talk.outcomes).toMatchObject([
      { how: 'cancelled', said: 'running long command' },
      { how: 'completed', said: 'just an answer' },
    ]);
    expect(talk.outcomes[0]?.failure).toBeUndefined();
    // Who is ended from elsewhere has died.
    const { outcomes } = replay(claudeDriver(order()), join(RECORDINGS, 'stdin-interrupt.bidir.jsonl'));
    expect(outcomes[0]).toMatchObject({ how: 'failed', failure: 'died' });
  });
});

describe('what is asked of the program', () => {
  const argv = (fields: Partial<Order>): string => claudeDriver(order(fields)).launch().argv.join(' ');

  test('speaks lines both ways, asks us, and gets no secrets', () => {
    expect(claudeDriver(order({ command: ['/opt/claude', '--x'] })).launch()).toEqual({
      argv: [
        ...['/opt/claude', '--x', '-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
        ...['--permission-prompt-tool', 'stdio', '--permission-mode', 'acceptEdits', '--disallowedTools'],
        'AskUserQuestion,EnterPlanMode,ExitPlanMode,EnterWorktree,ExitWorktree,CronCreate,ScheduleWakeup',
      ],
      env: { DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_MAX_RETRIES: '3', CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' },
    });
    expect(new ClaudeTalk().sent).toEqual([{ type: 'user', message: { role: 'user', content: 'Do it.' } }]);
  });

  test.each<[string, Partial<Order>, RegExp]>([
    ['asks for everything', { permission: 'ask' }, /--permission-mode default\b/],
    ['edits in the worktree', { permission: 'edit' }, /--permission-mode acceptEdits\b/],
    ['everything through us', { permission: 'all' }, /--permission-mode acceptEdits\b/],
    ['reads', { permission: 'read' }, /--permission-mode default .*,Edit,Write,NotebookEdit$/],
    ['a session', { session: 's' }, /--resume s$/],
    ['a model and effort', { model: 'm', effort: 'high' }, /--model m --effort high$/],
    ['limits', { maxTurns: 3, maxCost: 0.5 }, /--max-turns 3 --max-budget-usd 0.5$/],
    ['a form', { digestSchema: { type: 'object' } }, /--json-schema \{"type":"object"\}$/],
  ])('%s', (_, fields, expected) => {
    expect(argv(fields)).toMatch(expected);
    expect(argv(fields)).not.toMatch(/dangerously/);
  });
});

describe('questions', () => {
  test.each<[string, string, object, object, object]>([
    ['a command', 'Bash', { command: 'ls\nrm x' }, {}, { kind: 'command', command: 'ls\nrm x', what: 'Bash: ls' }],
    ['a file', 'Edit', { file_path: '/tree/a' }, {}, { kind: 'write', paths: ['/tree/a'], what: 'Edit: /tree/a' }],
    ['a file of the worktree', 'Write', { file_path: 'a' }, {}, { kind: 'write', paths: ['/tree/a'] }],
    [
      'a file that is elsewhere in truth',
      'Write',
      { file_path: '/tree/link/a' },
      { blocked_path: '/etc/a' },
      { kind: 'write', paths: ['/tree/link/a', '/etc/a'] },
    ],
    ['a notebook', 'NotebookEdit', { notebook_path: '/n' }, {}, { kind: 'write', paths: ['/n'] }],
    ['reading', 'Grep', { pattern: 'x', path: '/p' }, {}, { kind: 'read', paths: ['/p'], what: 'Grep: x' }],
    ['the network', 'WebFetch', { url: 'https://x' }, {}, { kind: 'network', paths: [] }],
    ['another tool', 'mcp__x__y', { z: 1 }, {}, { kind: 'other', what: 'mcp__x__y: mcp__x__y' }],
    ['no path at all', 'Write', { file_path: 7 }, {}, { kind: 'write', paths: [] }],
    ['a path that is too long', 'Write', { file_path: `/tree/${'a'.repeat(5000)}` }, {}, { paths: ['/…'] }],
  ])('about %s', (_, tool, input, rest, expected) => {
    expect(
      new ClaudeTalk({ permission: 'ask' }).asks('q', tool, input, rest).of('permission_asked')[0]?.ask,
    ).toMatchObject({
      id: 'q',
      tool,
      ...expected,
    });
  });

  test.each([
    ['ask', '/tree/a', 'write'],
    ['edit', '/tree/.vscode/tasks.json', 'other'],
    ['all', '/tree/a', 'other'],
    ['edit', '/in/digest.json', 'write'],
  ] as const)('about files that are no ordinary ones are no questions of paths (%s, %s)', (permission, path, kind) => {
    const talk = new ClaudeTalk({ permission }).asks('q', 'Write', { file_path: path });
    expect(talk.of('permission_asked')[0]?.ask).toMatchObject({ kind, paths: [path] });
  });

  test('an answer for the session stays in it', () => {
    const suggested = [
      {
        type: 'addRules',
        rules: [{ toolName: 'Bash', ruleContent: 'ls' }],
        behavior: 'allow',
        destination: 'localSettings',
      },
      { type: 'setMode', mode: 'acceptEdits', destination: 'userSettings' },
    ];
    const talk = new ClaudeTalk().asks('q', 'Bash', { command: 'ls' }, { permission_suggestions: suggested });
    talk.take(talk.driver.answer('q', 'session', ''));
    const { response } = fieldsOf(fieldsOf(talk.sent.at(-1)?.['response']));
    expect(response).toEqual({
      behavior: 'allow',
      updatedInput: { command: 'ls' },
      updatedPermissions: suggested.map((rule) => ({ ...rule, destination: 'session' })),
    });
  });

  test('are answered once, and only those that were asked', () => {
    const talk = new ClaudeTalk().asks('q', 'Bash', { command: 'ls' }).asks('q', 'Bash', { command: 'rm' });
    expect(talk.of('permission_asked')).toHaveLength(1);
    const before = talk.sent.length;
    talk.take(talk.driver.answer('other', 'allow', ''));
    talk.take(talk.driver.answer('q', 'deny', ''));
    talk.take(talk.driver.answer('q', 'allow', ''));
    expect(talk.sent).toHaveLength(before + 1);
    expect(talk.ends()).toMatchObject({ denied: 1 });
    // Taken back by who asked.
    talk.asks('r', 'Bash', {}).hear({ type: 'control_cancel_request', request_id: 'r' });
    talk.take(talk.driver.answer('r', 'allow', ''));
    expect(talk.sent).toHaveLength(before + 1);
  });

  test('that we do not know get an error, and those without an id nothing', () => {
    const talk = new ClaudeTalk();
    for (const id of ['h', '', 7, undefined])
      talk.hear({ type: 'control_request', request_id: id, request: { subtype: 'hook_callback' } });
    talk.asks('', 'Bash', {}).asks('x'.repeat(1000), 'Bash', {});
    expect(talk.of('permission_asked')).toEqual([]);
    expect(talk.sent.slice(1).map(({ type, response }) => [type, fieldsOf(response)['subtype']])).toEqual([
      ['control_response', 'error'],
      ['control_response', 'error'],
    ]);
  });

  test('too many at once are refused', () => {
    const talk = new ClaudeTalk();
    for (let i = 0; i < 2000; i++) talk.asks(`q${i}`, 'Bash', { command: 'ls' });
    expect(talk.of('permission_asked')).toHaveLength(500);
    expect(talk.sent).toHaveLength(1501);
  });
});
