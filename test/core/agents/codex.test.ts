import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { resetOf } from '../../../src/core/agents/codex/failures.ts';
import type { Outcome } from '../../../src/core/agents/event.ts';
import { FAILURES } from '../../../src/core/agents/failure.ts';
import { type Fields, fieldsOf, readLine } from '../../../src/core/agents/json.ts';
import type { Order } from '../../../src/core/agents/order.ts';
import { codex, Talk } from './codex-talk.ts';
import { NOW, order } from './replay.ts';

// Streams of the real program, read where they lie beside the project and never copied into it.
const RECORDINGS = join('..', 'shared', 'agents', 'recordings', 'codex-app-server');
const absent = !existsSync(RECORDINGS);

/** Plays both sides of a recording: what was sent there is what our own driver is made to say. */
function play(name: string, fields: Partial<Order> = {}): Talk {
  const talk = new Talk(fields);
  let turns = 0;
  for (const line of readFileSync(join(RECORDINGS, `cxa-${name}.bidir.jsonl`), 'utf8').split('\n')) {
    const { dir, ms: _ms, ...message } = fieldsOf(readLine(line));
    if (dir === '<') talk.hear(message);
    else if (message['method'] === 'turn/interrupt') talk.take(talk.driver.interrupt());
    else if (message['method'] === 'turn/start' && ++turns > 1) talk.take(talk.driver.say('Go on.'));
    else if ('result' in message) talk.answers('allow');
  }
  return talk;
}

describe.skipIf(absent)(`recordings in ${RECORDINGS}`, () => {
  const evening = new Date(NOW);
  evening.setHours(20, 13, 0, 0);
  const nothing = undefined;
  test.each<[string, readonly Partial<Outcome>[], readonly [number, number, number] | undefined, number]>([
    ['edit', [{ how: 'completed', said: 'All done: created hello.txt and ran a command.' }], [1700, 2200, 120], 0],
    [
      'schema',
      [
        { how: 'completed', structured: { status: 'done', n: 3 } },
        { how: 'failed', failure: 'authentication', status: 401 },
      ],
      [1000, 0, 50],
      1,
    ],
    ['e401', [{ how: 'failed', failure: 'authentication', status: 401 }], nothing, 1],
    ['e429', [{ how: 'failed', failure: 'rate-limit', status: 429 }], nothing, 1],
    ['e500', [{ how: 'failed', failure: 'server' }], nothing, 1],
    ['e529', [{ how: 'failed', failure: 'overloaded', status: 529 }], nothing, 1],
    ['usagelimit', [{ how: 'failed', failure: 'usage-limit', resetsAt: evening.getTime() }], nothing, 0],
    ['quota', [{ how: 'failed', failure: 'billing' }], nothing, 0],
    ['overflow', [{ how: 'failed', failure: 'overflow' }], [0, 0, 0], 0],
    ['drop', [{ how: 'failed', failure: 'connection' }], nothing, 1],
    ['sseerr', [{ how: 'failed', failure: 'overloaded' }], nothing, 1],
    ['int2', [{ how: 'cancelled' }], [1000, 0, 50], 0],
    ['interrupt', [{ how: 'cancelled' }, { how: 'completed', said: 'just an answer' }], [2000, 0, 100], 0],
  ])('%s', (name, outcomes, tokens, retries) => {
    const talk = play(name, name === 'schema' ? { digestSchema: { type: 'object' } } : {});
    expect(talk.outcomes).toMatchObject(outcomes);
    for (const { how, failure, message } of talk.outcomes) {
      expect(failure !== undefined).toBe(how === 'failed');
      expect(message === '').toBe(how === 'completed');
    }
    expect(talk.of('started')).toMatchObject([{ model: 'gpt-5.5-codex', program: '0.169.0' }]);
    const usage = talk.of('usage').at(-1)?.usage;
    if (tokens === undefined) expect(usage).toBeUndefined();
    else expect([usage?.input, usage?.cached, usage?.output]).toEqual(tokens);
    expect(talk.of('retrying')).toHaveLength(retries);
  });

  test('a question about a file names the file, and is answered', () => {
    const talk = play('edit');
    const [asked] = talk.of('permission_asked');
    expect(talk.of('permission_asked')).toHaveLength(1);
    expect(asked?.ask).toMatchObject({ kind: 'write', tool: 'apply_patch' });
    expect(asked?.ask.paths[0]).toMatch(/\/wt\/hello\.txt$/);
    expect(talk.sent.find((message) => 'result' in message)).toEqual({ id: 0, result: { decision: 'accept' } });
    expect(talk.of('file_changed')).toHaveLength(1);
    expect(talk.of('usage').at(-1)?.usage.turns).toBe(3);
  });

  test('says what the recorded client said', () => {
    expect(play('edit').sent.map(({ method }) => method)).toEqual([
      'initialize',
      'initialized',
      'thread/start',
      'turn/start',
      undefined,
    ]);
    expect(play('interrupt').sent.map(({ method }) => method)).toEqual([
      'initialize',
      'initialized',
      'thread/start',
      'turn/start',
      'turn/interrupt',
      'turn/start',
    ]);
  });
});

