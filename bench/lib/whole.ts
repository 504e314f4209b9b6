import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The built program. */
export const PROGRAM = join(process.cwd(), 'dist/start.cjs');

/** What a process did. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall time. */
  readonly ms: number;
  /** It was ended because it took longer than it may. */
  readonly cut: boolean;
}

/** Runs a Node program to its end, without network settings, home or colours of the person who measures. */
export function whole(
  cwd: string,
  args: readonly string[],
  { limit, home = '/nonexistent' }: { readonly limit?: number; readonly home?: string } = {},
): Ended {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, CI: '1', NO_COLOR: '1', DO_NOT_TRACK: '1' };
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
    encoding: 'utf8',
    ...(limit === undefined ? {} : { timeout: limit, killSignal: 'SIGKILL' }),
  });
  const cut = (error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT';
  if (error !== undefined && !cut) throw error;
  return { code: status, stdout, stderr, ms: performance.now() - start, cut };
}
