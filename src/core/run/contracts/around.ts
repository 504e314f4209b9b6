import { z } from 'zod';
import { DISCOVERY_CONTRACT } from '../contract.ts';
import { type Contract, contractOf, line } from './spec.ts';

/*
 * What goes on around the tasks of a plan: looking around before one is written. Agents only read and answer here; whatever is written is
 * written by masterplan, from what was checked.
 */

const text = z.string();
const status = z.enum(['completed', 'blocked', 'failed']);
const common = { status, summary: line, blocker_reason: line.nullable().default(null) };
const sent = { schema: z.literal(1), base: text.min(1), timeout_ms: z.number().nonnegative() };

const DISCOVERY = DISCOVERY_CONTRACT;

/** What answers about a repository are under. */
export const CONTRACTS_AROUND: readonly Contract[] = [
  contractOf({
    id: DISCOVERY,
    about: 'reads a repository and answers questions about it, with the places that show it',
    role: 'discovery',
    dispatchedBy: 'brainstorm, plan, full: each scan of the repository',
    brief: z.object({
      ...sent,
      contract_id: z.literal(DISCOVERY),
      topic: text.min(1),
      questions: z.array(text.min(1)).min(1).max(20),
      paths: z.array(text.min(1)).max(200),
    }),
    digest: z.object({
      contract_id: z.literal(DISCOVERY),
      ...common,
      answers: z
        .array(z.object({ question: line, answer: line, places: z.array(line).max(20).default([]) }))
        .max(20)
        .default([]),
      files: z
        .array(z.object({ path: line, why: line }))
        .max(100)
        .default([]),
      open_questions: z.array(line).max(20).default([]),
    }),
    limit: 16_384,
  }),
];
