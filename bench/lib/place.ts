import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs `work` with a directory of its own that is removed afterwards. MASTERPLAN_BENCH_DIR chooses the file system: what
 * a sync costs is a question of the disk.
 */
export async function inPlace<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = realpathSync(
    mkdtempSync(join(process.env['MASTERPLAN_BENCH_DIR'] ?? tmpdir(), 'masterplan-bench-')),
  );
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
