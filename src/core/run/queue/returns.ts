import type { Effect } from '../effect.ts';
import type { Obstacle } from '../obstacle.ts';
import { type Attempt, taskOf, type RunState, type TaskState } from '../state.ts';

/** How often the queue hands a task back by itself when nobody says otherwise. */
const RETURNS = 2;

/** Name of the gate at which a person says what happens with a task that was sent back too often. */
export function landingGate(task: string): string {
  return `landing:${task}`;
}

function tooOften(state: RunState, task: TaskState): boolean {
  return (task.returns ?? 0) > (state.settings?.landing?.returns ?? RETURNS);
}

/** The attempt that the queue sent back last; those of reviewers come after it. */
function lastSentBack(task: TaskState): Attempt | undefined {
  return task.attempts.findLast((one) => one.lesson?.with !== undefined);
}

/** What keeps a task from its next attempt after the merge queue sent it back. */
export function sentBack(state: RunState, task: TaskState): Obstacle | undefined {
  if (tooOften(state, task)) return { kind: 'sent-back', gate: landingGate(task.task.id) };
  const riding = lastSentBack(task)?.lesson?.with?.filter(
    (id) =>
      taskOf(state, id)?.progress.status === 'merging' &&
      state.trains.some(({ cars }) => cars.some((car) => car.task === id)),
  );
  return riding === undefined || riding.length === 0 ? undefined : { kind: 'partner', by: riding };
}

/** Opens the gates of ready tasks that were sent back too often. */
export function askAboutReturns(state: RunState, effects: Effect[]): void {
  for (const at of state.schedule.ready) {
    const task = state.tasks[at] as TaskState;
    const { id } = task.task;
    const gate = landingGate(id);
    if (!tooOften(state, task) || state.gates.some((one) => one.id === gate)) continue;
    const lesson = lastSentBack(task)?.lesson;
    const partners = lesson?.with ?? [];
    effects.push({
      type: 'record',
      key: `record:gate:${gate}:${task.attempts.length}`,
      events: [
        {
          event: 'gate_opened',
          gate,
          question: `the merge queue sent ${id} back ${task.returns ?? 0} times. Hand it back to an agent again?`,
          options: ['hand-back', 'fail', 'cancel'],
          recommended: 'hand-back',
          detail: [
            ...(lesson === undefined ? [] : [lesson.what]),
            ...(partners.length === 0 ? [] : [`it does not go together with ${partners.slice(0, 10).join(', ')}`]),
            ...(lesson?.paths ?? []).slice(0, 10),
            ...(lesson?.check === undefined ? [] : [`${lesson.check.command}: ${lesson.check.reason}`]),
          ],
        },
      ],
    });
  }
}
