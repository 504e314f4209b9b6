import type { Usage } from './event.ts';

/** What an agent's model costs: US dollars for a million tokens. */
export interface Price {
  readonly input: number;
  readonly cached?: number | undefined;
  readonly cache_write?: number | undefined;
  readonly output: number;
}

/** What `usage` costs at this price; `undefined` when it tells no tokens. Cached tokens without a price of their own cost as others. */
export function costAt(price: Price, usage: Usage): number | undefined {
  const { input, cached, cacheWrite, output } = usage;
  if (input === undefined && output === undefined) return undefined;
  const million =
    (input ?? 0) * price.input +
    (cached ?? 0) * (price.cached ?? price.input) +
    (cacheWrite ?? 0) * (price.cache_write ?? price.input) +
    (output ?? 0) * price.output;
  return million / 1_000_000;
}

/** Tokens that count against a budget: all that were sent or written; what a cache answered for counts like the rest. */
export function tokensOf({ input, cached, cacheWrite, output }: Usage): number {
  return (input ?? 0) + (cached ?? 0) + (cacheWrite ?? 0) + (output ?? 0);
}
