import { programWithin } from './known.ts';
import type { AgentFamily } from './order.ts';

/** What of an agent's settings tells whose model it works with. */
export interface Sold {
  readonly kind: AgentFamily | 'command';
  readonly command: readonly string[];
  readonly model?: string;
  readonly vendor?: string;
}

/** Whose models the known programs use when nothing else is said. */
const PROGRAMS: Readonly<Record<string, string>> = {
  claude: 'anthropic',
  codex: 'openai',
  gemini: 'google',
  copilot: 'github',
  qwen: 'alibaba',
};

/** Vendors by how the names of their models begin. */
const MODELS: readonly (readonly [RegExp, string])[] = [
  [/^(?:claude|haiku|sonnet|opus|opusplan|fable)\b/, 'anthropic'],
  [/^(?:gpt|chatgpt|codex|o[1-9])(?:\b|-)/, 'openai'],
  [/^(?:gemini|gemma)\b/, 'google'],
  [/^(?:qwen|qwq)/, 'alibaba'],
  [/^grok\b/, 'xai'],
  [/^deepseek\b/, 'deepseek'],
  [/^(?:mistral|codestral|devstral)\b/, 'mistral'],
];

/** Whose model a name is of; `undefined`: the name does not say. `openrouter/anthropic/claude-x` is Anthropic's. */
export function vendorOfModel(model: string): string | undefined {
  const name = model.toLowerCase().slice(model.lastIndexOf('/') + 1);
  return MODELS.find(([begins]) => begins.test(name))?.[1];
}

/**
 * The vendor whose model an agent works with: `anthropic`, `openai`, `google` …; of a program that nobody knows, its own name.
 * Two agents of one vendor are likely to make the same mistakes: reviews and failover look for another one.
 */
export function vendorOf(name: string, agent: Sold): string {
  if (agent.vendor !== undefined) return agent.vendor;
  if (agent.kind === 'claude') return 'anthropic';
  if (agent.kind === 'codex') return 'openai';
  const told = agent.model === undefined ? undefined : vendorOfModel(agent.model);
  const program = programWithin(agent.command);
  return told ?? (program === undefined ? undefined : PROGRAMS[program]) ?? program ?? name;
}
