import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { check } from './check.ts';
import { checkSettled } from './flaky.ts';
import type { Performing } from './performer.ts';

/** Runs the commands of a stop of the plan in a clean checkout of the run branch. */
export async function checkStop(
  effect: EffectOf<'check-stop'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const { commit, stop } = effect;
  const tree = await performing.git.treeOf(commit);
  const name = `stop.${stop.replaceAll(/[^\w-]/g, '-')}`;
  const checked = await checkSettled(
    (called) => check({ commit, tree }, effect.commands, called, performing, signal),
    name,
    performing,
  );
  if (checked === undefined) return [];
  const { verification, flaked } = checked;
  return [{ event: 'stop_checked', stop, ...verification, ...(flaked.length === 0 ? {} : { flaked }) }];
}
