import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { list, member, string } from './model/json.ts';
import { SCENARIOS } from './model/scenarios.ts';
import { type Model, startModel } from './model/server.ts';
import type { DialectName } from './model/turn.ts';

/* The scripted model itself, with small requests as the real programs send them. */

let clock = Date.UTC(2026, 0, 1);
let model: Model;

beforeEach(async () => {
  clock = Date.UTC(2026, 0, 1);
  model = await startModel({ now: () => clock });
});
afterEach(() => model.close());

/** A part of a conversation: what the user says, or that the model had a turn. */
type Part = string | { readonly model: true };
const TURN: Part = { model: true };

interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The data of its events, or the one value that it is. */
  readonly values: readonly unknown[];
}

const PATHS: Readonly<Record<DialectName, (stream: boolean) => string>> = {
  anthropic: () => '/v1/messages?beta=true',
  responses: () => '/v1/responses',
  chat: () => '/v1/chat/completions',
  gemini: (stream) => `/v1beta/models/g-1:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
};

/** Tools as each program offers them: one that writes and one that runs. */
const TOOLS: Readonly<Record<DialectName, readonly object[]>> = {
  anthropic: [{ name: 'Write' }, { name: 'Bash' }],
  responses: [
    { type: 'custom', name: 'apply_patch' },
    { type: 'function', name: 'exec_command' },
  ],
  chat: [
    { type: 'function', function: { name: 'write' } },
    { type: 'function', function: { name: 'bash' } },
  ],
  gemini: [{ functionDeclarations: [{ name: 'write_file' }, { name: 'run_shell_command' }] }],
};

function bodyOf(dialect: DialectName, parts: readonly Part[], more: object, stream: boolean): object {
  const tools = TOOLS[dialect];
  const said = (part: Part): boolean => typeof part === 'string';
  switch (dialect) {
    case 'anthropic':
      return {
        ...{ model: 'm', stream, tools },
        messages: parts.map((part) =>
          said(part)
            ? { role: 'user', content: [{ type: 'text', text: part }] }
            : { role: 'assistant', content: [{ type: 'text', text: 'before' }] },
        ),
        ...more,
      };
    case 'responses':
      return {
        ...{ model: 'm', stream, tools },
        input: parts.flatMap((part): object[] =>
          said(part)
            ? [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: part }] }]
            : [
                { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'before' }] },
                { type: 'function_call', call_id: 'c', name: 'exec_command', arguments: '{}' },
                { type: 'function_call_output', call_id: 'c', output: '[[refusal]] is no marker here' },
              ],
        ),
        ...more,
      };
    case 'chat':
      return {
        ...{ model: 'm', stream, tools },
        messages: [
          { role: 'system', content: '[[refusal]] is no marker here' },
          ...parts.map((part) =>
            said(part) ? { role: 'user', content: part } : { role: 'assistant', content: 'before' },
          ),
        ],
        ...more,
      };
    case 'gemini':
      return {
        tools,
        contents: parts.map((part) =>
          said(part) ? { role: 'user', parts: [{ text: part }] } : { role: 'model', parts: [{ text: 'before' }] },
        ),
        ...more,
      };
  }
}

async function ask(dialect: DialectName, parts: readonly Part[], more: object = {}, stream = true): Promise<Sent> {
  const response = await fetch(`${model.url}${PATHS[dialect](stream)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
    body: JSON.stringify(bodyOf(dialect, parts, more, stream)),
  });
  const text = await response.text();
  const data = [...text.matchAll(/^data: (.+)$/gm)].map((match) => match[1] ?? '').filter((one) => one !== '[DONE]');
  const values = (data.length > 0 ? data : [text]).map((one) => JSON.parse(one) as unknown);
  return { status: response.status, headers: response.headers, text, values };
}

interface Told {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly args: unknown }[];
}

