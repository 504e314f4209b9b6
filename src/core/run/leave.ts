import type { Asked, Leave, RunState } from './state.ts';

/*
 * What persons allowed agents beyond the question at hand. Leave is for exactly the same: the same command, or the same tool about the
 * same thing; what looks alike is asked about.
 */

/** How far an answer reaches, from the least: this once, this attempt (as its program understands it), this task, this run. */
export const ASK_ANSWERS = ['once', 'session', 'task', 'run', 'deny'] as const;

/** Characters from which on a question may have been cut short: two that look the same need not be. */
const COMMAND_LIMIT = 4000;
const WHAT_LIMIT = 400;

/** What an older gate called it, or a person may type: `allow` is `once`. */
export function askAnswer(options: readonly string[], answer: string): string {
  const other = answer === 'allow' ? 'once' : answer === 'once' ? 'allow' : answer;
  return options.includes(answer) || !options.includes(other) ? answer : other;
}

/** Remembers an answer that reaches beyond its question. */
export function giveLeave(state: RunState, task: string, asked: Asked, answer: string): void {
  if (answer !== 'task' && answer !== 'run') return;
  const leave: Leave = { ...asked, ...(answer === 'task' ? { task } : {}) };
  const leaves = (state.leaves ??= []);
  if (!leaves.some((one) => one.task === leave.task && isSame(one, asked))) leaves.push(leave);
}

/** The leave under which a question of an attempt of a task falls; `undefined`: somebody has to be asked. */
export function leaveFor(state: RunState, task: string, asked: Asked): Leave | undefined {
  return state.leaves?.find((one) => (one.task === undefined || one.task === task) && isSame(one, asked));
}

/** Commands that persons allowed in every attempt of a task. */
export function allowedCommands(state: RunState, task: string): readonly string[] {
  const own = (state.leaves ?? []).filter((one) => one.task === task).flatMap(({ command }) => command ?? []);
  return [...state.allowed, ...own];
}

function isSame(one: Asked, other: Asked): boolean {
  if (one.kind !== other.kind || one.tool !== other.tool) return false;
  if (one.command !== null || other.command !== null)
    return one.command === other.command && (one.command ?? '').length < COMMAND_LIMIT;
  return one.what === other.what && one.what !== '' && one.what.length < WHAT_LIMIT;
}