describe('what is asked of the program', () => {
  function turn(fields: Partial<Order>): Fields {
    const talk = new Talk(fields).begun();
    return fieldsOf(talk.sent.find(({ method }) => method === 'turn/start')?.['params']);
  }
  const rules = order().rules;

  test.each<[string, Partial<Order>, string, object]>([
    ['edit', { permission: 'edit' }, 'untrusted', { type: 'workspaceWrite', networkAccess: false, writableRoots: [] }],
    ['ask', { permission: 'ask' }, 'untrusted', { type: 'workspaceWrite' }],
    ['commands denied', { rules: { ...rules, otherCommands: 'deny' } }, 'untrusted', { type: 'workspaceWrite' }],
    ['commands allowed', { rules: { ...rules, otherCommands: 'allow' } }, 'on-request', { type: 'workspaceWrite' }],
    ['network allowed', { rules: { ...rules, network: 'allow' } }, 'untrusted', { networkAccess: true }],
    ['all', { permission: 'all' }, 'on-request', { type: 'dangerFullAccess' }],
    ['read', { permission: 'read' }, 'never', { type: 'readOnly', networkAccess: false }],
    ['a worktree in /tmp', { worktree: '/tmp/w' }, 'untrusted', { excludeSlashTmp: true, excludeTmpdirEnvVar: true }],
    ['elsewhere', { worktree: '/home/w' }, 'untrusted', { excludeSlashTmp: false, excludeTmpdirEnvVar: false }],
  ])('%s', (_, fields, approvalPolicy, sandboxPolicy) => {
    expect(turn(fields)).toMatchObject({ approvalPolicy, sandboxPolicy });
  });

  test('never a sandbox with which the program would note that it trusts the project', () => {
    for (const permission of ['ask', 'edit', 'all', 'read'] as const) {
      const talk = new Talk({ permission }).begun();
      expect(talk.sent[2]).toMatchObject({ method: 'thread/start', params: { sandbox: 'read-only' } });
    }
  });

  test('model, effort and form of the digest, with every turn', () => {
    const talk = new Talk({ model: 'm', effort: 'high', digestSchema: { type: 'object' } }).begun();
    talk.complete({});
    talk.take(talk.driver.say('Again.'));
    const turns = talk.sent.filter(({ method }) => method === 'turn/start');
    expect(turns).toHaveLength(2);
    for (const { params } of turns) {
      expect(params).toMatchObject({ threadId: 'th', model: 'm', effort: 'high', outputSchema: { type: 'object' } });
    }
    expect(turns.map(({ params }) => fieldsOf(params)['input'])).toEqual([
      [{ type: 'text', text: 'Do it.' }],
      [{ type: 'text', text: 'Again.' }],
    ]);
  });

  test('it is told what its sandbox is like, where it has one', () => {
    const told = (fields: Partial<Order>): unknown =>
      fieldsOf(new Talk(fields).begun().sent[2]?.['params'])['developerInstructions'];
    expect(told({ permission: 'edit', digestSchema: {} })).toMatch(/do not commit.*digest as your last answer/);
    expect(told({ permission: 'edit' })).not.toMatch(/digest/);
    expect(told({ permission: 'read' })).toMatch(/Change no file/);
    expect(told({ permission: 'all' })).toBeUndefined();
  });

  test('no secrets, and connections that are not tried for ever', () => {
    expect(codex({ command: ['/opt/codex', '--x'] }).launch()).toEqual({
      argv: ['/opt/codex', '--x', 'app-server', '-c', 'features.unbounded_connection_retries=false'],
      env: {},
    });
  });

  test('an earlier session is gone on with', () => {
    const talk = new Talk({ session: 'old' });
    talk.hear({ id: 1, result: {} });
    expect(talk.sent.at(-1)).toMatchObject({
      method: 'thread/resume',
      params: { threadId: 'old', excludeTurns: true },
    });
    talk.hear({ id: 2, error: { code: -32_600, message: 'no rollout found for thread id old' } });
    expect(talk.outcomes).toMatchObject([{ how: 'failed', failure: 'session' }]);
  });
});

