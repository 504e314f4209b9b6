import { sha256 } from '../base/sha256.ts';
import { conflictsOf } from './radar.ts';
import { lastAttempt, taskOf, type RunState } from './state.ts';

/** What an agent at work is told of a conflict that is foreseen for it. */
export interface Warning {
  readonly task: string;
  readonly attempt: number;
  /** The same pair and the same paths have the same name: nobody is told twice. */
  readonly name: string;
  readonly text: string;
}

/** Paths that are named. */
const MOST = 20;

/** What the agents at work are to be told now: one warning for each that another task conflicts with. */
export function warningsIn(state: RunState): Warning[] {
  const tasks = new Set((state.foreseen ?? []).flatMap((one) => one.tasks));
  return [...tasks].flatMap((id) => {
    const task = taskOf(state, id);
    const attempt = task === undefined ? undefined : lastAttempt(task);
    if (task?.progress.status !== 'working' || attempt === undefined || attempt.ended !== undefined) return [];
    // Who reviews changes nothing.
    if (attempt.subject !== undefined) return [];
    return conflictsOf(state, id).map((one): Warning => {
      const title = taskOf(state, one.with)?.task.title ?? '';
      const paths = one.paths.slice(0, MOST).join(', ');
      return {
        task: id,
        attempt: attempt.number,
        name: `${one.with.replace(/[^\w.-]/g, '_')}-${sha256(`${one.with}\0${one.paths.join('\0')}`).slice(0, 12)}`,
        text: [
          `The conflict radar: what you did so far and what ${one.with} (${title}) did at the same time conflicts in ${paths}.`,
          'Whoever lands second has to resolve it. If your task allows, keep your change of these files small and apart from what the other task is about; leave everything else as it is, and do not do its work.',
          'Then finish, and give back your digest again, also when you changed nothing.',
        ].join('\n'),
      };
    });
  });
}
