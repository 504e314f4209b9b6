import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claudeDriver } from '../../../src/core/agents/claude/driver.ts';
import { resetOf } from '../../../src/core/agents/claude/failures.ts';
import type { Outcome, Usage } from '../../../src/core/agents/event.ts';
import { FAILURES } from '../../../src/core/agents/failure.ts';
import { ClaudeTalk } from './claude-talk.ts';
import { NOW, order } from './replay.ts';

describe('failures', () => {
  test.each<[string, [string, string, (number | undefined)?, object?], Partial<Outcome>]>([
    [
      'a limit of a subscription',
      ["You've hit your session limit · resets 6pm (UTC)", 'rate_limit', 429],
      { failure: 'usage-limit', status: 429, resetsAt: Date.UTC(2026, 10, 20, 18) },
    ],
    [
      'a limit in another zone',
      ["You've hit your weekly limit · resets Nov 24, 9am (America/New_York)", 'rate_limit', 429],
      { failure: 'usage-limit', resetsAt: Date.UTC(2026, 10, 24, 14) },
    ],
    [
      'a limit that the customer set',
      [
        'API Error: 400 You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
        'invalid_request',
        400,
      ],
      { failure: 'usage-limit', resetsAt: Date.UTC(2026, 11, 1) },
    ],
    ['a limit by its name', ['No.', 'unknown', 400, { api_error: 'usage_cap_reached' }], { failure: 'usage-limit' }],
    ['no model of that name', ['There is no such model', 'model_not_found', 404], { failure: 'misconfigured' }],
    ['an account on hold', ['Wait.', 'account_on_hold'], { failure: 'billing' }],
    ['an unknown error of an unknown kind', ['Odd.', 'hasOwnProperty'], { failure: 'unknown' }],
    ['a refusal', ['No.', 'unknown', undefined, { stop_reason: 'refusal' }], { failure: 'refusal' }],
    ['an answer cut short', ['Too long.', 'max_output_tokens'], { failure: 'overflow' }],
    [
      'a form never kept to',
      ['', '', undefined, { subtype: 'error_max_structured_output_retries' }],
      { failure: 'protocol' },
    ],
    [
      'an end that is new to us',
      ['', '', undefined, { subtype: 'error_new' }],
      { failure: 'unknown', message: 'it ended with error_new' },
    ],
  ])('%s', (_, [text, error, status, fields], expected) => {
    const outcome = new ClaudeTalk().fails(text, error, status, fields);
    expect(outcome).toMatchObject({ how: 'failed', ...expected });
    expect(outcome?.message).not.toBe('');
  });

  test('what a limit event says counts more than words', () => {
    const talk = new ClaudeTalk();
    const info = { status: 'rejected', resetsAt: NOW / 1000 + 60, rateLimitType: 'five_hour', utilization: 1 };
    talk.hear({ type: 'rate_limit_event', rate_limit_info: info });
    expect(talk.of('limit')[0]?.limit).toEqual({ window: 'five_hour', used: 100, resetsAt: NOW + 60_000 });
    expect(talk.fails("You've hit your limit · resets 6pm", 'rate_limit', 429)).toMatchObject({
      resetsAt: NOW + 60_000,
      resetsBy: 'event',
    });
    // Words that we do not know, of an account that is known to be at its limit.
    const other = new ClaudeTalk().hear({ type: 'rate_limit_event', rate_limit_info: info });
    const ended = { failure: 'usage-limit', resetsAt: NOW + 60_000, resetsBy: 'event' };
    expect(other.fails('Come back later', 'rate_limit', 429)).toMatchObject(ended);
    expect(new ClaudeTalk().fails('Come back later', 'rate_limit', 429)).toMatchObject({ failure: 'rate-limit' });
    const two = { five_hour: { utilization: 0.92, resetsAt: NOW / 1000 + 60 }, seven_day: { utilization: 0.4 } };
    const more = { status: 'allowed', rateLimitType: 'five_hour', resetsAt: NOW / 1000 + 60, unifiedWindows: two };
    const both = new ClaudeTalk().hear({ type: 'rate_limit_event', rate_limit_info: more });
    expect(both.of('limit').map(({ limit }) => limit)).toEqual([
      { window: 'five_hour', used: 92, resetsAt: NOW + 60_000 },
      { window: 'seven_day', used: 40 },
    ]);
    // A time that no calendar has is none.
    for (const resetsAt of [1e300, -5, '7', null]) {
      const odd = new ClaudeTalk().hear({
        type: 'rate_limit_event',
        rate_limit_info: { status: 'rejected', resetsAt },
      });
      expect(odd.of('limit')[0]?.limit).toEqual({ window: 'account' });
    }
  });

  test('of a subagent are not the end of the turn', () => {
    const talk = new ClaudeTalk();
    talk.says('m', 'sub', {}, { parent_tool_use_id: 't', error: 'authentication_failed' });
    expect(talk.ends({ is_error: true, result: '' })).toMatchObject({ failure: 'unknown' });
    expect(new ClaudeTalk().says('m', 'sub', {}, { parent_tool_use_id: 't' }).ends()).toMatchObject({ said: '' });
  });

  test('of one turn are not those of the next', () => {
    const talk = new ClaudeTalk();
    talk.fails('Invalid API key', 'authentication_failed', 401);
    talk.take(talk.driver.say('Again.'));
    expect(talk.ends({ is_error: true, result: '' })).toMatchObject({ failure: 'unknown' });
    talk.take(talk.driver.interrupt());
    expect(talk.ends({ is_error: true, terminal_reason: 'aborted_streaming' })).toMatchObject({ how: 'cancelled' });
    talk.take(talk.driver.say('Again.'));
    expect(talk.ends({ subtype: 'error_during_execution' })).toMatchObject({ how: 'failed' });
  });

  const init = { type: 'system', subtype: 'init', session_id: 's' };
  test.each<[string, number | null, string | null, string, boolean, Partial<Outcome>]>([
    ['killed', null, 'SIGKILL', 'warning: rate limit', true, { failure: 'died', message: 'it was ended by SIGKILL' }],
    ['ended with the code of a signal', 143, null, '', true, { failure: 'died' }],
    ['gone without a word', 0, null, '', true, { failure: 'died' }],
    ['another program', 0, null, '', false, { failure: 'misconfigured' }],
    ['an option unknown', 1, null, "error: unknown option '--network'\n", false, { failure: 'misconfigured' }],
    ['not logged in', 1, null, 'Not logged in · Please run /login', false, { failure: 'authentication' }],
    ['no session', 1, null, 'No conversation found with session ID: x', false, { failure: 'session' }],
    ['a session in use', 1, null, 'Error: Session ID x is already in use.', false, { failure: 'session' }],
    ['no session by its form', 1, null, 'Error: --resume requires a valid session ID', false, { failure: 'session' }],
    [
      'its network',
      1,
      null,
      'a\nconnect ECONNREFUSED',
      true,
      { failure: 'connection', message: 'connect ECONNREFUSED' },
    ],
  ])('without a result: %s', (_, code, signal, words, started, expected) => {
    const talk = new ClaudeTalk();
    if (started) talk.hear(init);
    expect(talk.driver.exited(code, signal, words, NOW)).toMatchObject({ how: 'failed', ...expected });
    talk.take(talk.driver.interrupt());
    const cancelled = talk.driver.exited(code, signal, words, NOW);
    expect(cancelled).toMatchObject({ how: 'cancelled' });
    expect(cancelled.failure).toBeUndefined();
  });

  test.each([
    ['resets 6pm (Europe/Berlin)', '2026-11-20T17:00:00.000Z'],
    ['resets 6pm (Asia/Kolkata)', '2026-11-20T12:30:00.000Z'],
    ['resets 6pm (UTC)', '2026-11-20T18:00:00.000Z'],
    ['resets 9am (America/Argentina/Buenos_Aires)', '2026-11-20T12:00:00.000Z'],
    // Clocks are put back on 1 November.
    ['resets Nov 3, 9am (America/New_York)', '2026-11-03T14:00:00.000Z', '2026-10-31T22:00:00Z'],
    ['resets in 2h', '2026-11-20T14:00:00.000Z'],
  ] as const)('a limit %s', (text, expected, now: string = new Date(NOW).toISOString()) => {
    const at = resetOf(`You've hit your limit · ${text}`, Date.parse(now));
    // Noon is over just then, so that is tomorrow's.
    const wanted = text.includes('Buenos') ? '2026-11-21T12:00:00.000Z' : expected;
    expect(new Date(at ?? 0).toISOString()).toBe(wanted);
  });

  test('a zone that there is not is the zone of the machine', () => {
    const text = "You've hit your limit · resets 6pm";
    expect(resetOf(`${text} (Nowhere/Land)`, NOW)).toBe(resetOf(text, NOW));
    expect(resetOf("You've hit your limit", NOW)).toBeUndefined();
  });
});

