import { FileError } from '../files.ts';

/** The system's codes in words that complete "cannot write events.jsonl: …". */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'the operating system does not permit it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would become larger than is allowed',
  EIO: 'the disk reports an input/output error',
  ELOOP: 'it is a symbolic link, which is never followed here',
  EMFILE: 'this process has too many files open',
  ENFILE: 'the machine has too many files open',
  ENOMEM: 'the machine is out of memory',
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EEXIST: 'it exists already',
  ENOTEMPTY: 'the directory is not empty',
  EBUSY: 'it is in use',
  ETXTBSY: 'it is a program that is running',
  ENAMETOOLONG: 'the name is too long',
  EXDEV: 'it would have to move to another file system',
  EMLINK: 'it has too many links',
  ENXIO: 'it is a pipe or device, not a file',
  ENODEV: 'it is a device, not a file',
  ESTALE: 'the network file system lost it',
  EINTR: 'the operation was interrupted',
  EAGAIN: 'it is locked or busy at the moment',
  EINVAL: 'the file system does not accept it',
  ENOTSUP: 'the file system does not support it',
  EOPNOTSUPP: 'the file system does not support it',
  ENOSYS: 'the operating system does not support it',
  E2BIG: 'arguments and environment are too long',
  EBADF: 'it has been closed',
  ERR_INVALID_ARG_VALUE: 'the name holds a NUL character',
};

/** The code of an error of Node's file system or process functions; `UNKNOWN` where it has none. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return 'UNKNOWN';
}

/** What a code means, in words; the code itself stands behind them so that it can be searched for. */
export function inWords(code: string): string {
  const words = WORDS[code];
  return words === undefined ? `the operating system said ${code}` : `${words} (${code})`;
}

/** A {@link FileError} for whatever was thrown; one that already is one passes unchanged. */
export function fileError(error: unknown, path: string): FileError {
  if (error instanceof FileError) return error;
  const code = codeOf(error);
  if (code !== 'UNKNOWN') return new FileError(code, path, inWords(code));
  return new FileError(code, path, error instanceof Error ? error.message : String(error));
}
