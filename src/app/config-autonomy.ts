import { z } from 'zod';
import { AUTONOMIES, type Autonomy, reviewBounds } from '../core/run/autonomy.ts';
import { COMPLEXITIES, type Complexity, type Preset, PRESETS } from '../core/run/complexity.ts';
import { REVIEW_DEFAULTS, type ReviewSettings } from '../core/run/review/settings.ts';
import type { RunSettings } from '../core/run/settings.ts';

/** Words of a flag or of the environment that go before what files say. */
export interface PolicyWords {
  readonly autonomy?: Autonomy | undefined;
  readonly complexity?: Complexity | undefined;
}

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

/** The parts of a configuration that a preset fills in. */
interface Presettable extends PolicyWords {
  readonly aggressive?: boolean | undefined;
  readonly gated_switch_offer_at_tasks?: number | undefined;
  readonly gates?: { readonly timeout?: number | undefined } | undefined;
  readonly subplans?: RunSettings['subplans'] | undefined;
  readonly parallelism?: { readonly max_agents?: number | undefined } | undefined;
  readonly codex?:
    | {
        readonly routing?: 'auto' | 'manual' | 'off' | undefined;
        readonly review_prompt_at?: Preset['promptAt'] | undefined;
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

/** What the words mean where nobody says more: a flag goes before a file, and what a file says goes before the preset. */
export function policyOf(file: Presettable, words: PolicyWords = {}): Pick<RunSettings, 'autonomy' | 'complexity'> {
  const complexity = words.complexity ?? file.complexity;
  const autonomy =
    words.autonomy ?? file.autonomy ?? (complexity === undefined ? undefined : PRESETS[complexity].autonomy);
  return {
    ...(autonomy === undefined ? {} : { autonomy }),
    ...(complexity === undefined ? {} : { complexity }),
  };
}

/** What a preset says, as a file would: the lowest of all layers. Autonomy is one of its keys. */
export function presetKeys(complexity: Complexity) {
  const { autonomy, parallel, routing, review, promptAt, fixes, offerAt } = PRESETS[complexity];
  return {
    autonomy,
    parallelism: { max_agents: parallel },
    codex: { routing, review_prompt_at: promptAt, review_max_fix_iterations: fixes },
    review: { mode: review },
    gated_switch_offer_at_tasks: offerAt,
  };
}

/**
 * The configuration with everything filled in that the complexity says and nobody else does. Keys that are given stay as
 * they are, one by one; whoever says anything of reviews has said whether there are any.
 */
export function withPreset<F extends Presettable>(file: F, words: PolicyWords = {}): F {
  const { complexity } = policyOf(file, words);
  if (complexity === undefined) return file;
  const preset = presetKeys(complexity);
  return {
    ...preset,
    ...file,
    parallelism: { ...preset.parallelism, ...file.parallelism },
    codex: { ...preset.codex, ...file.codex },
    review: file.review ?? preset.review,
  };
}

/**
 * What follows from autonomy and complexity for a run. `review` is what the configuration says of reviews, after
 * {@link withPreset}; without an autonomy only what is given changes anything.
 */
export function policySettings(
  file: Presettable,
  review: ReviewSettings | undefined,
  words: PolicyWords = {},
): Pick<
  RunSettings,
  'autonomy' | 'complexity' | 'aggressive' | 'confirm_routing' | 'look_at_results' | 'gates' | 'offer_at'
> & { readonly subplans: NonNullable<RunSettings['subplans']>; readonly review?: ReviewSettings } {
  const policy = policyOf(file, words);
  const { autonomy, complexity } = policy;
  const { confirm_auto_routing: confirm, review_diff_under_full: look } = file.codex ?? {};
  return {
    ...policy,
    ...(file.aggressive === true ? { aggressive: true as const } : {}),
    ...(confirm === true ? { confirm_routing: true as const } : {}),
    ...(look === true ? { look_at_results: true as const } : {}),
    ...(autonomy === 'gated' ? { offer_at: file.gated_switch_offer_at_tasks ?? PRESETS.medium.offerAt } : {}),
    gates: { timeout: file.gates?.timeout ?? TIMEOUT },
    subplans: file.subplans ?? (autonomy === undefined || autonomy === 'gated' ? 'ask' : 'if-clean'),
    ...(review === undefined ? {} : { review: boundsOf(file, review, autonomy, complexity) }),
  };
}

/** How strict reviews are and how often work goes back because of them, by what is given, else by autonomy and preset. */
function boundsOf(
  file: Presettable,
  review: ReviewSettings,
  autonomy: Autonomy | undefined,
  complexity: Complexity | undefined,
): ReviewSettings {
  const preset = complexity === undefined ? undefined : PRESETS[complexity];
  const { review_prompt_at: asked, review_max_fix_iterations: most } = file.codex ?? {};
  const fixes = most ?? preset?.fixes ?? REVIEW_DEFAULTS.rounds;
  const promptAt = asked ?? preset?.promptAt ?? 'medium';
  const bounds =
    autonomy === undefined
      ? {
          hold: asked === undefined ? review.hold : asked === 'never' ? ('high' as const) : asked,
          rounds: most === undefined ? review.rounds : most + 1,
        }
      : reviewBounds(autonomy, promptAt, fixes);
  return { ...review, hold: file.review?.hold ?? bounds.hold, rounds: file.review?.rounds ?? bounds.rounds };
}
