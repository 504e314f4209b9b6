import type { SpecPhase } from './read.ts';

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
