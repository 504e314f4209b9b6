import { type Driver, type Launch, type Move, STILL } from '../driver.ts';
import { type AgentEvent, type Outcome, type PermissionAnswer, SAID_LIMIT } from '../event.ts';
import type { FailureClass } from '../failure.ts';
import { answeredId, brief, errorIn, type Fields, fieldsOf, listOf, numberOf, readLine, textOf } from '../json.ts';
import type { Order } from '../order.ts';
import { failureOfTexts, limitsOf, resetOf, type Trouble, troubleOf } from './failures.ts';
import { type Asked, askedIn, commandLine } from './permission.ts';
import { Tokens } from './usage.ts';

/*
 * Codex over `codex app-server`: JSON-RPC without its version field, a line each. The program describes it itself:
 * `codex app-server generate-ts --out <directory>`. Traps that are known and met here:
 *
 * - `error` with `willRetry` is no end; the end of a turn is `turn/completed` and nothing else.
 * - Token counts are totals of the whole thread (usage.ts).
 * - With `sandbox: "workspace-write"` in `thread/start` the program writes into the user's configuration that the project is
 *   trusted, for good. With `sandboxPolicy` in `turn/start` it does not.
 * - `/tmp` and `TMPDIR` are writable in its sandbox, unless it is told otherwise.
 * - A refused connection is tried again for ever, without a word, unless that is switched off.
 * - It sleeps without a word for as long as `retry-after` says.
 */

const INITIALIZE = 1;
const THREAD = 2;

/** File changes and questions that are open at once: more of them are nobody's. */
const MOST_OPEN = 500;
/** Characters of a message that are passed on. */
const TEXT_LIMIT = 100_000;

export function codexDriver(order: Order): Driver {
  return new CodexDriver(order);
}

class CodexDriver implements Driver {
  readonly family = 'codex';
  readonly endsOnEof = true;
  readonly #order: Order;
  readonly #tokens: Tokens;
  /** Questions that wait for an answer, by our name for them. */
  readonly #asks = new Map<string, Asked & { readonly id: string | number }>();
  /** Paths of file changes that have begun, by item. */
  readonly #changes = new Map<string, readonly string[]>();
  /** What the requests are about that we sent. */
  readonly #sent = new Map<number, 'thread' | 'turn' | 'interrupt'>();
  #next = THREAD + 1;
  #introduced = false;
  #thread: string | undefined;
  #turn: string | undefined;
  #program: string | undefined;
  /** Whether it is the turn of the agent. */
  #busy = true;
  #said = '';
  #spoke = false;
  #trouble: Trouble | undefined;
  #limitEnds: number | undefined;
  #limits = '[]';
  /** Whether it was told that the sandbox does not work. */
  #unsafe = false;
  #denied = 0;
  #tools = 0;
  #interrupted = false;
  #tooLong = false;

  constructor(order: Order) {
    this.#order = order;
    this.#tokens = new Tokens(order.session !== undefined, order.before);
  }

  launch(): Launch {
    const { command } = this.#order;
    // Settings that a version does not know are ignored with a warning; `--disable` of an unknown one is an error.
    return { argv: [...command, 'app-server', '-c', 'features.unbounded_connection_retries=false'], env: {} };
  }

  begin(): Move {
    return sending({
      id: INITIALIZE,
      method: 'initialize',
      params: {
        clientInfo: { name: 'masterplan', title: 'masterplan', version: '1' },
        // The whole difference so far, once more with every step.
        capabilities: {
          experimentalApi: false,
          requestAttestation: false,
          optOutNotificationMethods: ['turn/diff/updated'],
        },
      },
    });
  }

  say(text: string): Move {
    this.#trouble = undefined;
    this.#interrupted = false;
    this.#tooLong = false;
    this.#spoke = false;
    this.#busy = true;
    return this.#startTurn(text);
  }