/** What the model said and called, put together from the events as a program does it. */
function told(dialect: DialectName, { values }: Sent): Told {
  const calls: { name: string; args: unknown }[] = [];
  let text = '';
  let name = '';
  const call = (by: string, args: string): void => void calls.push({ name: by, args: JSON.parse(args) as unknown });
  for (const one of values) {
    switch (dialect) {
      case 'anthropic': {
        const delta = member(one, 'delta');
        text += string(delta, 'text');
        const block = member(one, 'content_block');
        if (string(block, 'type') === 'tool_use') name = string(block, 'name');
        if (string(delta, 'type') === 'input_json_delta') call(name, string(delta, 'partial_json'));
        break;
      }
      case 'responses': {
        const item = member(one, 'item');
        if (string(one, 'type') === 'response.output_text.delta') text += string(one, 'delta');
        if (string(one, 'type') !== 'response.output_item.done') break;
        if (string(item, 'type') === 'function_call') call(string(item, 'name'), string(item, 'arguments'));
        if (string(item, 'type') === 'custom_tool_call') {
          calls.push({ name: string(item, 'name'), args: string(item, 'input') });
        }
        break;
      }
      case 'chat': {
        const delta = member(list(one, 'choices')[0], 'delta');
        text += string(delta, 'content');
        for (const made of list(delta, 'tool_calls').map((each) => member(each, 'function'))) {
          call(string(made, 'name'), string(made, 'arguments'));
        }
        break;
      }
      case 'gemini':
        for (const part of list(member(list(one, 'candidates')[0], 'content'), 'parts')) {
          text += string(part, 'text');
          const made = member(part, 'functionCall');
          if (made !== undefined) calls.push({ name: string(made, 'name'), args: member(made, 'args') });
        }
        break;
    }
  }
  return { text, calls };
}

const DIALECTS: readonly DialectName[] = ['anthropic', 'responses', 'chat', 'gemini'];

