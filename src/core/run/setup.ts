import { assert } from '../base/assert.ts';
import type { Effect } from './effect.ts';
import { attemptName, type RunEvent } from './event.ts';
import type { FailedSetup } from './environment-event.ts';
import { taskOf, type RunState } from './state.ts';

/*
 * Worktrees that could not be made ready. It is no fault of the attempt, and the next one would go the same way: the task
 * waits for a person, and when several tasks wait for the same thing, so does the run.
 */

/** The gate of the run, when the set-up fails everywhere. */
export const SETUP_GATE = 'setup';
/** So many tasks with the same failure mean that it is not the task's. */
const ALIKE = 3;

/** The gate of one task. */
export function setupGate(task: string): string {
  return `${SETUP_GATE}:${task}`;
}

/** Folds what happened to a worktree before and after its agent. */
export function evolveSetup(
  state: RunState,
  event: Extract<RunEvent, { event: 'setup_started' | 'setup_finished' | 'teardown_finished' }>,
  at: number,
): void {
  const task = taskOf(state, event.task);
  const attempt = task?.attempts[event.attempt - 1];
  assert(
    task !== undefined && attempt !== undefined,
    () => `${attemptName(event.task, event.attempt)} is set up, but never started`,
  );
  switch (event.event) {
    case 'setup_started':
      attempt.lease = event.lease;
      attempt.setup = 'running';
      return;
    case 'setup_finished':
      attempt.setup = event.passed ? 'passed' : 'failed';
      attempt.ready = at;
      if (event.copied.length + event.made.length > 0) attempt.put = [...new Set([...event.copied, ...event.made])];
      if (event.failed !== undefined) state.unready = { ...state.unready, [event.task]: event.failed };
      return;
    case 'teardown_finished':
      attempt.setup = 'cleared';
      return;
  }
}

/** A person says that the set-up may be tried again. */
export function forgetSetup(state: RunState, gate: string): void {
  if (gate !== SETUP_GATE && !gate.startsWith(`${SETUP_GATE}:`)) return;
  if (state.unready === undefined) return;
  for (const task of Object.keys(state.unready))
    if (gate === SETUP_GATE || gate === setupGate(task)) delete state.unready[task];
}

/** The gate of the run stands for those of the tasks. */
export function closeSetupGates(state: RunState): void {
  state.gates = state.gates.filter(({ id }) => !id.startsWith(`${SETUP_GATE}:`));
}

/** What keeps a task from starting because its set-up, or that of the others, failed. */
export function unreadyFor(
  state: RunState,
  task: string,
): { readonly gate: string; readonly words: string } | undefined {
  if (state.unready === undefined) return undefined;
  const common = commonFailure(state.unready);
  if (common !== undefined)
    return { gate: SETUP_GATE, words: `the set-up of ${common.tasks.length} tasks failed: ${words(common.failed)}` };
  const own = state.unready[task];
  return own === undefined ? undefined : { gate: setupGate(task), words: `its set-up failed: ${words(own)}` };
}

/** Gates that should be open: one for each task that is not ready, or one for all. */
export function setupGates(state: RunState): Effect[] {
  if (state.unready === undefined) return [];
  const open = (gate: string): boolean => state.gates.some(({ id }) => id === gate);
  const common = commonFailure(state.unready);
  if (common !== undefined) {
    const { tasks, failed } = common;
    const names = `${tasks.slice(0, 5).join(', ')}${tasks.length > 5 ? ', …' : ''}`;
    const question = `the set-up of ${tasks.length} tasks (${names}) failed in the same way: ${words(failed)}. Try again?`;
    return open(SETUP_GATE) ? [] : [ask(state, SETUP_GATE, question, failed)];
  }
  return Object.entries(state.unready).flatMap(([task, failed]): Effect[] => {
    const gate = setupGate(task);
    // The attempt that found it out may still be on its way to its end.
    const progress = taskOf(state, task)?.progress;
    const waits =
      progress?.status === 'pending' || (progress?.status === 'reviewing' && progress.reviewer === undefined);
    if (open(gate) || !waits) return [];
    return [ask(state, gate, `the set-up of ${task} failed: ${words(failed)}. Try again?`, failed)];
  });
}

function ask(state: RunState, gate: string, question: string, failed: FailedSetup): Effect {
  const tail = failed.tail.split('\n').filter((line) => line.trim() !== '');
  return {
    type: 'record',
    key: `record:gate:${gate}:${state.seq}`,
    events: [
      {
        event: 'gate_opened',
        gate,
        question,
        options: ['retry', 'cancel'],
        recommended: 'retry',
        detail: [`asked for by ${failed.from}`, ...tail.slice(-8)],
      },
    ],
  };
}

/** The failure that enough tasks share to be that of the run. */
function commonFailure(
  unready: Readonly<Record<string, FailedSetup>>,
): { readonly failed: FailedSetup; readonly tasks: readonly string[] } | undefined {
  const alike = new Map<string, string[]>();
  for (const [task, failed] of Object.entries(unready)) {
    const key = words(failed);
    alike.set(key, [...(alike.get(key) ?? []), task]);
  }
  for (const tasks of alike.values()) {
    const failed = unready[tasks[0] ?? ''];
    if (tasks.length >= ALIKE && failed !== undefined) return { failed, tasks };
  }
  return undefined;
}

function words(failed: FailedSetup): string {
  return `${failed.command}: ${failed.reason}`;
}
