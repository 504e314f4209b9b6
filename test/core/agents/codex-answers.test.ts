import { describe, expect, test } from 'vitest';
import { troubleOf } from '../../../src/core/agents/codex/failures.ts';
import { commandLine } from '../../../src/core/agents/codex/permission.ts';
import type { Outcome } from '../../../src/core/agents/event.ts';
import type { Order } from '../../../src/core/agents/order.ts';
import { decidePermission } from '../../../src/core/agents/permission.ts';
import { codex, Talk } from './codex-talk.ts';
import { NOW, order } from './replay.ts';

// What Codex asks, and why it fails.

describe('failures', () => {
  test.each<[unknown, string, string]>([
    ['contextWindowExceeded', 'ran out of room', 'overflow'],
    ['sessionBudgetExceeded', '', 'budget'],
    ['usageLimitExceeded', 'You’ve hit your usage limit.', 'usage-limit'],
    ['usageLimitExceeded', 'Quota exceeded. Check your plan and billing details.', 'billing'],
    ['usageLimitExceeded', 'Your workspace is out of credits.', 'billing'],
    ['rateLimitExceeded', '', 'rate-limit'],
    ['serverOverloaded', '', 'overloaded'],
    ['modelNotFound', '', 'misconfigured'],
    ['cyberPolicy', '', 'refusal'],
    ['internalServerError', 'We’re currently experiencing high demand', 'server'],
    ['unauthorized', '', 'authentication'],
    ['sandboxError', '', 'misconfigured'],
    ['badRequest', 'something is wrong', 'unknown'],
    ['badRequest', 'prompt is too long', 'overflow'],
    ['other', 'stream disconnected before completion: Incomplete response returned, reason: content_filter', 'refusal'],
    ['other', 'Incomplete response returned, reason: max_output_tokens', 'overflow'],
    ['other', 'stream disconnected before completion: idle timeout waiting for SSE', 'connection'],
    ['other', 'Missing environment variable: `KEY`.', 'authentication'],
    ['other', 'who knows', 'unknown'],
    ['constructor', 'who knows', 'unknown'],
    [null, 'who knows', 'unknown'],
    [{ httpConnectionFailed: { httpStatusCode: 401 } }, '', 'authentication'],
    [{ httpConnectionFailed: { httpStatusCode: 403 } }, '', 'forbidden'],
    [{ httpConnectionFailed: { httpStatusCode: 529 } }, '', 'overloaded'],
    [{ httpConnectionFailed: { httpStatusCode: 502 } }, '', 'server'],
    [{ httpConnectionFailed: { httpStatusCode: 400 } }, 'invalid schema', 'unknown'],
    [{ httpConnectionFailed: { httpStatusCode: null } }, 'error sending request', 'connection'],
    [{ responseStreamDisconnected: { httpStatusCode: null } }, '', 'connection'],
    [{ responseTooManyFailedAttempts: { httpStatusCode: 429 } }, 'exceeded retry limit', 'rate-limit'],
    [{ activeTurnNotSteerable: { turnKind: 'review' } }, '', 'unknown'],
    [{ httpConnectionFailed: 7 }, '', 'connection'],
    [{ gatewayFailed: { httpStatusCode: 503 } }, '', 'overloaded'],
    [{ httpConnectionFailed: { httpStatusCode: 429 } }, 'Quota exceeded. Try again in 3 hours.', 'usage-limit'],
  ])('%j with "%s" is %s', (codexErrorInfo, message, failure) => {
    expect(troubleOf({ message, codexErrorInfo }).failure).toBe(failure);
    const talk = new Talk().begun();
    expect(talk.complete({ status: 'failed', error: { message, codexErrorInfo } })).toMatchObject({
      how: 'failed',
      failure,
    });
  });

  test('a failed turn without an error has the one that was told before it', () => {
    const talk = new Talk().begun();
    talk.tell('error', { willRetry: false, error: { message: 'no', codexErrorInfo: 'unauthorized' } });
    expect(talk.outcomes).toEqual([]);
    expect(talk.complete({ status: 'failed' })).toMatchObject({ failure: 'authentication', message: 'no' });
  });

  test('an interruption that nobody asked for', () => {
    const talk = new Talk().begun();
    expect(talk.complete({ status: 'interrupted' })).toMatchObject({ how: 'failed', failure: 'unknown' });
  });

  test.each<[string, number | null, string | null, string, string]>([
    ['a broken configuration', 1, null, 'Error: error loading config: expected a table', 'misconfigured'],
    ['a feature that it does not know', 1, null, 'Error: Unknown feature flag: x', 'misconfigured'],
    ['no login', 1, null, 'Error: Not logged in', 'authentication'],
    ['no words', 127, null, '', 'misconfigured'],
    ['a signal', null, 'SIGKILL', 'ERROR network unreachable', 'died'],
  ])('the end before anything: %s', (_, code, signal, stderr, failure) => {
    const outcome = codex().exited(code, signal, stderr, NOW);
    expect(outcome).toMatchObject({ how: 'failed', failure });
    expect(outcome.message).not.toBe('');
  });

  test('the end in the middle', () => {
    const talk = new Talk().begun();
    expect(talk.driver.exited(101, null, 'thread panicked: network', NOW)).toMatchObject({ failure: 'died' });
    talk.tell('error', { willRetry: false, error: { message: 'no', codexErrorInfo: 'unauthorized' } });
    expect(talk.driver.exited(1, null, '', NOW)).toMatchObject({ failure: 'authentication' });
    talk.take(talk.driver.interrupt());
    expect(talk.driver.exited(null, 'SIGINT', '', NOW)).toMatchObject({ how: 'cancelled' });
  });

  test('requests of ours that are refused', () => {
    const refusedBy = (id: number): Outcome | undefined => {
      const talk = new Talk();
      for (const [at, result] of [
        [1, {}],
        [2, { thread: { id: 'th' } }],
      ] as const)
        if (at < id) talk.hear({ id: at, result });
      talk.hear({ id, error: { code: -32_600, message: 'the network model is a configuration' } });
      return talk.outcomes.at(-1);
    };
    expect([1, 2, 3].map((id) => refusedBy(id)?.failure)).toEqual(['connection', 'misconfigured', 'connection']);
  });
});

