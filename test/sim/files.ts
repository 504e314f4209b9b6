import { type AppendFile, FileError, type Files, type FileStat } from '../../src/io/files.ts';
import {
  bytesOf,
  type DirectoryNode,
  DiskError,
  type FileNode,
  nameOf,
  newDirectory,
  newFile,
  parentOf,
} from './disk.ts';
import { type Life, never } from './life.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full (ENOSPC)',
  EIO: 'the disk failed (EIO)',
  ELOOP: 'it is a symbolic link, which is never followed here (ELOOP)',
  ENOENT: 'the directory does not exist (ENOENT)',
  ENOTDIR: 'it is not a directory (ENOTDIR)',
  EISDIR: 'it is a directory (EISDIR)',
  EFBIG: 'it is too large (EFBIG)',
  EINVAL: 'it is shorter than that (EINVAL)',
  EBADF: 'it was closed (EBADF)',
  ECHANGED: 'another program has written to it, replaced or removed it while it was open (ECHANGED)',
};

function refusal(code: string, path: string): FileError {
  return new FileError(code, path, WORDS[code] ?? code);
}

const TEMPORARY = /^\.mp-(.+)-\d+\.tmp$/;

/** Told when bytes of an appended file have become durable, and when a lock directory was looked at. */
export interface FilesWitness {
  synced(life: Life, path: string, file: FileNode, how: 'open' | 'append' | 'truncate'): void;
  appending(life: Life, path: string): void;
  looking(life: Life, path: string): void;
}

/** The file system as one process sees it; see {@link Files} for what each method promises. */
export class SimFiles implements Files {
  readonly #life: Life;
  readonly #witness: FilesWitness;
  #temporary = 0;

  constructor(life: Life, witness: FilesWitness) {
    this.#life = life;
    this.#witness = witness;
  }

  async read(path: string, limit = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
    await this.#glance();
    const file = this.#file(path);
    if (file !== undefined && file.bytes.length > limit) throw refusal('EFBIG', path);
    return file?.bytes.slice();
  }

  async readRange(path: string, start: number, length: number): Promise<Uint8Array | undefined> {
    await this.#glance();
    return this.#file(path)?.bytes.slice(start, start + length);
  }

  async overwrite(path: string, start: number, bytes: Uint8Array): Promise<void> {
    await this.#glance();
    const file = this.#file(path);
    if (file === undefined) throw refusal('ENOENT', path);
    if (start < 0 || start + bytes.length > file.bytes.length) throw refusal('EINVAL', path);
    file.bytes.set(bytes, start);
  }

  async stat(path: string): Promise<FileStat | undefined> {
    await this.#glance();
    const node = this.#on(path, () => this.#disk.find(path));
    if (node === undefined) return undefined;
    return {
      kind: node.kind,
      size: node.kind === 'file' ? node.bytes.length : 0,
      mtime: node.kind === 'file' ? node.mtime : 0,
      id: this.#disk.idOf(node),
      executable: false,
    };
  }

  async list(path: string): Promise<string[]> {
    await this.#glance();
    const node = this.#on(path, () => this.#disk.find(path));
    this.#witness.looking(this.#life, path);
    if (node === undefined) return [];
    if (node.kind !== 'directory') throw refusal(node.kind === 'link' ? 'ELOOP' : 'ENOTDIR', path);
    return [...node.entries.keys()].filter((name) => !TEMPORARY.test(name)).sort();
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#life.disk();
    await this.#makeDirectory(path);
    await this.#sweep(path);
  }

