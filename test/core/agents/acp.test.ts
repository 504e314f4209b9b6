import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acpDriver } from '../../../src/core/agents/acp/driver.ts';
import { failureBehind, failureOfTexts, troubleOfError } from '../../../src/core/agents/acp/failures.ts';
import type { Driver, Move } from '../../../src/core/agents/driver.ts';
import type { AgentEvent, Outcome, PermissionAnswer, PermissionAsk, Usage } from '../../../src/core/agents/event.ts';
import { FAILURES, type FailureClass } from '../../../src/core/agents/failure.ts';
import { type Fields, fieldsOf, readLine } from '../../../src/core/agents/json.ts';
import type { Order } from '../../../src/core/agents/order.ts';
import { decidePermission } from '../../../src/core/agents/permission.ts';
import { NOW, order } from './replay.ts';

// Streams of real programs, read where they lie beside the project and never copied into it.
const RECORDINGS = join('..', 'shared', 'agents', 'recordings');
const absent = !existsSync(join(RECORDINGS, 'acp-gemini'));

/** A driver that is told things, with everything that it said and made of them. */
class Talk {
  readonly driver: Driver;
  readonly sent: Fields[] = [];
  readonly events: AgentEvent[] = [];

  constructor(fields: Partial<Order> = {}) {
    this.driver = acpDriver(order({ family: 'acp', command: ['agent', '--acp'], worktree: '/tree', ...fields }));
    this.take(this.driver.begin());
  }

  take({ send, events }: Move): void {
    for (const line of send) this.sent.push(fieldsOf(readLine(line)));
    this.events.push(...events);
  }

  hear(message: unknown): void {
    this.take(this.driver.line(typeof message === 'string' ? message : JSON.stringify(message), NOW));
  }

  /** As far as the first prompt, whose id is 3. */
  begun(name = 'agent', session: object = {}, able: object = {}): this {
    this.introduced(name, able);
    this.hear({ id: 2, result: { sessionId: 's', ...session } });
    return this;
  }

  introduced(name = 'agent', able: object = {}): this {
    const agentInfo = { name, version: '1.0' };
    this.hear({ jsonrpc: '2.0', id: 1, result: { protocolVersion: 1, agentInfo, agentCapabilities: able } });
    return this;
  }

  update(sessionUpdate: string, fields: object = {}, sessionId = 's'): void {
    this.hear({ method: 'session/update', params: { sessionId, update: { sessionUpdate, ...fields } } });
  }

  say(text: string, fields: object = {}): void {
    this.update('agent_message_chunk', { content: { type: 'text', text }, ...fields });
  }

  ask(toolCall: object, options: readonly object[] = OPTIONS, id: string | number = 0): PermissionAsk | undefined {
    this.hear({ id, method: 'session/request_permission', params: { sessionId: 's', toolCall, options } });
    return this.of('permission_asked').at(-1)?.ask;
  }

  /** Ends the prompt that was sent last. */
  end(result: object): Outcome | undefined {
    const prompt = this.sent.findLast(({ method }) => method === 'session/prompt');
    this.hear({ id: prompt?.['id'], result });
    return this.outcomes.at(-1);
  }

  fail(error: object): Outcome | undefined {
    const prompt = this.sent.findLast(({ method }) => method === 'session/prompt');
    this.hear({ id: prompt?.['id'], error });
    return this.outcomes.at(-1);
  }

  get outcomes(): readonly Outcome[] {
    return this.events.flatMap((event) => (event.type === 'turn_ended' ? [event.outcome] : []));
  }

  get usage(): Usage | undefined {
    return this.of('usage').at(-1)?.usage;
  }

  of<T extends AgentEvent['type']>(type: T): readonly Extract<AgentEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type);
  }

  /** Answers every question that has come up and waits. */
  answers(answer: PermissionAnswer): void {
    for (const { ask } of this.of('permission_asked')) this.take(this.driver.answer(ask.id, answer, 'because'));
  }
}

const OPTIONS = [
  { optionId: 'always', kind: 'allow_always' },
  { optionId: 'once', kind: 'allow_once' },
  { optionId: 'no', kind: 'reject_once' },
];

/** Plays both sides of a recording: what was sent there is what our own driver is made to say. */
function play(agent: string, name: string): Talk {
  const text = readFileSync(join(RECORDINGS, `acp-${agent}`, `${name}.bidir.jsonl`), 'utf8');
  const session = /"method":"session\/(?:load|resume)","params":\{"sessionId":"([^"]+)"/.exec(text)?.[1];
  const talk = new Talk(session === undefined ? {} : { session });
  let prompts = 0;
  for (const line of text.split('\n')) {
    const { dir, ms: _ms, ...message } = fieldsOf(readLine(line));
    if (dir === '<') talk.hear(message);
    else if (message['method'] === 'session/cancel') talk.take(talk.driver.interrupt());
    else if (message['method'] === 'session/prompt' && ++prompts > 1) talk.take(talk.driver.say('Go on.'));
    else if ('result' in message) talk.answers('allow');
  }
  return talk;
}

const done: Partial<Outcome> = { how: 'completed', message: '' };
const stopped: Partial<Outcome> = { how: 'cancelled' };
const failed = (failure: FailureClass, status?: number): Partial<Outcome> => ({
  how: 'failed',
  failure,
  ...(status === undefined ? {} : { status }),
});
const evening = new Date(NOW);
evening.setHours(19, 17, 0, 0);

