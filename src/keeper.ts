import { readFileSync, writeSync } from 'node:fs';
import type { Order } from './core/agents/order.ts';
import { DRIVERS } from './core/agents/registry.ts';
import { keep } from './engine/agents/keeper.ts';
import { nodeClock } from './io/node/clock.ts';
import { converse } from './io/node/converse.ts';
import { nodeFiles } from './io/node/files.ts';

/*
 * What runs beside each agent that is spoken with: `keeper.mjs <order.json>`, started by masterplan with its streams on files. Its
 * whole environment is the agent's.
 */

/** Writes all of it, however full the pipe is: the transcript is a file, and short writes are rare but allowed. */
function print(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}

const stopped = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());

const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Order;
const make = DRIVERS[order.family];
if (make === undefined) {
  print(`masterplan has no driver for agents of the family "${order.family}"\n`);
  process.exit(126);
}
const env: Record<string, string> = {};
for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value;
const code = await keep(
  order,
  make(order),
  env,
  { files: nodeFiles, clock: nodeClock, converse, print },
  stopped.signal,
);
process.exit(code);
