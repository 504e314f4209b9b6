import { z } from 'zod';
import { KNOWN_AGENTS } from '../core/agents/known.ts';
import { containmentSchema } from './config-containment.ts';
import { bytesText, command, durationText, environment } from './config-values.ts';

const anyAgent = {
  containment: containmentSchema,
  env: environment.default([]),
  idle_timeout: durationText.default(600_000),
  timeout: durationText.default(3_600_000),
  max_output: bytesText.default(256 * 1024 * 1024),
  max_concurrent: z.number().int().nonnegative().default(0),
  max_memory: bytesText.optional(),
  model: z.string().min(1).optional(),
  effort: z.string().min(1).optional(),
  vendor: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'a vendor is named like an agent')
    .optional(),
  lane: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'a lane is named like an agent')
    .optional(),
};
/** What a model costs: US dollars for a million tokens. */
export const price = z.strictObject({
  input: z.number().nonnegative(),
  cached: z.number().nonnegative().optional(),
  cache_write: z.number().nonnegative().optional(),
  output: z.number().nonnegative(),
});
const spokenAgent = {
  ...anyAgent,
  command: command.optional(),
  permission: z.enum(['ask', 'all']).default('ask'),
  patience: durationText.default(600_000),
  resume: z.enum(['never', 'after-limit', 'always'], 'must be never, after-limit or always').default('always'),
  max_turns: z.number().int().positive().optional(),
  max_cost: z.number().positive().optional(),
  price: price.optional(),
};
/** What one attempt, one task or the run may use. */
export const limit = z
  .strictObject({
    cost: z.number().positive().optional(),
    tokens: z.number().int().positive().optional(),
    time: durationText.optional(),
  })
  .optional();
/** One agent, its kind filled in. */
export const agentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('command'), command, ...anyAgent }),
  z.strictObject({ kind: z.literal('claude'), ...spokenAgent }),
  z.strictObject({ kind: z.literal('codex'), ...spokenAgent }),
  z.strictObject({ kind: z.literal('acp'), ...spokenAgent, command }),
]);

/** Fills in what the name of an agent and the presence of a command already say. */
export function withKind(name: string, value: unknown): unknown {
  if (value === null || (typeof value === 'object' && !Array.isArray(value) && !('kind' in value))) {
    const given = (value ?? {}) as Record<string, unknown>;
    // A command without a kind is a command agent, whatever its name: that is what it always was.
    if ('command' in given) return { kind: 'command', ...given };
    const known = Object.hasOwn(KNOWN_AGENTS, name) ? KNOWN_AGENTS[name] : undefined;
    return known === undefined
      ? { kind: 'command', ...given }
      : { kind: known.kind, command: [...known.command], ...given };
  }
  return value;
}
