import type { Price } from './price.ts';

/** What a vendor's list said of a model, and when. */
export interface ListedPrice extends Price {
  /** Name of the model, as vendors write it; `known` says which spellings mean it. */
  readonly model: string;
  /** The day on which somebody read it there. */
  readonly asOf: string;
}

/*
 * List prices, US dollars for a million tokens. Every row was read at the address above it on the day that it names; what could not be found
 * is not here, and what a list splits by the length of a prompt stands with its lower price. They are for estimates: contracts, subscriptions,
 * batches and regions differ. `price` of an agent and `prices` in the configuration win over them.
 */

// https://platform.claude.com/docs/en/about-claude/pricing: base input, cache hits, 5m cache writes, output.
const ANTHROPIC = (
  model: string,
  input: number,
  cached: number,
  cache_write: number | undefined,
  output: number,
): ListedPrice => ({
  model,
  input,
  cached,
  cache_write,
  output,
  asOf: '2026-10-24',
});

// https://developers.openai.com/api/docs/pricing, standard tier: input, cached input, output.
const OPENAI = (model: string, input: number, cached: number, output: number, asOf: string): ListedPrice => ({
  model,
  input,
  cached,
  output,
  asOf,
});

const LIST: readonly ListedPrice[] = [
  ANTHROPIC('claude-fable-5-1', 10, 0.25, 12.5, 50),
  ANTHROPIC('claude-fable-5', 10, 1, 12.5, 50),
  // https://platform.claude.com/docs/about-claude/models/whats-new-opus-5 names input and output, https://docs.rs/synaps/0.10.2/synaps_cli/pricing/ what a cache answers.
  ANTHROPIC('claude-opus-5-5', 4, 0.2, undefined, 20),
  ANTHROPIC('claude-opus-5', 5, 0.5, 6.25, 25),
  ANTHROPIC('claude-opus-4-8', 5, 0.5, 6.25, 25),
  ANTHROPIC('claude-opus-4-7', 5, 0.5, 6.25, 25),
  ANTHROPIC('claude-opus-4-6', 5, 0.5, 6.25, 25),
  ANTHROPIC('claude-opus-4-5', 5, 0.5, 6.25, 25),
  ANTHROPIC('claude-opus-4-1', 15, 1.5, 18.75, 75),
  // https://github.com/TheKrush/PromptFuel/releases/tag/v1.0.23: cache hits are cheaper since 2026-10-07.
  ANTHROPIC('claude-sonnet-5-5', 2, 0.1, 2.5, 10),
  // https://platform.claude.com/docs/zh-CN/models/sonnet-5/overview
  ANTHROPIC('claude-sonnet-5', 2, 0.2, 2.5, 10),
  ANTHROPIC('claude-sonnet-4-6', 3, 0.3, 3.75, 15),
  ANTHROPIC('claude-sonnet-4-5', 3, 0.3, 3.75, 15),
  // https://github.com/kurofune/claudit/releases/tag/v1.9.2: prompts of up to 100,000 tokens; longer ones cost five times as much.
  ANTHROPIC('claude-haiku-5-5', 0.1, 0.01, 0.125, 0.5),
  ANTHROPIC('claude-haiku-4-5', 1, 0.1, 1.25, 5),
  // https://www.morphllm.com/openai-api-pricing
  OPENAI('gpt-5.5', 5, 0.5, 30, '2026-06-30'),
  OPENAI('gpt-5.4', 2.5, 0.25, 15, '2026-06-30'),
  OPENAI('gpt-5.4-mini', 0.75, 0.075, 4.5, '2026-06-30'),
  OPENAI('gpt-5.4-nano', 0.2, 0.02, 1.25, '2026-06-30'),
  // https://fernando-nog.netlify.app/gpt-coding-model-costs-2026/ and https://developers.openai.com/api/docs/models/gpt-5-codex
  OPENAI('gpt-5.3-codex', 1.75, 0.175, 14, '2026-05-05'),
  OPENAI('gpt-5.2-codex', 1.75, 0.175, 14, '2026-05-05'),
  OPENAI('gpt-5.2', 1.75, 0.175, 14, '2026-05-13'),
  OPENAI('gpt-5.1-codex-max', 1.25, 0.125, 10, '2026-05-05'),
  OPENAI('gpt-5.1-codex', 1.25, 0.125, 10, '2026-05-05'),
  OPENAI('gpt-5-codex', 1.25, 0.125, 10, '2026-05-05'),
];

const BY_MODEL = new Map(LIST.map((row) => [row.model, row]));

/** A model's name without what does not change its price: who passes it on, the day of its making, the size of its window. */
export function plainModel(model: string): string {
  return model
    .toLowerCase()
    .slice(model.lastIndexOf('/') + 1)
    .replace(/\[[^\]]*\]$/, '')
    .replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');
}

/** The list price of a model; `undefined`: it is on no list that we have. Names that only resemble it do not count. */
export function listedPrice(model: string): ListedPrice | undefined {
  return BY_MODEL.get(plainModel(model));
}

/** All of them, for tests. */
export const LISTED: readonly ListedPrice[] = LIST;
