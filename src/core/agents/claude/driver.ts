import { type Driver, type Move, STILL } from '../driver.ts';
import { type AgentEvent, type Outcome, type PermissionAnswer, SAID_LIMIT } from '../event.ts';
import type { FailureClass } from '../failure.ts';
import { brief, type Fields, fieldsOf, listOf, numberOf, readLine, textOf } from '../json.ts';
import type { Order } from '../order.ts';
import { failureOfStatus } from '../words.ts';
import { type ApiError, failureNamed, failureOfExit, failureOfResult, resetOf, statusOf } from './failures.ts';
import { absolute, describe, permissionAsk, permissionResponse, toolName } from './permission.ts';
import { ClaudeUsage } from './usage.ts';

/*
 * Claude Code over JSON lines both ways (`-p --input-format stream-json --output-format stream-json`). What it prints is described
 * in the types of its Agent SDK, which speaks the same protocol. Traps that are known and met here:
 *
 * - A failed request to the model is `subtype: "success"` with `is_error: true`; only `is_error` counts.
 * - `total_cost_usd` and `modelUsage` are of the whole session, subagents included; `usage` is of one turn's main loop.
 * - `terminal_reason` differs between versions for one failure: never decided on alone.
 */

/** Tools that need somebody at the keyboard, leave the worktree, or go on after the turn. */
const UNWANTED = [
  'AskUserQuestion',
  'EnterPlanMode',
  'ExitPlanMode',
  'EnterWorktree',
  'ExitWorktree',
  'CronCreate',
  'ScheduleWakeup',
];

/** Questions that may wait for answers at once. */
const MOST_OPEN = 500;
/** Characters of one text that are passed on. */
const TEXT_LIMIT = 100_000;
/** Windows of a limit that are told of at once, beside the one that counts. */
const MOST_WINDOWS = 7;
/** Characters of a name or an id. */
const MOST_NAME = 200;
/** No date is later than this. */
const LATEST = 8.64e15;

export function claudeDriver(order: Order): Driver {
  return new ClaudeDriver(order);
}

class ClaudeDriver implements Driver {
  readonly family = 'claude';
  readonly endsOnEof = true;
  readonly #order: Order;
  readonly #asks = new Map<string, Fields>();
  #said = '';
  #error: ApiError | undefined;
  #limit: number | undefined;
  #denied = 0;
  #started = false;
  #interrupted = false;
  readonly #used: ClaudeUsage;

  constructor(order: Order) {
    this.#order = order;
    this.#used = new ClaudeUsage(order);
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
    const unwanted = permission === 'read' ? [...UNWANTED, 'Edit', 'Write', 'NotebookEdit'] : UNWANTED;
    argv.push('--disallowedTools', unwanted.join(','));
    if (session !== undefined) argv.push('--resume', session);
    if (model !== undefined) argv.push('--model', model);
    if (effort !== undefined) argv.push('--effort', effort);
    if (maxTurns !== undefined) argv.push('--max-turns', String(maxTurns));
    if (maxCost !== undefined) argv.push('--max-budget-usd', String(maxCost));
    if (digestSchema !== undefined) argv.push('--json-schema', JSON.stringify(digestSchema));
    const env = {
      DISABLE_AUTOUPDATER: '1',
      // Ten tries of its own, as it would make them, hide an outage for minutes.
      CLAUDE_CODE_MAX_RETRIES: '3',
      // A turn would end before its commands, and they with it.
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    };
    return { argv, env };
  }

