import { z } from 'zod';

/** The key `learned`: whether what runs learned is taken from them and told to later ones. */
export const learnedKeys = {
  learned: z.union([z.enum(['on', 'off'], 'must be on or off'), z.boolean()]).optional(),
};

/** `off` is recorded; everything else is what holds without it. */
export function learnedOf({ learned }: { readonly learned?: 'on' | 'off' | boolean | undefined }): {
  readonly learned?: 'off';
} {
  return learned === 'off' || learned === false ? { learned: 'off' } : {};
}
