import { err, ok, type Result } from '../core/base/result.ts';
import { nearest } from '../core/base/nearest.ts';
import type { PlanTask } from '../core/plan/model.ts';
import { standstillOf, standstillWords } from '../core/plan/standstill.ts';
import { isKept, type PlanTerms } from '../core/plan/terms.ts';
import type { RunSettings } from '../core/run/settings.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { didYouMean } from './lint-rules.ts';

/** Refuses a plan of which a task could never start, because it needs more of something than there is. */
export function enoughOf(settings: RunSettings, tasks: readonly PlanTask[]): Result<void, AppRefusal> {
  for (const { id, resources } of tasks) {
    for (const [name, amount] of Object.entries(resources ?? {})) {
      const there = settings.resources?.[name];
      if (there === undefined || amount <= there) continue;
      return err({
        message: `${id} needs ${amount} of ${name}, and there ${there === 1 ? 'is' : 'are'} ${there}: it could never start`,
        hint: `in .masterplan.yaml:  resources: {${name}: ${amount}}`,
        exit: EXIT.failed,
      });
    }
  }
  return ok(undefined);
}

/** Refuses a plan with a stop that waits for itself: what stands behind it could never start. */
export function everyStopOpens(terms: PlanTerms | undefined, tasks: readonly PlanTask[]): Result<void, AppRefusal> {
  const found = standstillOf(tasks, (terms?.gates ?? []).filter(isKept));
  if (found === undefined) return ok(undefined);
  return err({
    message: standstillWords(found),
    hint: 'say anew in the plan what it stands between, or take the need away',
    exit: EXIT.failed,
  });
}

/** What is odd about the limits of a run, though it can be carried out. */
export function schedulingDoubts(settings: RunSettings, tasks: readonly PlanTask[]): string[] {
  const named = new Set(tasks.flatMap(({ resources }) => Object.keys(resources ?? {})));
  const known = Object.keys(settings.resources ?? {});
  const unknown = [...named].filter((name) => !known.includes(name));
  const lanes = new Set(Object.entries(settings.agents).map(([name, { lane }]) => lane ?? name));
  const strangers = Object.keys(settings.parallel_lanes ?? {}).filter((name) => !lanes.has(name));
  return [
    ...unknown.map(
      (name) =>
        `the plan needs ${name}, of which resources says nothing${didYouMean(nearest(name, known))}; one task at a time has it`,
    ),
    ...strangers.map(
      (name) => `parallelism.lanes names "${name}", which is no agent's lane${didYouMean(nearest(name, [...lanes]))}`,
    ),
  ];
}
