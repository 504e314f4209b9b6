import { attemptName } from '../run/event.ts';
import { taskOf, type RunState } from '../run/state.ts';

/** What kind of thing was found. */
export type FoundKind =
  /** The newest snapshot of an attempt. */
  | 'snapshot'
  /** What an attempt left when its agent had ended. */
  | 'result'
  /** What an agent committed itself. */
  | 'commits'
  /** A run branch, or where one stood. */
  | 'branch'
  /** A stash that an agent left in its repository. */
  | 'stash'
  /** A worktree that is still on the disk. */
  | 'worktree'
  /** What lay in the place of a worktree and was moved aside. */
  | 'aside';

/** Something that can be brought back. Found in repositories and directories, without any log. */
export interface Found {
  /** Begins with the letter of nothing else that was found; what people type. */
  readonly id: string;
  readonly kind: FoundKind;
  /** The commit, and objects to read it with beside those of our own repositories. */
  readonly commit?: string;
  readonly tree?: string;
  readonly base?: string;
  readonly objects?: string;
  /** The directory, for what is on the disk. */
  readonly path?: string;
  readonly ref?: string;
  readonly run?: string;
  readonly slug?: string;
  readonly task?: string;
  readonly attempt?: number;
  readonly title: string;
  /** When it was made, milliseconds since 1970. */
  readonly made: number;
  /** No ref holds it any more: it is what git has not thrown away yet. */
  readonly loose: boolean;
  /** Its attempt is on a branch of the user's. */
  readonly landed?: boolean;
}

/** What was found, with what the log of its run, if there is one, says of it. */
export interface Rescuable extends Found {
  readonly state: 'landed' | 'not-landed' | 'unfinished' | 'at-work' | 'alone';
  /** In words, for people. */
  readonly about: string;
}

/**
 * What of all that was found is worth showing, newest first. Of an attempt whose snapshot and result are the same tree, one
 * is enough. `landed` things are left out unless `all`.
 */
export function rescuable(found: readonly Found[], runs: ReadonlyMap<string, RunState>, all = false): Rescuable[] {
  const results = new Set(found.filter(({ kind }) => kind === 'result').map(({ tree }) => tree));
  // What says only the name of its run is of the one that has it now.
  const named = new Map([...runs.values()].map((run) => [run.slug, run]));
  const rows: Rescuable[] = [];
  const seen = new Set<string>();
  for (const one of found) {
    if (seen.has(one.id)) continue;
    seen.add(one.id);
    if ((one.kind === 'snapshot' || one.kind === 'commits') && one.tree !== undefined && results.has(one.tree))
      continue;
    const run = one.run === undefined ? named.get(one.slug ?? '') : runs.get(one.run);
    const row = { ...one, ...judged(one, run) };
    if (all || row.state !== 'landed') rows.push(row);
  }
  return rows.sort((a, b) => b.made - a.made || (a.id < b.id ? -1 : 1));
}

function judged(one: Found, run: RunState | undefined): Pick<Rescuable, 'state' | 'about'> {
  const words = WORDS[one.kind];
  const name = one.task === undefined ? '' : ` of ${attemptName(one.task, one.attempt ?? 0)}`;
  const about = `${words}${name}`;
  if (run === undefined && one.landed === true) return { state: 'landed', about: `${about}, which landed` };
  if (run === undefined) {
    const gone = one.slug === undefined ? '' : `; there is no log of its run "${one.slug}" here`;
    return { state: 'alone', about: `${about}${gone}` };
  }
  if (one.kind === 'branch') {
    if (run.outcome === 'discard')
      return { state: 'not-landed', about: `${about} of ${run.slug}, which was discarded` };
    return { state: 'not-landed', about: `${about} of ${run.slug}, where the log says that it stood` };
  }
  const task = one.task === undefined ? undefined : taskOf(run, one.task);
  const attempt = task?.attempts[(one.attempt ?? 0) - 1];
  if (task === undefined || attempt === undefined) return { state: 'alone', about };
  const { progress } = task;
  if ('attempt' in progress && progress.attempt === attempt.number) {
    if (progress.status === 'merged')
      return run.outcome === 'discard'
        ? { state: 'not-landed', about: `${about}, which landed on a branch that was discarded` }
        : { state: 'landed', about: `${about}, which landed` };
    if (progress.status === 'working') return { state: 'at-work', about: `${about}, which is at work` };
    return { state: 'not-landed', about: `${about}, which is ${progress.status}` };
  }
  const how = attempt.ended === undefined ? 'under way' : `${attempt.ended.ending}: ${attempt.ended.reason}`;
  return { state: 'unfinished', about: `${about} (${how})` };
}

const WORDS: Readonly<Record<FoundKind, string>> = {
  snapshot: 'the last snapshot',
  result: 'the work',
  commits: 'commits by the agent',
  branch: 'the run branch',
  stash: 'a stash by the agent',
  worktree: 'the worktree, still on the disk,',
  aside: 'what lay in the place of the worktree',
};
