import { mkdtempSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of its own for one test. */
export interface Place {
  readonly directory: string;
  link(target: string, path: string): Promise<void>;
  dispose(): Promise<void>;
}

export function place(): Place {
  const directory = mkdtempSync(join(tmpdir(), 'masterplan-io-'));
  return { directory, link: symlink, dispose: () => rm(directory, { recursive: true, force: true }) };
}

/** The environment of programs that a test starts: nothing but where to find them. */
export const PATH_ONLY: Readonly<Record<string, string>> = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
