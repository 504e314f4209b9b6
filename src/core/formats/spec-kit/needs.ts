import type { SpecPhase, SpecTask, TasksFile } from './read.ts';

/** As much of a task as its place says. */
export interface Placement {
  readonly phase: number;
  readonly parallel: boolean;
}

/**
 * The needs that follow from phases and `[P]`, by position: within a phase, a task without `[P]` needs those before it
 * and one with `[P]` none; a phase of a user story needs the last phase that is none (Foundational blocks all
 * stories); any other phase needs all before it. Only what does not follow from something else is listed.
 */
export function needsByPlace(
  phases: readonly Pick<SpecPhase, 'story'>[],
  tasks: readonly Placement[],
): readonly (readonly number[])[] {
  const needs: number[][] = tasks.map(() => []);
  const members = new Map<number, number[]>();
  tasks.forEach(({ phase }, i) => {
    const list = members.get(phase);
    if (list === undefined) members.set(phase, [i]);
    else list.push(i);
  });
  let barrier: readonly number[] = [];
  let stories: number[] = [];
  for (const phase of [...members.keys()].sort((a, b) => a - b)) {
    const own = members.get(phase) as number[];
    const isStory = phases[phase]?.story === true;
    const before = isStory || stories.length === 0 ? barrier : stories;
    let tail: number[] = [];
    let first = true;
    for (const i of own) {
      if (tasks[i]?.parallel === true) {
        needs[i] = [...before];
        tail.push(i);
      } else {
        needs[i] = first ? [...(tail.length > 0 ? tail : before)] : [...tail];
        first = false;
        tail = [i];
      }
    }
    // The last task without [P] and those with [P] behind it: with them, all of the phase is done.
    if (isStory) stories = [...stories, ...tail];
    else {
      barrier = tail;
      stories = [];
    }
  }
  return needs;
}

/**
 * What tasks need by their place, and by what lines below them and the section of dependencies say; `at` are the tasks that
 * count, by position. What the section says twice, or against the order of the document, adds nothing.
 */
export function usualNeeds(file: TasksFile, at: readonly number[]): readonly (readonly number[])[] {
  const tasks = at.map((i) => file.tasks[i] as SpecTask);
  const needs = needsByPlace(file.phases, tasks).map((one) => new Set(one));
  const byNumber = new Map<string, number>();
  tasks.forEach(({ id }, i) => {
    if (!byNumber.has(plain(id))) byNumber.set(plain(id), i);
  });
  for (const relation of file.relations) {
    const [own, other] = [byNumber.get(plain(relation.id)), byNumber.get(plain(relation.needs))];
    if (own === undefined || other === undefined || other >= own) continue;
    const [task, need] = [tasks[own] as SpecTask, tasks[other] as SpecTask];
    const apart = file.phases[task.phase]?.story === true && file.phases[need.phase]?.story === true;
    if (task.phase === need.phase ? task.parallel : apart) needs[own]?.add(other);
  }
  tasks.forEach(({ also }, i) => {
    for (const id of also) {
      const other = byNumber.get(plain(id));
      if (other !== undefined && other !== i) needs[i]?.add(other);
    }
  });
  const ends = new Map<number, { first: number[]; last: number[] }>();
  for (const { story, needs: needed } of file.stories) {
    const [own, other] = [story, needed].map((number) => {
      const found = ends.get(number) ?? endsOf(file, tasks, needs, number);
      ends.set(number, found);
      return found;
    });
    for (const i of own?.first ?? []) for (const last of other?.last ?? []) if (last < i) needs[i]?.add(last);
  }
  return needs.map((one) => [...one].sort((a, b) => a - b));
}

/** The tasks of a story that need none of it, and those that none of it needs. */
function endsOf(
  file: TasksFile,
  tasks: readonly SpecTask[],
  needs: readonly ReadonlySet<number>[],
  story: number,
): { first: number[]; last: number[] } {
  const named = file.phases.map(({ title }) =>
    Number(/\b(?:user stor(?:y|ies)\s*|US)(\d{1,4})/i.exec(title)?.[1] ?? -1),
  );
  const own = new Set(tasks.flatMap((task, i) => (named[task.phase] === story ? [i] : [])));
  const needed = new Set([...own].flatMap((i) => [...(needs[i] ?? [])]));
  return {
    first: [...own].filter((i) => ![...(needs[i] ?? [])].some((one) => own.has(one))),
    last: [...own].filter((i) => !needed.has(i)),
  };
}

// `T12` and `T012` are one task.
function plain(id: string): string {
  return id.toUpperCase().replace(/^T0+(?=\d)/, 'T');
}
