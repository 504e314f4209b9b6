import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { FileError } from '../files.ts';
import { codeOf, fileError, inWords } from './errors.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/** Directories nested deeper than this are moved up first: one open descriptor and one stack frame for each level. */
const DEEPEST = 64;

/** Entries removed before other work gets its turn: about 5 ms. */
const SLICE = 256;

/**
 * Removes a directory and all below it. Each directory is opened without following links and its entries are named
 * through that descriptor, so that swapping a directory for a link in the middle leads nowhere else. Names are bytes.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isSymbolicLink()) throw new FileError('ELOOP', path, inWords('ELOOP'));
    if (!stats.isDirectory()) throw new FileError('ENOTDIR', path, inWords('ENOTDIR'));
    await removeDirectory(Buffer.from(path), undefined, 0, { removed: 0, moved: 0 });
  } catch (error) {
    throw fileError(error, path);
  }
}

interface Progress {
  removed: number;
  moved: number;
}

async function removeDirectory(
  path: Buffer,
  top: Buffer | undefined,
  depth: number,
  progress: Progress,
): Promise<void> {
  const descriptor = openDirectory(path);
  if (descriptor === undefined) return;
  try {
    const base = process.platform === 'linux' ? Buffer.from(`/proc/self/fd/${descriptor}`) : path;
    let moved: number;
    do {
      moved = progress.moved;
      for (const name of readdirSync(base, 'buffer')) {
        await removeEntry(join(base, name), top ?? base, depth, progress);
        if (++progress.removed % SLICE === 0) await new Promise(setImmediate);
      }
      // At the top there is more to do when deep directories were moved up meanwhile.
    } while (depth === 0 && moved !== progress.moved);
  } finally {
    closeSync(descriptor);
  }
  ignoring(['ENOENT'], () => rmdirSync(path));
}

async function removeEntry(path: Buffer, top: Buffer, depth: number, progress: Progress): Promise<void> {
  try {
    unlinkSync(path);
  } catch (error) {
    // A directory says EISDIR on Linux and EPERM by POSIX.
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (!stats.isDirectory()) throw error;
    if (depth < DEEPEST) await removeDirectory(path, top, depth + 1, progress);
    else renameSync(path, join(top, Buffer.from(`.mp-deep-${process.pid}-${progress.moved++}`)));
  }
}

/** Opens a directory, making it ours to read and change if need be; `undefined` when it is gone. */
function openDirectory(path: Buffer): number | undefined {
  const open = (): number => openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  let descriptor: number;
  try {
    descriptor = open();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) !== 'EACCES') throw error;
    chmodSync(path, 0o700);
    descriptor = open();
  }
  // Not ours to change: whatever in it cannot be removed will say so itself.
  if ((fstatSync(descriptor).mode & 0o700) !== 0o700) ignoring(['EPERM'], () => fchmodSync(descriptor, 0o700));
  return descriptor;
}

function join(base: Buffer, name: Buffer): Buffer {
  return Buffer.concat([base, Buffer.from('/'), name]);
}

function ignoring(codes: readonly string[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!codes.includes(codeOf(error))) throw error;
  }
}
