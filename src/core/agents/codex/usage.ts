import type { Usage } from '../event.ts';
import { type Fields, fieldsOf, numberOf, textOf } from '../json.ts';
import { addUsage, atLeast, usageSince } from '../usage.ts';

/** Threads of one attempt whose tokens are counted: its own and those of its subagents. */
const MOST_THREADS = 200;

interface Counted {
  readonly base: Usage;
  readonly total: Usage;
}

/**
 * Tokens of one attempt, out of `thread/tokenUsage/updated`: each tells the total of a whole thread and the part of its last
 * request. Earlier attempts of a resumed thread are in the total, and subagents have threads of their own.
 */
export class Tokens {
  readonly #resumed: boolean;
  readonly #before: Usage | undefined;
  readonly #threads = new Map<string, Counted>();
  #restored: Usage | undefined;
  #turns = 0;

  /** @param before  what a resumed thread had used already, where that is known */
  constructor(resumed: boolean, before: Usage | undefined) {
    this.#resumed = resumed;
    this.#before = before;
  }

  /** Requests to the model that the main thread has made. */
  get turns(): number {
    return this.#turns;
  }

  /**
   * Takes what was told; the usage of the attempt so far. `undefined`: nothing new of this attempt.
   *
   * @param main  whether it is of the attempt's own thread
   * @param ours  whether it is of a turn that this attempt has begun
   */
  take(params: Fields, main: boolean, ours: boolean): Usage | undefined {
    const told = fieldsOf(params['tokenUsage']);
    const total = tokensOf(fieldsOf(told['total']));
    if (Object.keys(total).length === 0) return undefined;
    if (main && !ours) {
      // What a thread had used when it was loaded.
      this.#restored = total;
      return undefined;
    }
    const id = main ? '' : (textOf(params['threadId']) ?? '?');
    const known = this.#threads.get(id);
    if (known === undefined && this.#threads.size >= MOST_THREADS) return undefined;
    const base = known?.base ?? this.#base(main, total, tokensOf(fieldsOf(told['last'])));
    const next = atLeast(known?.total ?? {}, total);
    const grown = usageSince(next, known?.total ?? base);
    if (main && ((grown.input ?? 0) > 0 || (grown.cached ?? 0) > 0 || (grown.output ?? 0) > 0)) this.#turns++;
    this.#threads.set(id, { base, total: next });
    let sum: Usage = {};
    for (const one of this.#threads.values()) sum = addUsage(sum, usageSince(one.total, one.base));
    return { ...sum, turns: this.#turns };
  }

  #base(main: boolean, total: Usage, last: Usage): Usage {
    if (main && !this.#resumed) return {};
    if (main && this.#restored !== undefined) return this.#restored;
    if (main && this.#before !== undefined) return this.#before;
    return usageSince(total, last);
  }
}

/** `inputTokens` holds what a cache answered for, and what was written to it. */
function tokensOf(breakdown: Fields): Usage {
  const input = numberOf(breakdown['inputTokens']);
  const cached = numberOf(breakdown['cachedInputTokens']);
  const written = numberOf(breakdown['cacheWriteInputTokens']) ?? 0;
  const output = numberOf(breakdown['outputTokens']);
  return {
    ...(input === undefined ? {} : { input: Math.max(0, input - (cached ?? 0) - written) }),
    ...(cached === undefined ? {} : { cached }),
    // Zero is what is said as well when nobody counts it.
    ...(written > 0 ? { cacheWrite: written } : {}),
    ...(output === undefined ? {} : { output }),
  };
}
