import type { Usage } from '../event.ts';
import { type Fields, fieldsOf, numberOf, textOf } from '../json.ts';
import { addUsage, atLeast } from '../usage.ts';

/*
 * Tokens at the end of a turn are in no stable part of the protocol, and every program means something else by them:
 *
 *   codex-acp, claude-agent-acp  of the turn; what a cache answered for is not in `inputTokens`
 *   copilot                      of the process; what a cache answered for is in `inputTokens`
 *   opencode                     of the last request of the turn: no use
 *   gemini                       of the turn, in `_meta.quota`, without thoughts; what a cache answered for is in `input_tokens`,
 *                                and nobody says how much that is
 *
 * Of others only what cannot be wrong is taken. Money is the same everywhere: `usage_update.cost` is of the whole session.
 */

type Span = 'turn' | 'process' | 'step' | 'unknown';

/** Names by which programs introduce themselves. */
const SPANS: readonly (readonly [RegExp, Span])[] = [
  [/(?:^|\/)(?:codex-acp|claude-agent-acp)$/, 'turn'],
  [/^gemini-cli$/, 'turn'],
  [/^copilot$/i, 'process'],
  [/^opencode$/i, 'step'],
];

/** What an attempt used so far. */
export class Tokens {
  readonly #resumed: boolean;
  readonly #before: Usage | undefined;
  #span: Span = 'unknown';
  #sum: Usage = {};
  #cost: number | undefined;

  constructor(resumed: boolean, before: Usage | undefined) {
    this.#resumed = resumed;
    this.#before = before;
  }

  /** Whose tokens they are: the name in the answer to `initialize`. */
  program(name: string): void {
    this.#span = SPANS.find(([names]) => names.test(name))?.[1] ?? 'unknown';
  }

  /** Whether the program is known to tell the tokens of every turn. */
  get told(): boolean {
    return this.#span !== 'unknown';
  }

  get usage(): Usage {
    return this.#cost === undefined ? this.#sum : { ...this.#sum, cost: this.#cost };
  }

  /** Takes the `result` of a prompt. Whether the model wrote or read anything in that turn; `undefined`: not told. */
  ended(result: Fields): boolean | undefined {
    const usage = fieldsOf(result['usage']);
    const told = tokensOf(usage) ?? quotaOf(result);
    if (told === undefined) return undefined;
    const { tokens, some } = told;
    if (!some) return false;
    if (this.#span === 'turn') this.#sum = addUsage(this.#sum, tokens);
    // Without knowing what it spans, the largest is no more than what was used; the turns of others may be in it.
    else if (this.#span === 'process' || (this.#span === 'unknown' && !this.#resumed)) {
      this.#sum = atLeast(this.#sum, tokens);
    }
    return true;
  }

  /** Takes a `usage_update`. Whether it told anything new. */
  updated(update: Fields): boolean {
    const cost = fieldsOf(update['cost']);
    const amount = numberOf(cost['amount']);
    if (amount === undefined || amount < 0 || textOf(cost['currency']) !== 'USD') return false;
    if (this.#resumed && this.#before?.cost === undefined) return false;
    const since = Math.max(0, amount - (this.#resumed ? (this.#before?.cost ?? 0) : 0));
    if (since <= (this.#cost ?? 0)) return false;
    this.#cost = since;
    return true;
  }
}

interface Told {
  readonly tokens: Usage;
  readonly some: boolean;
}

/** `usage`: the total tells whether cached tokens, and thoughts, are in the other numbers. */
function tokensOf(usage: Fields): Told | undefined {
  const count = (key: string): number | undefined => {
    const value = numberOf(usage[key]);
    return value !== undefined && value >= 0 ? value : undefined;
  };
  const input = count('inputTokens');
  const output = count('outputTokens');
  if (input === undefined || output === undefined) return undefined;
  const cached = count('cachedReadTokens') ?? 0;
  const written = count('cachedWriteTokens') ?? 0;
  const thought = count('thoughtTokens') ?? 0;
  const some = input + output > 0;
  const rest = (count('totalTokens') ?? Number.NaN) - input - output;
  const inside = rest === 0 || rest === thought;
  const outside = rest === cached + written || rest === cached + written + thought;
  const thinking = rest === 0 || rest === cached + written ? 0 : inside || outside ? thought : 0;
  const cache = {
    ...(cached > 0 || 'cachedReadTokens' in usage ? { cached } : {}),
    ...(written > 0 ? { cacheWrite: written } : {}),
  };
  // A sum that fits neither way leaves open what the numbers mean.
  if (cached + written > 0 && !inside && !outside) return { tokens: { output }, some };
  const fresh = cached + written > 0 && inside ? Math.max(0, input - cached - written) : input;
  return { tokens: { input: fresh, ...cache, output: output + thinking }, some };
}

function quotaOf(result: Fields): Told | undefined {
  const count = fieldsOf(fieldsOf(fieldsOf(result['_meta'])['quota'])['token_count']);
  const input = numberOf(count['input_tokens']);
  const output = numberOf(count['output_tokens']);
  if (input === undefined || output === undefined || input < 0 || output < 0) return undefined;
  return { tokens: { input, output }, some: input + output > 0 };
}
