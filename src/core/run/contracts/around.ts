import { z } from 'zod';
import { DIGEST_LIMIT, DISCOVERY_CONTRACT } from '../contract.ts';
import { PLAN_KINDS } from '../../plan/model.ts';
import { type Contract, contractOf, line } from './spec.ts';

/*
 * What goes on around the tasks of a plan: looking around before one is written, taking one over from elsewhere, looking back. Agents only
 * read and answer here; whatever is written is written by masterplan, from what was checked.
 */

const text = z.string();
const status = z.enum(['completed', 'blocked', 'failed']);
const common = { status, summary: line, blocker_reason: line.nullable().default(null) };
const sent = { schema: z.literal(1), base: text.min(1), timeout_ms: z.number().nonnegative() };

const DISCOVERY = DISCOVERY_CONTRACT;
const CONVERT = 'convert.v1';
const RETRO = 'retro.v1';

/** What answers about a repository, a foreign plan or a run are under. */
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
  contractOf({
    id: CONVERT,
    about:
      'writes a document that no reader understands as a plan, into the file $MASTERPLAN_PLAN, and says what it covered',
    role: 'plan',
    dispatchedBy: '',
    brief: z.object({
      ...sent,
      contract_id: z.literal(CONVERT),
      kind: z.enum(PLAN_KINDS),
      template: text.min(1),
      sources: z
        .array(z.object({ path: text.min(1), sha256: text.regex(/^[0-9a-f]{64}$/) }))
        .min(1)
        .max(50),
    }),
    digest: z.object({
      contract_id: z.literal(CONVERT),
      ...common,
      // Bound to bytes: a conversion of other files than those that were sent is none.
      processed: z
        .array(z.object({ path: line, sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
        .max(50)
        .default([]),
      units: z.object({ expected: z.number().int().nonnegative(), written: z.number().int().nonnegative() }),
      losses: z
        .array(z.object({ unit: line, what: line }))
        .max(200)
        .default([]),
    }),
    limit: 32_768,
  }),
  contractOf({
    id: RETRO,
    about: 'reads what became of a run and says what to do differently',
    role: 'discovery',
    dispatchedBy: '',
    brief: z.object({
      ...sent,
      contract_id: z.literal(RETRO),
      run: text.min(1),
      retro: text.min(1),
      commits: z.array(text.min(1)).max(500),
    }),
    digest: z.object({
      contract_id: z.literal(RETRO),
      ...common,
      went_well: z.array(line).max(20).default([]),
      blocked: z.array(line).max(20).default([]),
      deviations: z.array(line).max(20).default([]),
      follow_ups: z
        .array(z.object({ action: line, when: line }))
        .max(20)
        .default([]),
    }),
    limit: DIGEST_LIMIT * 2,
  }),
];
