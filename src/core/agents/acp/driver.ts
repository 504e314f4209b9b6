import { resetOf, troubleOf } from '../codex/failures.ts';
import { type Driver, type Launch, type Move, STILL } from '../driver.ts';
import { type AgentEvent, type Outcome, type PermissionAnswer, SAID_LIMIT } from '../event.ts';
import type { FailureClass } from '../failure.ts';
import { answeredId, brief, errorIn, type Fields, fieldsOf, listOf, numberOf, readLine, textOf } from '../json.ts';
import type { Order } from '../order.ts';
import { askAbout, type Call, callAfter, changedBy, optionFor } from './calls.ts';
import { failureBehind, failureOfTexts, type Trouble, troubleOfError } from './failures.ts';
import { choices, type Choice } from './settings.ts';
import { Tokens } from './usage.ts';

/*
 * Any program that speaks version 1 of the Agent Client Protocol (agentclientprotocol.com): JSON-RPC 2.0, a line each. Traps that
 * are known and met here:
 *
 * - There is no way to say that a turn failed. Some answer with an error, others with `end_turn` and the failure as if the model
 *   had said it (failures.ts).
 * - Tokens mean something else in every program (usage.ts).
 * - `session/load` tells the whole conversation again before it answers.
 * - A call may first be heard of in the question about it.
 * - Requests of a program have ids that begin anew with every process, so questions get names of our own.
 */

const VERSION = 1;
/** Calls and questions that are open at once: more of them are nobody's. */
const MOST_OPEN = 500;
/** Characters of one piece of a message that are passed on. */
const TEXT_LIMIT = 100_000;

type About = 'initialize' | 'session' | 'setting' | 'prompt';

export function acpDriver(order: Order): Driver {
  return new AcpDriver(order);
}

class AcpDriver implements Driver {
  readonly family = 'acp';
  readonly #order: Order;
  readonly #tokens: Tokens;
  /** What the requests are about that we sent. */
  readonly #sent = new Map<number, About>();
  /** Questions that wait for an answer, by our name for them. */
  readonly #asks = new Map<string, { readonly id: string | number; readonly options: readonly Fields[] }>();
  readonly #calls = new Map<string, Call>();
  readonly #settings: Choice[] = [];
  #next = 1;
  #questions = 0;
  #name = '';
  #version: string | undefined;
  #session: string | undefined;
  #resuming = false;
  /** Whether it is the turn of the agent. */
  #busy = true;
  #prompting = false;
  #message = '';
  #piece = '';
  /** The agent said something in this process. */
  #spoke = false;
  #messageId: string | undefined;
  #between = false;
  #trouble: Trouble | undefined;
  #broken = false;
  #denied = 0;
  #interrupted = false;
  #spent = false;

  constructor(order: Order) {
    this.#order = order;
    this.#tokens = new Tokens(order.session !== undefined, order.before);
  }

  /** The first adapters of Zed do not end with their standard input. */
  get endsOnEof(): boolean {
    return !this.#name.startsWith('@zed-industries/');
  }

  launch(): Launch {
    const { command } = this.#order;
    const opencode = command.some((word) => /(?:^|\/)opencode(?:\.exe)?$/.test(word));
    // It asks for nothing unless it is told to, and its user's own settings could say otherwise.
    return { argv: command, env: opencode ? { OPENCODE_PERMISSION: OPENCODE_ASKS } : {} };
  }

