import { readdirSync, readFileSync } from 'node:fs';

export interface Found {
  readonly pid: number;
  readonly command: string;
}

/** Whether this machine shows the environments of its processes. */
export const SEES_PROCESSES = process.platform === 'linux';

/** Live processes that belong to a world: those whose environment has its home directory. */
export function processesOf(world: { readonly home: string }): Found[] {
  return SEES_PROCESSES ? processesWith(`HOME=${world.home}`) : [];
}

/** Live processes whose environment holds `name=value`. */
export function processesWith(variable: string): Found[] {
  const found: Found[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(variable)) continue;
      found.push({ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') });
    } catch {
      // Gone while we looked, or not ours.
    }
  }
  return found;
}

/** Whether a process is there; a zombie is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !SEES_PROCESSES || !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