  line(text: string, now: number): Move {
    const fields = readLine(text);
    if (fields === undefined) return text.trim() === '' ? STILL : happened({ type: 'notice', message: brief(text) });
    const id = fields['id'];
    const method = textOf(fields['method']);
    if (method === undefined) return this.#answered(fields, now);
    const params = fieldsOf(fields['params']);
    if (typeof id === 'string' || typeof id === 'number') return this.#asked(id, method, params);
    return this.#told(method, params, now);
  }

  answer(id: string, answer: PermissionAnswer, _reason: string): Move {
    const asked = this.#asks.get(id);
    if (asked === undefined) return STILL;
    this.#asks.delete(id);
    if (answer === 'deny') this.#denied++;
    return sending({ id: asked.id, result: asked.reply(answer) });
  }

  interrupt(): Move {
    this.#interrupted = true;
    return this.#stopTurn();
  }

  exited(code: number | null, signal: string | null, stderr: string, now: number): Outcome {
    const how = signal === null ? `it ended with code ${code} and without a result` : `it was ended by ${signal}`;
    if (this.#interrupted) return this.#outcome({ how: 'cancelled', message: how });
    if (this.#trouble !== undefined) return this.#failed(this.#trouble, now);
    // Its standard error is a log too, where words say little.
    const words = stderr
      .split('\n')
      .filter((line) => /^error\b/i.test(line))
      .at(-1);
    if (this.#thread !== undefined || signal !== null) {
      return this.#outcome({ how: 'failed', failure: 'died', message: how });
    }
    const failure = failureOfTexts(words ?? '') ?? 'misconfigured';
    return this.#failed({ failure, text: words ?? (brief(lastLine(stderr)) || how), status: undefined }, now);
  }

  /** The answer to a request of ours. */
  #answered(fields: Fields, now: number): Move {
    const error = errorIn(fields);
    const id = error === undefined ? answeredId(fields['id']) : (answeredId(fields['id']) ?? this.#awaited());
    const result = fieldsOf(fields['result']);
    if (id === INITIALIZE) {
      if (this.#introduced) return STILL;
      this.#introduced = true;
      if (error !== undefined) return this.#refused(error, 'protocol', now);
      this.#program = /^[^/\s]{1,100}\/(\S{1,100})/.exec(textOf(result['userAgent']) ?? '')?.[1];
      this.#sent.set(THREAD, 'thread');
      return sending({ method: 'initialized' }, this.#threadRequest());
    }
    const about = id === undefined ? undefined : this.#sent.get(id);
    if (id === undefined || about === undefined) return STILL;
    this.#sent.delete(id);
    if (about === 'interrupt') {
      return error === undefined ? STILL : happened({ type: 'notice', message: wordsOf(error) });
    }
    if (error !== undefined) {
      if (about === 'turn') return this.#refused(error, 'protocol', now);
      const missing = this.#order.session !== undefined && !/\bconfig/i.test(wordsOf(error));
      return this.#refused(error, missing ? 'session' : 'misconfigured', now);
    }
    if (about === 'turn') {
      if (!this.#busy) return STILL;
      this.#turn = textOf(fieldsOf(result['turn'])['id']) ?? this.#turn;
      return this.#interrupted ? this.#stopTurn() : STILL;
    }
    const thread = textOf(fieldsOf(result['thread'])['id']) ?? '';
    if (thread === '') return this.#refused({ message: 'it began a conversation without a name' }, 'protocol', now);
    this.#thread = thread;
    const started: AgentEvent = {
      type: 'started',
      session: thread,
      ...optional('model', textOf(result['model'])),
      ...optional('program', this.#program),
    };
    if (this.#interrupted) {
      const end = this.#end({ how: 'cancelled', message: 'it was interrupted' });
      return { send: end.send, events: [started, ...end.events] };
    }
    return { send: this.#startTurn(this.#order.prompt).send, events: [started] };
  }

  /** The request that an error is about which names none: the oldest that is open. */
  #awaited(): number | undefined {
    return this.#introduced ? [...this.#sent].find(([, about]) => about !== 'interrupt')?.[0] : INITIALIZE;
  }

  /** What the agent cannot know of its sandbox, so that it need not find out by asking a person. */
  #instructions(): string | undefined {
    const { permission, digestSchema } = this.#order;
    if (permission === 'all') return undefined;
    const digest =
      'If you are told to write a digest into a file, do not write that file: give the digest as your last answer.';
    return [
      permission === 'read'
        ? 'Change no file.'
        : 'You can change the files of your working directory, but not its git repository: do not commit. Change files with apply_patch: it needs no leave, and other commands may.',
      ...(digestSchema === undefined ? [] : [digest]),
    ].join(' ');
  }

  #threadRequest(): object {
    const { session, worktree, model } = this.#order;
    const params = {
      cwd: worktree,
      approvalPolicy: this.#policy(),
      // What the turns really get stands in each of them.
      sandbox: 'read-only',
      ...optional('model', model),
      ...optional('developerInstructions', this.#instructions()),
    };
    return session === undefined
      ? { id: THREAD, method: 'thread/start', params }
      : { id: THREAD, method: 'thread/resume', params: { threadId: session, ...params, excludeTurns: true } };
  }

  #startTurn(text: string): Move {
    const { worktree, model, effort, digestSchema } = this.#order;
    const id = this.#next++;
    this.#turn = undefined;
    this.#sent.set(id, 'turn');
    return sending({
      id,
      method: 'turn/start',
      params: {
        threadId: this.#thread ?? '',
        input: [{ type: 'text', text }],
        cwd: worktree,
        approvalPolicy: this.#policy(),
        sandboxPolicy: this.#sandbox(),
        ...optional('model', model),
        ...optional('effort', effort),
        ...optional('outputSchema', digestSchema),
      },
    });
  }

  /**
   * When the program asks: `untrusted`: whatever is not known to change nothing; `on-request`: only what its sandbox does not let
   * through, so that the rules for commands would not be heard; `never`.
   */
  #policy(): 'untrusted' | 'on-request' | 'never' {
    const { permission, rules } = this.#order;
    if (permission === 'read') return 'never';
    const heard = rules.otherCommands === 'ask' || rules.otherCommands === 'deny';
    return permission === 'ask' || (permission === 'edit' && heard) ? 'untrusted' : 'on-request';
  }

  #sandbox(): object {
    const { permission, worktree, rules } = this.#order;
    if (permission === 'all') return { type: 'dangerFullAccess' };
    if (permission === 'read') return { type: 'readOnly', networkAccess: false };
    // Where the project itself lies below a temporary directory, leave for that would be leave for all of its runs.
    const temporary = /^(?:\/private)?(?:\/tmp|\/var\/tmp|\/var\/folders|\/dev\/shm)\//.test(worktree);
    return {
      type: 'workspaceWrite',
      writableRoots: [],
      networkAccess: rules.network === 'allow' || rules.network === 'session',
      excludeTmpdirEnvVar: temporary,
      excludeSlashTmp: temporary,
    };
  }

  #stopTurn(): Move {
    if (!this.#busy || this.#thread === undefined || this.#turn === undefined) return STILL;
    const id = this.#next++;
    this.#sent.set(id, 'interrupt');
    return sending({ id, method: 'turn/interrupt', params: { threadId: this.#thread, turnId: this.#turn } });
  }

  /** A request of the program. */
  #asked(id: string | number, method: string, params: Fields): Move {
    const name = typeof id === 'number' ? String(id) : `id-${id.slice(0, 100)}`;
    const changes = (item: string): readonly string[] => this.#changes.get(item) ?? [];
    const asked =
      this.#asks.size < MOST_OPEN && !this.#asks.has(name)
        ? askedIn(name, method, params, changes, this.#order.worktree)
        : undefined;
    if (asked === undefined) {
      const message = `masterplan does not answer ${brief(method, 100)}`;
      return {
        send: [JSON.stringify({ id, error: { code: -32_601, message } })],
        events: [{ type: 'notice', message }],
      };
    }
    this.#asks.set(name, { ...asked, id });
    return happened({ type: 'permission_asked', ask: asked.ask });
  }

  /** A notification of the program. */
  #told(method: string, params: Fields, now: number): Move {
    const thread = textOf(params['threadId']);
    // Subagents have threads of their own.
    const main = thread === undefined || thread === (this.#thread ?? this.#order.session);
    switch (method) {
      case 'turn/started': {
        if (!main) return STILL;
        this.#busy = true;
        this.#turn = textOf(fieldsOf(params['turn'])['id']) ?? this.#turn;
        return STILL;
      }
      case 'item/started':
        return this.#itemStarted(fieldsOf(params['item']), main);
      case 'item/completed':
        return this.#itemCompleted(fieldsOf(params['item']), main);
      case 'thread/tokenUsage/updated':
        return this.#used(params, main);
      case 'account/rateLimits/updated': {
        const limits = limitsOf(params);
        for (const { used, resetsAt } of limits) {
          if (used === undefined || used < 100 || resetsAt === undefined) continue;
          // With two windows used up, the one that ends last is waited for.
          this.#limitEnds =
            this.#limitEnds === undefined || this.#limitEnds < now ? resetsAt : Math.max(this.#limitEnds, resetsAt);
        }
        const said = JSON.stringify(limits);
        // It is told with every answer.
        if (said === this.#limits) return STILL;
        this.#limits = said;
        return { send: [], events: limits.map((limit) => ({ type: 'limit', limit })) };
      }
      case 'error':
        return main ? this.#errors(params) : STILL;
      case 'turn/completed':
        return main ? this.#turnCompleted(fieldsOf(params['turn']), now) : STILL;
      case 'serverRequest/resolved': {
        // Answered, or no longer of interest to it.
        const id = params['requestId'];
        this.#asks.delete(typeof id === 'number' ? String(id) : `id-${(textOf(id) ?? '').slice(0, 100)}`);
        return STILL;
      }
      case 'warning':
      case 'guardianWarning':
        return happened({ type: 'notice', message: brief(textOf(params['message']) ?? method) });
      case 'configWarning':
      case 'deprecationNotice':
        return happened({ type: 'notice', message: brief(textOf(params['summary']) ?? method) });
      case 'model/rerouted':
        return happened({
          type: 'notice',
          message: `another model answers: ${brief(textOf(params['toModel']) ?? '')}`,
        });
      case 'thread/compacted':
        return happened({ type: 'notice', message: 'the conversation was shortened' });
      default:
        return STILL;
    }
  }

  #itemStarted(item: Fields, main: boolean): Move {
    const id = textOf(item['id']) ?? '';
    const tool = toolOf(item);
    if (item['type'] === 'fileChange' && this.#changes.size < MOST_OPEN) this.#changes.set(id, pathsOf(item));
    if (main && item['type'] !== 'userMessage' && this.#isOver()) return this.#tooMany();
    if (tool === undefined) return STILL;
    if (main) this.#tools++;
    return happened({ type: 'tool_started', id, ...tool });
  }

  #itemCompleted(item: Fields, main: boolean): Move {
    const id = textOf(item['id']) ?? '';
    switch (item['type']) {
      case 'agentMessage': {
        const text = (textOf(item['text']) ?? '').slice(0, TEXT_LIMIT);
        if (text === '') return STILL;
        if (main) {
          this.#said = text.slice(-SAID_LIMIT);
          this.#spoke = true;
        }
        return happened({ type: 'text', text });
      }
      case 'reasoning': {
        const parts = [...listOf(item['summary']), ...listOf(item['content'])].flatMap((part) => textOf(part) ?? []);
        const text = parts.join('\n').slice(0, TEXT_LIMIT);
        return text === '' ? STILL : happened({ type: 'text', text, thought: true });
      }
      default:
    }
    if (toolOf(item) === undefined) return STILL;
    const ok = item['status'] === 'completed' || item['status'] === undefined;
    const events: AgentEvent[] = [{ type: 'tool_ended', id, ok }];
    const output = ok ? '' : (textOf(item['aggregatedOutput']) ?? '').slice(0, 1000);
    if (!this.#unsafe && /^bwrap: .*namespace/m.test(output)) {
      this.#unsafe = true;
      events.push({ type: 'notice', message: `its sandbox does not work on this machine: ${brief(output)}` });
    }
    if (item['type'] === 'fileChange') {
      this.#changes.delete(id);
      if (ok) for (const path of pathsOf(item)) events.push({ type: 'file_changed', path });
    }
    return { send: [], events };
  }

  #used(params: Fields, main: boolean): Move {
    const ours = this.#turn !== undefined && textOf(params['turnId']) === this.#turn;
    const usage = this.#tokens.take(params, main, ours);
    if (usage === undefined) return STILL;
    const event: AgentEvent = { type: 'usage', usage };
    if (!main) return happened(event);
    const working = this.#tools > 0;
    this.#tools = 0;
    // An answer without tools is the last one: the turn ends by itself.
    const stop = working && this.#isOver() ? this.#tooMany() : STILL;
    return { send: stop.send, events: [event, ...stop.events] };
  }

  #isOver(): boolean {
    const { maxTurns } = this.#order;
    return maxTurns !== undefined && this.#tokens.turns >= maxTurns;
  }

  /** The program has no limit of its own for its requests to the model. */
  #tooMany(): Move {
    if (this.#tooLong) return STILL;
    const stop = this.#stopTurn();
    this.#tooLong = stop.send.length > 0;
    return stop;
  }

  #errors(params: Fields): Move {
    const error = fieldsOf(params['error']);
    const trouble = troubleOf(error);
    if (params['willRetry'] !== true) {
      this.#trouble = trouble;
      return STILL;
    }
    const details = brief(textOf(error['additionalDetails']) ?? '', 200);
    const message = [brief(trouble.text, 100), ...(details === '' ? [] : [details])].join(': ');
    return happened({ type: 'retrying', message, failure: trouble.failure });
  }

  #turnCompleted(turn: Fields, now: number): Move {
    const id = textOf(turn['id']);
    if (!this.#busy || (id !== undefined && this.#turn !== undefined && id !== this.#turn)) return STILL;
    for (const item of listOf(turn['items']).map(fieldsOf)) {
      const text = item['type'] === 'agentMessage' ? (textOf(item['text']) ?? '') : '';
      if (text === '') continue;
      this.#said = text.slice(-SAID_LIMIT);
      this.#spoke = true;
    }
    const trouble = Object.keys(fieldsOf(turn['error'])).length > 0 ? troubleOf(fieldsOf(turn['error'])) : undefined;
    switch (turn['status']) {
      case 'completed':
        return this.#end({ how: 'completed', message: '', ...this.#structured() });
      case 'interrupted': {
        if (this.#interrupted) return this.#end({ how: 'cancelled', message: 'it was interrupted' });
        if (this.#tooLong) {
          const message = `it made ${this.#tokens.turns} requests to the model and was not finished`;
          return this.#end({ how: 'failed', failure: 'turns', message });
        }
        return this.#end(
          this.#failed(trouble ?? { failure: 'unknown', text: 'it interrupted itself', status: undefined }, now),
        );
      }
      default: {
        const known = trouble ?? this.#trouble;
        return this.#end(
          this.#failed(known ?? { failure: 'unknown', text: 'its turn failed', status: undefined }, now),
        );
      }
    }
  }

  /** The last message, where its form was prescribed. The program itself does not look whether it has that form. */
  #structured(): { readonly structured?: unknown } {
    if (this.#order.digestSchema === undefined || !this.#spoke) return {};
    const read = readLine(this.#said);
    return read === undefined ? {} : { structured: read };
  }

  #refused(error: Fields, otherwise: FailureClass, now: number): Move {
    const text = wordsOf(error);
    // Words of a configuration speak of models, keys and networks without meaning a failure of them.
    const failure = otherwise === 'session' || otherwise === 'misconfigured' ? otherwise : failureOfTexts(text);
    return this.#end(this.#failed({ failure: failure ?? otherwise, text, status: undefined }, now));
  }

  #failed({ failure, text, status }: Trouble, now: number): Outcome {
    const told = failure === 'usage-limit' ? this.#limitOver(now) : undefined;
    const waits = failure === 'usage-limit' || failure === 'rate-limit';
    const resets = waits ? (told ?? resetOf(text, now)) : undefined;
    return this.#outcome({
      how: 'failed',
      failure,
      message: brief(text) || 'it failed',
      ...optional('status', status),
      ...optional('resetsAt', resets),
      ...(told === undefined ? {} : { resetsBy: 'event' as const }),
    });
  }

  #limitOver(now: number): number | undefined {
    return this.#limitEnds !== undefined && this.#limitEnds > now ? this.#limitEnds : undefined;
  }

  #outcome(told: Omit<Outcome, 'said' | 'denied'>): Outcome {
    return { ...told, said: this.#said, denied: this.#denied };
  }

  #end(told: Omit<Outcome, 'said' | 'denied'>): Move {
    this.#busy = false;
    this.#turn = undefined;
    this.#trouble = undefined;
    this.#asks.clear();
    this.#changes.clear();
    return happened({ type: 'turn_ended', outcome: this.#outcome(told) });
  }
}

