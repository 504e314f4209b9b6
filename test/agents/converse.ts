import type { Driver, Move } from '../../src/core/agents/driver.ts';
import type { AgentEvent, PermissionAnswer, PermissionAsk } from '../../src/core/agents/event.ts';
import type { Talk } from './record.ts';

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