  async write(path: string, content: Uint8Array | string): Promise<void> {
    await this.#life.disk();
    this.#note('write', path);
    if (this.#on(path, () => this.#disk.find(path))?.kind === 'link') throw refusal('ELOOP', path);
    const temporary = await this.#writeBeside(path, bytesOf(content));
    await this.#life.step('write:rename');
    this.#on(path, () => this.#disk.move(temporary, path));
    await this.#life.step('write:renamed');
    this.#syncDirectory(parentOf(path));
    await this.#life.step('write:done');
  }

  async create(path: string, content: Uint8Array | string): Promise<boolean> {
    await this.#life.disk();
    this.#note('create', path);
    if (this.#on(path, () => this.#disk.find(path)) !== undefined) return false;
    const temporary = await this.#writeBeside(path, bytesOf(content));
    await this.#life.step('create:link');
    const directory = this.#on(path, () => this.#disk.directory(parentOf(path)));
    const won = !directory.entries.has(nameOf(path));
    const node = directory.entries.get(nameOf(temporary));
    if (won && node !== undefined) this.#disk.set(directory, nameOf(path), node, parentOf(path));
    await this.#life.step('create:linked');
    this.#disk.set(directory, nameOf(temporary), undefined, parentOf(path));
    this.#syncDirectory(parentOf(path));
    await this.#life.step('create:done');
    return won;
  }

  async remove(path: string): Promise<void> {
    await this.#life.disk();
    this.#note('remove', path);
    const node = this.#on(path, () => this.#disk.find(path));
    if (node?.kind === 'directory') throw refusal('EISDIR', path);
    await this.#life.step('remove');
    const directory = this.#on(path, () => this.#disk.find(parentOf(path)));
    if (directory?.kind !== 'directory') return;
    if (directory.entries.has(nameOf(path))) this.#disk.set(directory, nameOf(path), undefined, parentOf(path));
    await this.#life.step('remove:done');
    this.#syncDirectory(parentOf(path));
  }

  async removeTree(path: string): Promise<void> {
    await this.#life.disk();
    this.#note('removeTree', path);
    const node = this.#on(path, () => this.#disk.find(path));
    if (node === undefined) return;
    if (node.kind !== 'directory') throw refusal(node.kind === 'link' ? 'ELOOP' : 'ENOTDIR', path);
    for (const name of [...node.entries.keys()]) {
      await this.#life.step('removeTree');
      this.#disk.set(node, name, undefined, path);
    }
    const directory = this.#on(path, () => this.#disk.find(parentOf(path)));
    if (directory?.kind !== 'directory') return;
    this.#disk.set(directory, nameOf(path), undefined, parentOf(path));
    // Not synced: nobody promised that this is durable.
    await this.#life.step('removeTree:done');
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#life.disk();
    await this.#life.step('rename');
    this.#on(to, () => this.#disk.move(from, to));
    await this.#life.step('rename:done');
    this.#syncDirectory(parentOf(to));
    this.#syncDirectory(parentOf(from));
  }

  async openAppend(path: string): Promise<AppendFile> {
    await this.#life.disk();
    const directory = this.#on(path, () => this.#disk.directory(parentOf(path)));
    let file = directory.entries.get(nameOf(path));
    if (file === undefined) {
      await this.#life.step('open:create');
      this.#expectSpace(path);
      // O_CREAT: whoever comes second opens the file of the first.
      file = directory.entries.get(nameOf(path)) ?? newFile(new Uint8Array(0), this.#life.machine.now());
      if (!directory.entries.has(nameOf(path))) this.#disk.set(directory, nameOf(path), file, parentOf(path));
    }
    if (file.kind !== 'file') throw refusal(file.kind === 'link' ? 'ELOOP' : 'EISDIR', path);
    await this.#life.step('open:sync');
    this.#disk.syncFile(file);
    this.#disk.syncDirectory(parentOf(path));
    this.#witness.synced(this.#life, path, file, 'open');
    return new SimAppendFile(this.#life, this.#witness, path, file);
  }

  watch(path: string, changed: () => void): { close(): void } {
    return this.#life.machine.watch(this.#life, path, changed);
  }

  get #disk(): Life['machine']['disk'] {
    return this.#life.machine.disk;
  }

  /** Reading takes no time, nearly always: the page cache answers. */
  #glance(): Promise<void> {
    if (this.#life.dead) return never();
    return this.#life.dice.chance(0.02) ? this.#life.disk() : Promise.resolve();
  }

  #note(what: string, path: string): void {
    this.#life.machine.world.note(`${this.#life.name} ${what} ${path}`);
  }

  #on<T>(path: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof DiskError ? refusal(error.code, path) : error;
    }
  }

