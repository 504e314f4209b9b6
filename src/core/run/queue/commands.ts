import { taskOf, type RunState, type TaskState } from '../state.ts';
import type { Train } from './train.ts';

/** Commands that prove one task: its own and those that the configuration asks for everywhere. */
export function commandsOf(state: RunState, task: TaskState): string[] {
  return [...new Set([...task.task.verify, ...(state.settings?.verify.commands ?? [])])];
}

/**
 * Commands that must pass on the tree of a train's first `cars` cars: those of each of them, and of all tasks that had landed
 * since the first of them began when the train was formed, because none of these has seen the others yet.
 */
export function trainCommands(state: RunState, train: Train, cars: number): string[] {
  const commands: string[] = [];
  let since = train.landed;
  for (const car of train.cars.slice(0, cars)) {
    const task = taskOf(state, car.task);
    if (task === undefined || task.progress.status !== 'merging') continue;
    commands.push(...commandsOf(state, task));
    // Who brought earlier work together with what landed has changed what is around it: that has to pass still.
    const sentBack = task.attempts.find((one) => one.lesson?.with !== undefined)?.base;
    since = Math.min(since, landedBefore(state, sentBack ?? task.progress.work.base, train.landed));
  }
  for (let at = train.landed - 1; at >= since; at--) {
    const other = taskOf(state, state.landed[at]?.task ?? '');
    if (other !== undefined) commands.push(...other.task.verify);
  }
  return [...new Set(commands)];
}

/** How many of the first `until` landings a commit of the run branch holds. */
function landedBefore(state: RunState, commit: string, until: number): number {
  for (let at = until - 1; at >= 0; at--) if (state.landed[at]?.commit === commit) return at + 1;
  return 0;
}
