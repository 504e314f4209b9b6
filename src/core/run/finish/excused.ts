import type { PlanTerms } from '../../plan/terms.ts';
import type { Excuse, RunState } from '../state.ts';

/*
 * What a person does without, in one place, whether it was said of the plan (`finish --waive AC-5`) or of a task (`waive T3 --criterion
 * AC-5`). What the plan does not name is kept under the task that it was said of, and holds for nothing else.
 */

/** What a person said about a criterion, a row or a sentence of the plan; `undefined`: nobody does without it. */
export function excuseOf({ excused }: Pick<RunState, 'excused'>, id: string): Excuse | undefined {
  if (excused === undefined) return undefined;
  const same = (name: string | undefined): boolean => name?.toUpperCase() === id.toUpperCase();
  return excused[id] ?? Object.values(excused).find(({ criterion }) => same(criterion));
}

/** Under which name it is kept what was said of a criterion of a task. */
export function excuseName({ terms }: Pick<RunState, 'terms'>, task: string, criterion: string): string {
  return askedFor(terms).get(criterion.toUpperCase()) ?? `${task}: ${criterion}`;
}

/** Names of all that a plan asks for beyond its tasks, by themselves in capitals. */
export function askedFor(terms: PlanTerms | undefined): ReadonlyMap<string, string> {
  return new Map(
    [
      ...(terms?.criteria ?? []).map(({ id }) => id),
      ...(terms?.rows ?? []).map(({ id }) => id),
      ...(terms?.whole ?? []).map((_, at) => `whole-${at + 1}`),
    ].map((id) => [id.toUpperCase(), id]),
  );
}
