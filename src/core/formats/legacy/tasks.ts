import type { LegacyFiles, LegacyProblem, LegacyStatus, LegacyTask, LegacyTaskStatus } from './model.ts';

import { type Fields, words } from './state.ts';
import { legacyTaskId, type Told } from './told.ts';

const STATUSES: Readonly<Record<string, LegacyTaskStatus>> = {
  pending: 'pending',
  todo: 'pending',
  not_started: 'pending',
  'not-started': 'pending',
  in_flight: 'working',
  'in-flight': 'working',
  in_progress: 'working',
  'in-progress': 'working',
  complete: 'done',
  completed: 'done',
  done: 'done',
  blocked: 'blocked',
  waived: 'waived',
};

/** A task as the state lists it. */
interface Stated {
  readonly status: LegacyTaskStatus;
  readonly word: string;
  readonly wave?: string;
}

/**
 * Tasks of the state, else those of the plan, with what the log tells of each. An entry of the state that names no task, or names
 * one a second time and says something else of it, is a problem.
 */
export function tasksOf(
  fields: Fields,
  { state, stateName }: Pick<LegacyFiles, 'state' | 'stateName'>,
  told: ReadonlyMap<string, Told>,
  titles: ReadonlyMap<string, string>,
  status: LegacyStatus,
  problems: LegacyProblem[],
): LegacyTask[] {
  const line = state.split('\n').findIndex((one) => /^["']?tasks["']?\s*:/.test(one)) + 1;
  const stated = statedTasks(fields['tasks'], (message) => problems.push({ file: stateName, line, message }));
  const ids = new Set([...stated.keys(), ...titles.keys(), ...told.keys()]);
  // A bundle that says that it is over has no open task, even where nothing else tells of it.
  const silent: LegacyTaskStatus = status === 'complete' || status === 'archived' ? 'unknown' : 'pending';
  return [...ids].map((id) => {
    const [one, log] = [stated.get(id), told.get(id)];
    const wave = one?.wave ?? log?.wave;
    const by = log?.by ?? log?.routed;
    return {
      id,
      title: titles.get(id) ?? id,
      status: one?.status ?? (log?.done === true ? 'done' : restOf(log?.state, silent)),
      ...(wave === undefined ? {} : { wave }),
      ...(one === undefined ? {} : { stated: true, word: one.word }),
      ...(log?.done === true && log.place !== undefined ? { doneAt: log.place } : {}),
      ...(log?.commit === undefined ? {} : { commit: log.commit }),
      ...(by === undefined ? {} : { by }),
      ...(log?.reviewed === true ? { reviewed: true } : {}),
    };
  });
}

/** What was under way when a bundle ended, is not any more. */
function restOf(state: Told['state'], silent: LegacyTaskStatus): LegacyTaskStatus {
  return state === undefined || (state === 'working' && silent === 'unknown') ? silent : state;
}

function statedTasks(tasks: unknown, wrong: (message: string) => void): ReadonlyMap<string, Stated> {
  const stated = new Map<string, Stated>();
  for (const [i, [key, value]] of entriesOf(tasks, wrong).entries()) {
    const task = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
    const id = legacyTaskId(key ?? task['id'] ?? task['idx']);
    if (id === undefined) {
      wrong(`entry ${i + 1} of its tasks names none`);
      continue;
    }
    const word = words(task['status']) || words(value);
    const wave = words(task['wave']);
    const one: Stated = {
      status: STATUSES[word.toLowerCase()] ?? 'unknown',
      word,
      ...(wave === '' ? {} : { wave }),
    };
    const before = stated.get(id);
    if (before !== undefined && before.status !== one.status)
      wrong(`lists ${id} twice, as ${before.word || 'nothing'} and as ${word || 'nothing'}`);
    stated.set(id, one);
  }
  return stated;
}

/** A list of tasks, or a map of their ids. */
function entriesOf(
  tasks: unknown,
  wrong: (message: string) => void,
): readonly (readonly [string | undefined, unknown])[] {
  if (Array.isArray(tasks)) return tasks.map((one: unknown) => [undefined, one] as const);
  if (typeof tasks === 'object' && tasks !== null) return Object.entries(tasks);
  if (tasks !== undefined && tasks !== null && tasks !== '') wrong('its tasks are no list');
  return [];
}
