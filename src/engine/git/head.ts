import { joinPath } from '../../core/base/path.ts';
import { type Context, isRef, lookBelowHome, readText } from './context.ts';
import { GitError, type ObjectId } from './repositories.ts';

const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const LARGEST_PACKED_REFS = 16 * 1024 * 1024;

/**
 * The commit at `HEAD` of a scratch repository, read by ourselves: git run there would obey the agent's configuration.
 * `undefined` for whatever is not plainly a commit id, directly or through one branch.
 */
export async function headOf(context: Context, scratch: string): Promise<ObjectId | undefined> {
  const head = await readBelow(context, scratch, 'HEAD');
  if (head === undefined) return undefined;
  if (ID.test(head)) return head;
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  if (ref === undefined || !isRef(ref)) return undefined;
  const loose = await readBelow(context, scratch, ref);
  if (loose !== undefined) return ID.test(loose) ? loose : undefined;
  const packed = await readBelow(context, scratch, 'packed-refs', LARGEST_PACKED_REFS);
  const line = packed?.split('\n').find((each) => each.slice(each.indexOf(' ') + 1) === ref);
  const id = line?.slice(0, line.indexOf(' '));
  return id !== undefined && ID.test(id) ? id : undefined;
}

/** Refs of an agent that are taken over at most: whoever makes thousands wants to be a nuisance. */
const MOST_REFS = 50;
const DEEPEST = 5;

/** The stash and the branches of a scratch repository, read by ourselves like its `HEAD`: commit → ref. */
export async function refsOf(context: Context, scratch: string): Promise<ReadonlyMap<ObjectId, string>> {
  const found = new Map<ObjectId, string>();
  const add = (id: string | undefined, ref: string): void => {
    if (id !== undefined && ID.test(id) && isRef(ref) && found.size < MOST_REFS) found.set(id, ref);
  };
  const packed = await readBelow(context, scratch, 'packed-refs', LARGEST_PACKED_REFS);
  for (const line of packed?.split('\n') ?? []) {
    const [, id, ref] = /^([0-9a-f]+) (refs\/(?:heads\/.+|stash))$/.exec(line) ?? [];
    if (ref !== undefined) add(id, ref);
  }
  const visit = async (directory: string, depth: number): Promise<void> => {
    const names = await context.io.files.list(joinPath(scratch, directory)).catch(() => []);
    for (const name of names.slice(0, MOST_REFS)) {
      const ref = `${directory}/${name}`;
      const id = await readBelow(context, scratch, ref);
      if (id !== undefined) add(id, ref);
      else if (depth < DEEPEST) await visit(ref, depth + 1);
    }
  };
  await visit('refs/heads', 0);
  add(await readBelow(context, scratch, 'refs/stash'), 'refs/stash');
  return found;
}

async function readBelow(context: Context, scratch: string, name: string, limit?: number): Promise<string | undefined> {
  const path = joinPath(scratch, name);
  try {
    if ((await lookBelowHome(context, path)) !== 'other') return undefined;
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
  return (await readText(context.io.files, path, limit))?.trimEnd();
}
