import { planHash } from '../../src/core/plan/hash.ts';
import type { PlanTask } from '../../src/core/plan/model.ts';
import type { AmendedPlan } from '../../src/core/run/amend/document.ts';
import { isOver, taskOf, type RunState } from '../../src/core/run/state.ts';
import type { PlanReader } from '../../src/engine/amendments.ts';
import type { Dice } from './dice.ts';
import { isSecondGeneration } from './generation.ts';
import { amendedTerms } from './stops.ts';
import type { Scenario } from './scenario.ts';

/** A text of the plan in this world: the tasks as JSON, and what is said of each in words. */
interface Text {
  readonly tasks: readonly PlanTask[];
  readonly verify: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
  readonly terms?: AmendedPlan['terms'];
}

export const readText: PlanReader = (source) => {
  try {
    const { tasks, verify, texts, terms } = JSON.parse(source) as Text;
    const plan: AmendedPlan = {
      sha256: planHash(source),
      tasks,
      verify,
      texts,
      context: '',
      ...(terms === undefined ? {} : { terms }),
    };
    return { plan, texts: { context: 'context', goals: {}, source: '', boxes: {}, finalBoxes: [] } };
  } catch {
    return undefined;
  }
};

/** What a person makes of the plan as it stands, with one to three changes: text of the plan as it is to be. */
export function amendedText(state: RunState, scenario: Scenario, dice: Dice): string {
  let tasks = state.tasks.flatMap(({ task, parent, progress }) =>
    parent === undefined && task.authors === undefined && progress.status !== 'dropped' ? [task] : [],
  );
  const texts: Record<string, string> = Object.fromEntries(tasks.map(({ id }) => [id, state.texts?.[id] ?? 'words']));
  let { verify } = state;
  for (let times = dice.whole(1, 3); times > 0; times--) {
    // What landed cannot be changed: a person tries that seldom.
    const open = tasks.filter(({ id }) => !wasOver(state, id));
    const from = open.length === 0 || dice.chance(0.1) ? tasks : open;
    const one = from[dice.whole(0, Math.max(0, from.length - 1))];
    if (one === undefined) break;
    const change = (fields: Partial<PlanTask>): void => {
      tasks = tasks.map((task) => (task === one ? { ...task, ...fields } : task));
    };
    switch (dice.whole(0, 9)) {
      case 0:
      case 1:
        tasks = added(tasks, scenario, dice, texts);
        break;
      case 2:
        tasks = tasks
          .filter((task) => task !== one)
          .map((task) => ({ ...task, needs: task.needs.filter((need) => need !== one.id) }));
        delete texts[one.id];
        break;
      case 3:
        change({
          scope: one.scope.length === 0 || dice.chance(0.3) ? [] : [...one.scope, `src/more${dice.whole(1, 2)}/`],
        });
        break;
      case 4: {
        const more = dice.pick([`lint ${one.id}`, 'verify common']);
        change({
          verify: one.verify.includes(more) ? one.verify.filter((each) => each !== more) : [...one.verify, more],
        });
        break;
      }
      case 5: {
        const need = dice.pick(tasks).id;
        if (!reaches(tasks, need, one.id) && !one.needs.includes(need)) change({ needs: [...one.needs, need] });
        break;
      }
      case 6:
        change({ needs: one.needs.slice(0, -1) });
        break;
      case 7:
        change(dice.chance(0.5) ? { title: `${one.title}, better` } : { estimate: dice.whole(1, 90) });
        break;
      case 8:
        verify = verify.length === 0 ? ['verify all'] : [];
        break;
      default:
        texts[one.id] = `words ${dice.hex(2)}`;
    }
  }
  const restless = isSecondGeneration(scenario.seed) && dice.chance(0.35);
  const terms = restless ? amendedTerms(state.terms, tasks, dice) : state.terms;
  return JSON.stringify({ tasks, verify, texts, terms });
}

/** A spare task, or one that was taken out before, is put among the others. */
function added(tasks: readonly PlanTask[], scenario: Scenario, dice: Dice, texts: Record<string, string>): PlanTask[] {
  const there = new Set(tasks.map(({ id }) => id));
  const next = [...scenario.spare, ...scenario.tasks].find(({ id }) => !there.has(id) && dice.chance(0.7));
  if (next === undefined) return [...tasks];
  const needs = tasks.filter(() => dice.chance(0.2)).map(({ id }) => id);
  texts[next.id] = 'words';
  const task = { ...next, needs };
  // Some wait for it, unless it waits for them.
  return [
    ...tasks.map((one) =>
      dice.chance(0.2) && !reaches([...tasks, task], task.id, one.id)
        ? { ...one, needs: [...one.needs, task.id] }
        : one,
    ),
    task,
  ].reduce<PlanTask[]>((list, one) => {
    // Two that each wait for the other would be a circle.
    const safe = one.needs.filter((need) => need !== task.id || !reaches([...list, task], task.id, one.id));
    return [...list, { ...one, needs: safe }];
  }, []);
}

/** Whether a task waits for another one, by itself or through others. */
function reaches(tasks: readonly PlanTask[], from: string, to: string): boolean {
  const seen = new Set<string>();
  const visit = (id: string): boolean => {
    if (id === to) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return (tasks.find((task) => task.id === id)?.needs ?? []).some(visit);
  };
  return visit(from);
}

/** Whether an amendment of a task with these changes makes earlier work of it worthless as it is. */
export function isAnotherTask(changes: readonly string[]): boolean {
  return changes.some((change) => ['text', 'scope', 'kind', 'dropped', 'restored'].includes(change));
}

/** Whether a task is over in the state that an amendment was made of. */
function wasOver(state: RunState, id: string): boolean {
  const task = taskOf(state, id);
  return task !== undefined && isOver(task);
}
