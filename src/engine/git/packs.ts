import { joinPath } from '../../core/base/path.ts';
import type { Context } from './context.ts';
import { textOf, type Where } from './git.ts';
import { movePack } from './objects.ts';
import { GitError, type ObjectId } from './repositories.ts';

/** Every attempt and every landing brings a pack, and every git process looks at all of them: 600 cost it 5 ms. */
const MOST_PACKS = 40;
/** Larger packs are left alone: writing them again would cost more than they do. */
const LARGEST = 32 * 1024 * 1024;

/**
 * Makes one pack out of many small ones in an object directory. Objects are only ever added before packs that hold them too
 * are removed, so a crash leaves some things twice and nothing out. Housekeeping: what git refuses here is left as it is.
 */
export async function joinPacks(context: Context, objects: string, names: readonly string[]): Promise<boolean> {
  const { files } = context.io;
  if (names.length <= MOST_PACKS) return false;
  const small: string[] = [];
  for (const name of names) {
    const stat = await files.stat(joinPath(objects, `pack/pack-${name}.pack`));
    if (stat?.kind === 'file' && stat.size < LARGEST) small.push(name);
  }
  if (small.length <= MOST_PACKS) return false;
  const ids = new Set<ObjectId>();
  for (const name of small) {
    const index = await files.read(joinPath(objects, `pack/pack-${name}.idx`));
    // Another run that shares the private repository is at the same work.
    if (index === undefined) return false;
    for (const id of idsOf(index, (await context.settings()).objectFormat === 'sha1' ? 20 : 32)) ids.add(id);
  }
  // Attempts that end at the same time may both come here.
  const stage = joinPath(context.own, 'stage', `join-${context.io.random.hex(8)}`);
  try {
    await files.makeDirectory(joinPath(stage, 'objects'));
    const where: Where = {
      ...context.queue,
      objects: joinPath(stage, 'objects'),
      // Both the packs themselves, which may be those of the repository that keeps snapshots, and what they build upon.
      alternates: [objects, joinPath(context.queue.gitDirectory, 'objects')],
    };
    const answer = await context.git(
      where,
      'join packs',
      ['pack-objects', '--quiet', '--threads=1', joinPath(stage, 'pack')],
      { stdin: [...ids, ''].join('\n') },
    );
    const joined = textOf(answer).trim();
    await movePack(context, stage, joined, objects);
    for (const name of small.filter((each) => each !== joined)) {
      for (const extension of ['idx', 'rev', 'pack']) {
        const path = joinPath(objects, `pack/pack-${name}.${extension}`);
        if ((await files.stat(path)) !== undefined) await files.remove(path);
      }
    }
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  } finally {
    if ((await files.stat(stage)) !== undefined) await files.removeTree(stage);
  }
}

/** Names of the packs in an object directory. */
export async function packsIn(context: Context, objects: string): Promise<string[]> {
  const names = await context.io.files.list(joinPath(objects, 'pack'));
  return names.flatMap((name) => /^pack-([0-9a-f]+)\.idx$/.exec(name)?.[1] ?? []);
}

/** The object ids in a pack index of version 2: after eight bytes of header and 256 running counts they stand in a row. */
export function idsOf(index: Uint8Array, idLength: number): ObjectId[] {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  const table = 8 + 256 * 4;
  if (index.length < table || view.getUint32(0) !== 0xff744f63 || view.getUint32(4) !== 2)
    throw new GitError('a pack index is damaged');
  const count = view.getUint32(table - 4);
  if (index.length < table + count * idLength) throw new GitError('a pack index is damaged');
  return Array.from({ length: count }, (_, at) =>
    hex(index.subarray(table + at * idLength, table + (at + 1) * idLength)),
  );
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Ids of the objects that a repository of ours holds itself, packed or loose. */
export async function ownObjects(context: Context, gitDirectory: string): Promise<ObjectId[]> {
  const { files } = context.io;
  const objects = joinPath(gitDirectory, 'objects');
  const length = (await context.settings()).objectFormat === 'sha1' ? 20 : 32;
  const ids: ObjectId[] = [];
  for (const name of await files.list(objects)) {
    if (!/^[0-9a-f]{2}$/.test(name)) continue;
    for (const rest of await files.list(joinPath(objects, name)))
      if (/^[0-9a-f]+$/.test(rest) && rest.length === length * 2 - 2) ids.push(`${name}${rest}`);
  }
  for (const name of await packsIn(context, objects)) {
    const index = await files.read(joinPath(objects, `pack/pack-${name}.idx`));
    if (index !== undefined) ids.push(...idsOf(index, length));
  }
  return ids;
}
