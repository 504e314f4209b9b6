import { z } from 'zod';
import { SEVERITIES } from '../core/run/review/finding.ts';
import { REVIEW_DEFAULTS, type ReviewSettings } from '../core/run/review/settings.ts';

const MODES = ['off', 'on', 'required'] as const;

/** The key `review` of the configuration: a word alone is the mode, and `true` and `false` are written for the words, too. */
export const reviewSchema = (duration: z.ZodType<number>) =>
  z
    .preprocess(
      (value) =>
        typeof value === 'boolean'
          ? { mode: value ? 'on' : 'off' }
          : typeof value === 'string'
            ? { mode: value }
            : value,
      z.strictObject({
        mode: z.enum(MODES, 'must be off, on or required').optional(),
        rounds: z.number().int().min(1).max(20).optional(),
        fallback: z.enum(['same_vendor', 'skip', 'ask'], 'must be same_vendor, skip or ask').optional(),
        hold: z.enum(SEVERITIES, 'must be high, medium or low').optional(),
        tries: z.number().int().min(1).max(10).optional(),
        patience: duration.optional(),
        max_diff: z.number().int().min(1000).optional(),
      }),
    )
    .optional();

/** How reviews are done; `undefined`: there are none. Whoever says anything of reviews but `off` wants them. */
export function reviewOf(given: z.infer<ReturnType<typeof reviewSchema>>): ReviewSettings | undefined {
  if (given === undefined || given.mode === 'off') return undefined;
  const { max_diff: diff, mode, rounds, fallback, hold, tries, patience } = given;
  return {
    mode: mode ?? REVIEW_DEFAULTS.mode,
    rounds: rounds ?? REVIEW_DEFAULTS.rounds,
    fallback: fallback ?? (mode === 'required' ? 'ask' : REVIEW_DEFAULTS.fallback),
    hold: hold ?? REVIEW_DEFAULTS.hold,
    tries: tries ?? REVIEW_DEFAULTS.tries,
    patience: patience ?? REVIEW_DEFAULTS.patience,
    diff: diff ?? REVIEW_DEFAULTS.diff,
  };
}
