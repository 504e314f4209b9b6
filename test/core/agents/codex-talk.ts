import { codexDriver } from '../../../src/core/agents/codex/driver.ts';
import type { Driver, Move } from '../../../src/core/agents/driver.ts';
import type { AgentEvent, Outcome, PermissionAnswer } from '../../../src/core/agents/event.ts';
import { type Fields, fieldsOf, readLine } from '../../../src/core/agents/json.ts';
import type { Order } from '../../../src/core/agents/order.ts';
import { NOW, order } from './replay.ts';

/** The driver of Codex for an order. */
export function codex(fields: Partial<Order> = {}): Driver {
  const rules = { ...order().rules, writable: ['/tree'] };
  return codexDriver(order({ family: 'codex', command: ['codex'], worktree: '/tree', rules, ...fields }));
}

/** A driver that is told things, with everything that it said and made of them. */
export class Talk {
  readonly driver: Driver;
  readonly sent: Fields[] = [];
  readonly events: AgentEvent[] = [];

  constructor(fields: Partial<Order> = {}) {
    this.driver = codex(fields);
    this.take(this.driver.begin());
  }

  take({ send, events }: Move): void {
    for (const line of send) this.sent.push(fieldsOf(readLine(line)));
    this.events.push(...events);
  }

  hear(message: unknown): void {
    this.take(this.driver.line(typeof message === 'string' ? message : JSON.stringify(message), NOW));
  }

  /** As far as the first turn. */
  begun(model = 'gpt-5.5-codex'): this {
    this.hear({ id: 1, result: { userAgent: 'masterplan/0.169.0 (Debian 12.0.0; x86_64) dumb (masterplan; 1)' } });
    this.hear({ id: 2, result: { thread: { id: 'th' }, model } });
    this.hear({ id: 3, result: { turn: { id: 'tu' } } });
    return this;
  }

  tell(method: string, params: object): void {
    this.hear({ method, params: { threadId: 'th', turnId: 'tu', ...params } });
  }

  complete(turn: object, id = 'tu'): Outcome | undefined {
    this.tell('turn/completed', { turn: { id, items: [], status: 'completed', error: null, ...turn } });
    return this.outcomes.at(-1);
  }

  usage(input: number, cached: number, output: number, rest: object = {}, last = [0, 0, 0]): void {
    const [lastInput, lastCached, lastOutput] = last;
    this.tell('thread/tokenUsage/updated', {
      tokenUsage: {
        total: { inputTokens: input, cachedInputTokens: cached, cacheWriteInputTokens: 0, outputTokens: output },
        last: {
          inputTokens: lastInput,
          cachedInputTokens: lastCached,
          cacheWriteInputTokens: 0,
          outputTokens: lastOutput,
        },
      },
      ...rest,
    });
  }

  get outcomes(): readonly Outcome[] {
    return this.events.flatMap((event) => (event.type === 'turn_ended' ? [event.outcome] : []));
  }

  of<T extends AgentEvent['type']>(type: T): readonly Extract<AgentEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type);
  }

  /** Answers every question that has come up and waits. */
  answers(answer: PermissionAnswer): void {
    for (const { ask } of this.of('permission_asked')) this.take(this.driver.answer(ask.id, answer, 'because'));
  }
}
