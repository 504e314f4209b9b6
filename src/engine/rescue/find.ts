import { joinPath } from '../../core/base/path.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { attemptName } from '../../core/run/event.ts';
import type { Found, FoundKind } from '../../core/views/rescue.ts';
import type { Context } from '../git/context.ts';
import { textOf, type Where } from '../git/git.ts';
import { keptSnapshots } from '../git/kept.ts';
import { readTips } from '../git/branch.ts';
import { beyond, type FoundCommit, looseCommits, newest, readCommits, readRefs } from './commits.ts';
import { onDisk, stashes } from './disk.ts';

/** What was found, and where was looked, for people. */
export interface Finding {
  readonly found: readonly Found[];
  readonly looked: readonly string[];
}

export interface FindOptions {
  /** Run branches whose place the log knows, by run: where they stood last. */
  readonly tips: ReadonlyMap<string, { readonly slug: string; readonly commit: string; readonly title: string }>;
  /** Names of the runs whose log is here. */
  readonly slugs: ReadonlySet<string>;
  /** Also go through all objects of the user's repository, which takes long in a large one. */
  readonly deep: boolean;
}

/** Looks for everything that can be brought back. Reads only; a place that cannot be read is left out. */
export async function findEverything(context: Context, options: FindOptions): Promise<Finding> {
  const { files } = context.io;
  const looked: string[] = [];
  const found: Found[] = [];
  const user = await readTips(context);
  const has = async (where: Where): Promise<boolean> =>
    (await files.stat(joinPath(where.gitDirectory, 'HEAD'))) !== undefined;

  const landed = user.length === 0 ? new Set<string>() : await landedAttempts(context, user);
  const snapshots = await keptSnapshots(context);
  const kept: string[] = [];
  if (await has(context.kept)) {
    looked.push(`${snapshots.length} snapshots in ${shown(context, context.kept.gitDirectory)}`);
    for (const one of snapshots) {
      kept.push(one.commit);
      const { run, slug, task, attempt, base, commit, tree, ref, title, taken } = one;
      found.push({
        id: idOf(commit),
        kind: 'snapshot',
        run,
        slug,
        task,
        attempt,
        base,
        commit,
        tree,
        ref,
        title,
        made: taken,
        loose: false,
      });
    }
  }

  const results: FoundCommit[] = [];
  const held: string[] = [];
  if (await has(context.queue)) {
    const refs = await readRefs(context, context.queue, 'refs/masterplan');
    looked.push(`${refs.length} results in ${shown(context, context.queue.gitDirectory)}`);
    held.push(...refs.map(({ commit }) => commit));
    const commits = new Map((await readCommits(context, context.queue, held)).map((one) => [one.commit, one]));
    for (const { ref, commit } of refs) {
      const one = commits.get(commit);
      if (one === undefined) continue;
      const [, kind = '', slug = '', name = '', own] =
        /^refs\/masterplan\/(result|head|agent)\/([^/]+)\/([^/]+)(?:\/(.+))?$/.exec(ref) ?? [];
      if (kind === '') continue;
      if (kind === 'result') results.push(one);
      const as = kind === 'result' ? 'result' : own === 'stash' ? 'stash' : 'commits';
      found.push({ ...foundOf(one, as, false), ...ofName(name), slug, ref });
    }
    const attempts = new Set(results.map(({ trailers }) => trailers?.attempt));
    const loose = await looseCommits(context, context.queue, [...held, ...user]);
    const strays = (await readCommits(context, context.queue, loose)).filter(
      ({ trailers }) => trailers === undefined || !(attempts.has(trailers.attempt) || landed.has(trailers.attempt)),
    );
    found.push(...newest(strays).map((one) => foundOf(one, one.trailers === undefined ? 'commits' : 'result', true)));
    looked.push(`${loose.length} commits there that no ref leads to`);
  }
  if (await has(context.kept)) {
    const loose = await looseCommits(context, context.kept, [...kept, ...user]);
    found.push(...newest(await readCommits(context, context.kept, loose)).map((one) => foundOf(one, 'snapshot', true)));
  }

  // First, because the tip of a branch is also the work of one attempt.
  found.unshift(...(await branches(context, options, user)));
  found.push(...(await forgotten(context, options)));
  looked.push(options.deep ? 'reflogs and all objects of the repository' : 'reflogs of the repository');
  const scratch = await stashes(context, [...user, ...held]);
  found.push(...scratch);
  const disk = await onDisk(context);
  found.push(...disk);
  looked.push(`${disk.length} directories in .masterplan`);
  const attemptOf = ({ run, task, attempt }: Found): string => `${run ?? ''}/${attemptName(task ?? '', attempt ?? 0)}`;
  return {
    found: dropDoubles(found).map((one) => (landed.has(attemptOf(one)) ? { ...one, landed: true } : one)),
    looked,
  };
}

/** Newest commits of the user's repository that are asked for trailers. */
const MOST = 5000;

