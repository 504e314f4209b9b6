import { event, list, member, pieces, string, textOf } from './json.ts';
import type { Conversation, Dialect, Fault, FaultName, Spoken, Tokens } from './turn.ts';

/* Messages of Anthropic: POST /v1/messages. */

const STOPS = { end: 'end_turn', tools: 'tool_use', length: 'max_tokens', refusal: 'refusal' } as const;

/** Status, type and text; clients look for some of the words. */
const FAULTS: Readonly<Record<FaultName, readonly [status: number, type: string, message: string]>> = {
  unauthorized: [401, 'authentication_error', 'invalid x-api-key'],
  forbidden: [403, 'permission_error', 'this key may not use the model'],
  'rate-limit': [429, 'rate_limit_error', 'too many requests in this minute'],
  'usage-limit': [429, 'rate_limit_error', 'the usage limit of this account is reached'],
  quota: [429, 'rate_limit_error', 'the quota of this account is used up'],
  credit: [400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'],
  server: [500, 'api_error', 'something broke inside'],
  overloaded: [529, 'overloaded_error', 'Overloaded'],
  overflow: [400, 'invalid_request_error', 'prompt is too long: 201234 tokens > 200000 maximum'],
};

export const anthropic: Dialect = {
  name: 'anthropic',
  path: /\/messages$/,

  read(body): Conversation {
    return {
      model: string(body, 'model'),
      stream: member(body, 'stream') === true,
      entries: list(body, 'messages').map((message) =>
        string(message, 'role') === 'assistant'
          ? { by: 'model', text: '' }
          : { by: 'user', text: textOf(member(message, 'content'), ['text']) },
      ),
      tools: list(body, 'tools').map((tool) => ({ name: string(tool, 'name'), form: 'json' })),
    };
  },

  whole: (spoken, { model }) => ({
    ...message(spoken, model),
    content: [
      ...(spoken.text === '' ? [] : [{ type: 'text', text: spoken.text }]),
      ...spoken.calls.map(({ id, name, text }) => ({ type: 'tool_use', id, name, input: lenient(text) })),
    ],
    stop_reason: STOPS[spoken.stop],
    usage: usage(spoken.tokens),
  }),

  stream(spoken, { model }) {
    const events: string[] = [];
    const add = (type: string, fields: object): void => void events.push(event(type, { type, ...fields }));
    add('message_start', {
      message: { ...message(spoken, model), content: [], usage: { ...usage(spoken.tokens), output_tokens: 1 } },
    });
    let index = 0;
    if (spoken.text !== '') {
      add('content_block_start', { index, content_block: { type: 'text', text: '' } });
      for (const text of pieces(spoken.text))
        add('content_block_delta', { index, delta: { type: 'text_delta', text } });
      add('content_block_stop', { index });
      index++;
    }
    for (const { id, name, text } of spoken.calls) {
      add('content_block_start', { index, content_block: { type: 'tool_use', id, name, input: {} } });
      add('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: text } });
      add('content_block_stop', { index });
      index++;
    }
    add('message_delta', {
      delta: { stop_reason: STOPS[spoken.stop], stop_sequence: null },
      usage: { output_tokens: spoken.tokens.output },
    });
    add('message_stop', {});
    return events;
  },

  refuse(fault, now) {
    const [status, type, text] = FAULTS[fault.fault];
    return { status, headers: headers(fault, now), body: { type: 'error', error: { type, message: text } } };
  },

  broken: () =>
    event('error', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded while it answered' } }),

  near: ({ used, resetsAt }) => ({
    'anthropic-ratelimit-unified-status': 'allowed_warning',
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    'anthropic-ratelimit-unified-reset': seconds(resetsAt),
    'anthropic-ratelimit-unified-5h-status': 'allowed_warning',
    'anthropic-ratelimit-unified-5h-reset': seconds(resetsAt),
    'anthropic-ratelimit-unified-5h-utilization': String(used / 100),
  }),
};

function message({ id, stop }: Spoken, model: string): object {
  // A stream starts without a reason to stop; whole answers overwrite it.
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    stop_reason: null,
    stop_sequence: null,
    ...refusal(stop),
  };
}

function refusal(stop: Spoken['stop']): object {
  return stop === 'refusal' ? { stop_details: { type: 'refusal' } } : {};
}

function usage({ input, cached, output }: Tokens): object {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output,
  };
}

function headers({ fault, retryAfter, resetsAt }: Fault, now: number): Record<string, string> {
  const all: Record<string, string> = { 'request-id': 'req_scripted' };
  if (retryAfter !== undefined) all['retry-after'] = String(retryAfter);
  if (fault === 'usage-limit') {
    const until = resetsAt ?? now + 3_600_000;
    all['retry-after'] ??= String(Math.max(1, Math.ceil((until - now) / 1000)));
    all['x-should-retry'] = 'false';
    all['anthropic-ratelimit-unified-status'] = 'rejected';
    all['anthropic-ratelimit-unified-reset'] = seconds(until);
    all['anthropic-ratelimit-unified-representative-claim'] = 'five_hour';
    all['anthropic-ratelimit-unified-5h-status'] = 'rejected';
    all['anthropic-ratelimit-unified-5h-reset'] = seconds(until);
    all['anthropic-ratelimit-unified-5h-utilization'] = '1';
  }
  return all;
}

function seconds(time: number): string {
  return String(Math.floor(time / 1000));
}

/** Arguments of a call as a value: this form has no way to send broken JSON, so that becomes a text. */
function lenient(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { broken: text };
  }
}
