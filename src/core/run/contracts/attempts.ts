import { z } from 'zod';
import { PLAN_KINDS } from '../../plan/model.ts';
import {
  DIGEST_LIMIT,
  digestJsonSchema,
  digestSchema,
  IMPLEMENT_CONTRACT,
  INTERVIEW_CONTRACT,
  PLAN_CONTRACT,
  SPEC_CONTRACT,
} from '../contract.ts';
import { type Contract, contractOf, line } from './spec.ts';

/*
 * What attempts are told, as docs/formats/brief.md says. Fields that a later release adds are let through: older readers of a brief leave
 * out what they do not know.
 */
const text = z.string();
const brief = z.object({
  schema: z.literal(1),
  contract_id: text.min(1),
  run: text.min(1),
  task: text.min(1),
  attempt: z.number().int().positive(),
  title: text,
  goal: text,
  context: text,
  needs: z.array(z.object({ task: text, title: text, commit: text.min(1) })),
  scope: z.array(text.min(1)),
  non_committing: z.boolean(),
  verify: z.array(text.min(1)),
  base: text.min(1),
  timeout_ms: z.number().nonnegative(),
  lessons: z.array(
    z.object({
      attempt: z.number().int().positive(),
      what: text,
      paths: z.array(text),
      command: text.nullable(),
      output: text.nullable(),
    }),
  ),
  handoff: z.object({ attempt: z.number().int().positive(), agent: text, said: text }).optional(),
  review: z.object({ findings: z.array(z.object({ id: text, claim: text })), advice: text.nullable() }).optional(),
  contract: z.array(z.object({ id: text, role: text, words: text })).optional(),
  criteria: z.array(z.object({ id: text, text })).optional(),
  settled: z.array(z.object({ id: text, asked: text, answer: text, by: text })).optional(),
  advice: text.optional(),
  research: z.array(z.object({ path: text, topic: text, text })).optional(),
  learned: z
    .array(
      z.object({ id: text, kind: text, day: text, text, from: text, paths: z.array(text), command: text.nullable() }),
    )
    .optional(),
});

/** What attempts of tasks are under. */
export const ATTEMPT_CONTRACTS: readonly Contract[] = [
  contractOf({
    id: IMPLEMENT_CONTRACT,
    about: 'does a task and says what it did',
    role: 'implement',
    dispatchedBy: 'run: every task that is not planned first',
    brief: brief.extend({ contract_id: z.literal(IMPLEMENT_CONTRACT) }),
    digest: digestSchema,
    limit: DIGEST_LIMIT,
    strict: () => digestJsonSchema(IMPLEMENT_CONTRACT),
  }),
  contractOf({
    id: PLAN_CONTRACT,
    about: 'writes the sub-plan of a task into the file $MASTERPLAN_PLAN and says so',
    role: 'plan',
    dispatchedBy:
      'run: every task that is a brief; plan, full: the plan of the run; convert --with: the plan that a document becomes',
    brief: brief.extend({
      contract_id: z.literal(PLAN_CONTRACT),
      plan: z.object({ kind: z.enum(PLAN_KINDS), template: text.min(1) }),
    }),
    digest: digestSchema,
    limit: DIGEST_LIMIT,
    strict: () => digestJsonSchema(PLAN_CONTRACT),
  }),
  contractOf({
    id: INTERVIEW_CONTRACT,
    about: 'says what has to be asked before a spec can be written; masterplan asks it',
    role: 'spec',
    dispatchedBy: 'brainstorm, plan, full: once for each topic',
    brief: brief.extend({
      contract_id: z.literal(INTERVIEW_CONTRACT),
      topic: text.min(1),
      at_least: z.number().int().positive(),
      at_most: z.number().int().positive(),
    }),
    digest: z.object({
      contract_id: z.literal(INTERVIEW_CONTRACT),
      status: z.enum(['completed', 'blocked', 'failed']),
      summary: line,
      blocker_reason: line.nullable().default(null),
      questions: z
        .array(
          z.object({
            question: line,
            options: z.array(line).max(8),
            // Its words, or the number of one of the options, from 1.
            recommended: z
              .union([line, z.number().int().min(1).max(8)])
              .nullable()
              .default(null),
            why: line.nullable().default(null),
          }),
        )
        .max(40)
        .default([]),
    }),
    limit: 16_384,
  }),
  contractOf({
    id: SPEC_CONTRACT,
    about: 'writes the spec of a topic into the file $MASTERPLAN_SPEC and says so',
    role: 'spec',
    dispatchedBy: 'brainstorm, plan, full: the spec of the run',
    brief: brief.extend({
      contract_id: z.literal(SPEC_CONTRACT),
      topic: text.min(1),
      spec: z.object({ template: text.min(1) }),
    }),
    digest: digestSchema,
    limit: DIGEST_LIMIT,
    strict: () => digestJsonSchema(SPEC_CONTRACT),
  }),
];
