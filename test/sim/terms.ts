import type { PlanTask } from '../../src/core/plan/model.ts';
import type { PlanTerms, TermGate } from '../../src/core/plan/terms.ts';
import type { RecordedEvent } from '../../src/core/run/event.ts';
import { Dice } from './dice.ts';

/** What the plan of a seed asks for beyond its tasks: nothing in most, else stops and criteria. */
export function termsOf(seed: number, tasks: readonly PlanTask[]): PlanTerms | undefined {
  // Dice of its own, so that seeds from before there were terms still throw what they threw.
  const dice = new Dice(seed, 'terms');
  if (dice.chance(0.6)) return undefined;
  const ids = tasks.map(({ id }) => id);
  const gate = (id: string, kind: TermGate['kind'], after: readonly string[], before: readonly string[]): TermGate => ({
    id,
    kind,
    title: `stop ${id}`,
    after,
    before,
    criteria: [],
    onFail: undefined,
    commands: [],
  });
  const gates: TermGate[] = [];
  for (const [at, task] of tasks.entries()) {
    if (dice.chance(0.2))
      gates.push({ ...gate(`A-${at + 1}`, 'approval', [], [task.id]), asks: dice.pick(['assumption', 'question']) });
    const [first] = task.needs;
    if (first !== undefined && dice.chance(0.3)) {
      const commands = dice.chance(0.6) ? [`verify ${first}`] : [];
      gates.push({ ...gate(`V${at + 1}`, 'validation', [first], [task.id]), commands });
    }
  }
  // What comes after everything has to be settled before the run is finished.
  if (dice.chance(0.2)) gates.push(gate('C1', 'checkpoint', [dice.pick(ids)], []));
  const criteria = tasks.flatMap(({ id, verify }) =>
    dice.chance(0.3)
      ? [
          {
            id: `AC-${id.slice(1)}`,
            text: dice.chance(0.7) && verify.length > 0 ? `\`verify ${id}\`` : 'it is nice',
            tasks: [id],
          },
        ]
      : [],
  );
  return { gates, criteria, rows: [], whole: [] };
}

/** A run ends: what it says of its criteria that is not so; `undefined`: it is. */
export function balanceFault(
  terms: PlanTerms | undefined,
  events: readonly RecordedEvent[],
  ended: Extract<RecordedEvent, { event: 'run_completed' }>,
  waivedTasks: readonly string[],
): string | undefined {
  const check = events.findLast((event) => event.event === 'branch_verified');
  for (const { id, text, tasks } of terms?.criteria ?? []) {
    const waived =
      tasks.every((task) => waivedTasks.includes(task)) ||
      events.some((event) => event.event === 'criteria_waived' && event.criteria.includes(id));
    const command = text.replaceAll('`', '');
    const proven =
      check?.event === 'branch_verified' &&
      check.passed &&
      check.results?.some((one) => one.command === command && one.exit_code === 0) === true;
    const said = ended.missing?.includes(id) === true;
    if (!waived && !proven && !said) return `${id} is proven by nothing, and the run ends as if it were`;
    if (waived && ended.waived?.includes(id) !== true) return `${id} was waived, and the run ends without a word of it`;
  }
  return undefined;
}
