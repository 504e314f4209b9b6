import { assert } from '../base/assert.ts';
import { attemptName, type RecordedEvent } from './event.ts';
import { giveLeave } from './leave.ts';
import { taskOf, type Attempt, type RunState, type TaskState } from './state.ts';

/** The task of that id, which the plan must have. */
export function known(state: RunState, id: string): TaskState {
  const task = taskOf(state, id);
  assert(task !== undefined, () => `the plan has no task ${id}`);
  return task;
}

/** Statuses in which the attempt that led to them is over. */
const SETTLED: readonly string[] = ['merged', 'planned', 'unfolded'];

/** The task and attempt that an event speaks of, which must be the one that the task is on. */
export function current(
  state: RunState,
  id: string,
  attempt: number,
): { task: TaskState; attempt: Attempt; at: number } {
  const task = known(state, id);
  const progress = task.progress;
  assert(
    'attempt' in progress &&
      (progress.attempt === attempt || ('reviewer' in progress && progress.reviewer === attempt)) &&
      !SETTLED.includes(progress.status),
    () => `${attemptName(id, attempt)} is not under way`,
  );
  return { task, attempt: task.attempts[attempt - 1] as Attempt, at: state.schedule.index[id] as number };
}

/** The same, of an attempt whose agent has to be at work. */
export function working(state: RunState, id: string, attempt: number): { task: TaskState; attempt: Attempt } {
  const found = current(state, id, attempt);
  const { progress } = found.task;
  assert(
    progress.status === 'working' || (progress.status === 'reviewing' && progress.reviewer === attempt),
    () => `${attemptName(id, attempt)} is ${progress.status}, not working`,
  );
  return found;
}

/** `T3#2`, of an event that speaks of an attempt. */
export function name(event: { readonly task: string; readonly attempt: number }): string {
  return attemptName(event.task, event.attempt);
}

/** An attempt as it begins. */
export function attemptOf(event: Extract<RecordedEvent, { event: 'attempt_started' }>, at: number): Attempt {
  return {
    number: event.attempt,
    agent: event.agent,
    ...(event.role === undefined ? {} : { role: event.role }),
    ...(typeof event.model === 'string' ? { model: event.model } : {}),
    ...(typeof event.effort === 'string' ? { effort: event.effort } : {}),
    ...(event.reason === undefined ? {} : { why: event.reason }),
    ...(event.session === undefined ? {} : { session: event.session }),
    ...(event.person === undefined ? {} : { person: event.person }),
    base: event.base,
    nonce: event.nonce,
    started: at,
    worktree: 'open',
  };
}

/** Notes the answer to a question of an agent: its keeper is told by whoever attends it. */
export function answerAsk(state: RunState, gate: string, answer: string): void {
  const [, task = '', number = '', id = ''] = /^ask:(.+)#(\d+):(.+)$/.exec(gate) ?? [];
  const ask = taskOf(state, task)?.attempts[Number(number) - 1]?.asks?.[id];
  if (ask === undefined) return;
  ask.answer = answer;
  if (ask.about !== undefined) giveLeave(state, task, ask.about, answer);
  if (answer === 'run' && ask.command !== null && !state.allowed.includes(ask.command)) state.allowed.push(ask.command);
}
