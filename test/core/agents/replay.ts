import { readFileSync } from 'node:fs';
import type { Driver } from '../../../src/core/agents/driver.ts';
import type { AgentEvent, Outcome } from '../../../src/core/agents/event.ts';
import type { Order } from '../../../src/core/agents/order.ts';

/** When the recordings are told, as far as drivers know. */
export const NOW = Date.UTC(2026, 10, 20, 12);

/** An order for a test, with what it is about. */
export function order(fields: Partial<Order> = {}): Order {
  return {
    schema: 1,
    family: 'claude',
    command: ['claude'],
    worktree: '/work',
    prompt: 'Do it.',
    permission: 'edit',
    rules: { writable: ['/work'], commands: [], otherCommands: 'ask', otherPaths: 'deny', network: 'ask' },
    patience: 0,
    contract: 'implement.v1',
    digest: '/in/digest.json',
    inputs: '/in',
    ...fields,
  };
}

export interface Replayed {
  readonly events: readonly AgentEvent[];
  readonly sent: readonly string[];
  readonly outcomes: readonly Outcome[];
}

/** Tells a driver every line that the agent printed in a recording, and how the process ended. */
export function replay(
  driver: Driver,
  file: string,
  exit: { code: number | null; stderr?: string } = { code: 0 },
): Replayed {
  const events: AgentEvent[] = [];
  const sent: string[] = [];
  const make = ({ send, events: happened }: ReturnType<Driver['line']>): void => {
    sent.push(...send);
    events.push(...happened);
  };
  make(driver.begin());
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const theirs = /^\{"dir":"(.)"(?:,"ms":\d+)?,/.exec(line);
    if (theirs === null) make(driver.line(line, NOW));
    else if (theirs[1] === '<') make(driver.line(`{${line.slice(theirs[0].length)}`, NOW));
  }
  const outcomes = events.flatMap((event) => (event.type === 'turn_ended' ? [event.outcome] : []));
  if (outcomes.length === 0) outcomes.push(driver.exited(exit.code, null, exit.stderr ?? '', NOW));
  return { events, sent, outcomes };
}
