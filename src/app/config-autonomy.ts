import { z } from 'zod';
import { AUTONOMIES, type Autonomy, type AskFrom, reviewBounds } from '../core/run/autonomy.ts';
import { COMPLEXITIES, type Complexity, PRESETS } from '../core/run/complexity.ts';
import { REVIEW_DEFAULTS, type ReviewSettings } from '../core/run/review/settings.ts';
import type { RunSettings } from '../core/run/settings.ts';

/** Keys about who decides; docs/gates.md. */
export const autonomyKeys = (duration: z.ZodType<number>) => ({
  autonomy: z.enum(AUTONOMIES, 'must be gated, loose or full').optional(),
  complexity: z.enum(COMPLEXITIES, 'must be low, medium or high').optional(),
  aggressive: z.boolean().optional(),
  gated_switch_offer_at_tasks: z.number().int().min(0).optional(),
  gates: z.strictObject({ timeout: z.union([z.literal('never').transform(() => 0), duration]).optional() }).optional(),
});

/** What a budget gate waits before its default is taken, milliseconds. */
const TIMEOUT = 24 * 3_600_000;

/** The parts of a configuration that say who decides; a preset is in them already. */
interface Presettable {
  readonly autonomy?: Autonomy | undefined;
  readonly complexity?: Complexity | undefined;
  readonly aggressive?: boolean | undefined;
  readonly gated_switch_offer_at_tasks?: number | undefined;
  readonly gates?: { readonly timeout?: number | undefined } | undefined;
  readonly subplans?: RunSettings['subplans'] | undefined;
  readonly parallelism?: { readonly max_agents?: number | undefined } | undefined;
  readonly codex?:
    | {
        readonly routing?: 'auto' | 'manual' | 'off' | undefined;
        readonly review_prompt_at?: AskFrom | undefined;
        readonly review_max_fix_iterations?: number | undefined;
        readonly confirm_auto_routing?: boolean | undefined;
        readonly review_diff_under_full?: boolean | undefined;
      }
    | undefined;
  readonly review?:
    | {
        readonly mode?: ReviewSettings['mode'] | 'off' | undefined;
        readonly hold?: ReviewSettings['hold'] | undefined;
        readonly rounds?: number | undefined;
      }
    | undefined;
}

/**
 * What follows from autonomy and complexity for a run. `review` is what the configuration says of
 * reviews; without an autonomy only what is given changes anything.
 */
export function policySettings(
  file: Presettable,
  review: ReviewSettings | undefined,
): Pick<
  RunSettings,
  'autonomy' | 'complexity' | 'aggressive' | 'confirm_routing' | 'look_at_results' | 'gates' | 'offer_at'
> & { readonly subplans: NonNullable<RunSettings['subplans']>; readonly review?: ReviewSettings } {
  const { autonomy, complexity } = file;
  const { confirm_auto_routing: confirm, review_diff_under_full: look } = file.codex ?? {};
  return {
    ...(autonomy === undefined ? {} : { autonomy }),
    ...(complexity === undefined ? {} : { complexity }),
    ...(file.aggressive === true ? { aggressive: true as const } : {}),
    ...(confirm === true ? { confirm_routing: true as const } : {}),
    ...(look === true ? { look_at_results: true as const } : {}),
    ...(autonomy === 'gated' ? { offer_at: file.gated_switch_offer_at_tasks ?? PRESETS.medium.offerAt } : {}),
    gates: { timeout: file.gates?.timeout ?? TIMEOUT },
    subplans: file.subplans ?? (autonomy === undefined || autonomy === 'gated' ? 'ask' : 'if-clean'),
    ...(review === undefined ? {} : { review: boundsOf(file, review, autonomy) }),
  };
}

/** How strict reviews are and how often work goes back because of them, by what is given, else by autonomy and preset. */
function boundsOf(file: Presettable, review: ReviewSettings, autonomy: Autonomy | undefined): ReviewSettings {
  const { review_prompt_at: asked, review_max_fix_iterations: most } = file.codex ?? {};
  const fixes = most ?? REVIEW_DEFAULTS.rounds;
  const askFrom = asked ?? 'medium';
  const bounds =
    autonomy === undefined
      ? {
          hold: asked === undefined ? review.hold : asked === 'never' ? ('high' as const) : asked,
          rounds: most === undefined ? review.rounds : most + 1,
        }
      : reviewBounds(autonomy, askFrom, fixes);
  return { ...review, hold: file.review?.hold ?? bounds.hold, rounds: file.review?.rounds ?? bounds.rounds };
}
