import { z } from 'zod';
import { err, ok, type Result } from '../../base/result.ts';
import type { Role } from '../role.ts';

/** Why a digest is not one. */
export interface BadDigest {
  /** What is wrong, in words an agent could act on. */
  readonly problems: readonly string[];
  /** Its author says all the same that the work is not done: that needs no form to be believed. */
  readonly admits?: { readonly status: 'blocked' | 'failed'; readonly reason: string };
}

/**
 * What one kind of dispatch sends out and takes back. Nothing is dispatched without one: the brief is checked before an agent sees it, the
 * digest before anything is made of it.
 */
export interface Contract {
  /** `implement.v1`: never means anything else. A change that older readers would misread is a new version. */
  readonly id: string;
  readonly version: number;
  /** One line for people. */
  readonly about: string;
  /** Who gets it. */
  readonly role: Role;
  /** What dispatches under it; empty: registered, and nothing in this release does. */
  readonly dispatchedBy: string;
  readonly brief: {
    /** Bytes that its JSON may have. */
    readonly limit: number;
    readonly schema: () => unknown;
    /** What is wrong with one; nothing when it is as it should be. */
    readonly check: (brief: unknown) => readonly string[];
  };
  readonly digest: {
    /** Bytes that it may have. */
    readonly limit: number;
    /** For programs that can be held to a JSON Schema: every field is required, no other allowed. */
    readonly schema: () => unknown;
    readonly check: (text: string, bytes: number) => Result<unknown, BadDigest>;
  };
}

/** Bytes that the JSON of a brief may have: more than any model reads, less than what would fill a disk. */
export const BRIEF_LIMIT = 4 * 1024 * 1024;

/** Lines of text. */
export const line = z.string().max(4000);

const admission = z.object({
  status: z.enum(['blocked', 'failed']),
  summary: z.string().nullish().catch(null),
  blocker_reason: z.string().nullish().catch(null),
});

/** Words for what a schema objects to, at most five. */
export function objections(error: z.ZodError, whole: string): readonly string[] {
  return error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || whole}: ${issue.message}`);
}

/** Reads JSON that an agent wrote, by the schema of its contract. Fields that it does not name are left out. */
export function readDigest<T>(
  schema: z.ZodType<T>,
  limit: number,
  text: string,
  bytes: number,
  contract: string,
): Result<T, BadDigest> {
  if (bytes > limit) return err({ problems: [`the digest has ${bytes} bytes, more than ${limit}`] });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return err({ problems: [`the digest is not JSON: ${error instanceof Error ? error.message : String(error)}`] });
  }
  const parsed = schema.safeParse(value);
  const other = contractNamed(value);
  if (parsed.success && other === contract) return ok(parsed.data);
  const problems =
    other !== undefined && other !== contract
      ? [`contract_id: this attempt is under ${contract}, not ${other.slice(0, 80)}`]
      : parsed.success
        ? ['contract_id: it is missing']
        : objections(parsed.error, 'digest');
  const admitted = admission.safeParse(value);
  if (!admitted.success) return err({ problems });
  const { status, summary, blocker_reason } = admitted.data;
  return err({ problems, admits: { status, reason: blocker_reason ?? summary ?? '' } });
}

function contractNamed(value: unknown): string | undefined {
  const named =
    typeof value === 'object' && value !== null ? (value as { contract_id?: unknown }).contract_id : undefined;
  return typeof named === 'string' ? named : undefined;
}

/** A contract whose shapes are schemas. `strict` replaces the JSON Schema of its digest, where programs want it said otherwise. */
export function contractOf(parts: {
  readonly id: string;
  readonly about: string;
  readonly role: Role;
  readonly dispatchedBy: string;
  readonly brief: z.ZodType;
  readonly digest: z.ZodType;
  readonly limit: number;
  readonly strict?: () => unknown;
}): Contract {
  const { id, about, role, dispatchedBy, brief, digest, limit } = parts;
  return {
    id,
    version: Number(/\.v(\d+)$/.exec(id)?.[1] ?? 0),
    about,
    role,
    dispatchedBy,
    brief: {
      limit: BRIEF_LIMIT,
      schema: () => jsonSchema(brief),
      check: (value) => {
        const parsed = brief.safeParse(value);
        return parsed.success ? [] : objections(parsed.error, 'brief');
      },
    },
    digest: {
      limit,
      schema: parts.strict ?? (() => jsonSchema(digest)),
      check: (text, bytes) => readDigest(digest, limit, text, bytes, id),
    },
  };
}

/** As JSON Schema: what comes out of reading, in which nothing is optional. */
function jsonSchema(schema: z.ZodType): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output' });
  return rest;
}
