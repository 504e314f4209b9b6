import { z } from 'zod';
import { normaliseScope } from '../core/plan/scope.ts';
import type { LandingSettings } from '../core/run/settings.ts';

/** A path as scopes write it. */
const path = z.string().transform((text, context) => {
  const normal = normaliseScope(text);
  if (normal.ok) return normal.value;
  context.addIssue({ code: 'custom', message: `"${text}" ${normal.error}` });
  return z.NEVER;
});
const numbered = z
  .string()
  .refine((text) => text.split('{number}').length === 2, 'must hold {number} once, where the number stands');
const token = z.string().regex(/^[^\s/]{2,40}$/, 'must be 2 to 40 characters without blanks and slashes');

/** The key `landing`: how the merge queue works. */
export const landingSchema = z
  .strictObject({
    mode: z.enum(['lanes', 'strict'], 'must be lanes or strict').optional(),
    slots: z.number().int().min(1).max(64).optional(),
    returns: z.number().int().min(0).max(100).optional(),
    numbers: z
      .array(
        z.union([
          z.strictObject({
            files: numbered,
            placeholder: token.optional(),
            width: z.number().int().min(1).max(20).optional(),
          }),
          z.strictObject({
            in: path,
            entry: numbered.optional(),
            placeholder: token.optional(),
            width: z.number().int().min(1).max(20).optional(),
          }),
        ]),
      )
      .optional(),
    union: z.array(path).optional(),
    generators: z
      .array(
        z.strictObject({ paths: z.array(path).min(1), command: z.string().min(1), inputs: z.array(path).optional() }),
      )
      .optional(),
    batch: z.union([z.literal('auto').transform(() => 0), z.number().int().min(1).max(256)]).optional(),
  })
  .optional();

/** Settings of the merge queue; whoever has room for several verifications has it for those of the queue, too. */
export function landingOf(
  file: z.infer<typeof landingSchema>,
  verifications: number | undefined,
): { readonly landing?: LandingSettings } {
  const slots = file?.slots ?? verifications;
  if (file === undefined && slots === undefined) return {};
  return { landing: { ...file, ...(slots === undefined ? {} : { slots }) } };
}