describe('tokens', () => {
  test('are of this attempt: a resumed thread counts from what it had', () => {
    const fields = { session: 'th', before: { input: 700, cached: 300, output: 50 } };
    const talk = new Talk(fields).begun();
    talk.usage(1500, 500, 80);
    expect(talk.of('usage').at(-1)?.usage).toEqual({ input: 300, cached: 200, output: 30, turns: 1 });
    // What the program itself says when it loads the thread is nearer the truth.
    const told = new Talk(fields);
    told.hear({ id: 1, result: {} });
    told.usage(1400, 400, 70, { turnId: 'earlier' });
    told.hear({ id: 2, result: { thread: { id: 'th' } } });
    told.hear({ id: 3, result: { turn: { id: 'tu' } } });
    told.usage(1500, 500, 80);
    expect(told.of('usage')).toMatchObject([{ usage: { input: 0, cached: 100, output: 10, turns: 1 } }]);
    const unknown = new Talk({ session: 'th' }).begun();
    unknown.usage(1500, 500, 80, {}, [200, 100, 20]);
    expect(unknown.of('usage').at(-1)?.usage).toEqual({ input: 100, cached: 100, output: 20, turns: 1 });
  });

  test('of subagents count, without being turns; totals never go back', () => {
    const talk = new Talk().begun();
    talk.usage(100, 0, 10);
    talk.usage(900, 0, 90, { threadId: 'sub' }, [400, 0, 40]);
    talk.usage(50, 0, 5);
    expect(talk.of('usage').map(({ usage }) => usage)).toEqual([
      { input: 100, cached: 0, output: 10, turns: 1 },
      { input: 500, cached: 0, output: 50, turns: 1 },
      { input: 500, cached: 0, output: 50, turns: 1 },
    ]);
  });

  test('what is not told is not there', () => {
    const talk = new Talk().begun();
    talk.tell('thread/tokenUsage/updated', { tokenUsage: { total: { outputTokens: 5 } } });
    talk.tell('thread/tokenUsage/updated', { tokenUsage: { total: {} } });
    talk.tell('thread/tokenUsage/updated', {});
    expect(talk.of('usage').map(({ usage }) => usage)).toEqual([{ output: 5, turns: 1 }]);
  });
});

