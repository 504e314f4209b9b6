import type { ProcessIdentity } from '../processes.ts';

/** One process as the operating system sees it. */
export interface ProcessEntry {
  readonly pid: number;
  /** Process group. */
  readonly group: number;
  readonly started: string;
  /** It has ended and only waits to be noticed by its parent. */
  readonly zombie: boolean;
}

/** What can be asked about processes of this machine. */
export interface ProcessTable {
  /** Who we are; asked once. */
  self(): ProcessIdentity;
  look(pid: number): ProcessEntry | undefined;
  /** All processes, zombies included. */
  all(): ProcessEntry[];
  /** Pids of processes of this user whose environment at their start held `name` with one of `values`. */
  withEnvironment(name: string, values: readonly string[]): number[];
}
