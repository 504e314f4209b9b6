import type { Io } from '../../io/io.ts';
import type { Named } from './facts.ts';

/** Names in a directory with size and age; empty when it is not there or cannot be read. */
export async function namedIn(io: Io, directory: string): Promise<Named[]> {
  const names = await io.files.list(directory).catch(() => []);
  const all = await Promise.all(
    names.map(async (name) => {
      const stat = await io.files.stat(`${directory}/${name}`).catch(() => undefined);
      return { name, size: stat?.size ?? 0, mtime: stat?.mtime ?? 0 };
    }),
  );
  return all;
}

/** The text of a file; `undefined`: it is not there, or cannot be read, which `trouble` is told. */
export async function textIn(io: Io, path: string, trouble?: (why: string) => void): Promise<string | undefined> {
  try {
    const bytes = await io.files.read(path, 64 * 1024 * 1024);
    return bytes === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  } catch (error) {
    trouble?.(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