/** What each program's recordings mean: the ends of turns, and what was used in the end. */
const RECORDED: Readonly<Record<string, Readonly<Record<string, readonly [readonly Partial<Outcome>[], Usage?]>>>> = {
  gemini: {
    badtool: [[done], { input: 2000, output: 100 }],
    bench: [[done], { input: 1000, output: 50 }],
    cancel: [[stopped, done], { input: 1000, output: 50 }],
    drop: [[failed('connection')]],
    e401: [[failed('authentication', 401)]],
    e429once: [[done], { input: 1000, output: 50 }],
    edit: [[done], { input: 3900, output: 120 }],
    l1: [[done], { input: 3900, output: 120 }],
    l2: [[failed('session')]],
    load: [[failed('session')]],
    overflow: [[failed('overflow', 400)]],
    resume: [[failed('session')]],
  },
  opencode: {
    badtool: [[done], { cost: 0.0022 }],
    bench: [[done], { cost: 0.0011 }],
    cancel: [[stopped, done], { cost: 0.0011 }],
    // It tries again for ever.
    drop: [[]],
    e401: [[failed('authentication')]],
    e429once: [[done], { cost: 0.0011 }],
    edit: [[done], { cost: 0.00194 }],
    load: [[done]],
    // It shortens the conversation and goes on.
    overflow: [[done], { cost: 0.0022 }],
    resume: [[done]],
  },
  copilot: {
    badtool: [[done], { input: 2000, cached: 0, output: 100 }],
    bench: [[done], { input: 1000, cached: 0, output: 50 }],
    cancel: [[stopped, done], { input: 2000, cached: 0, output: 100 }],
    drop: [[failed('connection')]],
    e401: [[failed('authentication', 401)]],
    e429once: [[done], { input: 1000, cached: 0, output: 50 }],
    edit: [[done], { input: 1700, cached: 2200, output: 120 }],
    load: [[done], { input: 1000, cached: 0, output: 50 }],
    overflow: [[failed('overflow', 400)]],
    resume: [[failed('session')]],
  },
  'codex-acp': {
    badtool: [[done], { input: 2000, cached: 0, output: 100 }],
    bench: [[done], { input: 1000, cached: 0, output: 50 }],
    cancel: [[stopped, done], { input: 2000, cached: 0, output: 100 }],
    drop: [[failed('connection')]],
    e401: [[failed('authentication')]],
    e429: [[failed('rate-limit', 429)]],
    e529: [[failed('overloaded', 529)]],
    edit: [[done], { input: 1700, cached: 2200, output: 120 }],
    load: [[done], { input: 1000, cached: 0, output: 50 }],
    overflow: [[failed('overflow')]],
    resume: [[done], { input: 1000, cached: 0, output: 50 }],
    // It sleeps for as long as it was told to.
    unified: [[]],
    usagelimit: [[{ ...failed('usage-limit'), resetsAt: evening.getTime() }]],
  },
  'claude-acp-latest-n20': {
    badtool: [[done], { input: 2000, cached: 0, output: 100, cost: 0.015 }],
    bench: [[done], { input: 1000, cached: 0, output: 50, cost: 0.005 }],
    cancel: [[stopped, done], { input: 2000, cached: 0, output: 100, cost: 0.015 }],
    drop: [[failed('connection')], { cost: 0.01304 }],
    e401: [[failed('authentication')]],
    e429: [[failed('rate-limit')]],
    e529: [[failed('overloaded')]],
    edit: [[done], { input: 3900, cached: 2200, output: 120, cost: 0.02344 }],
    load: [[done], { input: 1000, cached: 0, output: 50 }],
    'meta-budget': [[failed('budget')], { cost: 0.01 }],
    'meta-maxTurns': [[failed('turns')], { cost: 0.015 }],
    'meta-schema': [[done], { input: 2000, cached: 0, output: 100, cost: 0.015 }],
    overflow: [[failed('overflow')]],
    resume: [[done], { input: 1000, cached: 0, output: 50 }],
    unified: [[failed('rate-limit')]],
    usagelimit: [[failed('usage-limit')]],
  },
};

describe.skipIf(absent)(`recordings in ${RECORDINGS}`, () => {
  const all = Object.entries(RECORDED).flatMap(([agent, cases]) =>
    Object.entries(cases).map(([name, [outcomes, usage]]) => ({ agent, name, outcomes, usage })),
  );
  test.each(all)('$agent: $name', ({ agent, name, outcomes, usage }) => {
    const talk = play(agent, name);
    expect(talk.outcomes).toHaveLength(outcomes.length);
    expect(talk.outcomes).toMatchObject(outcomes);
    for (const { how, failure, message } of talk.outcomes) {
      expect(failure !== undefined).toBe(how === 'failed');
      expect(message === '').toBe(how === 'completed');
    }
    expect(talk.usage).toEqual(usage);
  });

  test('every one of them is known here', () => {
    const there = readdirSync(RECORDINGS).filter((name) => name.startsWith('acp-') && !/\.(?:txt|json)$/.test(name));
    const named = there.flatMap((agent) =>
      readdirSync(join(RECORDINGS, agent)).map((file) => `${agent} ${file.replace('.bidir.jsonl', '')}`),
    );
    expect(named.toSorted()).toEqual(all.map(({ agent, name }) => `acp-${agent} ${name}`).toSorted());
  });

  test.each([
    ['gemini', 'l1', 'cat hello.txt && echo done > ran.txt'],
    ['opencode', 'edit', 'cat hello.txt && echo done > ran.txt'],
    ['copilot', 'edit', 'cat hello.txt && echo done > ran.txt'],
    ['claude-acp-latest-n20', 'edit', 'cat hello.txt && echo done > ran.txt'],
  ])('%s asks for a file and for a command, by its own words', (agent, name, command) => {
    const talk = play(agent, name);
    const asks = talk.of('permission_asked').map(({ ask }) => ask);
    expect(asks).toMatchObject([{ kind: 'write' }, { kind: 'command', command }]);
    expect(asks[0]?.paths.length).toBeGreaterThan(0);
    for (const path of asks[0]?.paths ?? []) expect(path).toMatch(/\/wt\/hello\.txt$/);
    const answers = talk.sent.filter((message) => 'result' in message);
    expect(answers).toHaveLength(2);
    for (const { result } of answers) {
      expect(fieldsOf(fieldsOf(result)['outcome'])['optionId']).toMatch(/once/);
    }
    expect(talk.of('file_changed').map(({ path }) => path.split('/').at(-1))).toEqual(['hello.txt']);
    expect(talk.of('tool_started')).toHaveLength(2);
    expect(talk.of('tool_ended').map(({ ok }) => ok)).toEqual([true, true]);
  });

  test('what a loaded conversation tells again is not of this attempt', () => {
    for (const agent of ['opencode', 'copilot', 'codex-acp']) {
      const texts = play(agent, 'load').of('text');
      expect(texts.map(({ text }) => text).join('')).not.toContain('running long command');
    }
  });

  test('tries of a program are told', () => {
    expect(play('codex-acp', 'e529').of('retrying')).toMatchObject([{ failure: 'overloaded' }]);
    expect(play('copilot', 'drop').of('retrying')).toHaveLength(5);
    expect(play('copilot', 'drop').outcomes[0]?.said).toMatch(/^this stream Error: Failed to get response/);
  });

  test('says what the recorded client said', () => {
    const methods = (talk: Talk) => talk.sent.map(({ method }) => method).filter((method) => method !== undefined);
    expect(methods(play('gemini', 'cancel'))).toEqual([
      'initialize',
      'session/new',
      'session/prompt',
      'session/cancel',
      'session/prompt',
    ]);
    expect(methods(play('gemini', 'load'))).toEqual(['initialize', 'session/load']);
    expect(methods(play('opencode', 'resume'))).toEqual(['initialize', 'session/resume', 'session/prompt']);
  });
});

