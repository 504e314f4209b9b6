import { size } from '../../core/run/pressure.ts';
import type { ProcessIdentity } from '../../io/processes.ts';
import { DiskMeter } from '../environment/disk.ts';
import { NONCE } from '../machine/custody.ts';
import type { Performing } from '../perform/performer.ts';

/** Milliseconds between two looks at all processes, and between two counts of the disk at least. */
const LOOK = 2_000;
const COUNT = 2_000;

/** Looks whether an attempt fills the disk or the table of processes beyond what its environment allows. */
export class Bounds {
  readonly #performing: Performing;
  readonly #meter: DiskMeter;
  #looked = Number.NEGATIVE_INFINITY;

  constructor(worktree: string, performing: Performing) {
    this.#performing = performing;
    this.#meter = new DiskMeter(performing.io, performing.base, [worktree], COUNT);
  }

  /** Why the attempt has to be ended; `undefined`: it has not. */
  async beyond(process: ProcessIdentity, nonce: string): Promise<string | undefined> {
    const limits = this.#performing.state().settings?.environment?.limits;
    if (limits === undefined) return undefined;
    const { clock, machine } = this.#performing.io;
    if (limits.worktree !== undefined) {
      const used = (await this.#meter.use()) ?? 0;
      if (used > limits.worktree)
        return `its worktree took ${size(used)} of the disk, more than ${size(limits.worktree)}`;
    }
    if (limits.processes === undefined || machine === undefined || clock.monotonic() - this.#looked < LOOK)
      return undefined;
    this.#looked = clock.monotonic();
    const own = machine.processes().filter(({ group, marks }) => marks[NONCE] === nonce || group === process.pid);
    return own.length > limits.processes ? `it had ${own.length} processes, more than ${limits.processes}` : undefined;
  }
}
