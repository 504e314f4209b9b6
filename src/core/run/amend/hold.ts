import { assert } from '../../base/assert.ts';
import type { Effect } from '../effect.ts';
import type { ByHand, RunEvent } from '../event.ts';
import { drop } from '../schedule.ts';
import { taskOf, type RunState, type TaskState } from '../state.ts';

/*
 * Tasks that a person does by hand. The person holds the task from `attach` until it landed or they gave it back: nothing is
 * dispatched for it, and what they returned and did not hold comes back to them, not to an agent.
 */

/** The name of a person where an agent has one. No agent is configured by it: what it did has no process. */
export const PERSON = 'person';

/** Name of the gate that stands as long as a person has a task. */
function heldGate(task: string): string {
  return `attached:${task}`;
}

/** The task is with a person, who goes on from where the branch is now. */
export function hold(state: RunState, task: TaskState, by: string, at: number): void {
  assert(state.tip !== undefined, () => `${task.task.id} is attached, and the run has no branch`);
  task.progress = { status: 'attached', by, at, base: state.tip };
  (state.schedule.attached ??= []).push(state.schedule.index[task.task.id] as number);
}

/** The task is not with a person any more. */
export function letGo({ schedule }: RunState, { task }: TaskState): void {
  if (schedule.attached !== undefined) drop(schedule.attached, schedule.index[task.id] as number);
}

/** A person returned the task: to be proven, or to be gone on with. */
export function returned(state: RunState, task: TaskState, { by, gave_up }: ByHand): void {
  letGo(state, task);
  state.gates = state.gates.filter(({ id }) => id !== heldGate(task.task.id));
  if (!gave_up) return;
  delete task.holder;
  task.leaving = { to: 'pending', by };
}

/** A task that is with a person has a gate, also when it came back to them. */
export function heldEffects(state: RunState): Effect[] {
  return (state.schedule.attached ?? []).flatMap((at): Effect[] => {
    const { task, progress, attempts } = state.tasks[at] as TaskState;
    if (progress.status !== 'attached' || state.gates.some((gate) => gate.id === heldGate(task.id))) return [];
    const key = `record:gate:${heldGate(task.id)}:${attempts.length}:${state.seq}`;
    return [{ type: 'record', key, events: [heldQuestion(state, task.id, progress.by)] }];
  });
}

/** The gate says where the task is and what to type; it stands until the person returns the task. */
export function heldQuestion(state: RunState, id: string, by: string): RunEvent {
  const last = taskOf(state, id)?.attempts.at(-1);
  const failed = last?.person === undefined ? undefined : last.ended?.reason;
  return {
    event: 'gate_opened',
    gate: heldGate(id),
    question:
      failed === undefined || failed === ''
        ? `${by} does ${id} by hand`
        : `what ${by} returned of ${id} is not in order (${failed}), and is with ${by} again`,
    options: ['return', 'drop', 'cancel'],
    recommended: 'return',
    detail: [
      `the place to work in: masterplan attach ${id} --run ${state.slug}`,
      `when it is done: masterplan return ${id} --run ${state.slug}`,
      `to let agents go on from there: masterplan return ${id} --drop --run ${state.slug}`,
    ],
  };
}
