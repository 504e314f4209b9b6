import { joinPath } from '../../core/base/path.ts';
import { type Checkout, obstacleTo } from './checkout-of.ts';
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
  // New files first: one of them may lie where a file has to become a file again.
  for (const { path, kind } of changed) {
    if (kind !== 'added' || (await obstacleTo(context, checkout, path))?.at !== path) continue;
    if (await isOurs(context, checkout, move, path)) await files.remove(joinPath(checkout.path, path));
  }
  const restore: string[] = [];
  for (const { path, kind } of changed) {
    if (kind !== 'added' && suspects.has(path) && (await isOurs(context, checkout, move, path))) restore.push(path);
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
  const obstacle = await obstacleTo(context, checkout, path);
  // Gone, or, where a directory takes the place of a file, nothing left in there that could be lost.
  if (obstacle === undefined) return isEmpty(context, target);
  if (obstacle.at !== path) return false;
  if (obstacle.kind !== 'file') return obstacle.kind === 'link';
  const there = (await files.read(target)) ?? new Uint8Array();
  const answer = await context.git(context.queue, `read ${path}`, ['cat-file', 'blob', `${move.commit}:${path}`], {
    codes: [128],
  });
  return (
    answer.code === 0 && there.length <= answer.stdout.length && there.every((byte, at) => byte === answer.stdout[at])
  );
}

/** No file in a directory or below it; also true when it is missing. */
async function isEmpty(context: Context, directory: string): Promise<boolean> {
  for (const name of await context.io.files.list(directory)) {
    const path = joinPath(directory, name);
    if ((await context.io.files.stat(path))?.kind !== 'directory' || !(await isEmpty(context, path))) return false;
  }
  return true;
}