describe('limits', () => {
  test('are told, and say when a used-up one ends', () => {
    const talk = new Talk().begun();
    const resetsAt = NOW / 1000 + 7200;
    talk.tell('account/rateLimits/updated', {
      rateLimits: { primary: { usedPercent: 100, resetsAt }, secondary: { usedPercent: 40, resetsAt: null } },
    });
    talk.tell('account/rateLimits/updated', { rateLimits: { primary: null, secondary: null } });
    expect(talk.of('limit').map(({ limit }) => limit)).toEqual([
      { window: 'primary', used: 100, resetsAt: resetsAt * 1000 },
      { window: 'secondary', used: 40 },
    ]);
    const error = { message: 'You’ve hit your usage limit. Try again later.', codexErrorInfo: 'usageLimitExceeded' };
    expect(talk.complete({ status: 'failed', error })).toMatchObject({
      failure: 'usage-limit',
      resetsAt: resetsAt * 1000,
    });
  });

  test('credits are told of who has some', () => {
    const told = (credits: unknown): unknown => {
      const talk = new Talk().begun();
      talk.tell('account/rateLimits/updated', { rateLimits: { primary: null, credits } });
      return talk.of('limit')[0]?.limit;
    };
    expect(told({ hasCredits: true, unlimited: false, balance: '12.50' })).toEqual({
      window: 'credits',
      left: '12.50',
    });
    expect(told({ hasCredits: true, unlimited: true, balance: null })).toEqual({
      window: 'credits',
      left: 'unlimited',
    });
    for (const none of [null, 7, {}, { hasCredits: false, unlimited: false, balance: '0' }, { hasCredits: true }])
      expect(told(none)).toBeUndefined();
  });

  test('with two windows used up, the later end counts, in whatever order they are told', () => {
    const [soon, late] = [NOW / 1000 + 1800, NOW / 1000 + 90_000];
    for (const [primary, secondary] of [
      [soon, late],
      [late, soon],
    ]) {
      const talk = new Talk().begun();
      const window = (resetsAt: number | undefined): object => ({ usedPercent: 100, resetsAt });
      talk.tell('account/rateLimits/updated', {
        rateLimits: { primary: window(primary), secondary: window(secondary) },
      });
      const error = { message: 'no more', codexErrorInfo: 'usageLimitExceeded' };
      expect(talk.complete({ status: 'failed', error })).toMatchObject({ resetsAt: late * 1000, resetsBy: 'event' });
    }
  });

  test('answers that are none of ours by the letter end in a class, and not in silence', () => {
    const unreadable = new Talk();
    unreadable.hear({ id: null, error: { code: -32_700, message: 'Parse error' } });
    expect(unreadable.outcomes).toMatchObject([{ failure: 'protocol', message: 'Parse error' }]);
    const nameless = new Talk();
    nameless.hear({ id: 1, result: {} });
    nameless.hear({ id: 2, result: {} });
    expect(nameless.outcomes).toMatchObject([
      { failure: 'protocol', message: 'it began a conversation without a name' },
    ]);
    const polite = new Talk();
    polite.hear({ id: '1', result: {}, error: null });
    expect(polite.sent.at(-1)).toMatchObject({ method: 'thread/start' });
  });

  test('a time of day is of the machine, and the end of its minute', () => {
    const at = new Date(NOW);
    at.setMinutes(at.getMinutes() + 90, 0, 0);
    const clock = `${((at.getHours() + 11) % 12) + 1}:${String(at.getMinutes()).padStart(2, '0')} ${at.getHours() < 12 ? 'AM' : 'PM'}`;
    const text = `You’ve hit your usage limit. Try again at ${clock}.`;
    expect(resetOf(text, NOW)).toBe(at.getTime() + 60_000);
    // Within that very minute, and not a day later.
    expect(resetOf(text, at.getTime() + 20_000)).toBe(at.getTime() + 60_000);
    expect(resetOf('You’ve hit your usage limit.', NOW)).toBeUndefined();
  });
});

