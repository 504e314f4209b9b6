import { z } from 'zod';
import type { WitnessSettings } from '../core/run/settings.ts';

const policy = z.enum(['reject', 'ask', 'warn', 'off'], 'must be reject, ask, warn or off');

/** The section `witness` of the configuration. */
export const witnessSchema = z
  .strictObject({
    weakened: policy.optional(),
    rules: z
      .strictObject({
        deleted: policy.optional(),
        skipped: policy.optional(),
        loosened: policy.optional(),
        rewritten: policy.optional(),
        hollow: policy.optional(),
        mocked: policy.optional(),
        repointed: policy.optional(),
        recorded: policy.optional(),
        suppressed: policy.optional(),
        rigged: policy.optional(),
        empty: policy.optional(),
        hidden: policy.optional(),
        outside: policy.optional(),
        frozen: policy.optional(),
        ignored: policy.optional(),
        unproven: policy.optional(),
      })
      .optional(),
    scope: z.enum(['reject', 'revert', 'ask'], 'must be reject, revert or ask').optional(),
    proof: z.enum(['asked', 'all', 'none'], 'must be asked, all or none').optional(),
    checkout: z.enum(['warn', 'off'], 'must be warn or off').optional(),
    old_tests: policy.optional(),
    claims: z.enum(['reject', 'warn'], 'must be reject or warn').optional(),
  })
  .optional();

/** Settings of the witness, where the file says nothing as strict as it can be without a person. */
export function witnessSettings(file: z.infer<typeof witnessSchema>): WitnessSettings {
  const rules = Object.fromEntries(Object.entries(file?.rules ?? {}).filter(([, value]) => value !== undefined));
  return {
    weakened: file?.weakened ?? 'reject',
    ...(Object.keys(rules).length === 0 ? {} : { rules }),
    claims: file?.claims ?? 'reject',
    scope: file?.scope ?? 'reject',
    proof: file?.proof ?? 'asked',
    checkout: file?.checkout ?? 'warn',
    old_tests: file?.old_tests ?? 'warn',
  };
}