/** Attempts whose trailers are on commits that the user's refs reach: they landed. */
async function landedAttempts(context: Context, user: readonly string[]): Promise<ReadonlySet<string>> {
  const stdin = [...user, ''].join('\n');
  const args = ['rev-list', `--max-count=${MOST}`, '--ignore-missing', '--stdin'] as const;
  const answer = await context.git(context.user, 'read the newest commits', [...args], { stdin });
  const ids = textOf(answer)
    .split('\n')
    .filter((line) => line !== '');
  const commits = await readCommits(context, context.user, ids);
  return new Set(commits.flatMap(({ trailers }) => trailers?.attempt ?? []));
}

/** Run branches that are not where the log says, and those of runs that are not here. */
async function branches(context: Context, options: FindOptions, user: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const [run, { slug, commit, title }] of options.tips) {
    const queue = (await readCommits(context, context.queue, [commit]).catch(() => []))[0];
    const one = queue ?? (await readCommits(context, context.user, [commit]).catch(() => []))[0];
    if (one === undefined) continue;
    const lost = (await beyond(context, context.queue, [commit], user).catch(() => [])).length > 0;
    if (lost) found.push({ ...foundOf(one, 'branch', true), run, slug, title, ref: `refs/heads/masterplan/${slug}` });
  }
  for (const { ref, commit } of await readRefs(context, context.user, 'refs/heads/masterplan')) {
    const slug = ref.slice('refs/heads/masterplan/'.length);
    if (options.slugs.has(slug)) continue;
    const one = (await readCommits(context, context.user, [commit]))[0];
    if (one !== undefined) found.push({ ...foundOf(one, 'branch', false), slug, ref });
  }
  return found;
}

/** Commits of ours that only reflogs of the user's repository remember, or, looked for deep, nothing at all. */
async function forgotten(context: Context, { deep }: FindOptions): Promise<Found[]> {
  const answer = await context.git(context.user, 'read the reflogs', [
    'rev-list',
    '--reflog',
    '--ignore-missing',
    '--not',
    '--all',
  ]);
  const ids = new Set(
    textOf(answer)
      .split('\n')
      .filter((line) => line !== ''),
  );
  if (deep) {
    const args = ['fsck', '--unreachable', '--no-reflogs', '--no-progress', '--connectivity-only'] as const;
    const said = await context.git(context.user, 'look through the repository', [...args], { codes: FSCK });
    for (const line of textOf(said).split('\n')) {
      const id = /^unreachable commit ([0-9a-f]+)$/.exec(line)?.[1];
      if (id !== undefined) ids.add(id);
    }
  }
  const ours = (await readCommits(context, context.user, [...ids])).filter(
    ({ trailers, snapshot }) => trailers !== undefined || snapshot !== undefined,
  );
  return newest(ours).map((one) => foundOf(one, one.snapshot === undefined ? 'result' : 'snapshot', true));
}

/** What `git fsck` says of damage, as bits. */
const FSCK = Array.from({ length: 31 }, (_, i) => i + 1);

function foundOf(one: FoundCommit, kind: FoundKind, loose: boolean): Found {
  const { commit, tree, parents, made, title, trailers, snapshot } = one;
  const named = /^([^/]+)\/(.+)#(\d+)$/.exec(trailers?.attempt ?? '') ?? [];
  const base = snapshot?.base ?? parents[0];
  return {
    id: idOf(commit),
    kind,
    commit,
    tree,
    made,
    loose,
    title: snapshot?.title ?? title,
    ...(base === undefined ? {} : { base }),
    ...(snapshot === undefined
      ? named[1] === undefined
        ? {}
        : { run: named[1], slug: slugOf(named[1]), task: named[2] ?? '', attempt: Number(named[3]) }
      : { run: snapshot.run, slug: snapshot.slug, task: snapshot.task, attempt: snapshot.attempt }),
  };
}

/** Task and attempt of a name in refs, `P1_T2.3`, where no trailer says it. */
function ofName(name: string): { readonly task: string; readonly attempt: number } | object {
  const [, task, attempt] = /^(.+)\.(\d+)$/.exec(name) ?? [];
  return task === undefined ? {} : { task: task.replaceAll('_', '/'), attempt: Number(attempt) };
}

function slugOf(run: string): string {
  return run.replace(/-[0-9a-f]{8}$/, '');
}

function idOf(commit: string): string {
  return commit.slice(0, 10);
}

/** The same commit is found in several places: the first one says best what it is. */
function dropDoubles(found: readonly Found[]): Found[] {
  const seen = new Set<string>();
  return found.filter((one) => {
    const key = one.commit ?? sha256(one.path ?? one.id);
    const fresh = !seen.has(key);
    seen.add(key);
    return fresh;
  });
}

function shown(context: Context, path: string): string {
  return path.startsWith(`${context.options.root}/`) ? path.slice(context.options.root.length + 1) : path;
}