describe('a time of day in the zone of the machine', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  test.each<[string, string, string, string]>([
    ['America/New_York', '2026-11-20T12:00:00Z', 'again at 8:12 PM.', '2026-11-21T01:13:00Z'],
    ['Asia/Kolkata', '2026-11-20T12:00:00Z', 'again at 8:12 PM.', '2026-11-20T14:43:00Z'],
    ['Asia/Kolkata', '2026-11-20T12:00:00Z', 'again at Nov 24th, 2026 9:05 AM.', '2026-11-24T03:36:00Z'],
    // Clocks are put back on 1 November at 6:00 UTC.
    ['America/New_York', '2026-10-31T22:00:00Z', 'again at Nov 3rd, 2026 9:05 AM.', '2026-11-03T14:06:00Z'],
    ['UTC', '2026-11-20T12:00:00Z', 'again in 2 hours 5 minutes.', '2026-11-20T14:05:00Z'],
  ])('%s at %s: %s', (name, now, text, expected) => {
    process.env['TZ'] = name;
    const at = resetOf(`You’ve hit your usage limit. Try ${text}`, Date.parse(now));
    expect(new Date(at ?? 0).toISOString()).toBe(new Date(expected).toISOString());
  });
});

describe('more requests to the model than it may make', () => {
  test('are stopped after work, not after the last words', () => {
    const talk = new Talk({ maxTurns: 2 }).begun();
    const tool = { item: { type: 'commandExecution', id: 'c', command: 'ls' } };
    talk.tell('item/started', tool);
    talk.usage(100, 0, 10);
    expect(talk.sent.at(-1)).toMatchObject({ method: 'turn/start' });
    talk.tell('item/started', tool);
    talk.usage(200, 0, 20);
    expect(talk.sent.at(-1)).toMatchObject({ method: 'turn/interrupt', params: { threadId: 'th', turnId: 'tu' } });
    expect(talk.complete({ status: 'interrupted' })).toMatchObject({ how: 'failed', failure: 'turns' });
    const enough = new Talk({ maxTurns: 1 }).begun();
    enough.usage(100, 0, 10);
    expect(enough.complete({})).toMatchObject({ how: 'completed' });
    expect(enough.sent.at(-1)).toMatchObject({ method: 'turn/start' });
  });
});

