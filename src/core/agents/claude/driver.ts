import { type Driver, type Move, STILL } from '../driver.ts';
import {
  type AgentEvent,
  type Outcome,
  type PermissionAnswer,
  type PermissionAsk,
  SAID_LIMIT,
  type Usage,
} from '../event.ts';
import type { FailureClass } from '../failure.ts';
import { brief, type Fields, fieldsOf, listOf, numberOf, readLine, textOf } from '../json.ts';
import type { Order } from '../order.ts';
import { addUsage, atLeast } from '../usage.ts';
import { failureInWords, failureOfStatus, resetTime } from '../words.ts';

/*
 * Claude Code over JSON lines both ways (`-p --input-format stream-json --output-format stream-json`). What it prints is described
 * in the types of its Agent SDK, which speaks the same protocol. Traps that are known and met here:
 *
 * - A failed request to the model is `subtype: "success"` with `is_error: true`; only `is_error` counts.
 * - `total_cost_usd` and `modelUsage` are of the whole session, subagents included; `usage` is of one turn's main loop.
 * - `terminal_reason` differs between versions for one failure: never decided on alone.
 */

/** Failures that `assistant.error` names. */
const ERRORS: Readonly<Record<string, FailureClass>> = {
  authentication_failed: 'authentication',
  oauth_org_not_allowed: 'forbidden',
  account_on_hold: 'billing',
  verification_required: 'authentication',
  billing_error: 'billing',
  rate_limit: 'rate-limit',
  overloaded: 'overloaded',
  invalid_request: 'unknown',
  model_not_found: 'misconfigured',
  server_error: 'server',
  max_output_tokens: 'overflow',
  cloud_credential_error: 'authentication',
};

const SUBTYPES: Readonly<Record<string, FailureClass>> = {
  error_max_turns: 'turns',
  error_max_budget_usd: 'budget',
  error_max_structured_output_retries: 'protocol',
};

export function claudeDriver(order: Order): Driver {
  return new ClaudeDriver(order);
}

class ClaudeDriver implements Driver {
  readonly family = 'claude';
  readonly endsOnEof = true;
  readonly #order: Order;
  readonly #asks = new Map<string, Fields>();
  #said = '';
  #error: { readonly name: string; readonly status: number | undefined; readonly text: string } | undefined;
  #limit: number | undefined;
  #denied = 0;
  #calls = 0;
  #started = false;
  #interrupted = false;
  /** Of requests that were answered since the last result: its tokens in, by message, because messages come in pieces. */
  #live = new Map<string, Usage>();
  #settled: Usage = {};

  constructor(order: Order) {
    this.#order = order;
  }

  launch() {
    const { command, session, model, effort, maxTurns, maxCost, digestSchema, permission } = this.#order;
    const argv: [string, ...string[]] = [
      ...command,
      '-p',
      '--input-format',
      'stream-json',
      '--output-format',
      'stream-json',
      '--verbose',
      '--permission-prompt-tool',
      'stdio',
      '--permission-mode',
      // Leave for everything is the broker's to give: the program's own bypass is refused to root, and asks nobody.
      permission === 'edit' || permission === 'all' ? 'acceptEdits' : 'default',
    ];
    if (permission === 'read') argv.push('--disallowedTools', 'Edit,Write,NotebookEdit');
    if (session !== undefined) argv.push('--resume', session);
    if (model !== undefined) argv.push('--model', model);
    if (effort !== undefined) argv.push('--effort', effort);
    if (maxTurns !== undefined) argv.push('--max-turns', String(maxTurns));
    if (maxCost !== undefined) argv.push('--max-budget-usd', String(maxCost));
    if (digestSchema !== undefined) argv.push('--json-schema', JSON.stringify(digestSchema));
    // Ten tries of its own, as it would make them, hide an outage for minutes.
    return { argv, env: { DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_MAX_RETRIES: '3' } };
  }