describe('a conversation', () => {
  test('offers nothing, and asks for nobody to log in', () => {
    const talk = new Talk().begun();
    expect(talk.driver.launch()).toEqual({ argv: ['agent', '--acp'], env: {} });
    expect(talk.sent[0]).toMatchObject({
      method: 'initialize',
      params: {
        protocolVersion: 1,
        clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
      },
    });
    expect(talk.sent[1]).toMatchObject({ method: 'session/new', params: { cwd: '/tree', mcpServers: [] } });
    expect(talk.sent[2]).toMatchObject({
      method: 'session/prompt',
      params: { sessionId: 's', prompt: [{ type: 'text', text: 'Do it.' }] },
    });
    expect(talk.of('started')).toEqual([{ type: 'started', session: 's', program: 'agent 1.0' }]);
  });

  test('is resumed, loaded, or begun anew, as the program is able to', () => {
    const begun = (able: object) => new Talk({ session: 'old' }).introduced('agent', able);
    expect(begun({ loadSession: true, sessionCapabilities: { resume: {} } }).sent[1]).toMatchObject({
      method: 'session/resume',
      params: { sessionId: 'old', cwd: '/tree' },
    });
    expect(begun({ loadSession: true }).sent[1]).toMatchObject({ method: 'session/load' });
    const anew = begun({});
    expect(anew.sent[1]).toMatchObject({ method: 'session/new' });
    expect(anew.of('notice')).toHaveLength(1);
    const loaded = begun({ loadSession: true });
    loaded.hear({ id: 2, result: null });
    expect(loaded.of('started')).toMatchObject([{ session: 'old' }]);
  });

  test('what it has against the first message of a session that is gone on with, it has against the session', () => {
    const failure = (order: object, ...before: readonly object[]) => {
      const talk = new Talk(order).introduced('agent', { loadSession: true });
      talk.hear({ id: 2, result: { sessionId: 'old' } });
      for (const line of before) talk.hear(line);
      talk.hear({ id: 3, error: { code: -32_603, message: 'Internal error: service failure' } });
      return talk.of('turn_ended')[0]?.outcome.failure;
    };
    const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'I begin.' } };
    const said = { method: 'session/update', params: { sessionId: 'old', update } };
    expect(failure({ session: 'old' })).toBe('session');
    expect(failure({ session: 'old' }, said)).toBe('unknown');
    expect(failure({})).toBe('unknown');
  });

  test('opencode is told to ask; other programs are started as they are', () => {
    const env = (...command: [string, ...string[]]) => new Talk({ command }).driver.launch().env;
    expect(JSON.parse(env('/opt/bin/opencode', 'acp')['OPENCODE_PERMISSION'] ?? '')).toMatchObject({ bash: 'ask' });
    expect(env('gemini', '--acp')).toEqual({});
  });

  test('the first adapters do not end with their input', () => {
    expect(new Talk().begun('@zed-industries/codex-acp').driver.endsOnEof).toBe(false);
    expect(new Talk().begun('@agentclientprotocol/codex-acp').driver.endsOnEof).toBe(true);
  });

  const option = (category: string, ...values: readonly string[]) => ({
    id: `the-${category}`,
    category,
    type: 'select',
    currentValue: values[0],
    options: [{ group: 'g', name: 'G', options: values.map((value) => ({ value, name: value })) }],
  });

  test('settings are made where they are offered, and else said not to be', () => {
    const talk = new Talk({ model: 'big', effort: 'high' });
    talk.begun('agent', { configOptions: [option('model', 'small', 'big'), option('thought_level', 'low', 'high')] });
    expect(talk.sent[2]).toMatchObject({
      method: 'session/set_config_option',
      params: { sessionId: 's', configId: 'the-model', value: 'big' },
    });
    talk.hear({ id: 3, result: {} });
    expect(talk.sent[3]).toMatchObject({ params: { configId: 'the-thought_level', value: 'high' } });
    talk.hear({ id: 4, error: { code: -32_602, message: 'not for you' } });
    expect(talk.sent[4]).toMatchObject({ method: 'session/prompt' });
    expect(talk.of('notice')).toMatchObject([{ message: 'a setting was refused: not for you' }]);
    expect(talk.of('started')).toMatchObject([{ model: 'big' }]);

    const older = new Talk({ model: 'big' });
    older.begun('agent', { models: { currentModelId: 'small', availableModels: [{ modelId: 'big' }] } });
    expect(older.sent[2]).toMatchObject({ method: 'session/set_model', params: { modelId: 'big' } });

    const none = new Talk({ model: 'big', effort: 'high', maxTurns: 3 }).begun();
    expect(none.sent[2]).toMatchObject({ method: 'session/prompt' });
    expect(none.of('notice')).toHaveLength(3);

    const already = new Talk({ model: 'big' });
    already.begun('agent', { models: { currentModelId: 'big', availableModels: [] } });
    expect(already.of('notice')).toEqual([]);
  });

  test('text in pieces; what was said last is the last message', () => {
    const talk = new Talk().begun();
    talk.update('agent_thought_chunk', { content: { type: 'text', text: 'Hm.' } });
    talk.say('First ');
    talk.say('this.');
    talk.update('tool_call', { toolCallId: 'c', title: 'look', kind: 'read', status: 'completed' });
    talk.say('Then ');
    talk.say('that.');
    talk.say('Of another.', { content: { type: 'image' } });
    expect(talk.of('text').map(({ text }) => text)).toEqual(['Hm.', 'First ', 'this.', 'Then ', 'that.']);
    expect(talk.of('text')[0]?.thought).toBe(true);
    talk.update('plan', {
      entries: [
        { content: 'one', status: 'completed' },
        { content: 'two', status: 'in_progress' },
      ],
    });
    expect(talk.of('notice')).toMatchObject([{ message: 'its plan: 1 of 2 done: two' }]);
    expect(talk.end({ stopReason: 'end_turn' })).toMatchObject({ how: 'completed', said: 'Then that.' });
    talk.take(talk.driver.say('And?'));
    expect(talk.sent.at(-1)).toMatchObject({ method: 'session/prompt', params: { sessionId: 's' } });
    expect(talk.end({ stopReason: 'end_turn' })).toMatchObject({ said: '' });
  });

  test('a call that is told in pieces changed what it showed a difference of', () => {
    const talk = new Talk().begun();
    talk.update('tool_call', { toolCallId: 'c', title: 'Edit', kind: 'edit', status: 'pending' });
    talk.update('tool_call_update', { toolCallId: 'c', content: [{ type: 'diff', path: '/tree/a' }] });
    talk.update('tool_call_update', { toolCallId: 'c', status: 'completed' });
    talk.update('tool_call', { toolCallId: 'd', kind: 'move', locations: [{ path: 'b' }], status: 'completed' });
    talk.update('tool_call', { toolCallId: 'e', kind: 'edit', locations: [{ path: '/tree/e' }], status: 'failed' });
    talk.update('tool_call', { toolCallId: 'f', kind: 'execute', locations: [{ path: '/tree' }], status: 'completed' });
    expect(talk.of('file_changed').map(({ path }) => path)).toEqual(['/tree/a', '/tree/b']);
    expect(talk.of('tool_started').map(({ id }) => id)).toEqual(['c', 'd', 'e', 'f']);
    expect(talk.of('tool_ended').map(({ ok }) => ok)).toEqual([true, true, false, true]);
  });

  test('an interruption answers what is open, and before there is a prompt it is the end', () => {
    const talk = new Talk().begun();
    talk.ask({ toolCallId: 'c', kind: 'execute', rawInput: { command: 'ls' } }, OPTIONS, 'q');
    talk.take(talk.driver.interrupt());
    expect(talk.sent.slice(-2)).toMatchObject([
      { method: 'session/cancel', params: { sessionId: 's' } },
      { id: 'q', result: { outcome: { outcome: 'cancelled' } } },
    ]);
    talk.ask({ toolCallId: 'd', kind: 'execute' }, OPTIONS, 'r');
    expect(talk.sent.at(-1)).toMatchObject({ id: 'r', result: { outcome: { outcome: 'cancelled' } } });
    expect(talk.of('permission_asked')).toHaveLength(1);
    expect(talk.fail({ code: -32_603, message: 'aborted' })).toMatchObject({ how: 'cancelled' });

    const early = new Talk();
    early.take(early.driver.interrupt());
    early.begun();
    expect(early.outcomes).toMatchObject([{ how: 'cancelled' }]);
    expect(early.sent.map(({ method }) => method)).not.toContain('session/prompt');

    const set = new Talk({ model: 'big' });
    set.begun('agent', { models: { availableModels: [{ modelId: 'big' }] } });
    set.take(set.driver.interrupt());
    set.hear({ id: 3, result: {} });
    expect(set.outcomes).toMatchObject([{ how: 'cancelled' }]);
  });
});