  #file(path: string): FileNode | undefined {
    const node = this.#on(path, () => this.#disk.find(path));
    if (node === undefined || node.kind === 'file') return node;
    throw refusal(node.kind === 'link' ? 'ELOOP' : 'EISDIR', path);
  }

  #expectSpace(path: string): void {
    expectSpace(this.#life, path);
  }

  #syncDirectory(path: string): void {
    this.#on(path, () => this.#disk.syncDirectory(path));
  }

  async #makeDirectory(path: string): Promise<void> {
    const node = this.#on(path, () => this.#disk.find(path));
    if (node !== undefined && node.kind !== 'directory')
      throw refusal(node.kind === 'link' ? 'ELOOP' : 'ENOTDIR', path);
    if (node === undefined) {
      const parent = parentOf(path);
      if (parent !== path && this.#on(path, () => this.#disk.find(parent))?.kind !== 'directory')
        await this.#makeDirectory(parent);
      await this.#life.step('makeDirectory');
      this.#expectSpace(path);
      const directory = this.#on(path, () => this.#disk.directory(parent));
      // Another process may have made it meanwhile.
      if (!directory.entries.has(nameOf(path))) this.#disk.set(directory, nameOf(path), newDirectory(), parent);
      await this.#life.step('makeDirectory:done');
    }
    if (path !== '/') this.#syncDirectory(parentOf(path));
  }

  /** A synced temporary file beside `path`; its name. */
  async #writeBeside(path: string, bytes: Uint8Array): Promise<string> {
    const parent = parentOf(path);
    await this.#sweep(parent);
    const directory: DirectoryNode = this.#on(path, () => this.#disk.directory(parent));
    const name = `.mp-${this.#life.name}-${++this.#temporary}.tmp`;
    await this.#life.step('temporary:create');
    this.#expectSpace(path);
    const file = newFile(bytes.slice(0, bytes.length >> 1), this.#life.machine.now());
    this.#disk.set(directory, name, file, parent);
    await this.#life.step('temporary:half');
    try {
      this.#expectSpace(path);
    } catch (error) {
      this.#disk.set(directory, name, undefined, parent);
      throw error;
    }
    file.bytes = bytes.slice();
    await this.#life.step('temporary:written');
    this.#disk.syncFile(file);
    return `${parent}/${name}`;
  }

  /** Removes the temporary files of processes that are gone. */
  async #sweep(path: string): Promise<void> {
    if (this.#life.swept.has(path)) return;
    this.#life.swept.add(path);
    const node = this.#disk.find(path);
    if (node?.kind !== 'directory') return;
    const alive = new Set([...this.#life.machine.lives].map((life) => life.name));
    for (const name of [...node.entries.keys()]) {
      const owner = TEMPORARY.exec(name)?.[1];
      if (owner !== undefined && !alive.has(owner)) this.#disk.set(node, name, undefined, path);
    }
  }
}

export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

function expectSpace(life: Life, path: string): void {
  const { machine } = life;
  if (!machine.isFull(path)) return;
  machine.counts.ioErrors++;
  throw refusal('ENOSPC', path);
}

class SimAppendFile implements AppendFile {
  size: number;
  readonly #life: Life;
  readonly #witness: FilesWitness;
  readonly #path: string;
  readonly #file: FileNode;
  #refusal: FileError | undefined;
  #open = true;

  constructor(life: Life, witness: FilesWitness, path: string, file: FileNode) {
    this.#life = life;
    this.#witness = witness;
    this.#path = path;
    this.#file = file;
    this.size = file.bytes.length;
  }

  async append(content: Uint8Array): Promise<void> {
    this.#refuseIfBroken();
    this.#witness.appending(this.#life, this.#path);
    await this.#life.disk();
    await this.#life.step('append:begin');
    this.#life.machine.world.note(`${this.#life.name} append ${this.#path} +${content.length}`);
    this.#expectAlone(this.size);
    const half = content.slice(0, this.#life.dice.whole(0, content.length));
    this.#grow(half);
    // A process that was stopped in the middle of its system calls goes on with them: others may have written meanwhile.
    await this.#life.step('append:half');
    try {
      expectSpace(this.#life, this.#path);
    } catch (error) {
      this.#cutBack(half.length);
      throw error;
    }
    this.#grow(content.subarray(half.length));
    await this.#life.step('append:written');
    this.#sync(content.length);
    this.#expectAlone(this.size + content.length);
    this.size += content.length;
    this.#witness.synced(this.#life, this.#path, this.#file, 'append');
    await this.#life.step('append:done');
  }

  async truncate(size: number): Promise<void> {
    this.#refuseIfBroken();
    if (size > this.size) throw refusal('EINVAL', this.#path);
    await this.#life.disk();
    await this.#life.step('truncate');
    this.#expectAlone(this.size);
    this.#file.bytes = this.#file.bytes.slice(0, size);
    this.size = size;
    await this.#life.step('truncate:done');
    this.#sync(0);
    this.#witness.synced(this.#life, this.#path, this.#file, 'truncate');
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  #refuseIfBroken(): void {
    if (!this.#open) throw refusal('EBADF', this.#path);
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  #grow(more: Uint8Array): void {
    const bytes = new Uint8Array(this.#file.bytes.length + more.length);
    bytes.set(this.#file.bytes);
    bytes.set(more, this.#file.bytes.length);
    this.#file.bytes = bytes;
  }

  #sync(written: number): void {
    const { machine, dice } = this.#life;
    if (machine.badSync > 0 && dice.chance(machine.badSync)) {
      machine.counts.ioErrors++;
      // The kernel calls the lost pages clean: what is on the disk is anybody's guess until it is opened again.
      if (dice.chance(0.5)) this.#file.durable = this.#file.bytes;
      this.#refusal = refusal('EIO', this.#path);
      if (written > 0) this.#cutBack(written);
      throw this.#refusal;
    }
    machine.disk.syncFile(this.#file);
  }

  #cutBack(written: number): void {
    if (this.#file.bytes.length === this.size + written) this.#file.bytes = this.#file.bytes.slice(0, this.size);
    else this.#refusal ??= refusal('ECHANGED', this.#path);
  }

  /** As on Node: a line glued to somebody else's would be lost without a word. */
  #expectAlone(size: number): void {
    let there: unknown;
    try {
      there = this.#life.machine.disk.find(this.#path);
    } catch {
      there = undefined;
    }
    if (there === this.#file && this.#file.bytes.length === size) return;
    this.#refusal = refusal('ECHANGED', this.#path);
    throw this.#refusal;
  }
}
