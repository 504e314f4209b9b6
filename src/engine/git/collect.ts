import { joinPath } from '../../core/base/path.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { attempt, checkId, type Context, keptRef, lookBelowHome } from './context.ts';
import { fieldsOf, textOf, type Where } from './git.ts';
import { headOf, refsOf } from './head.ts';
import { commitTree, LARGE_FILES, movePack, packObjects } from './objects.ts';
import {
  type ChangedPath,
  type Collected,
  type CommitText,
  GitError,
  type ObjectId,
  type Repositories,
} from './repositories.ts';
import { joinPacks, packsIn } from './packs.ts';
import { dropKeptOut } from './provision.ts';
import { recordOf } from './worktrees.ts';

/** Taking over what an attempt left behind. */
export function collectMethods(context: Context): Pick<Repositories, 'collect'> {
  return {
    collect: (path, scratch, base, name, text) =>
      attempt(`collect the work in ${path}`, () =>
        collect(context, { path, scratch, base: checkId(base), name, text }),
      ),
  };
}

interface Request {
  readonly path: string;
  readonly scratch: string;
  readonly base: ObjectId;
  readonly name: string;
  readonly text: CommitText;
}

async function collect(context: Context, request: Request): Promise<Collected | undefined> {
  const { files } = context.io;
  const there = await lookBelowHome(context, request.path);
  if (there === 'missing') return undefined;
  if (there === 'other')
    throw new GitError(
      `${request.path} is not a directory any more: somebody replaced the worktree`,
      'retry the task: it gets a new worktree',
    );
  const result = keptRef(context, 'result', request.name);
  const head = keptRef(context, 'head', request.name);

  // New objects go to a place of their own, unsynced, and from there as one synced pack into the private repository. So it
  // owns every object of the attempt, also those that lie about unreachable, until the next `gc`, in the user's.
  const stage = joinPath(context.own, 'stage', sha256(result).slice(0, 16));
  const clear = async (): Promise<void> =>
    (await files.stat(stage)) === undefined ? undefined : files.removeTree(stage);
  await clear();
  try {
    await files.makeDirectory(joinPath(stage, 'objects'));
    const where: Where = {
      ...context.queue,
      workTree: request.path,
      index: joinPath(stage, 'index'),
      objects: joinPath(stage, 'objects'),
      alternates: [joinPath(context.queue.gitDirectory, 'objects')],
    };
    const tree = await writeTree(context, where, request);
    const commit = await commitTree(context, where, tree, [request.base], request.text, false);
    const changed = await changesBetween(context, where, request.base, tree);
    const pack = await packObjects(context, { commit, without: [request.base], stage, check: true });
    if (pack !== undefined) await movePack(context, stage, pack, joinPath(context.queue.gitDirectory, 'objects'));
    const tip = await headOf(context, request.scratch);
    const committed =
      tip === undefined ? undefined : await importCommit(context, request, tip, joinPath(stage, 'agent'));
    const updates = [
      `update ${result} ${commit}`,
      ...(committed === undefined ? [] : [`update ${head} ${committed}`]),
      ...(await importRefs(context, request, tip, joinPath(stage, 'refs'))),
      '',
    ];
    await context.git(context.queue, `keep the work of ${request.name}`, ['update-ref', '--stdin'], {
      stdin: updates.join('\n'),
    });
    const objects = joinPath(context.queue.gitDirectory, 'objects');
    await joinPacks(context, objects, await packsIn(context, objects));
    return { commit, tree, changed };
  } finally {
    await clear();
  }
}

/** The working tree as a tree object. Neither the agent's index nor its configuration is looked at. */
async function writeTree(context: Context, where: Where, request: Request): Promise<ObjectId> {
  const what = `store the work in ${request.path}`;
  const unsynced = { durable: false };
  await startIndex(context, where, request, what);

  // With a submodule in the index, `git add` would run git inside of it, with whatever configuration lies there.
  const submodules = await submodulesOf(context, where, what);
  const zero = '0'.repeat(request.base.length);
  if (submodules.length > 0) {
    await context.git(where, what, ['update-index', '-z', '--index-info'], {
      ...unsynced,
      stdin: submodules.map(({ path }) => `0 ${zero}\t${path}\0`).join(''),
    });
  }
  // Small objects are packed and compressed at once behind this, so that their way there needs no compression.
  const settings = ['advice.addEmbeddedRepo=false', LARGE_FILES, 'core.looseCompression=0', 'pack.compression=0'];
  await context.git(where, what, ['add', '--all'], { ...unsynced, settings });
  await dropKeptOut(context, where, request.path, zero);
  if (submodules.length > 0) await restoreSubmodules(context, where, what, submodules);
  const answer = await context.git(where, what, ['write-tree'], unsynced);
  return textOf(answer).trim();
}

