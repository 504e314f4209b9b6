import { readSnapshotText, type SnapshotText } from '../../core/run/snapshot-text.ts';
import type { Context } from '../git/context.ts';
import { fieldsOf, textOf, type Where } from '../git/git.ts';
import { ownObjects } from '../git/packs.ts';
import type { ObjectId } from '../git/repositories.ts';
import { readTrailers, type Trailers } from '../git/trailers.ts';

/** A commit as far as rescuing cares. */
export interface FoundCommit {
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  /** Milliseconds since 1970. */
  readonly made: number;
  readonly title: string;
  readonly trailers: Trailers | undefined;
  readonly snapshot: SnapshotText | undefined;
}

// `rev-list` and not `log`, which starts the program that a repository names for looking at signatures.
const FORMAT = '--format=%H%x00%T%x00%P%x00%ct%x00%B%x00';

/** What commits say of themselves; those that cannot be read are left out. */
export async function readCommits(context: Context, where: Where, ids: readonly ObjectId[]): Promise<FoundCommit[]> {
  if (ids.length === 0) return [];
  const args = ['rev-list', '--no-walk=unsorted', '--no-commit-header', '--ignore-missing', FORMAT, '--stdin'] as const;
  const fields = fieldsOf(await context.git(where, 'read commits', [...args], { stdin: `${ids.join('\n')}\n` }));
  const found: FoundCommit[] = [];
  for (let at = 0; at + 4 < fields.length; at += 5) {
    const [commit = '', tree = '', parents = '', seconds = '', message = ''] = fields.slice(at, at + 5);
    found.push({
      commit: commit.trim(),
      tree,
      parents: parents.split(' ').filter((id) => id !== ''),
      made: Number(seconds) * 1000,
      title: message.split('\n')[0] ?? '',
      trailers: readTrailers(message),
      snapshot: readSnapshotText(message),
    });
  }
  return found;
}

/** Refs below a prefix, with what they point at. */
export async function readRefs(
  context: Context,
  where: Where,
  prefix: string,
): Promise<{ readonly ref: string; readonly commit: ObjectId }[]> {
  const format = '--format=%(refname)%00%(objectname)%00%(objecttype)%00';
  const fields = fieldsOf(await context.git(where, `list ${prefix}`, ['for-each-ref', format, prefix]));
  const refs: { ref: string; commit: ObjectId }[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3)
    if (fields[at + 2] === 'commit') refs.push({ ref: (fields[at] ?? '').trim(), commit: fields[at + 1] ?? '' });
  return refs;
}

/** Of these commits and their ancestors, those that none of the tips reaches. */
export async function beyond(
  context: Context,
  where: Where,
  commits: readonly ObjectId[],
  tips: readonly ObjectId[],
): Promise<ObjectId[]> {
  if (commits.length === 0) return [];
  const stdin = [...commits, ...tips.map((tip) => `^${tip}`), ''].join('\n');
  const answer = await context.git(where, 'compare commits', ['rev-list', '--ignore-missing', '--stdin'], { stdin });
  return textOf(answer)
    .split('\n')
    .filter((line) => line !== '');
}

/** Commits that a repository of ours holds itself and that no ref leads to: what git has not thrown away yet. */
export async function looseCommits(context: Context, where: Where, tips: readonly ObjectId[]): Promise<ObjectId[]> {
  const ids = await ownObjects(context, where.gitDirectory);
  if (ids.length === 0) return [];
  const format = '--batch-check=%(objecttype) %(objectname)';
  const answer = await context.git(where, 'look at objects', ['cat-file', format], { stdin: `${ids.join('\n')}\n` });
  const commits = textOf(answer)
    .split('\n')
    .flatMap((line) => /^commit ([0-9a-f]+)$/.exec(line)?.[1] ?? []);
  return beyond(context, where, commits, tips);
}

/** Those that no other one has as its parent. */
export function newest(commits: readonly FoundCommit[]): FoundCommit[] {
  const parents = new Set(commits.flatMap((one) => one.parents));
  return commits.filter(({ commit }) => !parents.has(commit));
}
