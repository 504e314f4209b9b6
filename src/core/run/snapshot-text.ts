import { printable } from '../base/text.ts';
import { attemptName } from './event.ts';

/** What a snapshot says of itself: enough to find out what it is of without any log. */
export interface SnapshotText {
  readonly run: string;
  readonly slug: string;
  readonly task: string;
  readonly attempt: number;
  readonly base: string;
  /** Why it was taken then. */
  readonly why: SnapshotReason;
  readonly title: string;
}

/** What made masterplan take a snapshot. */
export type SnapshotReason = 'interval' | 'turn' | 'end' | 'removal';

const WHY: Readonly<Record<SnapshotReason, string>> = {
  interval: 'while it worked',
  turn: 'after a turn of its agent',
  end: 'when its agent had ended',
  removal: 'before its worktree was removed',
};

/**
 * The message of a snapshot's commit. Its trailers are not those of work that lands: whoever merges a snapshot by hand
 * must not make the queue believe that the attempt landed.
 */
export function snapshotText(of: SnapshotText): string {
  const title = printable(of.title).replace(/\s+/g, ' ').slice(0, 60).trim();
  return [
    `${of.task}: ${title === '' ? 'untitled' : title} (unfinished)`,
    '',
    `Snapshot of ${attemptName(of.task, of.attempt)}, ${WHY[of.why]}.`,
    '',
    `Masterplan-Snapshot: ${of.run}/${attemptName(of.task, of.attempt)}`,
    `Masterplan-Slug: ${of.slug}`,
    `Masterplan-Base: ${of.base}`,
    `Masterplan-Why: ${of.why}`,
    '',
  ].join('\n');
}

/** Reads a message that {@link snapshotText} wrote; `undefined` for every other one. */
export function readSnapshotText(message: string): SnapshotText | undefined {
  const found =
    /\n\nMasterplan-Snapshot: ([^\n/]+)\/([^\n#]+)#(\d{1,6})\nMasterplan-Slug: (\S+)\nMasterplan-Base: ([0-9a-f]{40,64})\nMasterplan-Why: (\w+)\n*$/.exec(
      message,
    );
  if (found === null) return undefined;
  const [, run = '', task = '', attempt = '', slug = '', base = '', why = ''] = found;
  const title = /^[^:\n]+: (.*) \(unfinished\)\n/.exec(message)?.[1] ?? '';
  if (!Object.hasOwn(WHY, why)) return undefined;
  return { run, slug, task, attempt: Number(attempt), base, why: why as SnapshotReason, title };
}