describe.each(DIALECTS)('%s', (dialect) => {
  test('the step is the number of turns since the marker', async () => {
    const first = told(dialect, await ask(dialect, ['[[edit]] go']));
    expect(first.text).toBe('First the greeting.');
    expect(JSON.stringify(first.calls)).toMatch(/greeting\.txt.*good morning/);
    const second = told(dialect, await ask(dialect, ['[[edit]] go', TURN]));
    expect(second.text).toBe('Then a copy of it.');
    expect(JSON.stringify(second.calls)).toContain('cat greeting.txt > copy.txt');
    const last = told(dialect, await ask(dialect, ['[[edit]] go', TURN, TURN]));
    expect(last).toEqual({ text: 'The greeting is written, and there is a copy of it.', calls: [] });
    const other = told(dialect, await ask(dialect, ['[[edit]] go', TURN, '[[say]] and now?']));
    expect(other.text).toBe('Here is my answer.');
    expect(model.heard.map(({ scene }) => scene?.step)).toEqual([0, 1, 2, 0]);
  });

  test('tokens arrive as the dialect counts them', async () => {
    const { text } = await ask(dialect, ['[[edit]] go', TURN]);
    const counted = {
      anthropic: /"input_tokens":150,.*"cache_read_input_tokens":1000/,
      responses: /"input_tokens":1150,.*"cached_tokens":1000/,
      chat: /"prompt_tokens":1150,.*"cached_tokens":1000/,
      gemini: /"promptTokenCount":1150,"cachedContentTokenCount":1000/,
    };
    expect(text).toMatch(counted[dialect]);
  });

  test('an answer that is not streamed says the same', async () => {
    const { values, text } = await ask(dialect, ['[[edit]] go'], {}, false);
    expect(values).toHaveLength(1);
    expect(text).toContain('First the greeting.');
    expect(text).toContain('greeting.txt');
  });

  test('requests without tools are on the side', async () => {
    const answer = told(dialect, await ask(dialect, ['Find a title for: [[edit]] go'], { tools: [] }));
    expect(answer.text).toBe('Scripted');
    expect(model.heard[0]?.scene).toBeUndefined();
  });

  test.each([
    ['unauthorized', { anthropic: 401, responses: 401, chat: 401, gemini: 401 }],
    ['forbidden', { anthropic: 403, responses: 403, chat: 403, gemini: 403 }],
    ['rate-limit', { anthropic: 429, responses: 429, chat: 429, gemini: 429 }],
    ['usage-limit', { anthropic: 429, responses: 429, chat: 429, gemini: 429 }],
    ['quota', { anthropic: 429, responses: 429, chat: 429, gemini: 429 }],
    ['credit', { anthropic: 400, responses: 429, chat: 402, gemini: 400 }],
    ['server', { anthropic: 500, responses: 500, chat: 500, gemini: 500 }],
    ['overloaded', { anthropic: 529, responses: 529, chat: 529, gemini: 529 }],
    ['overflow', { anthropic: 400, responses: 200, chat: 400, gemini: 400 }],
  ])('[[%s]]', async (name, statuses) => {
    expect((await ask(dialect, [`[[${name}]] go`])).status).toBe(statuses[dialect]);
  });

  test('a limit says when to come back', async () => {
    const limited = await ask(dialect, ['[[rate-limit=3600]] go']);
    expect(limited.headers.get('retry-after')).toBe('3600');
    expect((await ask(dialect, ['[[rate-limit]] go'])).headers.get('retry-after')).toBe(null);
  });

  test('a fault that passes', async () => {
    expect((await ask(dialect, ['[[overloaded-once=2]] go'])).status).toBe(529);
    // Another conversation has a count of its own.
    expect((await ask(dialect, ['[[overloaded-once=2#other]] go'])).status).toBe(529);
    expect((await ask(dialect, ['[[overloaded-once=2]] go'])).status).toBe(529);
    expect(told(dialect, await ask(dialect, ['[[overloaded-once=2]] go'])).text).toBe('It works again.');
  });

  test('a stream that is dropped, one that fails, and one that hangs until the client leaves', async () => {
    await expect(ask(dialect, ['[[drop]] go'])).rejects.toThrow();
    expect((await ask(dialect, ['[[stream-error]] go'])).text).toMatch(/overloaded|server_error|UNAVAILABLE/);
    const leaving = new AbortController();
    const hanging = fetch(`${model.url}${PATHS[dialect](true)}`, {
      method: 'POST',
      body: JSON.stringify(bodyOf(dialect, ['[[hang]] go'], {}, true)),
      signal: leaving.signal,
    }).then((response) => response.text());
    const heard = await model.hears(({ scene }) => scene?.scenario === 'hang');
    leaving.abort();
    await expect(hanging).rejects.toThrow();
    await expect.poll(() => heard.ending).toBe('left');
    expect(model.heard.map(({ ending }) => ending)).toEqual(['broken', 'broken', 'left']);
  });

  test('broken JSON, a tool that is not there, and arguments of another', async () => {
    const bad = await ask(dialect, ['[[bad-json]] go']);
    // Where arguments are values, it is at least not what the tool takes.
    if (dialect === 'gemini') expect(bad.text).toContain('broken');
    else expect(() => told(dialect, bad)).toThrow(SyntaxError);
    expect(told(dialect, await ask(dialect, ['[[bad-tool]] go'])).calls).toEqual([
      { name: 'Telepathy', args: { to: 'you' } },
    ]);
    const shell = { anthropic: 'Bash', responses: 'exec_command', chat: 'bash', gemini: 'run_shell_command' }[dialect];
    expect(told(dialect, await ask(dialect, ['[[bad-arguments]] go'])).calls).toEqual([
      { name: shell, args: { colour: 'blue' } },
    ]);
  });

  test('a task does what its brief says, one thing a turn, and gives its digest', async () => {
    const work = { read: ['a.txt'], write: { 'a.txt': 'one\n' }, run: ['true'], digest: { summary: 'It’s done.' } };
    const brief = `## Goal\n\n[[task]]\n\n\`\`\`json\n${JSON.stringify(work, null, 2)}\n\`\`\`\n\n## Return\n\nWrite it to the file named by \`$MASTERPLAN_DIGEST\`:\n\n\`\`\`json\n{}\n\`\`\`\n`;
    const calls = [];
    for (let step = 0; step < 5; step++) {
      calls.push(told(dialect, await ask(dialect, [brief, ...Array<Part>(step).fill(TURN)])));
    }
    expect(JSON.stringify(calls[0])).toContain('A look at a.txt.');
    expect(JSON.stringify(calls[1])).toContain('Now a.txt.');
    expect(JSON.stringify(calls[2])).toContain('Now a command.');
    const digest = JSON.stringify(calls[3]?.calls[0]?.args);
    expect(digest).toContain('$MASTERPLAN_DIGEST');
    expect(digest).toContain('completed');
    expect(calls[4]).toEqual({ text: 'The task is done.', calls: [] });
  });
});

