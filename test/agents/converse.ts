import type { Driver, Move } from '../../src/core/agents/driver.ts';
import type { AgentEvent, PermissionAnswer, PermissionAsk } from '../../src/core/agents/event.ts';
import { list, member, string } from './model/json.ts';
import type { Talk } from './record.ts';

/* Conversations to be recorded: with one of our drivers, or by the least that a protocol needs. */

export interface Wishes {
  /** Messages in order; the next one is said when a turn has ended. */
  readonly messages: readonly string[];
  /** What is answered to every question. */
  readonly answer?: PermissionAnswer;
  /** Asks for the end of the first turn once this resolves. */
  readonly interrupt?: () => Promise<void>;
}

/** Lets a driver speak until it has had an end of a turn for every message; `events` is filled with what it made of it. */
export function withDriver(
  make: (prompt: string) => Driver,
  { messages: [first = '', ...later], answer = 'allow', interrupt }: Wishes,
  events: AgentEvent[] = [],
): (talk: Talk) => Promise<void> {
  return async (talk) => {
    const driver = make(first);
    const left = [...later];
    let over = false;
    const carry = (move: Move): void => {
      for (const line of move.send) talk.say(line);
      for (const event of move.events) {
        events.push(event);
        if (event.type === 'permission_asked')
          carry(driver.answer(event.ask.id, answerTo(event.ask, answer), 'not here'));
        if (event.type === 'turn_ended') {
          const next = left.shift();
          if (next === undefined) over = true;
          else carry(driver.say(next));
        }
      }
    };
    carry(driver.begin());
    const stopping = interrupt?.().then(() => carry(driver.interrupt()));
    while (!over) {
      const line = await talk.hear();
      if (line === undefined) return;
      carry(driver.line(line, Date.now()));
    }
    await stopping;
  };
}

/** What a broker that reads no paths would say. */
function answerTo({ kind }: PermissionAsk, answer: PermissionAnswer): PermissionAnswer {
  return kind === 'read' ? 'allow' : answer;
}

/** An agent by the Agent Client Protocol, without a driver. */
export function withAcp(cwd: string, { messages, answer = 'allow', interrupt }: Wishes): (talk: Talk) => Promise<void> {
  const wanted = { allow: 'allow_once', session: 'allow_always', deny: 'reject_once' }[answer];
  return async (talk) => {
    const say = (fields: object): void => talk.say({ jsonrpc: '2.0', ...fields });
    const none = { fs: { readTextFile: false, writeTextFile: false }, terminal: false };
    const clientInfo = { name: 'masterplan', version: '0.0.0' };
    say({ id: 1, method: 'initialize', params: { protocolVersion: 1, clientCapabilities: none, clientInfo } });
    await until(talk, (line) => member(line, 'id') === 1);
    say({ id: 2, method: 'session/new', params: { cwd, mcpServers: [] } });
    const made = await until(talk, (line) => member(line, 'id') === 2);
    const sessionId = string(member(made, 'result'), 'sessionId');
    let id = 3;
    let stop = interrupt;
    for (const text of messages) {
      const own = id++;
      say({ id: own, method: 'session/prompt', params: { sessionId, prompt: [{ type: 'text', text }] } });
      const stopping = stop?.().then(() => say({ method: 'session/cancel', params: { sessionId } }));
      stop = undefined;
      await until(talk, (line) => {
        const method = string(line, 'method');
        const params = member(line, 'params');
        if (method === 'session/request_permission') {
          const options = list(params, 'options');
          const chosen = options.find((one) => string(one, 'kind') === wanted) ?? options[0];
          const outcome = { outcome: 'selected', optionId: string(chosen, 'optionId') };
          say({ id: member(line, 'id'), result: { outcome } });
        }
        return method === '' && member(line, 'id') === own;
      });
      await stopping;
    }
  };
}

/** Reads lines until one is what is waited for. */
async function until(talk: Talk, found: (line: unknown) => boolean): Promise<unknown> {
  while (true) {
    const line = await talk.hear();
    if (line === undefined) throw new Error('the program ended in the middle of the conversation');
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      continue;
    }
    if (found(value)) return value;
  }
}