  begin(): Move {
    return this.#request('initialize', 'initialize', {
      protocolVersion: VERSION,
      // It has files and a shell of its own.
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
      clientInfo: { name: 'masterplan', title: 'masterplan', version: '1' },
    });
  }

  say(text: string): Move {
    this.#busy = true;
    this.#interrupted = false;
    this.#spent = false;
    return this.#prompt(text);
  }

  line(text: string, now: number): Move {
    const fields = readLine(text);
    if (fields === undefined) return text.trim() === '' ? STILL : happened({ type: 'notice', message: brief(text) });
    const method = textOf(fields['method']);
    if (method === undefined) return this.#answered(fields, now);
    const params = fieldsOf(fields['params']);
    const id = fields['id'];
    if (typeof id === 'string' || typeof id === 'number') return this.#asked(id, method, params);
    return method === 'session/update' && this.#isOurs(params) ? this.#updated(fieldsOf(params['update'])) : STILL;
  }

  answer(name: string, answer: PermissionAnswer, _reason: string): Move {
    const asked = this.#asks.get(name);
    if (asked === undefined) return STILL;
    this.#asks.delete(name);
    if (answer === 'deny') this.#denied++;
    const optionId = optionFor(asked.options, answer);
    const outcome = optionId === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId };
    const sent = sending({ id: asked.id, result: { outcome } });
    if (optionId !== undefined || answer === 'deny') return sent;
    const message = 'the program offers no leave for this once: its question was cancelled';
    return { send: sent.send, events: [{ type: 'notice', message }] };
  }

  interrupt(): Move {
    this.#interrupted = true;
    return this.#cancel();
  }

  exited(code: number | null, signal: string | null, stderr: string, now: number): Outcome {
    const how = signal === null ? `it ended with code ${code} and without a result` : `it was ended by ${signal}`;
    if (this.#interrupted) return this.#outcome({ how: 'cancelled', message: how });
    if (this.#trouble !== undefined) return this.#failed(this.#trouble, now);
    const lines = stderr.split('\n').filter((line) => line.trim() !== '');
    const known = failureOfTexts(lines.slice(-5).join('\n'));
    const dead = signal !== null || this.#session !== undefined;
    const failure = known ?? (dead ? 'died' : 'misconfigured');
    return this.#failed({ failure, text: brief(lines.at(-1) ?? '') || how, status: undefined }, now);
  }

  /** The answer to a request of ours. */
  #answered(fields: Fields, now: number): Move {
    const error = errorIn(fields);
    // An error that names no request is about the oldest that is open: a program that cannot read it cannot name it.
    const id = answeredId(fields['id']) ?? (error === undefined ? undefined : [...this.#sent.keys()][0]);
    const about = id === undefined ? undefined : this.#sent.get(id);
    if (id === undefined || about === undefined) return STILL;
    this.#sent.delete(id);
    const result = fieldsOf(fields['result']);
    switch (about) {
      case 'initialize':
        return error === undefined ? this.#introduced(result, now) : this.#refused(error, 'protocol', now);
      case 'session': {
        if (error === undefined) return this.#opened(result, now);
        const { failure, ...told } = troubleOfError(error, this.#resuming ? 'session' : 'misconfigured');
        // Whatever a program has against going on with a conversation, the next one begins anew.
        const gone = this.#resuming && (failure === 'protocol' || failure === 'unknown');
        return this.#end(this.#failed({ failure: gone ? 'session' : failure, ...told }, now));
      }
      case 'setting': {
        const refused =
          error === undefined ? [] : [notice(`a setting was refused: ${troubleOfError(error, 'unknown').text}`)];
        const next = this.#setNext();
        return { send: next.send, events: [...refused, ...next.events] };
      }
      case 'prompt':
        if (error === undefined) return this.#turnEnded(result, now);
        if (this.#interrupted) return this.#end(this.#outcome({ how: 'cancelled', message: 'it was interrupted' }));
        if (this.#spent) return this.#end(this.#overspent());
        // It said nothing yet: what it has against the first message, it has against the conversation.
        return this.#refused(error, this.#resuming && !this.#spoke ? 'session' : 'unknown', now);
    }
  }

  #introduced(result: Fields, now: number): Move {
    const version = numberOf(result['protocolVersion']);
    if (version !== VERSION) {
      const told = brief(JSON.stringify(result['protocolVersion']) ?? 'no', 40);
      const text = `it speaks ${told === 'no' ? 'no version' : `version ${told}`} of the protocol, and not ${VERSION}`;
      return this.#end(this.#failed({ failure: 'protocol', text, status: undefined }, now));
    }
    const info = fieldsOf(result['agentInfo']);
    this.#name = brief(textOf(info['name']) ?? '', 100);
    this.#version = textOf(info['version']);
    this.#tokens.program(this.#name);
    const able = fieldsOf(result['agentCapabilities']);
    const { worktree, session } = this.#order;
    const params = { cwd: worktree, mcpServers: [] };
    if (session === undefined) return this.#request('session', 'session/new', params);
    const resumes = 'resume' in fieldsOf(able['sessionCapabilities']);
    if (resumes || able['loadSession'] === true) {
      this.#resuming = true;
      // Known before it answers: what it tells of the conversation until then has that name.
      this.#session = session;
      const method = resumes ? 'session/resume' : 'session/load';
      return this.#request('session', method, { sessionId: session, ...params });
    }
    const { send } = this.#request('session', 'session/new', params);
    return { send, events: [notice('the program cannot go on with a conversation: a new one is begun')] };
  }

  #opened(result: Fields, now: number): Move {
    const session = textOf(result['sessionId']) ?? this.#session;
    if (session === undefined) {
      const text = 'it began a conversation without a name';
      return this.#end(this.#failed({ failure: 'protocol', text, status: undefined }, now));
    }
    this.#session = session;
    const { current, wanted, missing } = choices(result, this.#order);
    this.#settings.push(...wanted);
    if (this.#order.maxTurns !== undefined) missing.push('a limit of requests to the model');
    const program = [this.#name, this.#version ?? ''].filter((part) => part !== '').join(' ');
    const started: AgentEvent = {
      type: 'started',
      session,
      ...optional('model', wanted.find(({ what }) => what === 'model')?.value ?? current),
      ...(program === '' ? {} : { program }),
    };
    const notices = missing.map((what) => notice(`the program does not offer ${what}: its own settings hold`));
    if (this.#interrupted) {
      const { events } = this.#end(this.#outcome({ how: 'cancelled', message: 'it was interrupted' }));
      return { send: [], events: [started, ...notices, ...events] };
    }
    const next = this.#setNext();
    return { send: next.send, events: [started, ...notices, ...next.events] };
  }

  /** Settings one after the other, then the first message. */
  #setNext(): Move {
    if (this.#interrupted) return this.#end(this.#outcome({ how: 'cancelled', message: 'it was interrupted' }));
    const setting = this.#settings.shift();
    if (setting === undefined) return this.#prompt(this.#order.prompt);
    return this.#request('setting', setting.method, { sessionId: this.#session, ...setting.params });
  }

  #prompt(text: string): Move {
    this.#prompting = true;
    this.#message = '';
    this.#piece = '';
    this.#between = false;
    this.#trouble = undefined;
    this.#broken = false;
    return this.#request('prompt', 'session/prompt', {
      sessionId: this.#session ?? '',
      prompt: [{ type: 'text', text }],
    });
  }

  #cancel(): Move {
    if (!this.#busy || !this.#prompting || this.#session === undefined) return STILL;
    const send = [JSON.stringify({ jsonrpc: '2.0', method: 'session/cancel', params: { sessionId: this.#session } })];
    // The protocol wants every open question answered then.
    for (const { id } of this.#asks.values()) {
      send.push(...sending({ id, result: { outcome: { outcome: 'cancelled' } } }).send);
    }
    this.#asks.clear();
    return { send, events: [] };
  }

  /** A request of the program. */
  #asked(id: string | number, method: string, params: Fields): Move {
    if (method !== 'session/request_permission' || !this.#prompting || this.#asks.size >= MOST_OPEN) {
      const message = `masterplan does not answer ${brief(method, 100)}`;
      const sent = sending({ id, error: { code: -32_601, message } });
      return { send: sent.send, events: [notice(message)] };
    }
    if (this.#interrupted) return sending({ id, result: { outcome: { outcome: 'cancelled' } } });
    const piece = fieldsOf(params['toolCall']);
    const { events } = this.#called(piece);
    const call = callAfter(this.#calls.get(textOf(piece['toolCallId']) ?? ''), piece, this.#order.worktree);
    const name = `${++this.#questions}`;
    this.#asks.set(name, { id, options: listOf(params['options']).slice(0, 100).map(fieldsOf) });
    const titled = this.#name === 'gemini-cli';
    const ask = askAbout(name, call, textOf(piece['name']), titled);
    if (this.#order.permission === 'read' && ask.kind === 'write') {
      const { send } = this.answer(name, 'deny', '');
      return { send, events: [...events, notice(`nothing may be changed: ${ask.what}`)] };
    }
    return { send: [], events: [...events, { type: 'permission_asked', ask }] };
  }

  #isOurs(params: Fields): boolean {
    const session = textOf(params['sessionId']);
    return session === undefined || session === this.#session;
  }

  #updated(update: Fields): Move {
    const kind = update['sessionUpdate'];
    if (kind === 'usage_update') {
      if (!this.#tokens.updated(update)) return STILL;
      const event: AgentEvent = { type: 'usage', usage: this.#tokens.usage };
      const stop = this.#isOverspent() ? this.#cancel() : STILL;
      if (stop.send.length > 0) this.#spent = true;
      return { send: stop.send, events: [event] };
    }
    if (kind === 'session_info_update') return this.#told(fieldsOf(fieldsOf(update['_meta'])['codex']));
    // Before the first message it is the conversation so far that is told.
    if (!this.#prompting) return STILL;
    switch (kind) {
      case 'agent_message_chunk':
        return this.#said(update);
      case 'agent_thought_chunk': {
        const text = textIn(update);
        return text === '' ? STILL : happened({ type: 'text', text, thought: true });
      }
      case 'tool_call':
      case 'tool_call_update':
        return this.#called(update);
      case 'plan': {
        const entries = listOf(update['entries']).map(fieldsOf);
        const done = entries.filter((entry) => entry['status'] === 'completed').length;
        const now = entries.find((entry) => entry['status'] === 'in_progress');
        const what = now === undefined ? '' : `: ${brief(textOf(now['content']) ?? '', 150)}`;
        return entries.length === 0 ? STILL : happened(notice(`its plan: ${done} of ${entries.length} done${what}`));
      }
      default:
        return STILL;
    }
  }

  #said(update: Fields): Move {
    const text = textIn(update);
    if (text === '') return STILL;
    const id = textOf(update['messageId']);
    if (this.#between || (id !== undefined && this.#messageId !== undefined && id !== this.#messageId))
      this.#message = '';
    this.#between = false;
    this.#messageId = id;
    const retrying = /^Info: (.{1,300}) Retrying\.\.\.\s*$/.exec(text)?.[1];
    if (retrying !== undefined) {
      // What was said until then is said again.
      this.#message = '';
      return happened({ type: 'retrying', message: brief(retrying), ...optional('failure', failureOfTexts(retrying)) });
    }
    this.#spoke = true;
    this.#piece = text;
    this.#message += text;
    // Not with every piece: programs tell each word by itself.
    if (this.#message.length > 10 * SAID_LIMIT) this.#message = this.#message.slice(-2 * SAID_LIMIT);
    return happened({ type: 'text', text });
  }

  /** A piece of what is known of a call. */
  #called(piece: Fields): Move {
    const id = textOf(piece['toolCallId']);
    if (id === undefined || id.length > 1000) return STILL;
    this.#between = true;
    const call = callAfter(this.#calls.get(id), piece, this.#order.worktree);
    const events: AgentEvent[] = [];
    if (!call.started) {
      const tool = brief(textOf(piece['name']) ?? call.kind, 100);
      events.push({ type: 'tool_started', id, tool, what: brief(call.command ?? call.title) || tool });
    }
    const status = piece['status'];
    if (status !== 'completed' && status !== 'failed') {
      if (this.#calls.size < MOST_OPEN || this.#calls.has(id)) this.#calls.set(id, { ...call, started: true });
      return { send: [], events };
    }
    this.#calls.delete(id);
    events.push({ type: 'tool_ended', id, ok: status === 'completed' });
    if (status === 'completed') {
      for (const path of changedBy(call)) events.push({ type: 'file_changed', path });
    }
    return { send: [], events };
  }

  /** What the adapter of Codex says beside the protocol. */
  #told(codex: Fields): Move {
    if (fieldsOf(codex['threadStatus'])['type'] === 'systemError') this.#broken = true;
    if (!('error' in codex)) return STILL;
    const error = fieldsOf(codex['error']);
    const trouble = troubleOf(error);
    this.#trouble = { ...trouble, text: brief(textOf(error['additionalDetails']) ?? '') || brief(trouble.text) };
    if (error['willRetry'] !== true) return STILL;
    return happened({ type: 'retrying', message: this.#trouble.text, failure: trouble.failure });
  }

  #turnEnded(result: Fields, now: number): Move {
    const counted = this.#tokens.ended(result);
    const { usage } = this.#tokens;
    const used: AgentEvent[] = Object.keys(usage).length === 0 ? [] : [{ type: 'usage', usage }];
    const { events } = this.#end(this.#outcomeOf(result, counted, now));
    return { send: [], events: [...used, ...events] };
  }

  #outcomeOf(result: Fields, counted: boolean | undefined, now: number): Outcome {
    const failed = (failure: FailureClass, text: string): Outcome =>
      this.#failed({ failure, text, status: undefined }, now);
    switch (result['stopReason']) {
      case 'end_turn': {
        if (this.#interrupted) return this.#outcome({ how: 'cancelled', message: 'it was interrupted' });
        const behind = failureBehind({
          message: this.#message,
          piece: this.#piece,
          counted: this.#broken ? false : counted,
          counts: this.#tokens.told || this.#broken,
          trouble: this.#broken ? (this.#trouble ?? BROKEN) : undefined,
        });
        if (behind !== undefined) return this.#failed(behind, now);
        return this.#isOverspent() ? this.#overspent() : this.#outcome({ how: 'completed', message: '' });
      }
      case 'cancelled':
        if (this.#interrupted) return this.#outcome({ how: 'cancelled', message: 'it was interrupted' });
        return this.#spent ? this.#overspent() : failed('unknown', 'it cancelled its turn by itself');
      case 'max_tokens':
        return failed('overflow', 'the model wrote or read as much as it can');
      case 'max_turn_requests':
        return failed('turns', 'it made as many requests to the model as its settings allow');
      case 'refusal':
        return failed('refusal', brief(this.#message) || 'the model refused');
      default:
        return failed(
          'protocol',
          `it ended its turn with ${brief(JSON.stringify(result['stopReason']) ?? 'nothing', 60)}`,
        );
    }
  }

  #isOverspent(): boolean {
    const { maxCost } = this.#order;
    return maxCost !== undefined && (this.#tokens.usage.cost ?? 0) > maxCost;
  }

  #overspent(): Outcome {
    const message = `it spent ${this.#tokens.usage.cost ?? 0} dollars, and may spend ${this.#order.maxCost ?? 0}`;
    return this.#outcome({ how: 'failed', failure: 'budget', message });
  }

  #refused(error: Fields, otherwise: FailureClass, now: number): Move {
    return this.#end(this.#failed(troubleOfError(error, otherwise), now));
  }

  #failed({ failure, text, status }: Trouble, now: number): Outcome {
    return this.#outcome({
      how: 'failed',
      failure,
      message: brief(text) || 'it failed',
      ...optional('status', status),
      ...(failure === 'usage-limit' || failure === 'rate-limit' ? optional('resetsAt', resetOf(text, now)) : {}),
    });
  }

  #outcome(told: Omit<Outcome, 'said' | 'denied'>): Outcome {
    return { ...told, said: this.#message.slice(-SAID_LIMIT), denied: this.#denied };
  }

  #end(outcome: Outcome): Move {
    this.#busy = false;
    this.#prompting = false;
    this.#trouble = undefined;
    this.#asks.clear();
    this.#calls.clear();
    return happened({ type: 'turn_ended', outcome });
  }

  #request(about: About, method: string, params: object): Move {
    const id = this.#next++;
    this.#sent.set(id, about);
    return sending({ id, method, params });
  }
}

const BROKEN: Trouble = { failure: 'unknown', text: 'the program says that it failed, and not why', status: undefined };

/** Everything that changes something; whoever is in a container of ours is answered at once. */
const OPENCODE_ASKS = JSON.stringify({ edit: 'ask', bash: 'ask', webfetch: 'ask' });

/** The text of one piece of a message; pictures and links have none. */
function textIn(update: Fields): string {
  const content = fieldsOf(update['content']);
  return content['type'] === 'text' ? (textOf(content['text']) ?? '').slice(0, TEXT_LIMIT) : '';
}

function sending(message: object): Move {
  return { send: [JSON.stringify({ jsonrpc: '2.0', ...message })], events: [] };
}

function notice(message: string): AgentEvent {
  return { type: 'notice', message };
}

function happened(event: AgentEvent): Move {
  return { send: [], events: [event] };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