describe('questions', () => {
  function asks(method: string, params: object, fields: Partial<Order> = {}, before?: object): Talk {
    const talk = new Talk(fields).begun();
    if (before !== undefined) talk.tell('item/started', { item: before });
    talk.hear({ id: 7, method, params: { threadId: 'th', turnId: 'tu', itemId: 'i', ...params } });
    return talk;
  }
  const exec = 'item/commandExecution/requestApproval';
  const patch = { type: 'fileChange', id: 'i', changes: [{ path: '/tree/a.txt', kind: { type: 'add' } }] };
  const rules = { ...order().rules, writable: ['/tree'], commands: ['npm  test'], otherCommands: 'deny' } as const;

  test.each<[string, Talk, string, unknown]>([
    [
      'a declared command, in its shell',
      asks(exec, { command: "/bin/bash -lc 'npm test'", cwd: '/tree' }, { rules }),
      'command',
      'allow',
    ],
    ['another command', asks(exec, { command: '/bin/bash -lc ls', cwd: '/tree' }, { rules }), 'command', 'deny'],
    [
      'a declared command elsewhere',
      asks(exec, { command: "/bin/bash -lc 'npm test'", cwd: '/other' }, { rules }),
      'other',
      'deny',
    ],
    [
      'a declared command as input of another',
      asks(exec, { kind: 'writeStdin', command: 'npm test', cwd: '/tree' }, { rules }),
      'other',
      'deny',
    ],
    [
      'the network',
      asks(exec, { command: 'curl x', networkApprovalContext: { host: 'example.org', protocol: 'https' } }, { rules }),
      'network',
      'ask',
    ],
    ['a file', asks('item/fileChange/requestApproval', {}, {}, patch), 'write', 'allow'],
    ['a file and a root', asks('item/fileChange/requestApproval', { grantRoot: '/' }, {}, patch), 'write', 'deny'],
    [
      'a file that its sandbox refused',
      asks('item/fileChange/requestApproval', { reason: 'command failed; retry without sandbox?' }, {}, patch),
      'write',
      'deny',
    ],
    ['a file that nobody named', asks('item/fileChange/requestApproval', {}), 'write', 'deny'],
    ['old: a file', asks('applyPatchApproval', { fileChanges: { 'src/a.txt': {} } }), 'write', 'allow'],
    ['old: a file outside', asks('applyPatchApproval', { fileChanges: { '../a.txt': {} } }), 'write', 'deny'],
    [
      'old: a command',
      asks('execCommandApproval', { command: ['bash', '-lc', 'npm test'] }, { rules }),
      'command',
      'allow',
    ],
    [
      'more rights: files',
      asks('item/permissions/requestApproval', { permissions: { fileSystem: { write: ['/tree/x'] } } }),
      'write',
      'allow',
    ],
    [
      'more rights: network',
      asks('item/permissions/requestApproval', { permissions: { network: { enabled: true } } }),
      'network',
      'ask',
    ],
    ['a tool server', asks('mcpServer/elicitation/request', { mode: 'form', serverName: 's' }), 'other', 'deny'],
  ])('%s', (_, talk, kind, decided) => {
    const [asked] = talk.of('permission_asked');
    expect(asked?.ask.kind).toBe(kind);
    expect(decidePermission(rules, asked!.ask)).toBe(decided);
  });

  test.each<[string, object, readonly unknown[]]>([
    [exec, { command: 'ls' }, [{ decision: 'accept' }, { decision: 'acceptForSession' }, { decision: 'decline' }]],
    [
      'execCommandApproval',
      { command: ['ls'] },
      [{ decision: 'approved' }, { decision: 'approved_for_session' }, { decision: 'denied' }],
    ],
    [
      'item/permissions/requestApproval',
      { permissions: { network: { enabled: true }, fileSystem: null } },
      [
        { permissions: { network: { enabled: true } }, scope: 'turn' },
        { permissions: { network: { enabled: true } }, scope: 'session' },
        { permissions: {}, scope: 'turn' },
      ],
    ],
    [
      'mcpServer/elicitation/request',
      { mode: 'form', message: 'Really?' },
      [
        { action: 'accept', content: {}, _meta: null },
        { action: 'accept', content: {}, _meta: null },
        { action: 'decline', content: null, _meta: null },
      ],
    ],
  ])('answers to %s', (method, params, results) => {
    for (const [i, answer] of (['allow', 'session', 'deny'] as const).entries()) {
      const talk = asks(method, params);
      talk.answers(answer);
      expect(talk.sent.at(-1)).toEqual({ id: 7, result: results[i] });
      const count = talk.sent.length;
      talk.answers(answer);
      expect(talk.sent).toHaveLength(count);
      expect(talk.complete({})?.denied).toBe(answer === 'deny' ? 1 : 0);
    }
  });

  test('requests that we do not know are refused at once', () => {
    for (const method of ['item/tool/requestUserInput', 'attestation/generate', 'whatever/else']) {
      const talk = asks(method, {});
      expect(talk.of('permission_asked')).toEqual([]);
      expect(talk.sent.at(-1)).toMatchObject({ id: 7, error: { code: -32_601 } });
    }
  });

  test('a question that is no longer asked is not answered', () => {
    const talk = asks(exec, { command: 'ls' });
    talk.tell('serverRequest/resolved', { requestId: 7 });
    const count = talk.sent.length;
    talk.answers('allow');
    expect(talk.sent).toHaveLength(count);
  });

  test.each<[unknown, string | undefined]>([
    ["/bin/bash -lc 'touch a.txt'", 'touch a.txt'],
    ['/bin/bash -lc ls', 'ls'],
    [String.raw`bash -lc "echo 'a' \"b\" \$c"`, `echo 'a' "b" $c`],
    [`/bin/zsh -lc 'it'"'"'s'`, "it's"],
    [`bash -lc 'open`, `bash -lc 'open`],
    ['bash -lc ls more', 'bash -lc ls more'],
    ['python -c x', 'python -c x'],
    [['bash', '-lc', 'a b'], 'a b'],
    [['a', 'b'], 'a b'],
    [7, undefined],
  ])('%j is the command %j', (told, line) => {
    expect(commandLine(told)).toBe(line);
  });
});
