import { joinPath } from '../../core/base/path.ts';
import { sha256 } from '../../core/base/sha256.ts';
import type { Found } from '../../core/views/rescue.ts';
import type { Context } from '../git/context.ts';
import { refsOf } from '../git/head.ts';
import { beyond, readCommits } from './commits.ts';

/*
 * What lies in `.masterplan`: worktrees that nobody removed, what was moved aside, and the refs of scratch repositories. The
 * last ones are read by ourselves, file by file: git run there would obey whatever an agent wrote into their configuration.
 */

/** Worktrees that are still there, and what was found in the place of one. */
export async function onDisk(context: Context): Promise<Found[]> {
  const found: Found[] = [];
  for (const [directory, kind] of [
    ['worktrees', 'worktree'],
    ['trash', 'aside'],
  ] as const) {
    const home = joinPath(context.home, directory);
    for (const slug of await names(context, home)) {
      for (const name of await names(context, joinPath(home, slug))) {
        const path = joinPath(home, slug, name);
        const stat = await context.io.files.stat(path);
        if (stat === undefined) continue;
        const [, task, attempt] = /^(.+)\.(\d+)(?:-[0-9a-f]+)?$/.exec(name) ?? [];
        found.push({
          id: sha256(path).slice(0, 10),
          kind,
          path,
          slug,
          ...(task === undefined ? {} : { task: task.replaceAll('_', '/'), attempt: Number(attempt) }),
          title: path.slice(context.options.root.length + 1),
          made: Math.round(stat.mtime),
          loose: false,
        });
      }
    }
  }
  return found;
}

/** Stashes and branches that agents made in their scratch repositories, without what is held elsewhere. */
export async function stashes(context: Context, tips: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  const home = joinPath(context.home, 'scratch');
  for (const slug of await names(context, home)) {
    for (const name of await names(context, joinPath(home, slug))) {
      const scratch = joinPath(home, slug, name);
      const ids = await refsOf(context, scratch);
      if (ids.size === 0) continue;
      const objects = joinPath(scratch, 'objects');
      const where = { ...context.queue, alternates: [objects] };
      try {
        const own = new Set(await beyond(context, where, [...ids.keys()], tips));
        for (const one of await readCommits(
          context,
          where,
          [...ids.keys()].filter((id) => own.has(id)),
        )) {
          const ref = ids.get(one.commit) ?? '';
          const [, task, attempt] = /^(.+)\.(\d+)\.git$/.exec(name) ?? [];
          found.push({
            id: one.commit.slice(0, 10),
            kind: ref === 'refs/stash' ? 'stash' : 'commits',
            commit: one.commit,
            tree: one.tree,
            objects,
            ref,
            slug,
            ...(one.parents[0] === undefined ? {} : { base: one.parents[0] }),
            ...(task === undefined ? {} : { task: task.replaceAll('_', '/'), attempt: Number(attempt) }),
            title: one.title,
            made: one.made,
            loose: false,
          });
        }
      } catch {
        // Broken or made to mislead: there is nothing to bring back from it.
      }
    }
  }
  return found;
}

async function names(context: Context, path: string): Promise<string[]> {
  return context.io.files.list(path).catch(() => []);
}