/**
 * An index of the base. Where we have the one of the check-out, its dates are taken over by git and not by copying the
 * file: git tells a file that changed within the second of the check-out only by the date of the index file itself.
 */
export async function startIndex(
  context: Context,
  where: Where,
  request: Pick<Request, 'path' | 'base'>,
  what: string,
): Promise<void> {
  const record = await recordOf(context, request.path);
  if (record?.commit !== request.base || where.index === undefined) {
    await context.git(where, what, ['read-tree', request.base], { durable: false });
    return;
  }
  const lock = `${record.index}.lock`;
  if ((await context.io.files.stat(lock)) !== undefined) await context.io.files.remove(lock);
  const args = ['read-tree', '-m', `--index-output=${where.index}`, request.base] as const;
  await context.git({ ...where, index: record.index }, what, [...args], { durable: false });
}

interface Submodule {
  readonly path: string;
  readonly commit: ObjectId;
}

export async function submodulesOf(context: Context, where: Where, what: string): Promise<Submodule[]> {
  const answer = await context.git(where, what, ['ls-files', '--stage', '-z']);
  return fieldsOf(answer).flatMap((field) => {
    const [, commit, path] = /^160000 ([0-9a-f]+) 0\t([^]*)$/.exec(field) ?? [];
    return commit === undefined || path === undefined ? [] : [{ path, commit }];
  });
}

/** Puts the submodules of the base back, but where the agent put files of its own in the place of one. */
async function restoreSubmodules(
  context: Context,
  where: Where,
  what: string,
  submodules: readonly Submodule[],
): Promise<void> {
  const answer = await context.git(where, what, ['ls-files', '-z', '--', ...submodules.map(({ path }) => path)]);
  const taken = fieldsOf(answer);
  const free = submodules.filter(({ path }) => !taken.some((each) => each === path || each.startsWith(`${path}/`)));
  const lines = free.map(({ path, commit }) => `160000 ${commit}\t${path}\0`).join('');
  await context.git(where, what, ['update-index', '-z', '--index-info'], { durable: false, stdin: lines });
}

/** What differs between two trees. Renames are a deletion and an addition: scopes are about paths. */
export async function changesBetween(context: Context, where: Where, from: string, to: string): Promise<ChangedPath[]> {
  const answer = await context.git(where, `compare ${from} with ${to}`, [
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    '--no-ext-diff',
    from,
    to,
  ]);
  const fields = fieldsOf(answer);
  const changed: ChangedPath[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, before, after, status] = /^:(\d+) (\d+) \S+ \S+ (.)/.exec(fields[at] ?? '') ?? [];
    const path = fields[at + 1] ?? '';
    if (before === '160000' || after === '160000') changed.push({ path, kind: 'gitlink' });
    else changed.push({ path, kind: status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'modified' });
  }
  return changed;
}

/** Lines that keep the stash and the other branches of an agent: what it put aside is work too. */
async function importRefs(
  context: Context,
  request: Request,
  head: ObjectId | undefined,
  stage: string,
): Promise<string[]> {
  const lines: string[] = [];
  for (const [commit, ref] of await refsOf(context, request.scratch)) {
    if (commit === head || (await importCommit(context, request, commit, stage)) === undefined) continue;
    lines.push(`update ${keptRef(context, 'agent', `${request.name}/${ref.slice('refs/'.length)}`)} ${commit}`);
  }
  return lines;
}

/**
 * Takes over what the agent committed itself, for the record. All of it is under the agent's hand and may be gone, broken
 * or made to mislead: then there is nothing to keep, and the working tree, which counts, is unharmed.
 */
async function importCommit(
  context: Context,
  request: Request,
  commit: ObjectId,
  stage: string,
): Promise<ObjectId | undefined> {
  try {
    if (commit === request.base || commit.length !== request.base.length) return undefined;
    await context.io.files.makeDirectory(stage);
    const alternates = [joinPath(request.scratch, 'objects')];
    const pack = await packObjects(context, { commit, without: [request.base], stage, alternates, check: true });
    if (pack !== undefined) await movePack(context, stage, pack, joinPath(context.queue.gitDirectory, 'objects'));
    // Does it stand on its own, without what the agent lent?
    await context.git(context.queue, `read commit ${commit}`, [
      'rev-list',
      '--objects',
      '--quiet',
      commit,
      `^${request.base}`,
    ]);
    return commit;
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}
