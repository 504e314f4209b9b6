import { size } from '../../core/run/pressure.ts';
import type { Io } from '../../io/io.ts';
import type { ProcessIdentity } from '../../io/processes.ts';
import { NONCE } from '../machine/custody.ts';

/** Milliseconds between two looks at all processes: it costs some ten of them. */
const LOOK = 2_000;

/** Looks whether an attempt has more in memory than it may. */
export class MemoryWatch {
  readonly #io: Io;
  readonly #limit: number | undefined;
  #looked = Number.NEGATIVE_INFINITY;

  /** @param limit  bytes; without one nothing is looked at */
  constructor(io: Io, limit: number | undefined) {
    this.#io = io;
    this.#limit = limit;
  }

  /** Why the attempt has to be ended; `undefined`: it has not. */
  beyond(process: ProcessIdentity, nonce: string): string | undefined {
    const { clock, machine } = this.#io;
    const limit = this.#limit;
    if (limit === undefined || limit === 0 || machine === undefined) return undefined;
    if (clock.monotonic() - this.#looked < LOOK) return undefined;
    this.#looked = clock.monotonic();
    const used = machine
      .processes()
      .filter(({ group, marks }) => marks[NONCE] === nonce || group === process.pid)
      .reduce((sum, { memory }) => sum + memory, 0);
    return used > limit ? `it had ${size(used)} in memory, more than ${size(limit)}` : undefined;
  }
}
