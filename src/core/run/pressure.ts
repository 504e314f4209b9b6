/** Where dispatch pauses: absent keys are no limit. */
export interface PressureLimits {
  /** Bytes of memory that must be available. */
  readonly memory?: number;
  /** Load of the last minute at most. */
  readonly load?: number;
  /** Bytes that must be free on the disk of the repository. */
  readonly disk?: number;
}

/** What was measured; `undefined` where nobody could tell. */
export interface Measured {
  readonly memory: number | undefined;
  readonly load: number | undefined;
  readonly disk: number | undefined;
}

/** What is short on the machine, and in which words that is told. */
export interface Pressure {
  readonly what: 'memory' | 'load' | 'disk';
  readonly words: string;
}

/** Once paused, it takes that much more than the limit to go on: what hovers around a limit would flicker. */
const MARGIN = 1.1;

/** What is short; `undefined`: nothing. `paused` says whether dispatch is paused already. What nobody can measure is not short. */
export function pressureOn(limits: PressureLimits, measured: Measured, paused: boolean): Pressure | undefined {
  const more = paused ? MARGIN : 1;
  const { memory, load, disk } = measured;
  if (limits.memory !== undefined && memory !== undefined && memory < limits.memory * more)
    return { what: 'memory', words: `${size(memory)} of memory are left, and ${size(limits.memory)} are to be` };
  if (limits.disk !== undefined && disk !== undefined && disk < limits.disk * more)
    return { what: 'disk', words: `${size(disk)} are left on the disk, and ${size(limits.disk)} are to be` };
  if (limits.load !== undefined && load !== undefined && load > limits.load / more)
    return { what: 'load', words: `the load is ${load.toFixed(1)}, and at most ${limits.load} is to be` };
  return undefined;
}

/** Bytes for people: `512 MB`. */
export function size(bytes: number): string {
  const [unit, by] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : ['kB', 1e3];
  const value = bytes / by;
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`;
}
