import { joinPath } from '../../core/base/path.ts';
import { snapshotText } from '../../core/run/snapshot-text.ts';
import { startIndex, submodulesOf } from './collect.ts';
import { attempt, checkId, type Context, lookBelowHome } from './context.ts';
import { textOf, type Where } from './git.ts';
import { snapshotRef, tipOf } from './kept.ts';
import { treeOf } from './objects.ts';
import { keptOutOf } from './provision.ts';
import {
  GitError,
  type ObjectId,
  type Repositories,
  type Skipped,
  type Snapshot,
  type SnapshotRequest,
} from './repositories.ts';

/*
 * Snapshots of a worktree in which an agent works. Git is told to write the new objects in one go, and an index of our own
 * remembers the dates of files from one snapshot to the next: of a large repository only what changed is read. The agent's
 * index, refs and locks are in its scratch repository, which is never looked at.
 */

/** One write of many objects costs one sync, not one for each. */
const IN_ONE_GO = ['core.fsyncMethod=batch'];
/** What `ls-files -t` writes before a path that is not there any more: `R`. */
const REMOVED = 0x52;
/** Calls of git by which paths that git cannot store are told from the others. */
const MOST_CALLS = 60;
const DISK = /No space|quota|Read-only|diskspace|Input\/output/i;

/** What one process remembers of a worktree between two snapshots. */
interface Memory {
  readonly index: string;
  readonly submodules: ReadonlySet<string>;
  /** Paths that were not there the last time, and are in the last snapshot still. */
  missing: ReadonlySet<string>;
  last: { readonly commit: ObjectId | undefined; readonly tree: ObjectId } | undefined;
}

export function snapshotMethods(context: Context): Pick<Repositories, 'snapshot'> {
  const memories = new Map<string, Memory>();
  /** One at a time for each worktree: the timer and the end may come together. */
  const turns = new Map<string, Promise<unknown>>();
  return {
    snapshot(request) {
      const before = turns.get(request.path) ?? Promise.resolve();
      const mine = before.then(() =>
        attempt(`take a snapshot of ${request.path}`, async () => {
          try {
            const taken = await take(context, memories, request);
            if (request.why === 'removal') await forget(context, memories, request.path);
            return taken;
          } catch (error) {
            // Whatever the index held may be why: the next one begins with a new index.
            await forget(context, memories, request.path);
            throw error;
          }
        }),
      );
      turns.set(
        request.path,
        mine.catch(() => undefined),
      );
      return mine;
    },
  };
}

async function take(
  context: Context,
  memories: Map<string, Memory>,
  request: SnapshotRequest,
): Promise<Snapshot | undefined> {
  if (!(await isThere(context, request))) return undefined;
  const ref = snapshotRef(request.run, request.name);
  const what = `store the work in ${request.path}`;
  const known = memories.get(request.path);
  const memory = known ?? (await begin(context, request, what));
  memories.set(request.path, memory);
  const where: Where = { ...context.kept, workTree: request.path, index: memory.index };
  const { paths, skipped } = await changedIn(context, where, request, memory, what);
  if (paths.length > 0) skipped.push(...(await store(context, where, paths, what)));
  else if (memory.last !== undefined) return { ref, ...memory.last, fresh: false, skipped };
  // What vanished as a whole while it was looked at is not stored as if everything had been deleted.
  if (!(await isThere(context, request))) return undefined;
  const tree = textOf(await context.git(where, what, ['write-tree'], { settings: IN_ONE_GO })).trim();
  const previous = await lastOf(context, ref, request.base);
  if (previous.tree === tree) {
    memory.last = previous;
    return { ref, ...previous, fresh: false, skipped };
  }
  const made = await context.git(
    context.kept,
    'make a commit',
    ['commit-tree', '-p', previous.commit ?? checkId(request.base), tree],
    { stdin: snapshotText(request), date: request.date },
  );
  const commit = textOf(made).trim();
  const old = previous.commit ?? '0'.repeat(commit.length);
  await context.git(context.kept, `keep ${ref}`, ['update-ref', '--stdin'], {
    stdin: `update ${ref} ${commit} ${old}\n`,
  });
  memory.last = { commit, tree };
  return { ref, commit, tree, fresh: true, skipped };
}

/** Whether the worktree is where it was, and no other directory in its place. */
async function isThere(context: Context, { path, directory }: SnapshotRequest): Promise<boolean> {
  if ((await lookBelowHome(context, path)) !== 'directory') return false;
  return directory === undefined || (await context.io.files.stat(path))?.id === directory;
}

/** An index of the worktree as it was opened: with the dates of our own, or, where it began with other work, without. */
async function begin(context: Context, request: SnapshotRequest, what: string): Promise<Memory> {
  const { files } = context.io;
  const directory = joinPath(context.kept.gitDirectory, 'masterplan', context.options.slug);
  await files.makeDirectory(directory, { durable: false });
  const index = joinPath(directory, `${context.io.random.hex(8)}.index`);
  const where: Where = { ...context.kept, workTree: request.path, index };
  await startIndex(context, where, request, what);
  const submodules = await submodulesOf(context, where, what);
  return { index, submodules: new Set(submodules.map(({ path }) => path)), missing: new Set(), last: undefined };
}

