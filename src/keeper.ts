import { keepOrder } from './app/keeper.ts';

/* `keeper.mjs <order.json>`: started by masterplan beside a spoken agent, with its streams on files. */

const stopped = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());
process.exit(await keepOrder(process.argv[2] ?? '', process.env, stopped.signal));
