import { expect, test } from 'vitest';
import { loadConfig } from '../../src/app/config.ts';
import type { RunOptions } from '../../src/app/api.ts';
import { policyFlags } from '../../src/app/policy.ts';
import type { RunSettings } from '../../src/core/run/settings.ts';
import { desk } from './rig.ts';

async function settings(text: string, words: Pick<RunOptions, 'autonomy' | 'complexity'> = {}): Promise<RunSettings> {
  const { context } = desk({ '.masterplan.yaml': `agents: {claude: {}, codex: {}}\n${text}\n` });
  const loaded = await loadConfig(context, context.cwd, { flags: policyFlags(words) });
  if (!loaded.ok) throw new Error(loaded.error.message);
  return loaded.value.settings;
}
const shown = ({ autonomy, routing, review, parallel, subplans, offer_at: offer }: RunSettings) => ({
  autonomy,
  routing: routing?.small_edits,
  review: review === undefined ? 'off' : `${review.mode} ${review.hold} ${review.rounds}`,
  parallel,
  subplans,
  offer,
});

test('without the two words everything is as it was', async () => {
  expect(shown(await settings(''))).toEqual({
    autonomy: undefined,
    routing: 'auto',
    review: 'off',
    parallel: 4,
    subplans: 'ask',
    offer: undefined,
  });
});

test.each([
  ['low', { autonomy: 'loose', routing: 'off', review: 'off', parallel: 1, subplans: 'if-clean', offer: undefined }],
  ['medium', { autonomy: 'gated', routing: 'auto', review: 'on medium 1', parallel: 4, subplans: 'ask', offer: 15 }],
  ['high', { autonomy: 'gated', routing: 'auto', review: 'on low 1', parallel: 4, subplans: 'ask', offer: 25 }],
] as const)('complexity %s', async (complexity, expected) => {
  expect(shown(await settings(`complexity: ${complexity}`))).toEqual(expected);
  expect(shown(await settings('', { complexity }))).toEqual(expected);
});

test.each([
  ['complexity: low\nautonomy: full', { autonomy: 'full' }],
  ['complexity: medium\nautonomy: full', { review: 'on high 3' }],
  ['complexity: high\nautonomy: full', { review: 'on high 5' }],
  ['complexity: medium\nautonomy: loose', { review: 'on high 2', subplans: 'if-clean' }],
  ['complexity: low\nparallelism: {max_agents: 3}', { parallel: 3 }],
  ['complexity: low\nparallelism: {barrier: wave}', { parallel: 1 }],
  ['complexity: low\ncodex: {routing: manual}', { routing: 'manual' }],
  ['complexity: low\nreview: on', { review: 'on high 1' }],
  ['complexity: high\nreview: off', { review: 'off' }],
  ['complexity: high\nreview: {hold: high, rounds: 7}', { review: 'on high 7' }],
  ['complexity: high\nautonomy: full\ncodex: {review_max_fix_iterations: 1}', { review: 'on high 2' }],
  ['complexity: medium\ncodex: {review_prompt_at: high}', { review: 'on high 1' }],
  ['autonomy: full\nsubplans: ask', { subplans: 'ask' }],
  ['autonomy: gated\ngated_switch_offer_at_tasks: 3', { offer: 3 }],
])('%j is overridden key by key', async (text, expected) => {
  expect(shown(await settings(text))).toMatchObject(expected);
});

test('a flag goes before the file', async () => {
  expect(await settings('autonomy: gated\ncomplexity: high', { autonomy: 'full', complexity: 'low' })).toMatchObject({
    autonomy: 'full',
    complexity: 'low',
    parallel: 1,
  });
});
