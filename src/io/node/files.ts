import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  type Stats,
  unlinkSync,
  watch,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { FileError, type Files, type FileStat } from '../files.ts';
import { openAppend } from './append.ts';
import { codeOf, fileError, inWords } from './errors.ts';
import { removeTree } from './removal.ts';
import { syncDirectory } from './sync.ts';
import { isTemporary, sweep, temporaryName } from './temporary.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/**
 * The real file system. The calls below are synchronous on purpose: they take 5 µs, a synced write 0.5 ms, and a hop
 * through Node's thread pool adds 40 µs to each system call (measured; docs/decisions/0011-custody.md).
 */
export const nodeFiles: Files = {
  read: (path, limit) => attempt(path, () => read(path, limit)),
  readRange: (path, start, length) => attempt(path, () => readRange(path, start, length)),
  overwrite: (path, start, bytes) => attempt(path, () => overwrite(path, start, bytes)),
  stat: (path) => attempt(path, () => stat(path)),
  list: (path) => attempt(path, () => list(path)),
  makeDirectory: (path, how) =>
    attempt(path, () => {
      makeDirectory(path, how?.durable ?? true);
      sweep(path);
    }),
  write: (path, content, how) => attempt(path, () => write(path, content, how?.durable ?? true)),
  create: (path, content) => attempt(path, () => create(path, content)),
  remove: (path) => attempt(path, () => remove(path)),
  removeTree: (path) => removeTree(path),
  rename: (from, to) => attempt(to, () => rename(from, to)),
  openAppend: (path) => attempt(path, () => openAppend(path)),
  watch: watchDirectory,
};

/** Runs a synchronous piece of work as the promise that the interface asks for, and words its failure. */
function attempt<T>(path: string, work: () => T): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(fileError(error, path));
  }
}

function read(path: string, limit = Infinity): Uint8Array | undefined {
  return withFile(path, (descriptor, size) => {
    if (size > limit) throw tooLarge(path, limit);
    // One byte more than the file holds tells its end without a second call, and finds a file that grows meanwhile.
    let content = new Uint8Array(size + 1);
    let filled = 0;
    for (;;) {
      const count = readSync(descriptor, content, filled, content.length - filled, null);
      filled += count;
      if (filled > limit) throw tooLarge(path, limit);
      if (count === 0) return content.subarray(0, filled);
      if (filled === content.length) {
        const larger = new Uint8Array(content.length * 2 + 4096);
        larger.set(content);
        content = larger;
      }
    }
  });
}

function tooLarge(path: string, limit: number): FileError {
  return new FileError('EFBIG', path, `it is larger than the ${limit} bytes allowed here (EFBIG)`);
}

function overwrite(path: string, start: number, bytes: Uint8Array): void {
  const descriptor = openSync(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const { size } = fstatSync(descriptor);
    if (start < 0 || start + bytes.length > size)
      throw new FileError('EINVAL', path, 'what is put in the place of bytes must not make the file longer');
    for (let done = 0; done < bytes.length;)
      done += writeSync(descriptor, bytes, done, bytes.length - done, start + done);
  } finally {
    closeSync(descriptor);
  }
}

function readRange(path: string, start: number, length: number): Uint8Array | undefined {
  return withFile(path, (descriptor, size) => {
    const content = new Uint8Array(Math.max(0, Math.min(length, size - start)));
    let filled = 0;
    while (filled < content.length) {
      const count = readSync(descriptor, content, filled, content.length - filled, start + filled);
      if (count === 0) break;
      filled += count;
    }
    return content.subarray(0, filled);
  });
}

/** Permissions of files that we make: nobody else's business. */
const OURS = 0o600;

/** The permissions that the file in place of `stats` is to have. */
function modeOf(stats: Stats | undefined): number {
  return stats?.isFile() === true ? stats.mode & 0o777 : OURS;
}

/** Opens a regular file for reading; `undefined` when it is not there. A pipe is refused instead of waited for. */
function withFile<T>(path: string, use: (descriptor: number, size: number) => T): T | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw new FileError('EISDIR', path, inWords('EISDIR'));
    if (!stats.isFile()) throw new FileError('ENXIO', path, inWords('ENXIO'));
    return use(descriptor, stats.size);
  } finally {
    closeSync(descriptor);
  }
}

