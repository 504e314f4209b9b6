import type { RunEvent } from './event.ts';
import { type Foreseen, lastAttempt, taskOf, type RunState } from './state.ts';

/*
 * The conflict radar: while tasks are under way, their newest snapshots are merged pair by pair in the object database. What it
 * sees is told early, and whoever would start beside a task that it conflicts with waits for that one to land.
 */

/** The newest snapshot of a task that is under way. */
export interface Afloat {
  readonly task: string;
  readonly attempt: number;
  readonly commit: string;
  /** Paths in which it differs from its base. */
  readonly paths: readonly string[];
}

export type Pair = readonly [Afloat, Afloat];

/** Statuses in which the work of a task may meet that of another one. */
const UNDER_WAY: readonly string[] = ['working', 'verifying', 'reviewing', 'merging'];

/** Whether a snapshot is of the attempt that its task is on, and of one that may land. */
export function isAfloat(state: RunState, { task, attempt }: Pick<Afloat, 'task' | 'attempt'>): boolean {
  const found = taskOf(state, task);
  return found !== undefined && UNDER_WAY.includes(found.progress.status) && lastAttempt(found)?.number === attempt;
}

/** Paths that both changed; a file of one may lie where the other one has a directory. */
export function inBoth(one: readonly string[], other: readonly string[]): string[] {
  const theirs = new Set(other);
  const above = new Set(other.flatMap(directoriesOf));
  return one.filter(
    (path) => theirs.has(path) || above.has(path) || directoriesOf(path).some((each) => theirs.has(each)),
  );
}

function directoriesOf(path: string): string[] {
  const steps = path.split('/').slice(0, -1);
  return steps.map((_, i) => steps.slice(0, i + 1).join('/'));
}

export function pairName([one, other]: Pair): string {
  return `${one.task} ${other.task}`;
}

/**
 * Which pairs to look at now: those of which something changed since they were looked at last, those never looked at first. At most
 * `most`; of n tasks there are n²/2 pairs, and those that changed no path in common cannot conflict. `tried`: by the name of
 * the pair, the commits that were compared.
 */
export function pairsToTry(
  state: RunState,
  afloat: readonly Afloat[],
  tried: ReadonlyMap<string, string>,
  most: number,
): Pair[] {
  const index = (one: Afloat): number => state.schedule.index[one.task] ?? 0;
  const there = afloat.filter((one) => isAfloat(state, one)).sort((a, b) => index(a) - index(b));
  const pairs: Pair[] = [];
  there.forEach((one, at) => {
    for (const other of there.slice(at + 1)) {
      const pair = [one, other] as const;
      if (tried.get(pairName(pair)) !== commitsOf(pair)) pairs.push(pair);
    }
  });
  return pairs.sort((a, b) => Number(tried.has(pairName(a))) - Number(tried.has(pairName(b)))).slice(0, most);
}

/** What was compared, when a pair was looked at. */
export function commitsOf([one, other]: Pair): string {
  return `${one.commit} ${other.commit}`;
}

/** What is new about a pair, if anything: told when it begins to conflict, in more or other paths, or ends to. */
export function newsOf(state: RunState, pair: Pair, paths: readonly string[]): RunEvent | undefined {
  const [one, other] = pair;
  const tasks = [one.task, other.task] as const;
  const known = foreseenOf(state, ...tasks);
  if (paths.length === 0) return known === undefined ? undefined : { event: 'conflict_cleared', tasks };
  const sorted = [...paths].sort().slice(0, 50);
  if (known !== undefined && known.paths.join('\0') === sorted.join('\0')) return undefined;
  return { event: 'conflict_foreseen', tasks, attempts: [one.attempt, other.attempt], paths: sorted };
}

function foreseenOf(state: RunState, one: string, other: string): Foreseen | undefined {
  return state.foreseen?.find(({ tasks }) => tasks.includes(one) && tasks.includes(other));
}

/** What is foreseen for one task, with the other one of each pair. */
export function conflictsOf(
  state: RunState,
  task: string,
): { readonly with: string; readonly paths: readonly string[] }[] {
  return (state.foreseen ?? []).flatMap(({ tasks, paths }) =>
    tasks.includes(task) ? [{ with: tasks[0] === task ? tasks[1] : tasks[0], paths }] : [],
  );
}

/** Folds what the radar says, and forgets it when one of the two has landed or was given up: then nothing is to be avoided. */
export function foldRadar(state: RunState, event: RunEvent): void {
  if (event.event === 'conflict_foreseen' || event.event === 'conflict_cleared') {
    const [one, other] = event.tasks;
    const others = (state.foreseen ?? []).filter(({ tasks }) => !(tasks.includes(one) && tasks.includes(other)));
    // It may be told when one of them has just landed.
    const late = event.tasks.some((task) =>
      ['merged', 'failed', 'waived', 'dropped'].includes(taskOf(state, task)?.progress.status ?? 'failed'),
    );
    if (event.event === 'conflict_cleared' || late) state.foreseen = others;
    else state.foreseen = [...others, { tasks: event.tasks, attempts: event.attempts, paths: event.paths }];
  } else if (event.event === 'merge_finished' || event.event === 'task_failed') {
    if (state.foreseen !== undefined && state.foreseen.length > 0)
      state.foreseen = state.foreseen.filter(({ tasks }) => !tasks.includes(event.task));
  }
}
