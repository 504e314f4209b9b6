import { gateOpens } from '../core/run/autonomy.ts';
import type { RunSettings } from '../core/run/settings.ts';
import type { RunState } from '../core/run/state.ts';
import type { Log } from '../engine/log/log.ts';
import type { RunOptions } from './api.ts';
import type { ConfigFlag } from './config-layers.ts';
import type { PlanFile } from './create.ts';

/**
 * The policy by which the plan of a run is approved without asking, in words; `undefined`: a person is asked. Of a plan that
 * somebody hands to `run`, no review is asked for, but where nothing may land unreviewed.
 */
export function planPolicy({ settings }: RunState, { plan }: PlanFile): string | undefined {
  if (settings?.autonomy === undefined) return undefined;
  const verdict = gateOpens('plan', settings.autonomy, {
    clean: plan.findings.every(({ severity }) => severity !== 'error'),
    review: settings.review?.mode === 'required' ? 'missing' : 'off',
  });
  return verdict.opens ? verdict.policy : undefined;
}

type PolicyWords = Pick<RunOptions, 'autonomy' | 'complexity'>;

/** What the flags of a command say, as the configuration reads it. */
export function policyFlags(words: PolicyWords): ConfigFlag[] {
  return (['autonomy', 'complexity'] as const).flatMap((key) =>
    words[key] === undefined ? [] : [{ key, value: words[key], flag: `--${key}` }],
  );
}

/** What of a run's settings follows from its autonomy and complexity. */
const OF_AUTONOMY = ['autonomy', 'subplans', 'review', 'offer_at'] as const;
const OF_COMPLEXITY = [...OF_AUTONOMY, 'complexity', 'parallel', 'routing'] as const;

/**
 * Records what flags change about a run that exists. What it was started with holds, but for what a flag says.
 *
 * @param now  the settings that the configuration and these flags come to
 */
export async function changePolicy(log: Log, now: RunSettings, words: PolicyWords, by: string): Promise<void> {
  const { settings, phase } = log.state;
  if (settings === undefined || phase === 'over') return;
  if (words.autonomy === undefined && words.complexity === undefined) return;
  const keys = words.complexity === undefined ? OF_AUTONOMY : OF_COMPLEXITY;
  const kept = Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.some((one) => one === key)));
  const changed = Object.fromEntries(keys.flatMap((key) => (now[key] === undefined ? [] : [[key, now[key]]])));
  // Whether work is reviewed at all is not what an autonomy says.
  const review = words.complexity === undefined && settings.review === undefined ? { review: undefined } : {};
  const next = JSON.parse(JSON.stringify({ ...kept, ...changed, ...review })) as RunSettings;
  if (JSON.stringify(next, sorted(next)) === JSON.stringify(settings, sorted(settings))) return;
  await log.append([{ event: 'config_resolved', settings: next, by }]);
}

/** The keys of a value at all depths, in one order: so that the same settings are the same text. */
function sorted(value: object): string[] {
  const names = new Set<string>();
  JSON.stringify(value, (key, one: unknown) => {
    names.add(key);
    return one;
  });
  return [...names].sort();
}