describe('whatever it is told', () => {
  test('a sandbox that does not work is told once', () => {
    const talk = new Talk().begun();
    const aggregatedOutput = 'bwrap: Creating new namespace failed: nesting depth exceeded (ENOSPC)\n';
    const item = { type: 'commandExecution', id: 'c', command: 'ls', status: 'failed', aggregatedOutput };
    talk.tell('item/completed', { item });
    talk.tell('item/completed', { item });
    expect(talk.of('notice').map(({ message }) => message)).toEqual([
      expect.stringMatching(/sandbox does not work.*bwrap/),
    ]);
  });

  test('subagents do not end the turn, nor speak for it', () => {
    const talk = new Talk().begun();
    talk.tell('item/completed', { threadId: 'sub', item: { type: 'agentMessage', id: 'm', text: 'sub' } });
    talk.tell('turn/completed', { threadId: 'sub', turn: { id: 'x', status: 'failed' } });
    expect(talk.outcomes).toEqual([]);
    expect(talk.complete({})).toMatchObject({ how: 'completed', said: '' });
    expect(talk.complete({})).toBeDefined();
    expect(talk.outcomes).toHaveLength(1);
  });

  test('an interruption before there is anything to interrupt', () => {
    const talk = new Talk();
    talk.take(talk.driver.interrupt());
    talk.begun();
    expect(talk.outcomes).toMatchObject([{ how: 'cancelled' }]);
    expect(talk.sent.map(({ method }) => method)).not.toContain('turn/start');
    const later = new Talk();
    later.hear({ id: 1, result: {} });
    later.hear({ id: 2, result: { thread: { id: 'th' } } });
    later.take(later.driver.interrupt());
    later.hear({ id: 3, result: { turn: { id: 'tu' } } });
    expect(later.sent.at(-1)).toMatchObject({ method: 'turn/interrupt', params: { turnId: 'tu' } });
  });

  test('lines that are long, not JSON or of other types', () => {
    const talk = new Talk().begun();
    for (const line of [
      'x'.repeat(2_000_000),
      `{"method":"${'m'.repeat(1_000_000)}","id":9}`,
      `{"method":"item/completed","params":{"item":{"type":"agentMessage","text":"${'t'.repeat(1_000_000)}"}}}`,
      '[]',
      'null',
      '"text"',
      '{}',
      '{"id":3,"result":[]}',
      '{"method":"item/started","params":[]}',
      '{"method":"turn/completed","params":{"turn":{"items":{},"status":7}}}',
    ])
      talk.hear(line);
    for (const event of talk.events) expect(JSON.stringify(event).length).toBeLessThan(110_000);
    expect(talk.outcomes).toHaveLength(1);
    expect(talk.outcomes[0]?.said.length).toBeLessThanOrEqual(20_000);
  });

  const method = fc.constantFrom(
    'item/started',
    'item/completed',
    'turn/started',
    'turn/completed',
    'error',
    'thread/tokenUsage/updated',
    'account/rateLimits/updated',
    'serverRequest/resolved',
    exec(),
    'item/fileChange/requestApproval',
    'item/permissions/requestApproval',
    'mcpServer/elicitation/request',
    'applyPatchApproval',
    'execCommandApproval',
    'nothing/known',
  );
  const key = fc.constantFrom(
    ...['threadId', 'turnId', 'turn', 'item', 'id', 'type', 'status', 'error', 'message', 'codexErrorInfo', 'changes'],
    ...['path', 'kind', 'text', 'items', 'tokenUsage', 'total', 'last', 'inputTokens', 'rateLimits', 'primary'],
    ...['command', 'cwd', 'permissions', 'fileSystem', 'write', 'requestId', 'willRetry', 'httpConnectionFailed'],
  );
  const word = fc.constantFrom(
    'th',
    'tu',
    'fileChange',
    'commandExecution',
    'agentMessage',
    'completed',
    'failed',
    'x',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      word,
      tie('object'),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
    object: fc.dictionary(key, tie('value'), { maxKeys: 6 }),
  }));
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ method, params: fc.dictionary(key, value, { maxKeys: 8 }) }).map((one) => JSON.stringify(one)),
    fc
      .record({
        id: fc.oneof(fc.nat(9), fc.string(), value),
        method,
        params: fc.dictionary(key, value, { maxKeys: 8 }),
      })
      .map((one) => JSON.stringify(one)),
    fc.record({ id: fc.nat(6), result: value }).map((one) => JSON.stringify(one)),
    fc.record({ id: fc.nat(6), error: value }).map((one) => JSON.stringify(one)),
  );

  function exec(): string {
    return 'item/commandExecution/requestApproval';
  }

  test('it never throws, sends only JSON, and ends with a class that we know', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.boolean(), (lines, early) => {
        const talk = early ? new Talk({ maxTurns: 1 }) : new Talk({ digestSchema: {} }).begun();
        for (const one of lines) {
          talk.hear(one);
          if (one.length % 7 === 0) talk.answers('deny');
          if (one.length % 11 === 0) talk.take(talk.driver.interrupt());
          if (one.length % 13 === 0) talk.take(talk.driver.say('More.'));
        }
        const last = talk.driver.exited(1, null, lines.join('\n'), NOW);
        for (const outcome of [...talk.outcomes, last]) {
          expect(outcome.failure !== undefined).toBe(outcome.how === 'failed');
          if (outcome.failure !== undefined) expect(Object.keys(FAILURES)).toContain(outcome.failure);
        }
        let output = 0;
        for (const { usage } of talk.of('usage')) {
          expect(usage.output ?? 0).toBeGreaterThanOrEqual(output);
          output = usage.output ?? output;
        }
      }),
      { numRuns: 500 },
    );
  });
});
