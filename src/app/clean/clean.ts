import { err, ok, type Result } from '../../core/base/result.ts';
import { acquireLock } from '../../engine/log/lock.ts';
import { runPaths } from '../../engine/paths.ts';
import { removeKept } from '../../engine/perform/removal.ts';
import { createKeeping, type Keeping } from '../../engine/rescue/keep.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Context } from '../context.ts';
import { basePath } from '../environment.ts';
import { excludeRuntime, gitOf } from '../fit.ts';
import { placeOf, type Place } from '../imports/bundle.ts';
import { refuseLinks } from '../locate.ts';
import { dropAllOldSnapshots } from '../old-snapshots.ts';
import { collect } from './collect.ts';
import type { CleanedItem, CleanItem, CleanReport, CleanRequest } from './model.ts';

/**
 * Shows what lies about, and with `apply` puts it into the archive. Nothing is deleted but what `delete` asks for, and of that
 * only what is stored byte for byte before. What fails is left, and the others go on.
 */
export async function clean(context: Context, request: CleanRequest): Promise<Result<CleanReport, AppRefusal>> {
  const place = await placeOf(context);
  if (!place.ok) return place;
  const { repository } = place.value;
  const wanted = (item: CleanItem): boolean =>
    (request.categories.length === 0 || request.categories.includes(item.category)) &&
    (request.only === undefined || item.of === request.only) &&
    (request.worktree === undefined || isWorktree(item, request.worktree));
  const items = (await collect(context, place.value, request)).filter(wanted);
  if (request.worktree !== undefined && items.length === 0)
    return err({
      message: `no worktree of a run that is over is called ${request.worktree.slice(0, 120)}`,
      hint: 'masterplan clean --category=worktrees lists them',
      exit: EXIT.usage,
    });
  const notes = request.categories.includes('crons')
    ? ['crons: masterplan plans no wake-ups, so there are none to clear away']
    : [];
  if (!request.apply) return ok({ applied: false, items: items.map((item) => ({ ...item, done: false })), notes });
  await excludeRuntime(context, repository);
  const tools = { path: basePath(context), home: context.env['HOME'] ?? '' };
  const { root, gitDirectory, identity } = repository;
  const keeping = createKeeping(context.io, { root, gitDirectory, identity, tools });
  const done: CleanedItem[] = [];
  for (const item of items) {
    try {
      done.push(await act(context, place.value, keeping, item));
    } catch (error) {
      done.push({ ...item, done: false, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return ok({ applied: true, items: done, notes });
}

function isWorktree({ category, path }: CleanItem, wanted: string): boolean {
  return (
    category === 'worktrees' &&
    (path === wanted || path.endsWith(`/worktrees/${wanted.replace(/^.*\.masterplan\/worktrees\//, '')}`))
  );
}

async function act(context: Context, place: Place, keeping: Keeping, item: CleanItem): Promise<CleanedItem> {
  if (item.action === 'leave') return { ...item, done: false };
  if (item.action === 'drop') {
    await dropAllOldSnapshots(context, place.located, place.repository, gitOf(context, place.repository, '_clean'));
    return { ...item, done: true };
  }
  if (item.slug === undefined) return carryOut(context, place, keeping, item);
  // A run that somebody opened since it was looked at is left alone; while it is cleared away, nobody can open it.
  const { root, runsPath } = place.located;
  const { runtime } = runPaths(root, runsPath, item.slug);
  if ((await context.io.files.stat(runtime)) === undefined) return carryOut(context, place, keeping, item);
  const lock = await acquireLock(context.io, runtime, context.command);
  if (!lock.ok) return { ...item, done: false, why: lock.error.message };
  try {
    return await carryOut(context, place, keeping, item);
  } finally {
    // The lock may have gone along with its directory.
    if ((await context.io.files.stat(runtime)) !== undefined) await lock.value.release().catch(() => undefined);
  }
}

async function carryOut(context: Context, place: Place, keeping: Keeping, item: CleanItem): Promise<CleanedItem> {
  const { files } = context.io;
  const { root } = place.located;
  const from = `${root}/${item.path}`;
  const stat = await files.stat(from);
  if (stat === undefined) return { ...item, done: false, why: 'it is not there any more' };
  if (item.action === 'delete' && stat.kind === 'directory') {
    const proof = await removeKept(files, keeping, from, item.path.replace(/^\.masterplan\//, ''));
    return proof.how === 'kept'
      ? { ...item, done: true, ref: proof.ref }
      : {
          ...item,
          done: false,
          why: `not every byte of it can be kept in a snapshot: ${proof.why}; without --delete it is moved`,
        };
  }
  if (item.action === 'delete')
    return { ...item, done: false, why: 'it is no directory; without --delete it is moved' };
  const to = await freePath(context, `${root}/${item.to ?? ''}`);
  const home = to.slice(0, to.lastIndexOf('/'));
  const links = await refuseLinks(context.io, root, home);
  if (!links.ok) return { ...item, done: false, why: links.error.message };
  await files.makeDirectory(home);
  await files.rename(from, to);
  return { ...item, done: true, to: to.slice(root.length + 1) };
}

/** A name that nothing has yet: what was archived before is never written over. */
async function freePath({ io }: Context, wanted: string): Promise<string> {
  for (let n = 1; ; n++) {
    const path = n === 1 ? wanted : `${wanted}-${n}`;
    if ((await io.files.stat(path)) === undefined) return path;
  }
}