/** Name of the tool that an item is of, and one line about what it does; `undefined`: it is of none. */
function toolOf(item: Fields): { readonly tool: string; readonly what: string } | undefined {
  switch (item['type']) {
    case 'commandExecution':
      return { tool: 'exec_command', what: brief(commandLine(item['command']) ?? '') };
    case 'fileChange':
      return { tool: 'apply_patch', what: brief(pathsOf(item).slice(0, 20).join(', ')) };
    case 'mcpToolCall': {
      const tool = `${textOf(item['server']) ?? '?'}.${textOf(item['tool']) ?? '?'}`;
      return { tool: brief(tool, 100), what: brief(tool) };
    }
    case 'dynamicToolCall':
    case 'collabAgentToolCall': {
      const tool = brief(textOf(item['tool']) ?? 'tool', 100);
      return { tool, what: brief(textOf(item['prompt']) ?? tool) };
    }
    case 'webSearch':
      return { tool: 'web_search', what: brief(textOf(item['query']) ?? 'web_search') };
    case 'imageView':
      return { tool: 'view_image', what: brief(textOf(item['path']) ?? 'view_image') };
    default:
      return undefined;
  }
}

/** Paths that a file change touches, those included that files are moved to. */
function pathsOf(item: Fields): readonly string[] {
  return listOf(item['changes'])
    .map(fieldsOf)
    .flatMap((change) => [textOf(change['path']) ?? [], textOf(fieldsOf(change['kind'])['move_path']) ?? []].flat())
    .slice(0, 2000);
}

/** What an error of JSON-RPC says. */
function wordsOf(error: Fields): string {
  const code = numberOf(error['code']);
  return brief(textOf(error['message']) ?? '') || `the program refused (${code ?? 'without a reason'})`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

function sending(...messages: readonly object[]): Move {
  return { send: messages.map((message) => JSON.stringify(message)), events: [] };
}

function happened(event: AgentEvent): Move {
  return { send: [], events: [event] };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