function stat(path: string): FileStat | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined
    ? undefined
    : {
        kind: kindOf(stats),
        size: stats.size,
        mtime: stats.mtimeMs,
        id: `${stats.dev}:${stats.ino}`,
        executable: (stats.mode & 0o111) !== 0,
      };
}

function kindOf(stats: Stats): FileStat['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

function list(path: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (stats.isSymbolicLink()) throw new FileError('ELOOP', path, inWords('ELOOP'));
  try {
    return readdirSync(path)
      .filter((name) => !isTemporary(name))
      .sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** `tries`: how often somebody may remove the parent in between. Some file systems (/proc) say for ever that it is not there. */
function makeDirectory(path: string, durable: boolean, tries = 8): void {
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' && dirname(path) !== path && tries > 0) {
      // A parent that is a dangling link also says ENOENT; making it then says EEXIST, and the check below refuses it.
      makeDirectory(dirname(path), durable);
      makeDirectory(path, durable, tries - 1);
      return;
    }
    if (code !== 'EEXIST') throw error;
    const stats = lstatSync(path);
    if (stats.isSymbolicLink())
      throw new FileError('ELOOP', path, `${path} is a symbolic link, which is never followed here`);
    if (!stats.isDirectory()) throw new FileError('ENOTDIR', path, `${path} is there and is not a directory (ENOTDIR)`);
  }
  // Also when it existed: whoever made it may have died before the sync.
  if (durable) syncDirectory(dirname(path));
}

function write(path: string, content: Uint8Array | string, durable: boolean): void {
  // rename would replace a link, not follow it; but a link here was planted, and that should be heard of.
  const target = lstatSync(path, { throwIfNoEntry: false });
  if (target?.isSymbolicLink()) throw new FileError('ELOOP', path, inWords('ELOOP'));
  const temporary = writeBeside(path, content, durable, modeOf(target));
  try {
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw error;
  }
  if (durable) syncDirectory(dirname(path));
}

function create(path: string, content: Uint8Array | string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return false;
  const temporary = writeBeside(path, content);
  try {
    linkSync(temporary, path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
    // No hard links here (FAT, some network file systems): still exactly one winner, but a crash may leave a part.
    if (!createInPlace(path, content)) return false;
  } finally {
    discard(temporary);
  }
  syncDirectory(dirname(path));
  return true;
}

/** Writes (and syncs) a new file of an unguessable name in the directory of `path`. */
function writeBeside(path: string, content: Uint8Array | string, durable = true, mode = OURS): string {
  const directory = dirname(path);
  sweep(directory);
  const temporary = `${directory}/${temporaryName()}`;
  writeNew(temporary, content, durable, mode);
  return temporary;
}

function createInPlace(path: string, content: Uint8Array | string): boolean {
  try {
    writeNew(path, content);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Creates a file that must not be there, fills and syncs it; what could not be filled is removed again. */
function writeNew(path: string, content: Uint8Array | string, durable = true, mode = OURS): void {
  const descriptor = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, OURS);
  try {
    // Not in the call above, because there the person's umask would take some of it away.
    if (mode !== OURS) fchmodSync(descriptor, mode);
    let rest = typeof content === 'string' ? Buffer.from(content) : content;
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    if (durable) fsyncSync(descriptor);
  } catch (error) {
    discard(path);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Removes a temporary file of ours as well as possible: whatever stays is swept by the next owner of the directory. */
function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The reason for giving up is being reported already; a second one would hide it.
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      throw lstatSync(path).isDirectory() ? new FileError('EISDIR', path, inWords('EISDIR')) : error;
  }
  // Also when it was gone: whoever removed it may have died before the sync.
  syncDirectory(dirname(path));
}

function rename(from: string, to: string): void {
  renameSync(from, to);
  syncDirectory(dirname(to));
  if (dirname(from) !== dirname(to)) syncDirectory(dirname(from));
}

function watchDirectory(path: string, changed: () => void): { close(): void } {
  try {
    const watcher = watch(path, { persistent: false }, () => changed());
    // Too many watchers, a directory that goes away: hints stop, and whoever wanted them looks now and then anyway.
    watcher.on('error', () => watcher.close());
    return { close: () => watcher.close() };
  } catch {
    return { close: () => {} };
  }
}
