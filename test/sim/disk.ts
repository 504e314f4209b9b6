import type { Dice } from './dice.ts';

/** A file: what programs read, and what a power cut leaves for sure. */
export interface FileNode {
  readonly kind: 'file';
  bytes: Uint8Array;
  durable: Uint8Array;
  mtime: number;
}

export interface DirectoryNode {
  readonly kind: 'directory';
  readonly entries: Map<string, Node>;
  durable: Map<string, Node>;
  /** Changes that no sync has followed yet, oldest first. */
  pending: Change[];
}

interface LinkNode {
  readonly kind: 'link';
  readonly target: string;
}

export type Node = FileNode | DirectoryNode | LinkNode;

/** What happened to directories as one: a rename may touch two of them. */
interface Change {
  readonly edits: readonly {
    readonly directory: DirectoryNode;
    readonly name: string;
    readonly node: Node | undefined;
  }[];
  durable: boolean;
}

/** A refusal of the file system, by its code. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const EMPTY = new Uint8Array(0);

export function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? encoder.encode(content) : content;
}

/**
 * A file system with a page cache: what a program writes is seen by all at once and survives the program, but a power cut
 * keeps only what was synced, and of the rest whatever it likes: nothing, all, a part, or zeros. Directories likewise: of
 * the changes since their last sync a power cut keeps the first few.
 */
export class Disk {
  root = newDirectory();
  /** Told of each change, by the directory in which it was. */
  changed: (directory: string) => void = () => {};
  now: () => number = () => 0;

  readonly #ids = new WeakMap<Node, string>();
  #lastId = 0;

  /** What tells a node from every other one. */
  idOf(node: Node): string {
    const id = this.#ids.get(node) ?? String(++this.#lastId);
    this.#ids.set(node, id);
    return id;
  }

  /** The node at a path; links on the way are refused. */
  find(path: string): Node | undefined {
    let at: Node = this.root;
    for (const step of stepsOf(path)) {
      if (step === '') continue;
      if (at.kind === 'link') throw new DiskError('ELOOP');
      if (at.kind === 'file') return undefined;
      const next = at.entries.get(step);
      if (next === undefined) return undefined;
      at = next;
    }
    return at;
  }

  directory(path: string): DirectoryNode {
    const node = this.find(path);
    if (node === undefined) throw new DiskError('ENOENT');
    if (node.kind !== 'directory') throw new DiskError(node.kind === 'link' ? 'ELOOP' : 'ENOTDIR');
    return node;
  }

  /** The text of a file, or `undefined`; for those who live in this world and need no manners. */
  text(path: string): string | undefined {
    const node = this.find(path);
    return node?.kind === 'file' ? decoder.decode(node.bytes) : undefined;
  }

  /** Writes a file as a program does that never syncs, with the directories it needs. */
  put(path: string, content: Uint8Array | string): void {
    const directory = this.makeAll(parentOf(path));
    const name = nameOf(path);
    const there = directory.entries.get(name);
    if (there?.kind === 'file') {
      there.bytes = bytesOf(content);
      there.mtime = this.now();
    } else {
      this.#change([{ directory, name, node: newFile(bytesOf(content), this.now()) }]);
    }
    this.changed(parentOf(path));
  }

  makeAll(path: string): DirectoryNode {
    let at = this.root;
    for (const step of stepsOf(path)) {
      if (step === '') continue;
      let next = at.entries.get(step);
      if (next === undefined) {
        next = newDirectory();
        this.#change([{ directory: at, name: step, node: next }]);
      }
      if (next.kind !== 'directory') throw new DiskError('ENOTDIR');
      at = next;
    }
    return at;
  }

  /** Sets or removes one entry. */
  set(directory: DirectoryNode, name: string, node: Node | undefined, path: string): void {
    this.#change([{ directory, name, node }]);
    this.changed(path);
  }

