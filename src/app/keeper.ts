import type { Order } from '../core/agents/order.ts';
import { DRIVERS } from '../core/agents/registry.ts';
import { keep } from '../engine/agents/keeper.ts';
import { converse } from '../io/node/converse.ts';
import { nodeIo, nodeTerminal } from '../io/node/index.ts';

/**
 * What runs beside each agent that is spoken with: carries out the order in a file. Its whole environment is the agent's; what it
 * prints is the transcript. Returns its exit code.
 */
export async function keepOrder(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  stopped: AbortSignal,
): Promise<number> {
  const { files, clock } = nodeIo();
  const terminal = nodeTerminal();
  const print = (text: string): void => terminal.write(text);
  const bytes = await files.read(path);
  if (bytes === undefined) {
    print(`there is no order ${path}\n`);
    return 126;
  }
  const order = JSON.parse(new TextDecoder().decode(bytes)) as Order;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) env[name] = value;
  return keep(order, DRIVERS[order.family](order), env, { files, clock, converse, print }, stopped);
}
