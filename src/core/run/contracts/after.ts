import { z } from 'zod';
import { DIGEST_LIMIT } from '../contract.ts';
import { RETRO_CONTRACT } from '../finish/narrative.ts';
import { type Contract, contractOf, line } from './spec.ts';

/* What is asked of agents when a run is over. */
const text = z.string();
const remarks = z
  .array(z.object({ text: line, tasks: z.array(line).max(50) }))
  .max(12)
  .default([]);

/** What the words of an agent about a run that is over are under. */
export const CONTRACTS_AFTER: readonly Contract[] = [
  contractOf({
    id: RETRO_CONTRACT,
    about: 'says what it makes of a run that is over, from its retro and nothing else',
    role: 'retro',
    dispatchedBy: 'run: once at its end, where retro.narrative is auto and an agent is there for it',
    brief: z.object({
      schema: z.literal(1),
      contract_id: z.literal(RETRO_CONTRACT),
      run: text.min(1),
      title: text,
      base: text.min(1),
      retro: text.min(1),
      tasks: z.array(text).max(500),
      timeout_ms: z.number().nonnegative(),
    }),
    digest: z.object({
      contract_id: z.literal(RETRO_CONTRACT),
      status: z.enum(['completed', 'blocked', 'failed']),
      summary: line,
      blocker_reason: line.nullable().default(null),
      went_well: remarks,
      went_badly: remarks,
      next_time: remarks,
    }),
    limit: DIGEST_LIMIT,
  }),
];
