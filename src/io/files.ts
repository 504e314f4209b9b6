/** What a path is, links not followed. */
export interface FileStat {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Last change, milliseconds since 1970. */
  readonly mtime: number;
  /** Tells it from anything else that takes its name later: device and number on the file system. */
  readonly id: string;
  /** Whether anybody may execute it. */
  readonly executable: boolean;
}

/**
 * Why the file system refused, in words that fit into "cannot write events.jsonl: …". `code` is the system's (`ENOSPC`),
 * or `ECHANGED` when another program meddled with an open {@link AppendFile}.
 */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly code: string;
  readonly path: string;
  constructor(code: string, path: string, message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

/** What a failure of the file system says to a person who does not know which path it was about. */
export function withPath(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return error instanceof FileError && !words.includes(error.path) ? `${error.path}: ${words}` : words;
}

/** For what means nothing after a power cut, because whoever finds it makes it anew: the syncs are left out. */
export interface Loosely {
  readonly durable: false;
}

/**
 * The file system as far as masterplan needs it. Paths are absolute. Nothing here follows a symbolic link in the last
 * component: a planted link is refused (`ELOOP`). Every failure is a {@link FileError}; "not there" is `undefined` or
 * `false` where the signature says so. When a method that says *durably* has resolved, a power cut cannot undo it.
 */
export interface Files {
  /** The whole content, or `undefined` when there is no such file. `limit` refuses (`EFBIG`) larger files. */
  read(path: string, limit?: number): Promise<Uint8Array | undefined>;
  /** Up to `length` bytes from `start`; shorter at the end of the file; `undefined` when there is no such file. */
  readRange(path: string, start: number, length: number): Promise<Uint8Array | undefined>;
  /**
   * Puts other bytes in the place of as many, beginning at `start`; what stands before and behind, and whoever appends meanwhile, is
   * not touched. Not synced. Refuses (`EINVAL`) to make the file longer.
   */
  overwrite(path: string, start: number, bytes: Uint8Array): Promise<void>;
  stat(path: string): Promise<FileStat | undefined>;
  /** Names in a directory, sorted by code unit, without temporary files of writes; empty when it does not exist. */
  list(path: string): Promise<string[]>;
  /**
   * Makes a directory and its missing parents (mode 0700 for new ones), durably; fine when it exists. A link in place of
   * the directory or of a parent to be made is refused; existing parents may be reached through links.
   */
  makeDirectory(path: string, how?: Loosely): Promise<void>;
  /**
   * Replaces a file as a whole, durably: exclusive temporary file beside it, sync, rename, sync of the directory. The
   * permissions of the old file stay; a new one gets 0600. When it rejects, the file is the old one or the new one. What a killed writer left is cleared away by the next process that
   * writes into the directory.
   */
  write(path: string, content: Uint8Array | string, how?: Loosely): Promise<void>;
  /** Creates a file whole and durably, only if no such name exists; `false` when it does. Exactly one of many callers wins. */
  create(path: string, content: Uint8Array | string): Promise<boolean>;
  /** Removes a file or link durably; fine when it is gone. */
  remove(path: string): Promise<void>;
  /** Removes a directory and all below it without following links; fine when it is gone. */
  removeTree(path: string): Promise<void>;
  /** Moves a file or directory, durably; replaces a file of the same name. */
  rename(from: string, to: string): Promise<void>;
  /** Opens a file for appending, creating it (mode 0600) when it is missing. */
  openAppend(path: string): Promise<AppendFile>;
  /** Calls `changed` some time after something changed in a directory. A hint: it may come late, twice or not at all. */
  watch(path: string, changed: () => void): { close(): void };
}

/** A file that only grows. One owner. */
export interface AppendFile {
  /** Bytes known to be whole and durable. */
  readonly size: number;
  /**
   * Appends `content` and syncs it. When it rejects, the file has been cut back to {@link size} if that was possible,
   * and the content is not acknowledged; after a failed sync the file refuses everything further, because what a failed
   * sync left behind cannot be known through the same descriptor. The same when another program wrote to the file,
   * replaced or removed it (`ECHANGED`): then nothing is cut.
   */
  append(content: Uint8Array): Promise<void>;
  /** Cuts the file to `size` bytes, durably. */
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}