describe('tokens', () => {
  test('are counted once a message, although messages come in pieces', () => {
    const talk = new ClaudeTalk();
    talk.says('a', 'x', { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 });
    talk.says('a', 'y', { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 3 });
    talk.says('b', 'z', { input_tokens: 20, output_tokens: 1 });
    expect(talk.usage).toEqual({ input: 30, cached: 5, output: 4, turns: 2 });
    // Messages that the program made itself cost nothing.
    talk.hear({ type: 'assistant', message: { id: 'c', model: '<synthetic>', usage: { input_tokens: 0 } } });
    expect(talk.of('usage')).toHaveLength(2);
  });

  test('what is not told is not there', () => {
    const talk = new ClaudeTalk();
    talk.says('a', 'x', {});
    expect(talk.usage).toEqual({ turns: 1 });
    talk.ends();
    expect(talk.usage).toEqual({ turns: 1 });
    const odd = new ClaudeTalk();
    odd.ends({ usage: { input_tokens: '7', output_tokens: -3 }, total_cost_usd: null, modelUsage: [] });
    expect(odd.usage).toEqual({});
  });

  test('of a session count on over its turns, and never go back', () => {
    const talk = new ClaudeTalk();
    const model = (inputTokens: number, outputTokens: number): object => ({ m: { inputTokens, outputTokens } });
    talk.says('a', 'x');
    talk.ends({ usage: { input_tokens: 10, output_tokens: 5 }, modelUsage: model(15, 7), total_cost_usd: 0.2 });
    expect(talk.usage).toEqual({ input: 15, output: 7, cost: 0.2, turns: 1 });
    talk.says('b', 'x');
    talk.ends({ usage: { input_tokens: 10, output_tokens: 5 }, modelUsage: model(25, 12), total_cost_usd: 0.3 });
    expect(talk.usage).toEqual({ input: 25, output: 12, cost: 0.3, turns: 2 });
    talk.ends({ usage: {}, modelUsage: model(1, 1), total_cost_usd: 0.1 });
    expect(talk.usage).toEqual({ input: 25, output: 12, cost: 0.3, turns: 2 });
  });

  test('of a resumed session whose subagents only its totals know', () => {
    const talk = new ClaudeTalk({ session: 's', before: { input: 100, output: 10, cost: 1 } });
    talk.ends({
      usage: { input_tokens: 10, output_tokens: 5 },
      modelUsage: { m: { inputTokens: 140, outputTokens: 30 } },
      total_cost_usd: 1.5,
    });
    expect(talk.usage).toEqual({ input: 40, output: 20, cost: 0.5 });
  });
});