describe('questions', () => {
  const rules: Order['rules'] = {
    ...order().rules,
    writable: ['/tree'],
    commands: ['npm test'],
    otherPaths: 'ask',
  };

  test.each<[string, object, Partial<PermissionAsk>, string]>([
    ['a file', { kind: 'edit', locations: [{ path: '/tree/a' }] }, { kind: 'write', paths: ['/tree/a'] }, 'allow'],
    [
      'beside',
      { kind: 'edit', content: [{ type: 'diff', path: 'a' }] },
      { kind: 'write', paths: ['/tree/a'] },
      'allow',
    ],
    ['outside', { kind: 'delete', rawInput: { file_path: '/etc/a' } }, { kind: 'write', paths: ['/etc/a'] }, 'ask'],
    [
      'in and out',
      { kind: 'move', locations: [{ path: '/tree/a' }], rawInput: { path: '/etc/a' } },
      { kind: 'write' },
      'ask',
    ],
    ['up', { kind: 'edit', locations: [{ path: '../a' }] }, { kind: 'write' }, 'ask'],
    ['no file', { kind: 'edit' }, { kind: 'write', paths: [] }, 'ask'],
    ['a command', { kind: 'execute', rawInput: { command: 'npm test' } }, { command: 'npm test' }, 'allow'],
    ['another', { kind: 'execute', rawInput: { command: 'npm test; x' } }, { command: 'npm test; x' }, 'ask'],
    ['words', { kind: 'execute', rawInput: { command: ['npm', 'test'] } }, { command: '["npm","test"]…' }, 'ask'],
    ['a title', { kind: 'execute', title: 'npm test' }, { kind: 'command', what: 'execute: npm test' }, 'ask'],
    ['reading', { kind: 'search' }, { kind: 'read' }, 'allow'],
    ['network', { kind: 'fetch', title: 'example.org' }, { kind: 'network' }, 'ask'],
    ['anything', { kind: 'think' }, { kind: 'other' }, 'ask'],
    ['nothing', {}, { kind: 'other', what: 'other: it does not say what' }, 'ask'],
  ])('%s', (_, toolCall, meant, ruled) => {
    const asked = new Talk().begun().ask({ toolCallId: 'c', ...toolCall });
    expect(asked).toMatchObject(meant);
    if (asked !== undefined) expect(decidePermission(rules, asked)).toBe(ruled);
  });

  test('of some programs the title of a command is known to be the command, and only the whole of it', () => {
    const gemini = () => new Talk().begun('gemini-cli');
    expect(gemini().ask({ toolCallId: 'c', kind: 'execute', title: 'npm test' })?.command).toBe('npm test');
    const two = gemini().ask({ toolCallId: 'c', kind: 'execute', title: 'npm test\nrm -rf /' });
    expect(two && decidePermission(rules, two)).toBe('ask');
    expect(gemini().ask({ toolCallId: 'c', kind: 'execute', title: 'x'.repeat(30_000) })?.command).toBeUndefined();
  });

  test('what is known of the call belongs to the question', () => {
    const talk = new Talk().begun();
    const content = [{ type: 'diff', path: '/etc/passwd' }];
    talk.update('tool_call', { toolCallId: 'c', kind: 'edit', status: 'pending', content });
    const asked = talk.ask({ toolCallId: 'c', locations: [{ path: '/tree/a' }] });
    expect(asked).toMatchObject({ kind: 'write', paths: ['/etc/passwd', '/tree/a'] });
  });

  test('more files than anybody looks at are nobody’s to allow by rule', () => {
    const many = Array.from({ length: 600 }, (_, i) => ({ type: 'diff', path: `/tree/${i}` }));
    expect(new Talk().begun().ask({ toolCallId: 'c', kind: 'edit', content: many })?.paths).toEqual([]);
    const long = { path: `/tree/${'a/'.repeat(5000)}../../../etc` };
    const asked = new Talk().begun().ask({ toolCallId: 'c', kind: 'edit', locations: [long] });
    expect(asked && decidePermission(rules, asked)).toBe('ask');
  });

  test.each<[PermissionAnswer, readonly string[], string | undefined]>([
    ['allow', ['allow_always', 'allow_once', 'reject_once'], 'allow_once'],
    ['session', ['allow_once', 'allow_always', 'reject_once'], 'allow_always'],
    ['session', ['allow_once', 'reject_once'], 'allow_once'],
    ['deny', ['allow_once', 'reject_always', 'reject_once'], 'reject_once'],
    ['deny', ['allow_once', 'reject_always'], 'reject_always'],
    ['deny', ['allow_once'], undefined],
    // Leave for once is not leave for good.
    ['allow', ['allow_always', 'reject_once'], undefined],
    ['allow', [], undefined],
  ])('%s of %j is %s', (answer, kinds, chosen) => {
    const talk = new Talk().begun();
    talk.ask(
      { toolCallId: 'c', kind: 'execute' },
      kinds.map((kind) => ({ optionId: kind, kind })),
    );
    talk.answers(answer);
    const outcome = chosen === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId: chosen };
    expect(talk.sent.at(-1)).toEqual({ jsonrpc: '2.0', id: 0, result: { outcome } });
    talk.answers(answer);
    expect(talk.sent.filter((message) => 'result' in message)).toHaveLength(1);
    expect(talk.end({ stopReason: 'end_turn' })?.denied).toBe(answer === 'deny' ? 1 : 0);
  });

  test('an id that comes again is another question', () => {
    const talk = new Talk().begun();
    const first = talk.ask({ toolCallId: 'c', kind: 'execute', rawInput: { command: 'ls' } });
    talk.answers('allow');
    const other = talk.ask({ toolCallId: 'd', kind: 'execute', rawInput: { command: 'rm' } });
    expect(other?.id).not.toBe(first?.id);
  });

  test('a reviewer changes nothing', () => {
    const talk = new Talk({ permission: 'read' }).begun();
    expect(talk.ask({ toolCallId: 'c', kind: 'edit', locations: [{ path: '/tree/a' }] })).toBeUndefined();
    expect(talk.sent.at(-1)).toMatchObject({ result: { outcome: { optionId: 'no' } } });
    expect(talk.end({ stopReason: 'end_turn' })?.denied).toBe(1);
  });

  test.each(['fs/read_text_file', 'fs/write_text_file', 'terminal/create', 'elicitation/create', 'x'.repeat(9000)])(
    '%.30s is not offered',
    (method) => {
      const talk = new Talk().begun();
      talk.hear({ id: 'r', method, params: { sessionId: 's' } });
      expect(talk.sent.at(-1)).toMatchObject({ id: 'r', error: { code: -32_601 } });
      expect(talk.of('notice')).toHaveLength(1);
    },
  );
});

