import { type InUse, type OverBudget, overBudgetNow } from '../../core/run/budgets.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import { attemptName } from '../../core/run/event.ts';
import type { Performing } from '../perform/performer.ts';

/** What attempts at work used so far, by run and attempt: the log learns it when they end. */
const USED = new WeakMap<Performing, Map<string, InUse & { readonly agent: string }>>();

/** Notes what an attempt used so far; with nothing, that it is over. */
export function noteUse(performing: Performing, effect: EffectOf<'work'>, used: InUse | undefined): void {
  const all = USED.get(performing) ?? new Map<string, InUse & { agent: string }>();
  USED.set(performing, all);
  const name = attemptName(effect.task, effect.attempt);
  if (used === undefined) all.delete(name);
  else all.set(name, { agent: effect.agent, ...used });
}

/** Why the attempt has to be ended now: it, its task or the run has used up its budget. */
export function isOverBudget(performing: Performing, effect: EffectOf<'work'>): OverBudget | undefined {
  const all = USED.get(performing);
  const name = attemptName(effect.task, effect.attempt);
  const beside = [...(all ?? [])].flatMap(([other, one]) => (other === name ? [] : [one]));
  const used = all?.get(name) ?? { usage: {} };
  return overBudgetNow(performing.state(), effect.task, effect.attempt, performing.io.clock.now(), used, beside);
}
