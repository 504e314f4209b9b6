import { z } from 'zod';
import { err, type Result } from '../../base/result.ts';
import { type BadDigest, readDigest } from '../contracts/spec.ts';
import { plainFile, SEVERITIES } from './finding.ts';

/** The contract of reviewing attempts. */
export const REVIEW_CONTRACT = 'review.v1';

/** Bytes that the digest of a review may have: findings take more room than a report. */
export const REVIEW_LIMIT = 32_768;

const MOST_FINDINGS = 50;
const text = z.string().max(4000);
const optionalText = text.nullish().transform((value) => (value === undefined || value === '' ? null : value));

const claimSchema = z.object({
  severity: z.enum(SEVERITIES),
  file: text.nullish().transform((file) => plainFile(file ?? '')),
  line: z
    .number()
    .int()
    .positive()
    .nullish()
    .transform((line) => line ?? null),
  symbol: optionalText,
  category: z
    .string()
    .max(200)
    .nullish()
    .transform((category) => (category ?? '').trim().toLowerCase() || 'correctness'),
  claim: text.min(1, 'says nothing'),
  check: optionalText,
  check_command: optionalText,
  same_as: optionalText,
});

/** The digest of a review. */
export const reviewSchema = z.object({
  contract_id: z.literal(REVIEW_CONTRACT),
  verdict: z.enum(['approve', 'request-changes']),
  summary: text,
  findings: z.array(claimSchema).max(MOST_FINDINGS).default([]),
  /** What became of findings of earlier rounds. */
  earlier: z
    .array(z.object({ id: z.string().max(40), state: z.enum(['fixed', 'open', 'withdrawn']), note: optionalText }))
    .max(200)
    .default([]),
  /** Verdicts on the rows of a functional plan's contract. */
  rows: z
    .array(
      z.object({
        id: z.string().max(80),
        verdict: z.enum(['met', 'not-met', 'unclear', 'not-applicable']),
        note: optionalText,
      }),
    )
    .max(200)
    .default([]),
});

export type ReviewDigest = z.infer<typeof reviewSchema>;

/**
 * Reads what a reviewer wrote. `rows` are the ids that must each have a verdict: a review that leaves one out has not looked
 * at it.
 */
export function parseReview(source: string, bytes: number, rows: readonly string[]): Result<ReviewDigest, BadDigest> {
  const parsed = readDigest(reviewSchema, REVIEW_LIMIT, source, bytes, REVIEW_CONTRACT);
  if (!parsed.ok) return parsed;
  const problems: string[] = [];
  const { verdict, findings, earlier, rows: given } = parsed.value;
  const missing = rows.filter((id) => !given.some((row) => row.id.toUpperCase() === id.toUpperCase()));
  if (missing.length > 0) problems.push(`rows: no verdict for ${missing.slice(0, 20).join(', ')}`);
  const bad = given.some((row) => row.verdict === 'not-met' || row.verdict === 'unclear');
  if (verdict === 'request-changes' && findings.length === 0 && !bad && !earlier.some(({ state }) => state === 'open'))
    problems.push('verdict: changes are requested, and no finding says which');
  return problems.length === 0 ? parsed : err({ problems });
}

/** The JSON Schema of the digest of a review, for programs that can be held to one. */
export function reviewJsonSchema(): unknown {
  const words = { type: 'string', maxLength: 4000 };
  const perhaps = { type: ['string', 'null'], maxLength: 4000 };
  // Programs in strict mode want every field to be required.
  const object = (properties: Record<string, unknown>): unknown => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  });
  return object({
    contract_id: { type: 'string', enum: [REVIEW_CONTRACT] },
    verdict: { type: 'string', enum: ['approve', 'request-changes'] },
    summary: words,
    findings: {
      type: 'array',
      maxItems: MOST_FINDINGS,
      items: object({
        severity: { type: 'string', enum: [...SEVERITIES] },
        file: words,
        line: { type: ['integer', 'null'] },
        symbol: perhaps,
        category: { type: 'string', maxLength: 200 },
        claim: words,
        check: perhaps,
        check_command: perhaps,
        same_as: perhaps,
      }),
    },
    earlier: {
      type: 'array',
      maxItems: 200,
      items: object({ id: words, state: { type: 'string', enum: ['fixed', 'open', 'withdrawn'] }, note: perhaps }),
    },
    rows: {
      type: 'array',
      maxItems: 200,
      items: object({
        id: words,
        verdict: { type: 'string', enum: ['met', 'not-met', 'unclear', 'not-applicable'] },
        note: perhaps,
      }),
    },
  });
}

/** The ids of requirements and criteria that a task's text names: each of them gets a verdict of its own. */
export function rowsIn(goal: string): string[] {
  const ids = goal.match(/(?<![\w-])(?:NFR|FR|BR|AC)-\d{1,6}(?:\.\d{1,4}){0,3}(?![\w-])/g) ?? [];
  return [...new Set(ids)].slice(0, 100);
}