describe('how a turn ends', () => {
  test.each<[string, Partial<Outcome>]>([
    ['end_turn', { how: 'completed' }],
    ['max_tokens', { how: 'failed', failure: 'overflow' }],
    ['max_turn_requests', { how: 'failed', failure: 'turns' }],
    ['refusal', { how: 'failed', failure: 'refusal' }],
    ['cancelled', { how: 'failed', failure: 'unknown' }],
    ['success', { how: 'failed', failure: 'protocol' }],
  ])('%s', (stopReason, outcome) => {
    expect(new Talk().begun().end({ stopReason })).toMatchObject(outcome);
  });

  const usage = (inputTokens: number, outputTokens: number) => ({
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
  });

  test.each<[string, string, object, Outcome['failure']]>([
    ['Copilot', 'Error: 429 too many requests', { stopReason: 'end_turn' }, 'rate-limit'],
    ['Copilot', 'Error: something new', { stopReason: 'end_turn' }, 'unknown'],
    ['codex-acp', 'exceeded retry limit, last status: 500', { stopReason: 'end_turn', usage: null }, 'rate-limit'],
    ['codex-acp', 'the socket was closed', { stopReason: 'end_turn', usage: usage(0, 0) }, 'connection'],
    ['stranger', 'API Error: 529 Overloaded', { stopReason: 'end_turn' }, 'overloaded'],
    // What a model says of its work is not what became of it.
    ['stranger', 'I made the rate limit an option.', { stopReason: 'end_turn' }, undefined],
    [
      'codex-acp',
      'Error: handling of rate limits is mended',
      { stopReason: 'end_turn', usage: usage(9, 9) },
      undefined,
    ],
    ['stranger', 'Error: rate limit. {"contract_id": "implement.v1"}', { stopReason: 'end_turn' }, 'rate-limit'],
    ['stranger', 'Error: rate limit\n{"contract_id": "implement.v1"}', { stopReason: 'end_turn' }, undefined],
  ])('end_turn of %s after "%s"', (name, text, result, failure) => {
    const talk = new Talk().begun(name);
    talk.say(text);
    expect(talk.end(result)?.failure).toBe(failure);
  });

  test.each<[string, object, Partial<Outcome>]>([
    ['not logged in', { code: -32_000, message: 'Authentication required' }, failed('authentication')],
    ['a status', { code: 403, message: 'no' }, failed('forbidden', 403)],
    ['its own 500', { code: 500, message: 'fetch failed' }, failed('connection')],
    ['a real 500', { code: 500, message: 'oops' }, failed('server', 500)],
    ['a quota', { code: 429, message: 'You exceeded your current quota' }, failed('billing', 429)],
    ['a kind', { code: -32_603, message: 'x', data: { errorKind: 'billing_error' } }, failed('billing')],
    ['a name', { code: -32_603, message: 'x', data: { errorName: 'ContextOverflowError' } }, failed('overflow')],
    [
      'codex',
      {
        code: -32_603,
        message: 'Internal error',
        data: { message: 'm', codexErrorInfo: { httpConnectionFailed: { httpStatusCode: 529 } } },
      },
      failed('overloaded', 529),
    ],
    [
      'a Google key',
      { code: 400, message: '{"error":{"message":"API key not valid. Try."}}' },
      failed('authentication', 400),
    ],
    [
      'an OpenAI key',
      { code: -32_603, message: 'Internal error: Incorrect API key provided: sk' },
      failed('authentication'),
    ],
    ['nothing at all', {}, failed('unknown')],
    ['a wrong type', { code: 'x', message: 7, data: [] }, failed('unknown')],
    ['its own code', { code: -32_603, message: 'Internal error' }, failed('unknown')],
  ])('an error: %s', (_, error, outcome) => {
    expect(new Talk().begun().fail(error)).toMatchObject(outcome);
  });

  test('before there is a conversation', () => {
    const first = new Talk();
    first.hear({ id: 1, error: { code: -32_601, message: 'Method not found' } });
    expect(first.outcomes).toMatchObject([failed('protocol')]);
    const other = new Talk();
    other.hear({ id: 1, result: { protocolVersion: 2 } });
    expect(other.outcomes).toMatchObject([failed('protocol')]);
    const login = new Talk().introduced();
    login.hear({ id: 2, error: { code: -32_000, message: 'Authentication required' } });
    expect(login.outcomes).toMatchObject([failed('authentication')]);
    const config = new Talk().introduced();
    config.hear({ id: 2, error: { code: -32_603, message: 'Internal error', data: { details: 'bad file' } } });
    expect(config.outcomes).toMatchObject([{ ...failed('misconfigured'), message: 'bad file' }]);
    const nameless = new Talk().introduced();
    nameless.hear({ id: 2, result: {} });
    expect(nameless.outcomes).toMatchObject([failed('protocol')]);
  });

  test('the end of the process', () => {
    const end = (talk: Talk, code: number | null, signal: string | null, stderr: string) =>
      talk.driver.exited(code, signal, stderr, NOW);
    expect(end(new Talk(), 1, null, 'Unknown argument: acp\n')).toMatchObject(failed('misconfigured'));
    expect(end(new Talk(), 1, null, '')).toMatchObject({ message: 'it ended with code 1 and without a result' });
    expect(end(new Talk(), 41, null, 'Please log in: not logged in')).toMatchObject(failed('authentication'));
    expect(end(new Talk().begun(), 0, null, '')).toMatchObject(failed('died'));
    expect(end(new Talk(), null, 'SIGKILL', '')).toMatchObject(failed('died'));
    const asked = new Talk().begun();
    asked.take(asked.driver.interrupt());
    expect(end(asked, 0, null, '')).toMatchObject({ how: 'cancelled' });
  });

  test('words that only these programs use', () => {
    expect(failureOfTexts('The input token count (9) exceeds the maximum')).toBe('overflow');
    expect(failureOfTexts('Session abc not found')).toBe('session');
    expect(failureOfTexts('Cannot connect to API: Unable to connect.')).toBe('connection');
    expect(failureOfTexts('last status: 502')).toBe('server');
    expect(failureOfTexts('all is well')).toBeUndefined();
    expect(troubleOfError({ message: 'x\u001b[31m' }, 'unknown').text).not.toContain('\u001b');
    expect(failureBehind({ message: '', piece: '', counted: false, counts: true, trouble: undefined })).toBeUndefined();
  });
});