async function forget(context: Context, memories: Map<string, Memory>, path: string): Promise<void> {
  const memory = memories.get(path);
  memories.delete(path);
  if (memory !== undefined) await context.io.files.remove(memory.index).catch(() => undefined);
}

async function lastOf(
  context: Context,
  ref: string,
  base: ObjectId,
): Promise<{ readonly commit: ObjectId | undefined; readonly tree: ObjectId }> {
  const tip = await tipOf(context, ref);
  return tip ?? { commit: undefined, tree: await treeOf(context, base) };
}

interface ChangedPaths {
  /** As git names them, byte for byte. */
  readonly paths: Uint8Array[];
  readonly skipped: Skipped[];
}

const decoder = new TextDecoder();

/** Paths that are not as in the index, without those that are ignored, too large, or repositories of their own. */
async function changedIn(
  context: Context,
  where: Where,
  request: SnapshotRequest,
  memory: Memory,
  what: string,
): Promise<ChangedPaths> {
  const own = joinPath(request.path, '.masterplanignore');
  const args = ['ls-files', '-z', '--others', '--modified', '--deleted', '-t', '--exclude-standard'] as const;
  const further = request.exclude.map((pattern) => `--exclude=${pattern}`);
  if ((await context.io.files.stat(own))?.kind === 'file') further.push(`--exclude-from=${own}`);
  const answer = await context.git(where, what, [...args, ...further]);
  const paths: Uint8Array[] = [];
  const skipped: Skipped[] = [];
  // Copied and generated files: secrets, perhaps, and nobody's work.
  const put = new Set([...(await keptOutOf(context, request.path)), ...request.put]);
  const seen = new Set<string>();
  const deleted = new Map<string, Uint8Array>();
  for (const field of splitAtNul(answer.stdout)) {
    // A letter and a blank stand before each path: `R` is deleted, and named once more as changed.
    const bytes = field.subarray(2);
    const path = decoder.decode(bytes);
    if (field[0] === REMOVED) deleted.set(path, bytes);
    if (seen.has(path) || deleted.has(path)) continue;
    seen.add(path);
    if (path.endsWith('/')) skipped.push({ path: path.slice(0, -1), why: 'repository' });
    else if (memory.submodules.has(path) || put.has(path)) continue;
    // A name that is no text can be stored, but not asked about.
    else if (
      request.largest > 0 &&
      !path.includes('\uFFFD') &&
      (await sizeOf(context, request, path)) > request.largest
    )
      skipped.push({ path, why: 'large' });
    else paths.push(bytes);
  }
  // Whoever removes a worktree takes a while, and what is looked at in the middle of it must not become the last snapshot: what
  // is missing is taken for deleted when exactly the same was missing the last time.
  const sure = deleted.size === memory.missing.size && [...deleted.keys()].every((path) => memory.missing.has(path));
  memory.missing = new Set(deleted.keys());
  if (sure) paths.push(...[...deleted].flatMap(([path, bytes]) => (memory.submodules.has(path) ? [] : [bytes])));
  return { paths, skipped };
}

async function sizeOf(context: Context, request: SnapshotRequest, path: string): Promise<number> {
  const stat = await context.io.files.stat(joinPath(request.path, path)).catch(() => undefined);
  return stat?.kind === 'file' ? stat.size : 0;
}

/** Takes paths into the index and their content into the repository; those that cannot be read are left out. */
async function store(
  context: Context,
  where: Where,
  paths: readonly Uint8Array[],
  what: string,
): Promise<readonly Skipped[]> {
  const args = ['update-index', '-q', '-z', '--add', '--remove', '--replace', '--stdin'] as const;
  const skipped: Skipped[] = [];
  let calls = 0;
  const some = async (batch: readonly Uint8Array[]): Promise<void> => {
    calls++;
    try {
      await context.git(where, what, [...args], { stdin: joinWithNul(batch), settings: IN_ONE_GO, codes: [1] });
    } catch (error) {
      if (!(error instanceof GitError) || batch.length === 0) throw error;
      // A full disk is no fault of any file.
      if (DISK.test(error.message) || calls > MOST_CALLS) throw error;
      if (batch.length === 1) {
        skipped.push({ path: decoder.decode(batch[0]), why: 'unreadable' });
        return;
      }
      const half = batch.length >> 1;
      await some(batch.slice(0, half));
      await some(batch.slice(half));
    }
  };
  await some(paths);
  return skipped;
}

function splitAtNul(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    parts.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return parts;
}

function joinWithNul(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 1, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length + 1;
  }
  return joined;
}
