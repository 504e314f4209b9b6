import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { anthropic } from './anthropic.ts';
import { chat } from './chat.ts';
import { gemini } from './gemini.ts';
import { responses } from './responses.ts';
import { SCENARIOS } from './scenarios.ts';
import { callFor } from './tools.ts';
import type { Answer, Conversation, Dialect, DialectName, Scenario, Scene, Spoken, Turn } from './turn.ts';

/*
 * A model server on loopback that real agents can be pointed at. It has no state that an answer depends on but how often
 * a step was asked for (for faults that pass) and what a test told it with `say`: which turn of which scenario a request
 * wants is read from the request itself, so that agents can run side by side, go on in later sessions and fork.
 */

const DIALECTS: readonly Dialect[] = [anthropic, responses, chat, gemini];

/** `[[name]]`, `[[name=argument]]`, `[[name#word]]`. */
const MARKER = /\[\[([a-z][a-z0-9-]{0,40})(?:=([^\]#\s]{1,200}))?(?:#([\w.-]{1,64}))?\]\]/g;

/** Requests are conversations; none of a test is longer. */
const LONGEST = 64_000_000;

/** A request as a test looks at it. */
export interface Heard {
  /** In the order of arrival, from 0. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Milliseconds since 1970, by the clock of the server. */
  readonly at: number;
  /** Absent: none of the model, such as a list of models. */
  readonly dialect?: DialectName;
  readonly conversation?: Conversation;
  /** Absent for a request on the side, such as one for the title of a conversation. */
  readonly scene?: { readonly scenario: string; readonly word: string; readonly step: number; readonly hit: number };
  /** What the model does about it. */
  readonly turn?: Turn;
  /** How it ended; `left`: the client went away first. */
  ending: 'open' | 'whole' | 'broken' | 'left';
}

/** For how long, or how often, something that was told with `say` holds. */
export interface Holds {
  /** Milliseconds since 1970; for limits this is when they end as well. */
  readonly until?: number;
  /** Requests of the model proper. */
  readonly times?: number;
  /** Only for agents that speak so. */
  readonly dialect?: DialectName;
  /** As behind `=` of a marker. */
  readonly argument?: string;
}

export interface ModelOptions {
  /** Scenarios of the test's own, before those of `scenarios.ts`. */
  readonly scenarios?: Readonly<Record<string, Scenario>>;
  /** Milliseconds since 1970; the clock of the machine by default. */
  readonly now?: () => number;
}

/** A running model server. */
export interface Model {
  /** `http://127.0.0.1:<port>`; the programs put `/v1/…` behind it. */
  readonly url: string;
  readonly heard: readonly Heard[];
  /**
   * From now on every request plays this scenario, whatever its marker says: `say('overloaded', {times: 3})`,
   * `say('limit', {until})`. `say('fine')` ends it. `limit` is a usage limit that ends at `until`.
   */
  say(scenario: string, holds?: Holds): void;
  /** The first request, already there or still to come, that is looked for; fails after `within` milliseconds. */
  hears(wanted: (heard: Heard) => boolean, within?: number): Promise<Heard>;
  close(): Promise<void>;
}

/** Starts a model server on a free port of loopback. */
export async function startModel(options: ModelOptions = {}): Promise<Model> {
  const scenarios: Readonly<Record<string, Scenario>> = { ...SCENARIOS, ...options.scenarios };
  const now = options.now ?? (() => Date.now());
  const heard: Heard[] = [];
  const hits = new Map<string, number>();
  const waiting = new Set<() => void>();
  let said: { scenario: string; holds: Holds; left: number } | undefined;

  /** What was told with `say`, as far as it holds for this request. */
  function told(dialect: DialectName, proper: boolean): { scenario: Scenario; resetsAt?: number } | undefined {
    if (said === undefined) return undefined;
    const { until, dialect: only } = said.holds;
    if ((until !== undefined && now() >= until) || said.left <= 0) return undefined;
    if (only !== undefined && only !== dialect) return undefined;
    if (proper) said.left--;
    const scenario = scenarios[said.scenario === 'limit' ? 'usage-limit' : said.scenario];
    return scenario === undefined ? undefined : { scenario, ...(until === undefined ? {} : { resetsAt: until }) };
  }

  function decide(dialect: DialectName, conversation: Conversation): Pick<Heard, 'scene'> & { readonly turn: Turn } {
    const place = find(conversation);
    // Titles, classifiers and the like come without tools.
    const proper = place !== undefined && conversation.tools.length > 0;
    const forced = told(dialect, proper);
    const scenario = forced?.scenario ?? (proper ? scenarios[place.name] : undefined);
    const argument = said !== undefined && forced !== undefined ? said.holds.argument : place?.argument;
    const key = `${place?.name}#${place?.word}@${place?.step}`;
    const hit = hits.get(key) ?? 0;
    if (proper) hits.set(key, hit + 1);
    const scene: Scene = {
      step: place?.step ?? 0,
      hit,
      argument,
      text: place?.text ?? '',
      prompt: conversation.entries.map(({ text }) => text).join('\n'),
      dialect,
      conversation,
      now: now(),
    };
    const turn = scenario?.(scene) ?? aside(proper, place?.name);
    const resetsAt = forced?.resetsAt;
    return {
      turn: resetsAt !== undefined && 'fault' in turn ? { ...turn, resetsAt } : turn,
      ...(proper ? { scene: { scenario: place.name, word: place.word, step: place.step, hit } } : {}),
    };
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A mistake of ours must be seen in the test, not only as an agent that tries again.
      console.error(error);
      response.destroy();
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://model').pathname;
    const body = await bodyOf(request);
    const method = request.method ?? '';
    const dialect = method === 'POST' ? DIALECTS.find((one) => one.path.test(path)) : undefined;
    const base = {
      number: heard.length,
      method,
      path,
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      body,
      at: now(),
    };
    const note = (entry: Heard): Heard => {
      heard.push(entry);
      for (const look of waiting) look();
      return entry;
    };
    if (dialect === undefined) {
      const other = beside(method, path);
      response.writeHead(other.status, { 'content-type': 'application/json' });
      response.end(method === 'HEAD' ? undefined : JSON.stringify(other.body));
      note({ ...base, ending: 'whole' });
      return;
    }
    const conversation = dialect.read(body, path);
    const decided = decide(dialect.name, conversation);
    const entry = note({ ...base, dialect: dialect.name, conversation, ...decided, ending: 'open' });
    const id = `${(server.address() as AddressInfo).port}_${entry.number}`;
    response.on('close', () => {
      if (entry.ending === 'open') entry.ending = 'left';
    });
    await reply(entry, dialect, conversation, decided.turn, id, response, now());
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    say(scenario, holds = {}) {
      if (scenario === 'fine') {
        said = undefined;
        return;
      }
      const name = scenario === 'limit' ? 'usage-limit' : scenario;
      if (scenarios[name] === undefined) throw new Error(`there is no scenario ${name}`);
      said = { scenario, holds, left: holds.times ?? Number.POSITIVE_INFINITY };
    },
    hears(wanted, within = 30_000) {
      return new Promise((resolve, reject) => {
        const end = (settle: () => void): void => {
          waiting.delete(look);
          clearTimeout(timer);
          settle();
        };
        const look = (): void => {
          const found = heard.find(wanted);
          if (found !== undefined) end(() => resolve(found));
        };
        const timer = setTimeout(
          () => end(() => reject(new Error(`no such request within ${within} ms, of ${heard.length}`))),
          within,
        );
        waiting.add(look);
        look();
      });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The last marker of the conversation, with the number of turns that the model has taken since. */
function find({ entries }: Conversation):
  | {
      readonly name: string;
      readonly argument?: string;
      readonly word: string;
      readonly text: string;
      readonly step: number;
    }
  | undefined {
  const index = entries.findLastIndex(({ text }) => text.search(MARKER) >= 0);
  const entry = entries[index];
  const marker = [...(entry?.text.matchAll(MARKER) ?? [])].at(-1);
  if (entry === undefined || marker === undefined) return undefined;
  const [, name = '', argument, word = ''] = marker;
  return {
    name,
    ...(argument === undefined ? {} : { argument }),
    word,
    text: entry.text.slice(marker.index),
    step: entries.slice(index + 1).filter(({ by }) => by === 'model').length,
  };
}

/** Answers to what no scenario is for. */
function aside(proper: boolean, name: string | undefined): Answer {
  return { text: proper ? `There is no scenario ${name}.` : 'Scripted' };
}

/** Requests beside the conversation. */
function beside(method: string, path: string): { readonly status: number; readonly body: unknown } {
  if (path.endsWith('/count_tokens')) return { status: 200, body: { input_tokens: 1000 } };
  if (path.endsWith(':countTokens')) return { status: 200, body: { totalTokens: 1000 } };
  if (path.endsWith('/models')) {
    return {
      status: 200,
      body: { object: 'list', data: [{ id: 'scripted', object: 'model', created: 1, owned_by: 'us' }] },
    };
  }
  return {
    status: method === 'HEAD' ? 200 : 404,
    body: { error: { type: 'not_found', message: 'only models live here' } },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LONGEST) throw new Error('a request of an agent is too long for the scripted model');
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

async function reply(
  entry: Heard,
  dialect: Dialect,
  conversation: Conversation,
  turn: Turn,
  id: string,
  response: ServerResponse,
  now: number,
): Promise<void> {
  if ('fault' in turn) {
    const refused = dialect.refuse(turn, now);
    if (typeof refused === 'string') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(refused);
    } else {
      response.writeHead(refused.status, { 'content-type': 'application/json', ...refused.headers });
      response.end(JSON.stringify(refused.body));
    }
    entry.ending = 'whole';
    return;
  }
  const spoken = speak(turn, conversation, id);
  const type = conversation.stream ? 'text/event-stream' : 'application/json';
  const near = turn.near === undefined ? {} : dialect.near(turn.near);
  response.writeHead(200, { 'content-type': type, 'request-id': `req_${id}`, ...near });
  // What is not streamed breaks before its first byte.
  const events = conversation.stream
    ? dialect.stream(spoken, conversation)
    : [JSON.stringify(dialect.whole(spoken, conversation))];
  const shown = turn.breaks === undefined ? events : events.slice(0, Math.floor(events.length / 2));
  for (const event of shown) {
    if (response.destroyed) return;
    response.write(event);
    if (turn.pace !== undefined) await sleep(turn.pace);
  }
  await end(entry, dialect, conversation, turn.breaks, response);
}

async function end(
  entry: Heard,
  dialect: Dialect,
  conversation: Conversation,
  breaks: Answer['breaks'],
  response: ServerResponse,
): Promise<void> {
  if (breaks === 'hang') {
    response.flushHeaders();
    if (!response.destroyed) await new Promise((resolve) => response.once('close', resolve));
    return;
  }
  if (breaks === undefined) {
    entry.ending = 'whole';
    response.end();
    return;
  }
  entry.ending = 'broken';
  if (breaks === 'error' && conversation.stream) {
    response.end(dialect.broken());
    return;
  }
  // What was written must be on its way before the connection goes.
  await sleep(20);
  response.destroy();
}

/** Actions become calls of tools that this agent offers. */
function speak(turn: Answer, { tools }: Conversation, id: string): Spoken {
  const calls = (turn.actions ?? []).map((action, index) => ({
    action,
    call: callFor(action, tools, `call_${id}_${index}`),
  }));
  const missing = calls.filter(({ call }) => call === undefined).map(({ action }) => action.do);
  const text = missing.length === 0 ? (turn.text ?? '') : `There is no tool to ${missing.join(' or ')} here.`;
  const made = calls.flatMap(({ call }) => (call === undefined ? [] : [call]));
  return {
    id,
    text,
    calls: made,
    tokens: turn.tokens ?? { input: 1000, cached: 0, output: 50 },
    stop: turn.stop ?? (made.length > 0 ? 'tools' : 'end'),
  };
}
