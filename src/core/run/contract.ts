import { z } from 'zod';
import type { Result } from '../base/result.ts';
import { type BadDigest, line, readDigest } from './contracts/spec.ts';

/** The contract of implementation attempts: what goes out in the brief and what must come back. */
export const IMPLEMENT_CONTRACT = 'implement.v1';

/** The contract of planning attempts: the digest is the same, and a sub-plan comes back beside it. */
export const PLAN_CONTRACT = 'plan.v1';

/** The contracts of attempts that write the documents of a run that begins with an idea. */
export const DISCOVERY_CONTRACT = 'discovery.v1';
export const INTERVIEW_CONTRACT = 'interview.v1';
export const SPEC_CONTRACT = 'spec.v1';

/** Contracts of attempts that this release makes. */
export type ContractId =
  | typeof IMPLEMENT_CONTRACT
  | typeof PLAN_CONTRACT
  | typeof DISCOVERY_CONTRACT
  | typeof INTERVIEW_CONTRACT
  | typeof SPEC_CONTRACT;

/** Bytes that a sub-plan may have. */
export const SUBPLAN_LIMIT = 1024 * 1024;

/** Bytes that a digest may have. What is longer belongs into the transcript. */
export const DIGEST_LIMIT = 5120;

/** The digest of `implement.v1`, `plan.v1` and `spec.v1`, as its JSON Schema in docs/formats/digest.md says. Unknown fields are ignored. */
export const digestSchema = z.object({
  contract_id: z.enum([IMPLEMENT_CONTRACT, PLAN_CONTRACT, SPEC_CONTRACT]),
  status: z.enum(['completed', 'blocked', 'failed']),
  summary: line,
  files_changed: z.array(line).max(200).default([]),
  commands_run: z.array(line).max(100).default([]),
  tests_passed: z.boolean().nullable().default(null),
  blocker_reason: line.nullable().default(null),
  /** What it says against findings of a review, by their ids. */
  disputes: z
    .array(z.object({ finding: z.string().max(40), argument: line }))
    .max(50)
    .default([]),
  /** Paths in which lines of the other side of a conflict, or of earlier work, were replaced on purpose. */
  superseded: z.array(line).max(50).default([]),
  /** What it did otherwise than the plan says and why, what it decided, and what of it is worth doing again: claims, kept. */
  deviations: z.array(line).max(20).default([]),
  decisions: z.array(line).max(20).default([]),
  patterns: z.array(line).max(20).default([]),
});

/** The JSON Schema of the digest of a contract, for programs that can be held to one. */
export function digestJsonSchema(contract: ContractId): unknown {
  const text = { type: 'string', maxLength: 4000 };
  const fields = {
    contract_id: { type: 'string', enum: [contract] },
    status: { type: 'string', enum: ['completed', 'blocked', 'failed'] },
    summary: text,
    files_changed: { type: 'array', items: text, maxItems: 200 },
    commands_run: { type: 'array', items: text, maxItems: 100 },
    tests_passed: { type: ['boolean', 'null'] },
    blocker_reason: { type: ['string', 'null'], maxLength: 4000 },
    disputes: {
      type: 'array',
      maxItems: 50,
      items: {
        type: 'object',
        properties: { finding: { type: 'string', maxLength: 40 }, argument: text },
        required: ['finding', 'argument'],
        additionalProperties: false,
      },
    },
    superseded: { type: 'array', items: text, maxItems: 50 },
    deviations: { type: 'array', items: text, maxItems: 20 },
    decisions: { type: 'array', items: text, maxItems: 20 },
    patterns: { type: 'array', items: text, maxItems: 20 },
  };
  // Programs in strict mode want every field to be required.
  return { type: 'object', properties: fields, required: Object.keys(fields), additionalProperties: false };
}

/** What every digest says; those of scans and interviews say more. */
export type Digest = Omit<z.infer<typeof digestSchema>, 'contract_id'> & { readonly contract_id: ContractId };

/** Reads what an agent wrote as its digest. Nothing in a valid digest is believed: it is a claim. */
export function parseDigest(text: string, bytes: number, contract: ContractId): Result<Digest, BadDigest> {
  return readDigest(digestSchema, DIGEST_LIMIT, text, bytes, contract);
}

/** The digest that git's evidence alone supports, for an agent that wrote none. */
export function derivedDigest(contract: ContractId, filesChanged: readonly string[], summary: string): Digest {
  return {
    contract_id: contract,
    status: 'completed',
    summary,
    files_changed: filesChanged.slice(0, 200),
    commands_run: [],
    tests_passed: null,
    blocker_reason: null,
    disputes: [],
    superseded: [],
    deviations: [],
    decisions: [],
    patterns: [],
  };
}
