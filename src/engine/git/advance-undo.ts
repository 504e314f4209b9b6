import { joinPath } from '../../core/base/path.ts';
import type { Checkout } from './checkout-of.ts';
import type { Context } from './context.ts';
import type { ChangedPath, ObjectId } from './repositories.ts';

/** A branch, where it stands and where it shall go. */
export interface Advance {
  readonly branch: string;
  readonly commit: ObjectId;
  readonly expected: ObjectId;
}

/**
 * After a crash in the middle of updating somebody's files: puts back those that we had begun to write. Git writes the
 * index last, so it still is the old one, and a file of ours is missing, or holds the beginning or all of its new content.
 * Whatever looks otherwise is left alone; the caller will find it dirty and refuse.
 */
export async function undoHalf(
  context: Context,
  checkout: Checkout,
  move: Advance,
  changed: readonly ChangedPath[],
  dirty: readonly string[],
): Promise<void> {
  const { files } = context.io;
  const suspects = new Set(dirty);
  const restore: string[] = [];
  for (const { path, kind } of changed) {
    if (kind === 'added') {
      const target = joinPath(checkout.path, path);
      if ((await files.stat(target))?.kind !== 'directory' && (await isOurs(context, checkout, move, path)))
        await files.remove(target);
    } else if (suspects.has(path) && (await isOurs(context, checkout, move, path))) {
      restore.push(path);
    }
  }
  if (restore.length === 0) return;
  await context.git(
    checkout.where,
    `put back files in ${checkout.path}`,
    ['checkout-index', '--force', '-u', '-z', '--stdin'],
    {
      settings: checkout.settings,
      stdin: restore.map((path) => `${path}\0`).join(''),
    },
  );
}

async function isOurs(context: Context, checkout: Checkout, move: Advance, path: string): Promise<boolean> {
  const { files } = context.io;
  const target = joinPath(checkout.path, path);
  const stat = await files.stat(target);
  if (stat === undefined) return true;
  if (stat.kind !== 'file') return stat.kind === 'link';
  const there = (await files.read(target)) ?? new Uint8Array();
  const answer = await context.git(context.queue, `read ${path}`, ['cat-file', 'blob', `${move.commit}:${path}`], {
    codes: [128],
  });
  return (
    answer.code === 0 && there.length <= answer.stdout.length && there.every((byte, at) => byte === answer.stdout[at])
  );
}
