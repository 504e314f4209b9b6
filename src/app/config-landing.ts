import { z } from 'zod';
import type { LandingSettings } from '../core/run/settings.ts';

/** The key `landing`: how the merge queue works. */
export const landingSchema = z
  .strictObject({
    mode: z.enum(['lanes', 'strict'], 'must be lanes or strict').optional(),
    slots: z.number().int().min(1).max(64).optional(),
    returns: z.number().int().min(0).max(100).optional(),
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