  move(from: string, to: string): void {
    const source = this.directory(parentOf(from));
    const target = this.directory(parentOf(to));
    const node = source.entries.get(nameOf(from));
    if (node === undefined) throw new DiskError('ENOENT');
    this.#change([
      { directory: source, name: nameOf(from), node: undefined },
      { directory: target, name: nameOf(to), node },
    ]);
    this.changed(parentOf(to));
  }

  syncFile(file: FileNode): void {
    file.durable = file.bytes;
  }

  /**
   * Makes the entries of a directory durable, and the way to it: a journal keeps what was made before, so no file system
   * that we know of keeps a directory and loses its parent.
   */
  syncDirectory(path: string): void {
    let at: Node | undefined = this.root;
    for (const step of stepsOf(path)) {
      if (step === '' || at?.kind !== 'directory') continue;
      if (!at.durable.has(step)) {
        const made = at.pending.findLastIndex((change) =>
          change.edits.some((edit) => edit.directory === at && edit.name === step),
        );
        for (const change of at.pending.splice(0, made + 1)) persist(change);
      }
      at = at.entries.get(step);
    }
    if (at?.kind !== 'directory') throw new DiskError('ENOENT');
    for (const change of at.pending) persist(change);
    at.pending = [];
  }

  /** Paths and texts of the files below a directory, relative to it; what begins with `.git` is left out. */
  tree(path: string): Map<string, string> {
    const found = new Map<string, string>();
    const visit = (node: Node, at: string): void => {
      if (node.kind === 'file') found.set(at, decoder.decode(node.bytes));
      if (node.kind !== 'directory') return;
      for (const [name, each] of node.entries) {
        if (at === '' && name === '.git') continue;
        visit(each, at === '' ? name : `${at}/${name}`);
      }
    };
    const top = this.find(path);
    if (top?.kind === 'directory') visit(top, '');
    return found;
  }

  /** Forgets what the power cut takes. */
  powerCut(dice: Dice): void {
    const keepSome = (directory: DirectoryNode): void => {
      const kept = directory.pending.length === 0 ? 0 : dice.whole(0, directory.pending.length);
      for (const change of directory.pending.slice(0, kept)) persist(change);
      for (const node of directory.entries.values()) if (node.kind === 'directory') keepSome(node);
    };
    keepSome(this.root);
    const settle = (directory: DirectoryNode): void => {
      directory.pending = [];
      directory.entries.clear();
      for (const [name, node] of directory.durable) {
        directory.entries.set(name, node);
        if (node.kind === 'directory') settle(node);
        else if (node.kind === 'file') node.bytes = node.durable = leftOf(node, dice);
      }
    };
    settle(this.root);
  }

  #change(edits: Change['edits']): void {
    const change: Change = { edits, durable: false };
    for (const { directory, name, node } of edits) {
      if (node === undefined) directory.entries.delete(name);
      else directory.entries.set(name, node);
      directory.pending.push(change);
    }
  }
}

export function newFile(bytes: Uint8Array, mtime: number): FileNode {
  return { kind: 'file', bytes, durable: EMPTY, mtime };
}

export function newDirectory(): DirectoryNode {
  return { kind: 'directory', entries: new Map(), durable: new Map(), pending: [] };
}

export function newLink(target: string): LinkNode {
  return { kind: 'link', target };
}

function persist(change: Change): void {
  if (change.durable) return;
  change.durable = true;
  for (const { directory, name, node } of change.edits) {
    if (node === undefined) directory.durable.delete(name);
    else directory.durable.set(name, node);
  }
}

/** What a power cut leaves of a file whose last changes were not synced. */
function leftOf(file: FileNode, dice: Dice): Uint8Array {
  const { bytes, durable } = file;
  if (bytes === durable) return durable;
  // Cut, and the cut is not synced: either length may be left.
  if (bytes.length < durable.length && startsWith(durable, bytes)) return dice.chance(0.5) ? bytes : durable;
  const grown = bytes.length >= durable.length && startsWith(bytes, durable);
  const from = grown ? durable.length : 0;
  switch (dice.whole(0, 3)) {
    case 0:
      return durable;
    case 1:
      return bytes;
    case 2:
      return bytes.slice(0, dice.whole(from, bytes.length));
    default: {
      const zeroed = bytes.slice();
      zeroed.fill(0, dice.whole(from, bytes.length));
      return zeroed;
    }
  }
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  for (let i = 0; i < beginning.length; i++) if (bytes[i] !== beginning[i]) return false;
  return true;
}

const split = new Map<string, readonly string[]>();

/** The steps of a path. The same few paths are asked for all the time. */
function stepsOf(path: string): readonly string[] {
  let steps = split.get(path);
  if (steps === undefined) {
    if (split.size > 20_000) split.clear();
    steps = path.split('/');
    split.set(path, steps);
  }
  return steps;
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
