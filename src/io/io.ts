import type { Clock } from './clock.ts';
import type { Files } from './files.ts';
import type { Machine } from './machine.ts';
import type { Ports } from './ports.ts';
import type { Processes } from './processes.ts';
import type { Random } from './random.ts';

/** Everything the engine knows of the world outside. One object, so that a simulated world can stand in for all of it. */
export interface Io {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly processes: Processes;
  /** Absent in a world without a machine to measure. */
  readonly machine?: Machine;
  readonly ports: Ports;
}
