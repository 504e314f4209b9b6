import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { World } from './world.ts';

/** Whether this machine lets us trace programs of ours. */
export const HAS_STRACE = spawnSync('strace', ['-o', '/dev/null', '-e', 'trace=none', 'true']).status === 0;

/** System calls by which masterplan changes files; all of them come from its main thread. */
export const CALLS = ['write', 'fdatasync', 'fsync', 'rename'] as const;
export type Call = (typeof CALLS)[number];

export interface Fault {
  readonly call: Call;
  /** The how-manieth of these calls, from 1. */
  readonly n: number;
  /** In the words of strace: `signal=KILL`, `error=EIO`. */
  readonly how: string;
}

/**
 * `strace` before a program: only one kind of call is seen, and the n-th of them is disturbed. Writes are those into the
 * log, because a program writes much else; syncs and renames are all of them: log, projections, lock, records, briefs.
 */
export function straceArgs(world: World, call: Call, fault?: Fault): [string, ...string[]] {
  const place = call === 'write' || call === 'fdatasync' ? ['-P', world.logFile] : [];
  const inject = fault === undefined ? [] : ['-e', `inject=${call}:${fault.how}:when=${fault.n}`];
  return ['strace', '-qq', '-o', traceOf(world), ...place, '-e', `trace=${call}`, '-e', 'signal=none', ...inject];
}

/** How often {@link straceArgs} saw its call. */
export function countCalls(world: World): number {
  return world.read(traceOf(world)).split('\n').length - 1;
}

function traceOf(world: World): string {
  return join(world.directory, 'trace');
}
