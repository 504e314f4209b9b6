import { event, list, member, pieces, string } from './json.ts';
import type { Conversation, Dialect, FaultName, Spoken } from './turn.ts';

/* Gemini: POST …/models/<model>:streamGenerateContent, or :generateContent for a whole answer. */

const STOPS = { end: 'STOP', tools: 'STOP', length: 'MAX_TOKENS', refusal: 'SAFETY' } as const;

/** HTTP status, status of the API, and text. */
const FAULTS: Readonly<Record<FaultName, readonly [code: number, status: string, message: string]>> = {
  unauthorized: [401, 'UNAUTHENTICATED', 'the key is not accepted'],
  forbidden: [403, 'PERMISSION_DENIED', 'this key may not use the model'],
  'rate-limit': [429, 'RESOURCE_EXHAUSTED', 'too many requests in this minute'],
  'usage-limit': [429, 'RESOURCE_EXHAUSTED', 'the usage limit of this account is reached'],
  quota: [429, 'RESOURCE_EXHAUSTED', 'the quota of this account is used up'],
  credit: [400, 'FAILED_PRECONDITION', 'this account has no credit'],
  server: [500, 'INTERNAL', 'something broke inside'],
  overloaded: [529, 'UNAVAILABLE', 'the model is overloaded'],
  overflow: [400, 'INVALID_ARGUMENT', 'The input token count exceeds the maximum number of tokens allowed (1048576).'],
};

export const gemini: Dialect = {
  name: 'gemini',
  path: /:(?:streamGenerateContent|generateContent)$/,

  read(body, path): Conversation {
    const [model = '', method = ''] = (path.split('/').at(-1) ?? '').split(':');
    const config = member(body, 'generationConfig');
    const schema = member(config, 'responseJsonSchema') ?? member(config, 'responseSchema');
    return {
      model,
      stream: method === 'streamGenerateContent',
      entries: list(body, 'contents').map((content) =>
        string(content, 'role') === 'model'
          ? { by: 'model', text: '' }
          : {
              by: 'user',
              text: list(content, 'parts')
                .map((one) => string(one, 'text'))
                .join('\n'),
            },
      ),
      tools: list(body, 'tools').flatMap((tool) =>
        list(tool, 'functionDeclarations').map((one) => ({ name: string(one, 'name'), form: 'json' as const })),
      ),
      ...(schema === undefined ? {} : { schema }),
    };
  },

  whole: (spoken, { model }) => chunk(spoken, model, [{ text: spoken.text }, ...calls(spoken)], true),

  stream(spoken, { model }) {
    const said = pieces(spoken.text).map((text) => event(undefined, chunk(spoken, model, [{ text }], false)));
    const last = spoken.calls.length === 0 ? [{ text: '' }] : calls(spoken);
    return [...said, event(undefined, chunk(spoken, model, last, true))];
  },

  refuse({ fault, retryAfter }) {
    const [code, status, message] = FAULTS[fault];
    const details =
      retryAfter === undefined
        ? {}
        : { details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfter}s` }] };
    return {
      status: code,
      headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
      body: { error: { code, status, message, ...details } },
    };
  },

  broken: () => event(undefined, { error: { code: 503, status: 'UNAVAILABLE', message: 'it broke off' } }),

  near: () => ({}),
};

function calls(spoken: Spoken): readonly object[] {
  return spoken.calls.map(({ name, text }) => ({ functionCall: { name, args: value(text) } }));
}

/** Arguments are values in this dialect, so that broken JSON can only be sent as a text. */
function value(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { broken: text };
  }
}

function chunk(spoken: Spoken, model: string, parts: readonly object[], last: boolean): object {
  const { input, cached, output } = spoken.tokens;
  const end = {
    usageMetadata: {
      promptTokenCount: input + cached,
      cachedContentTokenCount: cached,
      candidatesTokenCount: output,
      totalTokenCount: input + cached + output,
    },
  };
  return {
    candidates: [
      { index: 0, content: { role: 'model', parts }, ...(last ? { finishReason: STOPS[spoken.stop] } : {}) },
    ],
    modelVersion: model,
    responseId: spoken.id,
    ...(last ? end : {}),
  };
}
