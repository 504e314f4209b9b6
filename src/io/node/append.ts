import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, lstatSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type AppendFile, FileError } from '../files.ts';
import { fileError, inWords } from './errors.ts';
import { syncDirectory } from './sync.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

/** Opens a file for {@link AppendFile}; what it holds already is made durable, because its writer may have died before the sync. */
export function openAppend(path: string): AppendFile {
  const descriptor = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    const { size, ino, dev } = regular(descriptor, path);
    fdatasyncSync(descriptor);
    syncDirectory(dirname(path));
    return new NodeAppendFile(path, descriptor, `${dev}:${ino}`, size);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function regular(descriptor: number, path: string): { size: number; ino: number; dev: number } {
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) throw new FileError('ENXIO', path, inWords('ENXIO'));
  return stats;
}

class NodeAppendFile implements AppendFile {
  #size: number;
  #refusal: FileError | undefined;
  #open = true;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #inode: string;

  constructor(path: string, descriptor: number, inode: string, size: number) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#inode = inode;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  async append(content: Uint8Array): Promise<void> {
    this.#refuseIfBroken();
    // Two system calls of 2 µs beside a sync of 150: a line glued to somebody else's, or acknowledged in a file that
    // `git checkout` has just replaced, would be lost without a word.
    this.#expectAlone(this.#size);
    let rest = content;
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.#descriptor, rest));
    } catch (error) {
      this.#cutBack(content.length - rest.length);
      throw fileError(error, this.#path);
    }
    this.#sync(content.length);
    this.#expectAlone(this.#size + content.length);
    this.#size += content.length;
  }

  async truncate(size: number): Promise<void> {
    this.#refuseIfBroken();
    if (size > this.#size) throw new FileError('EINVAL', this.#path, `it has only ${this.#size} bytes, not ${size}`);
    this.#expectAlone(this.#size);
    try {
      ftruncateSync(this.#descriptor, size);
    } catch (error) {
      throw fileError(error, this.#path);
    }
    this.#size = size;
    this.#sync(0);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#descriptor);
  }

  #refuseIfBroken(): void {
    if (!this.#open) throw new FileError('EBADF', this.#path, inWords('EBADF'));
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  /** Syncs, or refuses everything from now on: after a failed sync the kernel calls lost pages clean. */
  #sync(written: number): void {
    try {
      fdatasyncSync(this.#descriptor);
    } catch (error) {
      const { code, message } = fileError(error, this.#path);
      this.#refusal = new FileError(
        code,
        this.#path,
        `${message}; what is on the disk cannot be known until it is opened again`,
      );
      if (written > 0) this.#cutBack(written);
      throw this.#refusal;
    }
  }

  /** Removes the `written` bytes of an append that failed, unless somebody else has written behind them. */
  #cutBack(written: number): void {
    try {
      if (fstatSync(this.#descriptor).size === this.#size + written) ftruncateSync(this.#descriptor, this.#size);
      else this.#refusal ??= changed(this.#path);
    } catch (error) {
      const { code, message } = fileError(error, this.#path);
      this.#refusal ??= new FileError(code, this.#path, `${message}; a torn line could not be removed`);
    }
  }

  /** Refuses when the path is not this file any more, or the file has not the length that we gave it. */
  #expectAlone(size: number): void {
    const stats = lstatSync(this.#path, { throwIfNoEntry: false });
    if (stats !== undefined && `${stats.dev}:${stats.ino}` === this.#inode && stats.size === size) return;
    this.#refusal = changed(this.#path);
    throw this.#refusal;
  }
}

function changed(path: string): FileError {
  return new FileError(
    'ECHANGED',
    path,
    'another program has written to it, replaced or removed it while it was open (ECHANGED)',
  );
}