describe('what was used', () => {
  const end = (result: object) => ({ stopReason: 'end_turn', ...result });

  test.each<[string, object, Usage | undefined]>([
    [
      'all in the input',
      { inputTokens: 10, outputTokens: 2, cachedReadTokens: 4, totalTokens: 12 },
      { input: 6, cached: 4, output: 2 },
    ],
    [
      'beside it',
      { inputTokens: 10, outputTokens: 2, cachedReadTokens: 4, totalTokens: 16 },
      { input: 10, cached: 4, output: 2 },
    ],
    [
      'thoughts beside',
      { inputTokens: 10, outputTokens: 2, thoughtTokens: 3, totalTokens: 15 },
      { input: 10, output: 5 },
    ],
    [
      'thoughts inside',
      { inputTokens: 10, outputTokens: 2, thoughtTokens: 1, totalTokens: 12 },
      { input: 10, output: 2 },
    ],
    [
      'written',
      { inputTokens: 10, outputTokens: 2, cachedReadTokens: 1, cachedWriteTokens: 3, totalTokens: 16 },
      { input: 10, cached: 1, cacheWrite: 3, output: 2 },
    ],
    ['no sum', { inputTokens: 10, outputTokens: 2, cachedReadTokens: 4, totalTokens: 99 }, { output: 2 }],
    ['no total', { inputTokens: 10, outputTokens: 2 }, { input: 10, output: 2 }],
    ['nothing', { inputTokens: 0, outputTokens: 0, totalTokens: 0 }, undefined],
    ['less than nothing', { inputTokens: -1, outputTokens: 2 }, undefined],
    ['no numbers', { inputTokens: '1', outputTokens: null }, undefined],
  ])('%s', (_, usage, meant) => {
    const talk = new Talk().begun('codex-acp');
    talk.end(end({ usage }));
    expect(talk.usage).toEqual(meant);
  });

  test('turns are added, processes are not, and strangers are not believed more than is safe', () => {
    const used = (name: string, fields: Partial<Order> = {}) => {
      const talk = new Talk(fields).begun(name);
      for (const inputTokens of [10, 30]) {
        talk.end(end({ usage: { inputTokens, outputTokens: 1, totalTokens: inputTokens + 1 } }));
        talk.take(talk.driver.say('More.'));
      }
      return talk.usage;
    };
    expect(used('@agentclientprotocol/claude-agent-acp')).toEqual({ input: 40, output: 2 });
    expect(used('Copilot')).toEqual({ input: 30, output: 1 });
    expect(used('stranger')).toEqual({ input: 30, output: 1 });
    expect(used('stranger', { session: 'old' })).toBeUndefined();
    expect(used('OpenCode')).toBeUndefined();
  });

  const cost = (amount: number, currency = 'USD') => ({ used: 1, size: 2, cost: { amount, currency } });

  test('money is of the session, in dollars, and never goes back', () => {
    const talk = new Talk().begun();
    for (const one of [cost(0), cost(2), cost(1), cost(9, 'EUR'), { cost: null }, cost(-1)])
      talk.update('usage_update', one);
    expect(talk.of('usage').map(({ usage }) => usage)).toEqual([{ cost: 2 }]);
    const able = { loadSession: true };
    const resumed = new Talk({ session: 's', before: { cost: 2 } }).begun('agent', {}, able);
    resumed.update('usage_update', cost(3));
    expect(resumed.usage).toEqual({ cost: 1 });
    const unknown = new Talk({ session: 's' }).begun('agent', {}, able);
    unknown.update('usage_update', cost(3));
    expect(unknown.usage).toBeUndefined();
  });

  test('whoever has spent more than it may is stopped', () => {
    const talk = new Talk({ maxCost: 1 }).begun();
    talk.update('usage_update', cost(1));
    talk.update('usage_update', cost(2));
    expect(talk.sent.at(-1)).toMatchObject({ method: 'session/cancel' });
    expect(talk.end({ stopReason: 'cancelled' })).toMatchObject(failed('budget'));
  });
});

