import { z } from 'zod';
import { parseReview, REVIEW_CONTRACT, REVIEW_LIMIT, reviewJsonSchema, reviewSchema } from '../review/contract.ts';
import { type Contract, contractOf } from './spec.ts';

const text = z.string();
const quoted = z.object({ text, bytes: z.number().nonnegative(), whole: z.boolean() });

/* What reviewers are told, as docs/review.md says. */
const brief = z.object({
  schema: z.literal(1),
  contract_id: z.literal(REVIEW_CONTRACT),
  run: text.min(1),
  task: text.min(1),
  attempt: z.number().int().positive(),
  reviews: z.object({
    attempt: z.number().int().positive(),
    base: text.min(1),
    commit: text.min(1),
    tree: text.min(1),
    round: z.number().int().positive(),
    how: z.enum(['other-vendor', 'same-vendor']),
  }),
  base: text.min(1),
  title: text,
  goal: text,
  context: text,
  scope: z.array(text.min(1)),
  summary: text,
  verified: z.array(text),
  noticed: z.array(text),
  rows: z.array(text),
  contract: z.array(text).optional(),
  diff: quoted,
  delta: quoted.optional(),
  earlier: z.array(z.object({ id: text.min(1), fate: text, claim: text })),
  timeout_ms: z.number().nonnegative(),
});

const shape = contractOf({
  id: REVIEW_CONTRACT,
  about: 'judges verified work of another agent, without changing anything, and names what is wrong with it',
  role: 'review',
  dispatchedBy: 'run: every task, where `review` is on or required',
  brief,
  digest: reviewSchema,
  limit: REVIEW_LIMIT,
  strict: reviewJsonSchema,
});

/** What reviews are under. Which rows need a verdict stands in the brief, and is asked for by whoever sent it. */
export const REVIEW_CONTRACTS: readonly Contract[] = [
  { ...shape, digest: { ...shape.digest, check: (source, bytes) => parseReview(source, bytes, []) } },
];