describe('digests', () => {
  const valid = { contract_id: 'implement.v1', status: 'completed' };

  test('through the tool for structured answers, mended when it was not taken', async () => {
    const more = { tools: [{ name: 'Bash' }, { name: 'StructuredOutput', input_schema: {} }] };
    const [first, second] = [
      await ask('anthropic', ['[[digest-repaired]]'], more),
      await ask('anthropic', ['[[digest-repaired]]', TURN], more),
    ];
    expect(told('anthropic', first).calls).toMatchObject([{ name: 'StructuredOutput', args: { status: 'perhaps' } }]);
    expect(told('anthropic', second).calls).toMatchObject([{ name: 'StructuredOutput', args: valid }]);
  });

  test('as the text of an answer whose form is prescribed', async () => {
    const more = { text: { format: { type: 'json_schema', schema: { type: 'object' } } } };
    const { text } = told('responses', await ask('responses', ['[[digest]]', TURN], more));
    expect(JSON.parse(text)).toMatchObject(valid);
    const again = told(
      'responses',
      await ask('responses', ['[[digest-repaired]]', TURN, 'It is not valid: status.'], more),
    );
    expect(JSON.parse(again.text)).toMatchObject(valid);
  });

  test('a task whose digest is wrong at first, without a file and without a schema', async () => {
    const brief = '[[task]]\n```json\n{"digest": "invalid-once"}\n```\n';
    const first = told('chat', await ask('chat', [brief]));
    expect(JSON.parse(first.text)).toMatchObject({ status: 'perhaps' });
    const second = told('chat', await ask('chat', [brief, TURN, 'Mend it.']));
    expect(JSON.parse(second.text)).toMatchObject(valid);
  });

  test('a planning attempt writes a plan, and a digest of its own contract', async () => {
    const work = { plan: '# It’s a plan\n' };
    const brief = `[[task]]\n\`\`\`json\n${JSON.stringify(work)}\n\`\`\`\n\n## Return\n\nto the file named by \`$MASTERPLAN_DIGEST\`: {"contract_id": "plan.v1"}`;
    const first = told('anthropic', await ask('anthropic', [brief]));
    expect(first.calls).toMatchObject([
      { name: 'Bash', args: { command: expect.stringContaining('$MASTERPLAN_PLAN') } },
    ]);
    const second = told('anthropic', await ask('anthropic', [brief, TURN]));
    expect(JSON.stringify(second.calls)).toContain('plan.v1');
  });

  test('a path that the brief names', async () => {
    const brief = "[[digest]] go\n\n## Return\n\nWrite it to the file `/in/it's.json`.";
    const { calls } = told('chat', await ask('chat', [brief, TURN]));
    expect(JSON.stringify(calls)).toContain(JSON.stringify(String.raw`> '/in/it'\''s.json'`).slice(1, -1));
  });
});