  begin(): Move {
    return { send: [message(this.#order.prompt)], events: [] };
  }

  say(text: string): Move {
    this.#error = undefined;
    return { send: [message(text)], events: [] };
  }

  line(text: string, now: number): Move {
    const fields = readLine(text);
    if (fields === undefined) return text.trim() === '' ? STILL : happened({ type: 'notice', message: brief(text) });
    switch (fields['type']) {
      case 'system':
        return this.#system(fields);
      case 'assistant':
        return this.#assistant(fields);
      case 'user':
        return this.#user(fields);
      case 'control_request':
        return this.#asked(fields);
      case 'rate_limit_event':
        return this.#limits(fieldsOf(fields['rate_limit_info'] ?? fields));
      case 'result':
        return this.#result(fields, now);
      default:
        return STILL;
    }
  }

  answer(id: string, answer: PermissionAnswer, reason: string): Move {
    const request = this.#asks.get(id);
    if (request === undefined) return STILL;
    this.#asks.delete(id);
    if (answer === 'deny') this.#denied++;
    const response =
      answer === 'deny'
        ? { behavior: 'deny', message: reason === '' ? 'This is not allowed here.' : reason }
        : {
            behavior: 'allow',
            updatedInput: fieldsOf(request['input']),
            ...(answer === 'session' && Array.isArray(request['permission_suggestions'])
              ? { updatedPermissions: request['permission_suggestions'] }
              : {}),
          };
    return {
      send: [JSON.stringify({ type: 'control_response', response: { subtype: 'success', request_id: id, response } })],
      events: [],
    };
  }

  interrupt(): Move {
    this.#interrupted = true;
    return {
      send: [JSON.stringify({ type: 'control_request', request_id: 'interrupt', request: { subtype: 'interrupt' } })],
      events: [],
    };
  }

  exited(code: number | null, signal: string | null, stderr: string, now: number): Outcome {
    const words = stderr.trim();
    const failure = ((): FailureClass => {
      if (/\bno conversation found\b|\bsession (?:id )?\S{0,60} (?:is )?(?:not found|already in use)/i.test(words))
        return 'session';
      const known = failureInWords(words);
      if (known !== undefined) return known;
      if (signal !== null) return 'died';
      return this.#started ? 'died' : 'misconfigured';
    })();
    const how = signal === null ? `it ended with code ${code} and without a result` : `it was ended by ${signal}`;
    return {
      how: this.#interrupted ? 'cancelled' : 'failed',
      ...(this.#interrupted ? {} : { failure }),
      message: brief(lastLine(words)) || how,
      ...withReset(failure, words, now),
      said: this.#said,
      denied: this.#denied,
    };
  }

  #system(fields: Fields): Move {
    switch (fields['subtype']) {
      case 'init': {
        this.#started = true;
        const event: AgentEvent = {
          type: 'started',
          ...optional('session', textOf(fields['session_id'])),
          ...optional('model', textOf(fields['model'])),
          ...optional('program', textOf(fields['claude_code_version'])),
        };
        return happened(event);
      }
      case 'api_retry': {
        const status = numberOf(fields['error_status']);
        const word = textOf(fields['error']) ?? 'unknown';
        const failure = (status === undefined ? undefined : failureOfStatus(status, word)) ?? ERRORS[word];
        return happened({
          type: 'retrying',
          message: `try ${numberOf(fields['attempt']) ?? 1} of ${numberOf(fields['max_retries']) ?? '?'}: ${status ?? word}`,
          ...optional('failure', failure),
          ...optional('wait', numberOf(fields['retry_delay_ms'])),
        });
      }
      case 'permission_denied':
        this.#denied++;
        return happened({ type: 'notice', message: `${textOf(fields['tool_name']) ?? 'a tool'} was denied` });
      default:
        return STILL;
    }
  }

  #assistant(fields: Fields): Move {
    const message = fieldsOf(fields['message']);
    const events: AgentEvent[] = [];
    const main = fields['parent_tool_use_id'] === null || fields['parent_tool_use_id'] === undefined;
    const error = textOf(fields['error']);
    let text = '';
    for (const block of listOf(message['content']).map(fieldsOf)) {
      if (block['type'] === 'text') text += textOf(block['text']) ?? '';
      else if (block['type'] === 'thinking') {
        const thought = textOf(block['thinking']);
        if (thought !== undefined && thought !== '') events.push({ type: 'text', text: thought, thought: true });
      } else if (block['type'] === 'tool_use') events.push(toolStarted(block));
    }
    if (error !== undefined) this.#error = { name: error, status: numberOf(fields['api_error_status']), text };
    else if (text !== '') {
      if (main) this.#said = text.slice(-SAID_LIMIT);
      events.unshift({ type: 'text', text });
    }
    const id = textOf(message['id']);
    if (id !== undefined && error === undefined) {
      const usage = tokensOf(fieldsOf(message['usage']));
      const known = this.#live.get(id);
      if (known === undefined) this.#calls++;
      this.#live.set(id, atLeast(known ?? {}, usage));
      if (known === undefined) events.push({ type: 'usage', usage: this.#usage() });
    }
    return { send: [], events };
  }

  #user(fields: Fields): Move {
    const events: AgentEvent[] = [];
    for (const block of listOf(fieldsOf(fields['message'])['content']).map(fieldsOf)) {
      if (block['type'] !== 'tool_result') continue;
      const id = textOf(block['tool_use_id']) ?? '';
      events.push({ type: 'tool_ended', id, ok: block['is_error'] !== true });
    }
    const done = fieldsOf(fields['tool_use_result']);
    const path = textOf(done['filePath']);
    if (path !== undefined && (done['type'] === 'create' || done['type'] === 'update' || 'structuredPatch' in done)) {
      events.push({ type: 'file_changed', path });
    }
    return { send: [], events };
  }

  #asked(fields: Fields): Move {
    const id = textOf(fields['request_id']) ?? '';
    const request = fieldsOf(fields['request']);
    if (request['subtype'] !== 'can_use_tool') {
      const response = { subtype: 'error', request_id: id, error: 'not supported here' };
      return { send: [JSON.stringify({ type: 'control_response', response })], events: [] };
    }
    this.#asks.set(id, request);
    return happened({ type: 'permission_asked', ask: permissionAsk(id, request) });
  }

  #limits(info: Fields): Move {
    const resets = numberOf(info['resetsAt']);
    const at = resets === undefined ? undefined : resets < 1e11 ? resets * 1000 : resets;
    if (info['status'] === 'rejected' && at !== undefined) this.#limit = at;
    const window = textOf(info['rateLimitType']) ?? 'account';
    // Subscriptions are told of every window, with what is used of it.
    const used = numberOf(info['utilization'] ?? fieldsOf(fieldsOf(info['unifiedWindows'])[window])['utilization']);
    return happened({
      type: 'limit',
      limit: {
        window,
        ...optional('used', used === undefined ? undefined : used <= 1 ? used * 100 : used),
        ...optional('resetsAt', at),
      },
    });
  }

  #result(fields: Fields, now: number): Move {
    const usage = this.#take(fields);
    const denied = Math.max(this.#denied, listOf(fields['permission_denials']).length);
    this.#denied = denied;
    const text = textOf(fields['result']) ?? '';
    const structured = fields['structured_output'];
    const subtype = textOf(fields['subtype']) ?? 'success';
    const failed = fields['is_error'] === true || subtype !== 'success';
    const said = (text === '' || failed ? this.#said : text).slice(-SAID_LIMIT);
    const common = { said, denied, ...(structured === undefined ? {} : { structured }) };
    const outcome = ((): Outcome => {
      if (!failed) return { how: 'completed', message: '', ...common };
      const aborted = /^aborted/.test(textOf(fields['terminal_reason']) ?? '');
      if (this.#interrupted && (aborted || subtype === 'error_during_execution')) {
        return { how: 'cancelled', message: 'it was interrupted', ...common };
      }
      const failure = this.#failureOf(fields, subtype, text);
      const errors = listOf(fields['errors']).flatMap((one) => textOf(one) ?? []);
      const message = brief(text !== '' ? text : (errors[0] ?? this.#error?.text ?? '')) || `it ended with ${subtype}`;
      const status = numberOf(fields['api_error_status']) ?? this.#error?.status;
      const reset = this.#limit === undefined ? withReset(failure, text, now) : { resetsAt: this.#limit };
      return {
        how: 'failed',
        failure,
        message,
        ...optional('status', status),
        ...(failure === 'usage-limit' ? reset : {}),
        ...common,
      };
    })();
    return {
      send: [],
      events: [
        { type: 'usage', usage },
        { type: 'turn_ended', outcome },
      ],
    };
  }

  #failureOf(fields: Fields, subtype: string, text: string): FailureClass {
    const known = SUBTYPES[subtype];
    if (known !== undefined) return known;
    const said = `${text}\n${this.#error?.text ?? ''}\n${textOf(fields['api_error_type']) ?? ''}`;
    const reason = textOf(fields['terminal_reason']) ?? '';
    if (reason === 'prompt_too_long') return 'overflow';
    if (fields['stop_reason'] === 'refusal') return 'refusal';
    if (textOf(fields['api_error']) === 'usage_limit_reached') return 'usage-limit';
    const words = failureInWords(said);
    if (words === 'usage-limit' || words === 'overflow' || words === 'billing') return words;
    if (textOf(fields['api_error']) === 'connection_failed') return 'connection';
    if (listOf(fields['errors']).some((one) => /no conversation found/i.test(textOf(one) ?? ''))) return 'session';
    const status = numberOf(fields['api_error_status']) ?? this.#error?.status;
    const byStatus = status === undefined ? undefined : failureOfStatus(status, said);
    if (byStatus !== undefined) return byStatus;
    const named = this.#error === undefined ? undefined : ERRORS[this.#error.name];
    if (named !== undefined && named !== 'unknown') return words === 'connection' ? words : named;
    return words ?? 'unknown';
  }

  /** What the result says was spent, instead of what was counted on the way. */
  #take(fields: Fields): Usage {
    const models = Object.values(fieldsOf(fields['modelUsage'])).map(fieldsOf);
    const ofSession = models.reduce<Usage>(
      (sum, one) =>
        addUsage(sum, {
          ...optional('input', numberOf(one['inputTokens'])),
          ...optional('cached', numberOf(one['cacheReadInputTokens'])),
          ...optional('cacheWrite', numberOf(one['cacheCreationInputTokens'])),
          ...optional('output', numberOf(one['outputTokens'])),
        }),
      {},
    );
    // An earlier attempt's part of a resumed session is in neither of the other sums, so only this turn's own counts then.
    const resumed = this.#order.session !== undefined;
    const turn = tokensOf(fieldsOf(fields['usage']));
    this.#settled = resumed
      ? addUsage(this.#settled, turn)
      : atLeast(this.#settled, models.length > 0 ? ofSession : turn);
    const cost = numberOf(fields['total_cost_usd']);
    const before = this.#order.before?.cost;
    if (cost !== undefined && (!resumed || before !== undefined)) {
      this.#settled = { ...this.#settled, cost: Math.max(0, cost - (resumed ? (before as number) : 0)) };
    }
    this.#live.clear();
    return { ...this.#settled, turns: this.#calls };
  }

  #usage(): Usage {
    let sum = this.#settled;
    for (const one of this.#live.values()) sum = addUsage(sum, one);
    return { ...sum, turns: this.#calls };
  }
}

function tokensOf(usage: Fields): Usage {
  return {
    ...optional('input', numberOf(usage['input_tokens'])),
    ...optional('cached', numberOf(usage['cache_read_input_tokens'])),
    ...optional('cacheWrite', numberOf(usage['cache_creation_input_tokens'])),
    ...optional('output', numberOf(usage['output_tokens'])),
  };
}

function toolStarted(block: Fields): AgentEvent {
  const tool = textOf(block['name']) ?? 'tool';
  const input = fieldsOf(block['input']);
  return { type: 'tool_started', id: textOf(block['id']) ?? '', tool, what: describe(tool, input) };
}

function permissionAsk(id: string, request: Fields): PermissionAsk {
  const tool = textOf(request['tool_name']) ?? 'tool';
  const input = fieldsOf(request['input']);
  const command = textOf(input['command']);
  const path = textOf(input['file_path']) ?? textOf(input['notebook_path']) ?? textOf(input['path']);
  return {
    id,
    kind: kindOf(tool),
    tool,
    ...optional('command', command),
    paths: path === undefined ? [] : [path],
    what: `${tool}: ${describe(tool, input)}`,
  };
}

function kindOf(tool: string): PermissionAsk['kind'] {
  if (tool === 'Bash') return 'command';
  if (['Write', 'Edit', 'MultiEdit', 'NotebookEdit'].includes(tool)) return 'write';
  if (['Read', 'Glob', 'Grep', 'LS'].includes(tool)) return 'read';
  return tool.startsWith('Web') ? 'network' : 'other';
}

function describe(tool: string, input: Fields): string {
  for (const key of ['command', 'file_path', 'notebook_path', 'pattern', 'url', 'query', 'description', 'path']) {
    const value = textOf(input[key]);
    if (value !== undefined) return brief(value);
  }
  return tool;
}

function message(text: string): string {
  return JSON.stringify({ type: 'user', message: { role: 'user', content: text } });
}

function withReset(failure: FailureClass, text: string, now: number): { resetsAt?: number } {
  return failure === 'usage-limit' ? optional('resetsAt', resetTime(text, now)) : {};
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? '';
}

function happened(event: AgentEvent): Move {
  return { send: [], events: [event] };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
