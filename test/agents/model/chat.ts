import { event, list, member, pieces, string, textOf } from './json.ts';
import type { Conversation, Dialect, FaultName, Spoken } from './turn.ts';

/* Chat Completions of OpenAI, which many other servers speak: POST /v1/chat/completions. */

const STOPS = { end: 'stop', tools: 'tool_calls', length: 'length', refusal: 'content_filter' } as const;

/** Status, code and text; clients look for the codes. */
const FAULTS: Readonly<Record<FaultName, readonly [status: number, code: string, message: string]>> = {
  unauthorized: [401, 'invalid_api_key', 'the key is not accepted'],
  forbidden: [403, 'forbidden', 'this key may not use the model'],
  'rate-limit': [429, 'rate_limit_exceeded', 'too many requests in this minute'],
  'usage-limit': [429, 'usage_limit_reached', 'the usage limit of this account is reached'],
  quota: [429, 'insufficient_quota', 'the quota of this account is used up'],
  credit: [402, 'insufficient_credit', 'this account has no credit'],
  server: [500, 'server_error', 'something broke inside'],
  overloaded: [529, 'overloaded', 'too many people are asking'],
  overflow: [400, 'context_length_exceeded', 'maximum context length is 128000 tokens, and this is 131072 tokens'],
};

export const chat: Dialect = {
  name: 'chat',
  path: /\/chat\/completions$/,

  read(body): Conversation {
    const schema = member(member(member(body, 'response_format'), 'json_schema'), 'schema');
    return {
      model: string(body, 'model'),
      stream: member(body, 'stream') === true,
      entries: list(body, 'messages').map((message) => {
        const role = string(message, 'role');
        if (role === 'assistant') return { by: 'model', text: '' };
        return { by: 'user', text: role === 'user' ? textOf(member(message, 'content'), ['text']) : '' };
      }),
      tools: list(body, 'tools').map((tool) => ({ name: string(member(tool, 'function'), 'name'), form: 'json' })),
      ...(schema === undefined ? {} : { schema }),
    };
  },

  whole(spoken, { model }) {
    const calls = toolCalls(spoken);
    const message = {
      role: 'assistant',
      content: spoken.text === '' ? null : spoken.text,
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
    return {
      ...head(spoken, model, 'chat.completion'),
      choices: [{ index: 0, message, finish_reason: STOPS[spoken.stop] }],
      usage: usage(spoken),
    };
  },

  stream(spoken, { model }) {
    const events: string[] = [];
    const add = (fields: object): void =>
      void events.push(event(undefined, { ...head(spoken, model, 'chat.completion.chunk'), ...fields }));
    const delta = (fields: object, finish_reason: string | null): void =>
      add({ choices: [{ index: 0, delta: fields, finish_reason }] });
    delta({ role: 'assistant', content: '' }, null);
    for (const content of pieces(spoken.text)) delta({ content }, null);
    toolCalls(spoken).forEach((call, index) => delta({ tool_calls: [{ index, ...call }] }, null));
    delta({}, STOPS[spoken.stop]);
    add({ choices: [], usage: usage(spoken) });
    events.push('data: [DONE]\n\n');
    return events;
  },

  refuse({ fault, retryAfter }) {
    const [status, code, message] = FAULTS[fault];
    return {
      status,
      headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
      body: { error: { type: code, code, message, param: null } },
    };
  },

  broken: () => event(undefined, { error: { type: 'server_error', code: 'server_error', message: 'it broke off' } }),

  near: () => ({}),
};

function head({ id }: Spoken, model: string, object: string): object {
  return { id: `chatcmpl-${id}`, object, created: 1, model };
}

function toolCalls({ calls }: Spoken): readonly object[] {
  return calls.map(({ id, name, text }) => ({ id, type: 'function', function: { name, arguments: text } }));
}

function usage({ tokens: { input, cached, output } }: Spoken): object {
  return {
    prompt_tokens: input + cached,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens: output,
    total_tokens: input + cached + output,
  };
}