describe('what a test says', () => {
  test('a limit until a time, for everybody, and then everything is fine', async () => {
    const until = clock + 5 * 3_600_000;
    model.say('limit', { until });
    const codex = await ask('responses', ['[[say]] go']);
    expect(codex.status).toBe(429);
    expect(codex.values[0]).toMatchObject({
      error: { code: 'usage_limit_reached', resets_at: until / 1000, resets_in_seconds: 5 * 3600 },
    });
    const claude = await ask('anthropic', ['Find a title'], { tools: [] });
    expect(claude.status).toBe(429);
    expect(claude.headers.get('anthropic-ratelimit-unified-reset')).toBe(String(until / 1000));
    clock = until - 1;
    expect((await ask('responses', ['[[say]] go'])).status).toBe(429);
    clock = until;
    expect((await ask('responses', ['[[say]] go'])).status).toBe(200);
  });

  test('a number of requests, one dialect, and until it is fine', async () => {
    model.say('overloaded', { times: 2, dialect: 'anthropic' });
    expect((await ask('chat', ['[[say]] go'])).status).toBe(200);
    const statuses = [];
    for (let request = 0; request < 3; request++) statuses.push((await ask('anthropic', ['[[say]] go'])).status);
    expect(statuses).toEqual([529, 529, 200]);
    model.say('unauthorized');
    expect((await ask('anthropic', ['[[say]] go'])).status).toBe(401);
    model.say('fine');
    expect((await ask('anthropic', ['[[say]] go'])).status).toBe(200);
    expect(() => model.say('nonsense')).toThrow(/no scenario/);
  });

  test('a limit that comes near is told beside the answer', async () => {
    const codex = await ask('responses', ['[[near-limit=92]] go']);
    expect(codex.headers.get('x-codex-primary-used-percent')).toBe('92');
    const claude = await ask('anthropic', ['[[near-limit=92]] go']);
    expect(claude.headers.get('anthropic-ratelimit-unified-5h-utilization')).toBe('0.92');
  });
});

describe('the server', () => {
  test('keeps what was sent, without a word of the model', async () => {
    await ask('anthropic', ['[[say=a_word#run7]] go'], { system: 'Be brief.' });
    expect(model.heard).toMatchObject([
      {
        method: 'POST',
        path: '/v1/messages',
        headers: { authorization: 'Bearer key' },
        body: { system: 'Be brief.' },
        conversation: { tools: [{ name: 'Write' }, { name: 'Bash' }] },
        scene: { scenario: 'say', word: 'run7', step: 0, hit: 0 },
        turn: { text: 'a word' },
        ending: 'whole',
      },
    ]);
  });

  test('answers what programs ask beside the conversation', async () => {
    expect((await fetch(model.url, { method: 'HEAD' })).status).toBe(200);
    expect(await (await fetch(`${model.url}/v1/models`)).json()).toMatchObject({ data: [{ id: 'scripted' }] });
    const counted = await fetch(`${model.url}/v1/messages/count_tokens`, { method: 'POST', body: '{}' });
    expect(await counted.json()).toEqual({ input_tokens: 1000 });
    expect((await fetch(`${model.url}/else`)).status).toBe(404);
  });

  test('says so when a scenario is not there, or a tool', async () => {
    expect(told('chat', await ask('chat', ['[[nonsense]]'])).text).toBe('There is no scenario nonsense.');
    const more = { tools: [{ type: 'function', function: { name: 'think' } }] };
    expect(told('chat', await ask('chat', ['[[edit]]'], more)).text).toBe('There is no tool to write here.');
  });

  test('plays scenarios of a test', async () => {
    await model.close();
    model = await startModel({ scenarios: { mine: ({ step }) => ({ text: `mine ${step}` }) } });
    expect(told('chat', await ask('chat', ['[[mine]]', TURN])).text).toBe('mine 1');
  });

  test('closes while a client hangs', async () => {
    const hanging = ask('chat', ['[[hang]]']).catch(() => 'ended');
    await model.hears(({ scene }) => scene?.scenario === 'hang');
    await model.close();
    expect(await hanging).toBe('ended');
  });

  test('every scenario answers in every dialect', async () => {
    const quick = Object.keys(SCENARIOS).filter((name) => !/hang|drop|slowly/.test(name));
    for (const dialect of DIALECTS) {
      for (const name of quick) expect((await ask(dialect, [`[[${name}]] go`])).values, name).not.toEqual([]);
    }
  });
});
