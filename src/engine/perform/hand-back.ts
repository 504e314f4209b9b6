import { printable } from '../../core/base/text.ts';
import type { HandedBack } from '../../core/run/brief.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { hasMarkers, type Loss, lossesOf, type Sides } from '../../core/run/queue/loss.ts';
import { taskOf, type Attempt, type TaskState } from '../../core/run/state.ts';
import type { Collected } from '../git/repositories.ts';
import { attemptFile } from '../paths.ts';
import type { Handoff } from './handoff.ts';
import type { Performing } from './performer.ts';
import { textsFor } from './subplan-texts.ts';

/** Partners that a brief tells of, and characters of what each was to do and changed. */
const PARTNERS = 4;
const GOAL = 1500;
const PATCH = 4000;
/** Files that are looked through for lost lines, and lines that are told of each. */
const FILES = 200;
const LINES = 10;

/** What the next agent is told of work that the merge queue sent back: both sides, and what the other one was for. */
export async function handedBack(handoff: Handoff, performing: Performing): Promise<HandedBack> {
  const { io, paths, texts, git } = performing;
  const state = performing.state();
  const { from, back } = handoff;
  const conflicts = back?.conflicts ?? [];
  const looked = [...new Set([...(from.lesson?.paths ?? []), ...conflicts])];
  const partners: HandedBack['partners'][number][] = [];
  for (const id of (from.lesson?.with ?? []).slice(-PARTNERS)) {
    const other = taskOf(state, id);
    if (other?.progress.status !== 'merged') continue;
    const { commit } = other.progress;
    const parent = state.landed[state.landed.findIndex((one) => one.task === id) - 1]?.commit ?? state.base;
    // Where they fail together, what matters may be in any file.
    const where = looked.length > 0 ? looked : (lastOf(other)?.touches ?? []);
    const { goal } = await textsFor(io, paths, state, texts, other);
    partners.push({
      task: id,
      title: other.task.title,
      goal: goal.length > GOAL ? `${goal.slice(0, GOAL)} …` : goal,
      verify: other.task.verify,
      commit,
      patch: printable(await git.patch(parent, commit, where, PATCH)),
    });
  }
  return { attempt: from.number, conflicts, partners };
}

function lastOf(task: TaskState): Attempt | undefined {
  return task.attempts.at(-1);
}

/**
 * What vanished of either side when an agent brought work that was sent back together with what landed: lines that the others had
 * added, or its earlier work where the two conflicted, in files that it does not name as `superseded`. Marks that it left are found
 * as well.
 */
export async function lossFound(
  handoff: Handoff,
  attempt: Attempt,
  collected: Collected,
  superseded: readonly string[],
  of: { readonly task: string; readonly attempt: number },
  performing: Performing,
): Promise<RunEvent | undefined> {
  const { git } = performing;
  const { from } = handoff;
  const conflicts = handoff.back?.conflicts ?? [];
  const own = await git.kept(attemptFile(of.task, from.number));
  if (own === undefined) return undefined;
  const landed = attempt.base;
  const changedHere = new Set(collected.changed.map(({ path }) => path));
  const theirs = (await git.changes(from.base, landed)).map(({ path }) => path);
  const ours = (await git.changes(from.base, own)).map(({ path }) => path);
  const both = new Set([...theirs.filter((path) => changedHere.has(path)), ...ours]);
  const wanted = [...both].filter((path) => !superseded.includes(path)).slice(0, FILES);
  const files: Sides[] = [];
  // Files of the result are read as well where a lost line may have moved to.
  for (const path of new Set([...wanted, ...[...changedHere].slice(0, FILES)])) {
    files.push({
      path,
      base: await text(git.read(from.base, path)),
      theirs: await text(git.read(landed, path)),
      ours: await text(git.read(own, path)),
      result: await text(git.read(collected.commit, path)),
    });
  }
  const marked = files.filter(hasMarkers).map(({ path }) => path);
  if (marked.length > 0)
    return {
      event: 'witness_failed',
      ...of,
      claim: 'completed',
      check: `marks of a conflict are left in ${marked.slice(0, 5).join(', ')}`,
    };
  // Its own earlier lines it may well rewrite to make both work together; only where they stood in a conflict are they missed.
  const losses: Loss[] = lossesOf(files)
    .filter(
      ({ path, side }) =>
        both.has(path) && !superseded.includes(path) && (side === 'theirs' || conflicts.includes(path)),
    )
    .map((loss) => ({ ...loss, lines: loss.lines.slice(0, LINES).map((line) => printable(line).slice(0, 200)) }));
  return losses.length === 0 ? undefined : { event: 'loss_found', ...of, losses: losses.slice(0, 20) };
}

async function text(bytes: Promise<Uint8Array | undefined>): Promise<string | undefined> {
  const content = await bytes;
  if (content === undefined || content.includes(0)) return undefined;
  return new TextDecoder().decode(content);
}
