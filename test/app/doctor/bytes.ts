import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a directory with its bytes, but for locks, which whoever looks leaves behind, and git's own. */
export function bytesIn(directory: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !/\/\.git\/(?!info\/)|\/lock\//.test(path)) files[path] = readFileSync(path, 'latin1');
  }
  return files;
}
