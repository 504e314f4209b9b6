/** A process, recognisable for ever: the pid alone may be given out again, the start time and boot tell the two apart. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in the platform's own unit, compared only for equality. */
  readonly started: string;
  /** The machine's current boot. */
  readonly boot: string;
  /** The machine and process namespace in which the pid means something. */
  readonly host: string;
}

export interface Program {
  /** Program and arguments; never given to a shell by us. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment of the new process: nothing of ours is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

export interface RunOptions {
  readonly stdin?: Uint8Array;
  /** File that standard output and standard error are appended to together; without it both are captured. */
  readonly output?: string;
  /** Bytes of output after which the program is ended (default: 64 MiB captured, 1 GiB into a file). */
  readonly maxOutput?: number;
  /** Milliseconds; then the whole process group is ended. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

export interface Finished {
  /** Exit code; `undefined` when a signal ended it or it could not be started. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: Uint8Array;
  readonly stderr: string;
  /**
   * `exited` by itself or by somebody's signal; `timeout`, `cancelled` or `overflow` (more than `maxOutput`) when we ended
   * it; `not-started`, with the reason in `stderr`, when there is no such program or directory.
   */
  readonly ended: 'exited' | 'timeout' | 'cancelled' | 'overflow' | 'not-started';
}

export interface StartOptions {
  /** File that is its standard input. */
  readonly stdin: string;
  /** File that its standard output and error are appended to; created when missing. */
  readonly output: string;
}

/** Whether a process of this identity is there; `unknown` when it belongs to another machine or namespace. */
export type Liveness = 'alive' | 'dead' | 'unknown';

export interface Processes {
  /** Who we are. */
  self(): ProcessIdentity;
  /**
   * Runs a program to its end in a process group of its own and returns how it ended; what is left of the group
   * afterwards is ended too. Returns when the program itself ends, whoever still holds its output open. Never rejects.
   */
  run(program: Program, options?: RunOptions): Promise<Finished>;
  /**
   * Starts a program that outlives us: own session and process group, standard streams on files, no pipe to us.
   * Rejects with an `Error` whose message says why it could not be started.
   */
  start(program: Program, options: StartOptions): Promise<ProcessIdentity>;
  liveness(identity: ProcessIdentity): Promise<Liveness>;
  /**
   * Live processes of this user whose environment at their start held `name` with one of `values`, one for each process group: the
   * group's leader, whatever that carries itself; where the leader is gone, the carrier of lowest pid. Never anyone of
   * our own group.
   */
  find(name: string, ...values: readonly string[]): Promise<ProcessIdentity[]>;
  /**
   * Ends a process and its whole group: politely, then, after `grace` milliseconds, firmly. Resolves when it is gone.
   * Does nothing unless the identity still matches: a reused pid is never signalled; members of a group whose leader is
   * gone are reached through {@link find}. Rejects for our own group, and when the kernel does not let go of a killed one.
   */
  end(identity: ProcessIdentity, grace: number): Promise<void>;
}
