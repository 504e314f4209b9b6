import { oneLine, printable } from '../base/text.ts';
import type { PlanTask } from '../plan/model.ts';
import { attemptName } from './event.ts';
import { taskOf, type RunState } from './state.ts';

/**
 * Message and date of the commit that an attempt becomes. Made of the log alone, so the same attempt gives the same
 * commit again after a crash. The trailers are the last paragraph, which is all that is ever read back; what an agent
 * wrote stands before it.
 */
export function commitText(
  state: RunState,
  task: PlanTask,
  attempt: number,
  summary: string,
  started: number,
): { readonly message: string; readonly date: number } {
  const person = taskOf(state, task.id)?.attempts[attempt - 1]?.person;
  const paragraphs = [oneLine(`${task.id}: ${task.title}`, 100)];
  const words = printable(summary).trim();
  if (words !== '') paragraphs.push(words);
  paragraphs.push(
    [
      `Masterplan-Run: ${state.run}`,
      `Masterplan-Task: ${task.id}`,
      `Masterplan-Attempt: ${state.run}/${attemptName(task.id, attempt)}`,
      ...(person === undefined ? [] : [`Masterplan-Person: ${oneLine(person.by, 200)}`]),
    ].join('\n'),
  );
  return { message: `${paragraphs.join('\n\n')}\n`, date: started };
}
