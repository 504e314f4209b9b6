import { commitText } from '../../core/run/commit-text.ts';
import type { QuotedDiff } from '../../core/run/review/brief.ts';
import { changedLines } from '../../core/run/review/delta.ts';
import type { Delta } from '../../core/run/review/judge.ts';
import type { Subject } from '../../core/run/review/ledger.ts';
import type { TaskState } from '../../core/run/state.ts';
import { attemptFile } from '../paths.ts';
import type { Performing } from './performer.ts';

/** Characters of a diff that are read for what changed; whatever comes after them counts as changed. */
const READ = 16 * 1024 * 1024;

/**
 * What changed in the work since the round before this one, what landed meanwhile left out. `undefined`: there was no such round,
 * or the work of that time does not go together with what landed: then all is new.
 */
export async function deltaOf(
  task: TaskState,
  subject: Subject,
  performing: Performing,
): Promise<{ readonly text: string; readonly delta: NonNullable<Delta> } | undefined> {
  const { git } = performing;
  const before = task.review?.past.findLast(({ round }) => round < subject.round);
  if (before === undefined) return undefined;
  // Somebody deleted the private repository: what was reviewed then is gone.
  if ((await git.kept(attemptFile(task.task.id, before.attempt))) === undefined) return undefined;
  let from = before.commit;
  if (before.base !== subject.base) {
    const attempt = task.attempts[before.attempt - 1];
    const text = commitText(performing.state(), task.task, before.attempt, 'As reviewed.', attempt?.started ?? 0);
    const carried = await git.integrate(before.commit, before.base, subject.base, text);
    if ('conflicts' in carried) return undefined;
    from = carried.commit;
  }
  const text = await git.diff(from, subject.commit);
  const whole = text.length <= READ;
  return { text, delta: changedLines(whole ? text : text.slice(0, READ), whole) };
}

/** A diff as a brief quotes it: cut at a line, and said to be. */
export function quote(diff: string, most: number): QuotedDiff {
  const bytes = new TextEncoder().encode(diff).length;
  if (diff.length <= most) return { text: diff.trimEnd(), bytes, whole: true };
  const end = diff.lastIndexOf('\n', most);
  return { text: diff.slice(0, end > 0 ? end : most), bytes, whole: false };
}