describe('whatever it is told', () => {
  test('lines that are long, not JSON or of other types', () => {
    const talk = new ClaudeTalk();
    const long = 'x'.repeat(1_000_000);
    for (const line of [
      long.repeat(2),
      '',
      '   ',
      '[]',
      'null',
      '"text"',
      '{}',
      '{"type":7}',
      '{"type":"constructor"}',
      `{"type":"${long}"}`,
      '{"type":"system","subtype":"init","session_id":5,"model":[],"claude_code_version":{}}',
      `{"type":"system","subtype":"init","session_id":"${long}","model":"${long}"}`,
      `{"type":"system","subtype":"api_retry","error":"${long}","attempt":"x","error_status":"y"}`,
      `{"type":"system","subtype":"permission_denied","tool_name":"${long}"}`,
      '{"type":"assistant"}',
      '{"type":"assistant","message":{"id":"a","content":"text","usage":[]}}',
      `{"type":"assistant","message":{"id":"${long}","content":[{"type":"text","text":"${long}"},{"type":"thinking","thinking":"${long}"},null,7]}}`,
      `{"type":"assistant","message":{"content":[{"type":"tool_use","id":"${long}","name":"${long}","input":{"command":"${long}"}}]}}`,
      `{"type":"assistant","error":"${long}","message":{"content":[{"type":"text","text":"${long}"}]}}`,
      `{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"${long}"}]},"tool_use_result":{"type":"create","filePath":"${long}"}}`,
      `{"type":"control_request","request_id":"q","request":{"subtype":"can_use_tool","tool_name":"${long}","input":{"command":"${long}","file_path":"${long}"},"blocked_path":"${long}"}}`,
      '{"type":"control_request"}',
      '{"type":"control_cancel_request","request_id":{}}',
      `{"type":"rate_limit_event","rate_limit_info":{"rateLimitType":"${long}","resetsAt":"x","utilization":[]}}`,
      '{"type":"rate_limit_event","rate_limit_info":7,"unifiedWindows":7}',
      `{"type":"result","subtype":"${long}","is_error":"yes","result":"${long}","errors":["${long}",7],"permission_denials":{}}`,
      '{"type":"result","modelUsage":{"a":7,"b":null},"usage":7,"total_cost_usd":"1"}',
    ])
      talk.hear(line);
    for (const event of talk.events) expect(JSON.stringify(event).length).toBeLessThan(130_000);
    expect(talk.outcomes).toHaveLength(2);
    for (const { said, message } of [...talk.outcomes, talk.driver.exited(1, null, long, NOW)]) {
      expect(said.length).toBeLessThanOrEqual(20_000);
      expect(message.length).toBeLessThanOrEqual(300);
    }
  });

  test('a session of 100 000 lines is counted to its end, and of its questions the last ones are known', () => {
    const driver = claudeDriver(order());
    let usage: Usage | undefined;
    for (let i = 0; i < 50_000; i++) {
      const content = [{ type: 'tool_use', id: `t${i}`, name: 'Bash', input: { command: 'ls' } }];
      const message = { id: `m${i}`, content, usage: { input_tokens: 1, output_tokens: 1 } };
      for (const event of driver.line(JSON.stringify({ type: 'assistant', message }), NOW).events)
        if (event.type === 'usage') ({ usage } = event);
      const request = { subtype: 'can_use_tool', tool_name: 'Bash', input: { command: 'x'.repeat(100) } };
      driver.line(JSON.stringify({ type: 'control_request', request_id: `q${i}`, request }), NOW);
    }
    expect(usage).toEqual({ input: 50_000, output: 50_000, turns: 50_000 });
    let answered = 0;
    for (let i = 0; i < 50_000; i++) answered += driver.answer(`q${i}`, 'allow', '').send.length;
    expect(answered).toBe(500);
  });

  const type = fc.constantFrom(
    ...['system', 'assistant', 'user', 'control_request', 'control_cancel_request', 'control_response'],
    ...['rate_limit_event', 'result', 'stream_event', 'nothing_known'],
  );
  const key = fc.constantFrom(
    ...['subtype', 'message', 'content', 'id', 'usage', 'input_tokens', 'output_tokens', 'error', 'result', 'errors'],
    ...['is_error', 'terminal_reason', 'stop_reason', 'api_error_status', 'api_error', 'modelUsage', 'total_cost_usd'],
    ...['request_id', 'request', 'tool_name', 'input', 'command', 'file_path', 'permission_suggestions', 'type'],
    ...['rate_limit_info', 'resetsAt', 'status', 'structured_output', 'permission_denials', 'parent_tool_use_id'],
    ...['tool_use_result', 'filePath', '__proto__', 'inputTokens', 'text', 'thinking', 'name', 'session_id'],
  );
  const word = fc.constantFrom(
    ...['init', 'api_retry', 'permission_denied', 'success', 'error_max_turns', 'error_during_execution', 'text'],
    ...[
      'can_use_tool',
      'tool_use',
      'tool_result',
      'create',
      'rejected',
      'aborted_tools',
      'usage limit',
      'q',
      'toString',
    ],
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.integer({ min: -5, max: 1000 }),
      word,
      tie('object'),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
    object: fc.dictionary(key, tie('value'), { maxKeys: 6 }),
  }));
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .tuple(fc.dictionary(key, value, { maxKeys: 10 }), type)
      .map(([fields, of]) => JSON.stringify({ ...fields, type: of })),
  );

  test('it never throws, sends only JSON, and ends with a class that we know', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.boolean(), (lines, resumed) => {
        const talk = new ClaudeTalk(resumed ? { session: 's', before: { input: 5, cost: 1 } } : {});
        for (const text of lines) {
          talk.hear(text);
          if (text.length % 7 === 0) {
            for (const { ask } of talk.of('permission_asked')) talk.take(talk.driver.answer(ask.id, 'session', ''));
          }
          if (text.length % 11 === 0) talk.take(talk.driver.interrupt());
          if (text.length % 13 === 0) talk.take(talk.driver.say('More.'));
        }
        const last = talk.driver.exited(lines.length % 3, null, lines.join('\n'), NOW);
        for (const outcome of [...talk.outcomes, last]) {
          expect(outcome.failure !== undefined).toBe(outcome.how === 'failed');
          if (outcome.failure !== undefined) expect(Object.keys(FAILURES)).toContain(outcome.failure);
        }
        let before: Usage = {};
        for (const { usage } of talk.of('usage')) {
          for (const [name, count] of Object.entries(before))
            expect(usage[name as keyof Usage] ?? -1).toBeGreaterThanOrEqual(count as number);
          before = usage;
        }
        for (const sent of talk.sent) expect(sent['type']).toMatch(/^(?:user|control_response|control_request)$/);
      }),
      { numRuns: 500 },
    );
  });
});