describe('whatever it is told', () => {
  test('other sessions, other answers and other versions of the past do nothing', () => {
    const talk = new Talk().begun();
    const before = talk.events.length;
    talk.update('agent_message_chunk', { content: { type: 'text', text: 'not ours' } }, 'other');
    talk.hear({ id: 99, result: { stopReason: 'end_turn' } });
    talk.hear({ id: 1, result: { protocolVersion: 1 } });
    talk.hear({ id: 2, result: { sessionId: 'z' } });
    talk.hear({ id: '33', result: { stopReason: 'end_turn' } });
    talk.hear({ method: '_vendor/news', params: {} });
    expect(talk.events).toHaveLength(before);
    expect(talk.end({ stopReason: 'end_turn' })).toBeDefined();
    talk.hear({ id: 3, result: { stopReason: 'end_turn' } });
    expect(talk.outcomes).toHaveLength(1);
  });

  test('answers that are none of ours by the letter end in a class, and not in silence', () => {
    const unreadable = new Talk();
    unreadable.hear({ id: null, error: { code: -32_700, message: 'Parse error' } });
    expect(unreadable.outcomes).toMatchObject([failed('protocol')]);
    const curt = new Talk().introduced();
    curt.hear({ id: '2', error: 'no such model' });
    expect(curt.outcomes).toMatchObject([{ ...failed('misconfigured'), message: 'no such model' }]);
    const newer = new Talk();
    newer.hear({ id: 1, result: { protocolVersion: '2026-01-01' } });
    expect(newer.outcomes[0]?.message).toContain('it speaks version "2026-01-01"');
  });

  test('a message in 200 000 pieces keeps its end', () => {
    const talk = new Talk().begun();
    const piece = JSON.stringify({
      method: 'session/update',
      params: {
        sessionId: 's',
        update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'x' } },
      },
    });
    for (let i = 0; i < 200_000; i++) talk.driver.line(piece, NOW);
    talk.say('the end');
    const said = talk.end({ stopReason: 'end_turn' })?.said ?? '';
    expect([said.length, said.slice(-8)]).toEqual([20_000, 'xthe end']);
  });

  test('lines that are long, not JSON or of other types', () => {
    const talk = new Talk().begun();
    for (const line of [
      'x'.repeat(2_000_000),
      'Loaded cached credentials.',
      '[]',
      'null',
      '{}',
      `{"method":"${'m'.repeat(1_000_000)}","id":9}`,
      `{"method":"session/update","params":{"update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"${'t'.repeat(1_000_000)}"}}}}`,
      `{"method":"session/update","params":{"update":{"sessionUpdate":"tool_call","toolCallId":"c","title":"${'t'.repeat(1_000_000)}"}}}`,
      '{"method":"session/update","params":{"update":{"sessionUpdate":"tool_call","toolCallId":7}}}',
      '{"method":"session/update","params":[]}',
      '{"id":0,"method":"session/request_permission","params":{"toolCall":[],"options":{}}}',
      '{"id":3,"result":[]}',
    ])
      talk.hear(line);
    for (const event of talk.events) expect(JSON.stringify(event).length).toBeLessThan(110_000);
    expect(talk.outcomes).toMatchObject([failed('protocol')]);
    expect(talk.outcomes[0]?.said.length).toBeLessThanOrEqual(20_000);
  });

  const key = fc.constantFrom(
    ...['sessionId', 'update', 'sessionUpdate', 'toolCall', 'toolCallId', 'kind', 'status', 'title', 'content', 'type'],
    ...[
      'text',
      'path',
      'locations',
      'rawInput',
      'command',
      'options',
      'optionId',
      'stopReason',
      'usage',
      'inputTokens',
    ],
    ...['cost', 'amount', 'currency', '_meta', 'codex', 'error', 'quota', 'token_count', 'code', 'message', 'data'],
    ...['protocolVersion', 'agentInfo', 'name', 'agentCapabilities', 'configOptions', 'models', 'entries'],
  );
  const word = fc.constantFrom(
    ...['s', 'agent_message_chunk', 'tool_call', 'tool_call_update', 'usage_update', 'session_info_update', 'plan'],
    ...['text', 'diff', 'completed', 'failed', 'edit', 'execute', 'allow_once', 'end_turn', 'cancelled', 'USD', 'c'],
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
  const method = fc.constantFrom('session/update', 'session/request_permission', 'fs/read_text_file', 'nothing');
  const json = (one: object): string => JSON.stringify(one);
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ method, params: fc.dictionary(key, value, { maxKeys: 8 }) }).map(json),
    fc
      .record({ sessionUpdate: word, rest: fc.dictionary(key, value, { maxKeys: 6 }) })
      .map(({ sessionUpdate, rest }) =>
        json({ method: 'session/update', params: { update: { ...rest, sessionUpdate } } }),
      ),
    fc.record({ id: fc.oneof(fc.nat(9), fc.string(), value), method, params: value }).map(json),
    fc.record({ id: fc.nat(6), result: value }).map(json),
    fc.record({ id: fc.nat(6), error: value }).map(json),
  );

  test('it never throws, sends only JSON, and ends with a class that we know', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.boolean(), (lines, early) => {
        const talk = early
          ? new Talk({ session: 's', maxCost: 0 })
          : new Talk({ model: 'm', permission: 'read' }).begun();
        for (const one of lines) {
          talk.hear(one);
          if (one.length % 7 === 0) talk.answers('deny');
          if (one.length % 11 === 0) talk.take(talk.driver.interrupt());
          if (one.length % 13 === 0) talk.take(talk.driver.say('More.'));
        }
        const last = talk.driver.exited(1, null, lines.join('\n'), NOW);
        for (const outcome of [...talk.outcomes, last]) {
          expect(outcome.failure !== undefined).toBe(outcome.how === 'failed');
          if (outcome.failure !== undefined) expect(FAILURES).toHaveProperty(outcome.failure);
        }
        for (const sent of talk.sent) expect(sent['jsonrpc']).toBe('2.0');
        let spent: Usage = {};
        for (const { usage } of talk.of('usage')) {
          for (const [name, count] of Object.entries(usage)) {
            expect(count).toBeGreaterThanOrEqual((spent as Record<string, number>)[name] ?? 0);
          }
          spent = usage;
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('a mark of the byte order is no part of the first line', () => {
  const talk = new Talk();
  talk.hear(`\uFEFF${JSON.stringify({ id: 1, result: { protocolVersion: 1 } })}`);
  talk.hear({ id: 2, result: { sessionId: 's' } });
  talk.say('done');
  talk.hear({ id: 3, result: { stopReason: 'end_turn' } });
  expect(talk.outcomes).toMatchObject([{ how: 'completed' }]);
});