  begin(): Move {
    return { send: [message(this.#order.prompt)], events: [] };
  }

  say(text: string): Move {
    this.#error = undefined;
    this.#interrupted = false;
    return { send: [message(text)], events: [] };
  }

  line(text: string, now: number): Move {
    const fields = readLine(text);
    if (fields === undefined)
      return text.trim() === '' ? STILL : happened({ type: 'notice', message: brief(text.slice(0, 4000)) });
    switch (fields['type']) {
      case 'system':
        return this.#system(fields);
      case 'assistant':
        return this.#assistant(fields);
      case 'user':
        return this.#user(fields);
      case 'control_request':
        return this.#asked(fields);
      case 'control_cancel_request':
        this.#asks.delete(textOf(fields['request_id']) ?? '');
        return STILL;
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
    const response = permissionResponse(request, answer, reason);
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
    const failure = failureOfExit(code, signal, this.#started, words);
    const how = signal === null ? `it ended with code ${code} and without a result` : `it was ended by ${signal}`;
    return {
      how: this.#interrupted ? 'cancelled' : 'failed',
      ...(this.#interrupted ? {} : { failure, ...withReset(failure, words, now) }),
      message: (failure === 'died' ? '' : brief(lastLine(words))) || how,
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
          ...optional('session', textOf(fields['session_id'])?.slice(0, MOST_NAME)),
          ...optional('model', textOf(fields['model'])?.slice(0, MOST_NAME)),
          ...optional('program', textOf(fields['claude_code_version'])?.slice(0, MOST_NAME)),
        };
        return happened(event);
      }
      case 'api_retry': {
        const status = numberOf(fields['error_status']);
        const word = brief(textOf(fields['error']) ?? 'unknown', 80);
        const failure = (status === undefined ? undefined : failureOfStatus(status, word)) ?? failureNamed(word);
        return happened({
          type: 'retrying',
          message: `try ${numberOf(fields['attempt']) ?? 1} of ${numberOf(fields['max_retries']) ?? '?'}: ${status ?? word}`,
          ...optional('failure', failure),
          ...optional('wait', numberOf(fields['retry_delay_ms'])),
        });
      }
      case 'permission_denied':
        this.#denied++;
        return happened({ type: 'notice', message: `${toolName(fields['tool_name'])} was denied` });
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
        if (thought !== undefined && thought !== '')
          events.push({ type: 'text', text: thought.slice(0, TEXT_LIMIT), thought: true });
      } else if (block['type'] === 'tool_use') events.push(toolStarted(block));
    }
    text = text.slice(0, TEXT_LIMIT);
    if (error !== undefined) {
      // A subagent's failure is told to its own agent.
      if (main) this.#error = { name: error, status: numberOf(fields['api_error_status']), text };
    } else if (text !== '') {
      if (main) this.#said = text.slice(-SAID_LIMIT);
      events.unshift({ type: 'text', text });
    }
    const id = textOf(message['id']);
    // Messages that the program made itself cost nothing.
    if (id !== undefined && error === undefined && message['model'] !== '<synthetic>') {
      const first = this.#used.message(id.slice(0, MOST_NAME), fieldsOf(message['usage']));
      if (first) events.push({ type: 'usage', usage: this.#used.total });
    }
    return { send: [], events };
  }

  #user(fields: Fields): Move {
    const events: AgentEvent[] = [];
    for (const block of listOf(fieldsOf(fields['message'])['content']).map(fieldsOf)) {
      if (block['type'] !== 'tool_result') continue;
      const id = (textOf(block['tool_use_id']) ?? '').slice(0, MOST_NAME);
      events.push({ type: 'tool_ended', id, ok: block['is_error'] !== true });
    }
    const done = fieldsOf(fields['tool_use_result']);
    const path = textOf(done['filePath']);
    if (path !== undefined && (done['type'] === 'create' || done['type'] === 'update' || 'structuredPatch' in done)) {
      events.push({ type: 'file_changed', path: absolute(path, this.#order.worktree) });
    }
    return { send: [], events };
  }

  #asked(fields: Fields): Move {
    const id = textOf(fields['request_id']);
    // What has no id cannot be answered.
    if (id === undefined || id === '') return STILL;
    const request = fieldsOf(fields['request']);
    if (request['subtype'] === 'can_use_tool') {
      if (this.#asks.has(id)) return STILL;
      if (this.#asks.size < MOST_OPEN && id.length <= MOST_NAME) {
        this.#asks.set(id, request);
        return happened({ type: 'permission_asked', ask: permissionAsk(id, request, this.#order) });
      }
    }
    const response = { subtype: 'error', request_id: id, error: 'not supported here' };
    return { send: [JSON.stringify({ type: 'control_response', response })], events: [] };
  }

  #limits(info: Fields): Move {
    const at = timeIn(info['resetsAt']);
    if (info['status'] === 'rejected' && at !== undefined) this.#limit = Math.max(at, this.#limit ?? at);
    const window = brief(textOf(info['rateLimitType']) ?? 'account', 80);
    // Subscriptions are told of every window, with what is used of it.
    const windows = fieldsOf(info['unifiedWindows']);
    const limit = (name: string, utilization: unknown, resetsAt: number | undefined): AgentEvent => {
      const used = numberOf(utilization);
      return {
        type: 'limit',
        limit: {
          window: name,
          ...optional('used', used === undefined ? undefined : used <= 1 ? used * 100 : used),
          ...optional('resetsAt', resetsAt),
        },
      };
    };
    const others = Object.keys(windows)
      .filter((name) => name !== window)
      .slice(0, MOST_WINDOWS)
      .map((name) => {
        const told = fieldsOf(windows[name]);
        return limit(brief(name, 80), told['utilization'], timeIn(told['resetsAt']));
      });
    const first = limit(window, info['utilization'] ?? fieldsOf(windows[window])['utilization'], at);
    return { send: [], events: [first, ...others] };
  }

  #result(fields: Fields, now: number): Move {
    this.#used.result(fields);
    const usage = this.#used.total;
    const denied = Math.max(this.#denied, listOf(fields['permission_denials']).length);
    this.#denied = denied;
    const text = textOf(fields['result']) ?? '';
    const structured = fields['structured_output'];
    const subtype = textOf(fields['subtype']) ?? 'success';
    const failed = fields['is_error'] === true || fields['is_error'] === 'true' || subtype !== 'success';
    const said = (text === '' || failed ? this.#said : text).slice(-SAID_LIMIT);
    const common = { said, denied, ...(structured === undefined ? {} : { structured }) };
    const outcome = ((): Outcome => {
      if (!failed) return { how: 'completed', message: '', ...common };
      const aborted = (textOf(fields['terminal_reason']) ?? '').startsWith('aborted');
      if (this.#interrupted && (aborted || subtype === 'error_during_execution')) {
        return { how: 'cancelled', message: 'it was interrupted', ...common };
      }
      const told = failureOfResult(fields, this.#error);
      // Too many requests, of an account whose limit was told to be reached: that is why.
      const failure = told === 'rate-limit' && this.#limit !== undefined && this.#limit > now ? 'usage-limit' : told;
      const errors = listOf(fields['errors']).flatMap((one) => textOf(one) ?? []);
      const words = (text !== '' ? text : (errors[0] ?? this.#error?.text ?? '')).slice(0, 4000);
      const message = brief(words) || `it ended with ${brief(subtype, 80)}`;
      const status = statusOf(fields, this.#error);
      const reset =
        this.#limit === undefined
          ? withReset(failure, text, now)
          : { resetsAt: this.#limit, resetsBy: 'event' as const };
      return {
        how: 'failed',
        failure,
        message,
        ...optional('status', status),
        ...(failure === 'usage-limit' || failure === 'rate-limit' ? reset : {}),
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
}

/** Seconds or milliseconds since 1970, as milliseconds; `undefined`: a time that no calendar has. */
function timeIn(value: unknown): number | undefined {
  const time = numberOf(value);
  const told = time === undefined ? undefined : time < 1e11 ? time * 1000 : time;
  return told === undefined || told < 0 || told > LATEST ? undefined : told;
}

function toolStarted(block: Fields): AgentEvent {
  const tool = toolName(block['name']);
  const id = (textOf(block['id']) ?? '').slice(0, MOST_NAME);
  return { type: 'tool_started', id, tool, what: describe(tool, fieldsOf(block['input'])) };
}

function message(text: string): string {
  return JSON.stringify({ type: 'user', message: { role: 'user', content: text } });
}

function withReset(failure: FailureClass, text: string, now: number): { resetsAt?: number } {
  return failure === 'usage-limit' || failure === 'rate-limit' ? optional('resetsAt', resetOf(text, now)) : {};
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
