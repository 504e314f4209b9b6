import { readFileSync } from 'node:fs';
import { processesOf } from './processes.ts';

/** What of a run can be killed without killing masterplan: a git of its own, a verify command, the shell around an agent. */
export type Part = 'git' | 'verify' | 'shell';

/** Parts of a world that are alive. */
export function partsOf(world: { readonly home: string }): { readonly pid: number; readonly part: Part }[] {
  return processesOf(world).flatMap(({ pid, command }): { pid: number; part: Part }[] => {
    let environment: readonly string[];
    try {
      environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    } catch {
      return [];
    }
    const has = (start: string): boolean => environment.some((one) => one.startsWith(start));
    if (has('MASTERPLAN_NONCE=git-')) return [{ pid, part: 'git' }];
    if (has('MASTERPLAN_VERIFIES=')) return [{ pid, part: 'verify' }];
    return command.includes('masterplan-agent') ? [{ pid, part: 'shell' }] : [];
  });
}

/** Kills a process; `false` when it was gone already. */
export function killOne(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
