import { claudeDriver } from '../../../src/core/agents/claude/driver.ts';
import type { Driver, Move } from '../../../src/core/agents/driver.ts';
import type { AgentEvent, Outcome, Usage } from '../../../src/core/agents/event.ts';
import { type Fields, fieldsOf, readLine } from '../../../src/core/agents/json.ts';
import type { Order } from '../../../src/core/agents/order.ts';
import { NOW, order } from './replay.ts';

/** Claude Code's driver, which is told things, with everything that it said and made of them. */
export class ClaudeTalk {
  readonly driver: Driver;
  readonly sent: Fields[] = [];
  readonly events: AgentEvent[] = [];

  constructor(fields: Partial<Order> = {}) {
    this.driver = claudeDriver(order({ worktree: '/tree', ...fields }));
    this.take(this.driver.begin());
  }

  take({ send, events }: Move): this {
    for (const line of send) this.sent.push(fieldsOf(readLine(line)));
    this.events.push(...events);
    return this;
  }

  hear(message: unknown): this {
    return this.take(this.driver.line(typeof message === 'string' ? message : JSON.stringify(message), NOW));
  }

  /** A piece of a message of the model. */
  says(id: string, text: string, usage: object = { input_tokens: 10, output_tokens: 1 }, rest: object = {}): this {
    return this.hear({ type: 'assistant', message: { id, content: [{ type: 'text', text }], usage }, ...rest });
  }

  /** The end of a turn. */
  ends(fields: object = {}): Outcome | undefined {
    this.hear({ type: 'result', subtype: 'success', is_error: false, ...fields });
    return this.outcomes.at(-1);
  }

  /** What went wrong, as the program says it: a message of its own and a result that calls itself a success. */
  fails(text: string, error: string, status?: number, fields: object = {}): Outcome | undefined {
    const message = { id: 'own', model: '<synthetic>', content: [{ type: 'text', text }], usage: {} };
    this.hear({ type: 'assistant', message, error, ...(status === undefined ? {} : { api_error_status: status }) });
    return this.ends({ is_error: true, result: text, api_error_status: status ?? null, ...fields });
  }

  asks(id: unknown, tool: string, input: object, rest: object = {}): this {
    const request = { subtype: 'can_use_tool', tool_name: tool, input, ...rest };
    return this.hear({ type: 'control_request', request_id: id, request });
  }

  get outcomes(): readonly Outcome[] {
    return this.of('turn_ended').map(({ outcome }) => outcome);
  }

  get usage(): Usage | undefined {
    return this.of('usage').at(-1)?.usage;
  }

  of<T extends AgentEvent['type']>(type: T): readonly Extract<AgentEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type);
  }
}
