import { event, list, member, pieces, string, textOf } from './json.ts';
import type { Conversation, Dialect, FaultName, Spoken, Tool } from './turn.ts';

/* Responses of OpenAI: POST /v1/responses. */

/** Items that the model made; several in a row are one turn of it. */
const OF_THE_MODEL = /^(?:reasoning|(?:function|custom_tool|local_shell|tool_search|web_search)_call)$/;

/** Status, code and text; clients look for the codes. Without a status: told by the stream. */
const FAULTS: Readonly<Record<FaultName, readonly [status: number | undefined, code: string, message: string]>> = {
  unauthorized: [401, 'invalid_api_key', 'the key is not accepted'],
  forbidden: [403, 'forbidden', 'this key may not use the model'],
  'rate-limit': [429, 'rate_limit_exceeded', 'too many requests in this minute'],
  'usage-limit': [429, 'usage_limit_reached', 'the usage limit of this account is reached'],
  quota: [429, 'insufficient_quota', 'the quota of this account is used up'],
  credit: [429, 'insufficient_quota', 'this account has no credit'],
  server: [500, 'server_error', 'something broke inside'],
  overloaded: [529, 'overloaded', 'too many people are asking'],
  overflow: [undefined, 'context_length_exceeded', 'the input is longer than the context window of the model'],
};

export const responses: Dialect = {
  name: 'responses',
  path: /\/responses$/,

  read(body): Conversation {
    const entries: { by: 'user' | 'model'; text: string }[] = [];
    const input = member(body, 'input');
    const items = typeof input === 'string' ? [{ role: 'user', content: input }] : list(body, 'input');
    for (const item of items) {
      if (string(item, 'role') === 'assistant' || OF_THE_MODEL.test(string(item, 'type'))) {
        if (entries.at(-1)?.by !== 'model') entries.push({ by: 'model', text: '' });
      } else {
        const text = string(item, 'role') === 'user' ? textOf(member(item, 'content'), ['input_text', 'text']) : '';
        entries.push({ by: 'user', text });
      }
    }
    const schema = member(member(member(body, 'text'), 'format'), 'schema');
    return {
      model: string(body, 'model'),
      stream: member(body, 'stream') === true,
      entries,
      tools: list(body, 'tools').flatMap(tools),
      ...(schema === undefined ? {} : { schema }),
    };
  },

  whole: (spoken, { model }) => finished(spoken, model),

  stream(spoken, { model }) {
    const events: string[] = [];
    const add = (type: string, fields: object): void =>
      void events.push(event(type, { type, sequence_number: events.length, ...fields }));
    add('response.created', {
      response: { id: `resp_${spoken.id}`, object: 'response', status: 'in_progress', model, output: [] },
    });
    output(spoken).forEach((item, output_index) => {
      const item_id = string(item, 'id');
      const type = string(item, 'type');
      const at = { item_id, output_index };
      if (type === 'message') {
        const place = { ...at, content_index: 0 };
        add('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', content: [] } });
        add('response.content_part.added', { ...place, part: part('') });
        for (const delta of pieces(spoken.text)) add('response.output_text.delta', { ...place, delta });
        add('response.output_text.done', { ...place, text: spoken.text });
        add('response.content_part.done', { ...place, part: part(spoken.text) });
      } else if (type === 'function_call') {
        const args = string(item, 'arguments');
        add('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', arguments: '' } });
        add('response.function_call_arguments.delta', { ...at, delta: args });
        add('response.function_call_arguments.done', { ...at, arguments: args });
      } else {
        add('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', input: '' } });
      }
      add('response.output_item.done', { output_index, item });
    });
    const response = finished(spoken, model);
    add(spoken.stop === 'length' || spoken.stop === 'refusal' ? 'response.incomplete' : 'response.completed', {
      response,
    });
    return events;
  },

  refuse({ fault, retryAfter, resetsAt }, now) {
    const [status, code, text] = FAULTS[fault];
    if (status === undefined) return failed(code, text);
    const until = resetsAt ?? now + 3_600_000;
    const limit =
      fault === 'usage-limit'
        ? {
            plan_type: 'plus',
            resets_at: Math.floor(until / 1000),
            resets_in_seconds: Math.max(1, Math.ceil((until - now) / 1000)),
          }
        : {};
    return {
      status,
      headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
      body: { error: { type: code, code, message: text, param: null, ...limit } },
    };
  },

  broken: () => failed('server_error', 'something broke while it answered'),

  near: ({ used, resetsAt }) => ({
    'x-codex-primary-used-percent': String(used),
    'x-codex-primary-window-minutes': '300',
    'x-codex-primary-reset-at': String(Math.floor(resetsAt / 1000)),
  }),
};

function tools(tool: unknown): readonly Tool[] {
  const type = string(tool, 'type');
  const name = string(tool, 'name');
  if (type === 'namespace') {
    return list(tool, 'tools').flatMap((inner) => tools(inner).map((one) => ({ ...one, namespace: name })));
  }
  return [{ name: name === '' ? type : name, form: type === 'custom' ? 'custom' : 'json' }];
}

function part(text: string): object {
  return { type: 'output_text', text, annotations: [] };
}

function output({ id, text, calls, stop }: Spoken): readonly object[] {
  const content = stop === 'refusal' ? [{ type: 'refusal', refusal: text }] : [part(text)];
  const said = { type: 'message', id: `msg_${id}`, role: 'assistant', status: 'completed', content };
  return [
    ...(text === '' ? [] : [said]),
    ...calls.map((call, index) =>
      call.form === 'custom'
        ? {
            type: 'custom_tool_call',
            id: `ctc_${id}_${index}`,
            call_id: call.id,
            name: call.name,
            input: call.text,
            status: 'completed',
          }
        : {
            type: 'function_call',
            id: `fc_${id}_${index}`,
            call_id: call.id,
            name: call.name,
            ...(call.namespace === undefined ? {} : { namespace: call.namespace }),
            arguments: call.text,
            status: 'completed',
          },
    ),
  ];
}

function finished(spoken: Spoken, model: string): object {
  const { input, cached, output: written } = spoken.tokens;
  const reason = { length: 'max_output_tokens', refusal: 'content_filter', end: undefined, tools: undefined }[
    spoken.stop
  ];
  return {
    id: `resp_${spoken.id}`,
    object: 'response',
    status: reason === undefined ? 'completed' : 'incomplete',
    ...(reason === undefined ? {} : { incomplete_details: { reason } }),
    model,
    output: output(spoken),
    usage: {
      input_tokens: input + cached,
      input_tokens_details: { cached_tokens: cached },
      output_tokens: written,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + cached + written,
    },
  };
}

function failed(code: string, text: string): string {
  const response = {
    id: 'resp_failed',
    object: 'response',
    status: 'failed',
    error: { code, message: text },
    output: [],
  };
  return event('response.failed', { type: 'response.failed', sequence_number: 0, response });
}
