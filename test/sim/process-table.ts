import type {
  Finished,
  Liveness,
  ProcessIdentity,
  Processes,
  Program,
  RunOptions,
  StartOptions,
} from '../../src/io/processes.ts';
import { DiskError, parentOf } from './disk.ts';
import type { Life } from './life.ts';
import type { Machine } from './machine.ts';

/** One simulated program. */
export interface Process {
  readonly pid: number;
  readonly started: string;
  readonly group: number;
  readonly program: Program;
  /** The process of masterplan whose child it is, for programs that it waits for. */
  readonly parent: Life | undefined;
  readonly startedBy: Life;
  alive: boolean;
  /** Ignores polite requests to end. */
  stubborn: boolean;
  /** Told once when it is gone. */
  readonly gone: ((how: { readonly code: number | undefined; readonly signal: string | undefined }) => void)[];
}

/** What a program does once it runs. It acts on the machine by itself, and stops acting when it is no longer alive. */
export type Behaviour = (
  process: Process,
  machine: Machine,
  streams: { readonly stdin: Uint8Array; write(text: string): void },
) => void;

/** Which program is behind an argument vector; `undefined`: there is no such program. */
export type Shell = (program: Program) => Behaviour | undefined;

/** All processes of a machine. */
export class ProcessTable {
  readonly #machine: Machine;
  readonly #all = new Map<number, Process>();
  #pid = 100;
  #start = 1000;
  shell: Shell = () => undefined;
  /** Told when a program is started that outlives us. */
  launched: (process: Process) => void = () => {};

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  get alive(): Process[] {
    return [...this.#all.values()];
  }

  /** Numbers are given out again soon: there are few of them here. */
  nextPid(): number {
    do {
      this.#pid = this.#pid >= 160 ? 101 : this.#pid + 1;
    } while (this.#all.has(this.#pid) || [...this.#machine.lives].some((life) => life.pid === this.#pid));
    return this.#pid;
  }

  nextStart(): number {
    return ++this.#start;
  }

  /** Starts a process; `group`: that of another one, else its own. */
  spawn(program: Program, startedBy: Life, parent: Life | undefined, group?: number): Process {
    const pid = this.nextPid();
    const process: Process = {
      pid,
      started: String(this.nextStart()),
      group: group ?? pid,
      program,
      parent,
      startedBy,
      alive: true,
      stubborn: false,
      gone: [],
    };
    this.#all.set(pid, process);
    return process;
  }

  exit(process: Process, code: number | undefined, signal?: string): void {
    if (!process.alive) return;
    process.alive = false;
    this.#all.delete(process.pid);
    for (const tell of process.gone) tell({ code, signal });
  }

  get(pid: number): Process | undefined {
    return this.#all.get(pid);
  }

  group(group: number): Process[] {
    return this.alive.filter((one) => one.group === group);
  }

  identity(process: Process): ProcessIdentity {
    return { pid: process.pid, started: process.started, boot: this.#machine.bootId, host: this.#machine.host };
  }

  /** What a dead masterplan waited for goes with it, or stays behind without anybody to wait for it. */
  bereave(life: Life): void {
    for (const process of this.alive) {
      if (process.parent === life && this.#machine.dice.chance(0.5)) this.exit(process, undefined, 'SIGKILL');
    }
  }

  /** The power is gone. Nobody is told: whoever would be told is gone as well. */
  clear(): void {
    for (const process of this.#all.values()) {
      process.alive = false;
      process.gone.length = 0;
    }
    this.#all.clear();
    this.#pid = 100;
  }
}

/** The processes of the machine as one life of masterplan sees them. */
export class SimProcesses implements Processes {
  readonly #life: Life;

  constructor(life: Life) {
    this.#life = life;
  }

  self(): ProcessIdentity {
    const { pid, started, boot, host } = this.#life;
    return { pid, started, boot, host };
  }

  async run(program: Program, options: RunOptions = {}): Promise<Finished> {
    const life = this.#life;
    const unfinished = (ended: Finished['ended'], stderr: string): Finished => ({
      code: undefined,
      signal: undefined,
      stdout: new Uint8Array(0),
      stderr,
      ended,
    });
    if (options.signal?.aborted === true) return unfinished('cancelled', 'cancelled before it was started');
    await life.disk();
    await life.step('run:start');
    const refused = this.#refusal(program);
    if (refused !== undefined) return unfinished('not-started', refused);
    const { processes, world } = life.machine;
    const process = processes.spawn(program, life, life);
    const captured: string[] = [];
    const write = (text: string): void => {
      if (options.output === undefined) captured.push(text);
      else append(life.machine, options.output, text);
    };
    return new Promise((resolve) => {
      let ended: Finished['ended'] = 'exited';
      const stop = (why: Finished['ended']) => (): void => {
        if (!process.alive) return;
        ended = why;
        processes.exit(process, undefined, 'SIGTERM');
      };
      const cancel = stop('cancelled');
      const disarm =
        options.timeout === undefined
          ? (): void => {}
          : world.after(options.timeout, () => life.deliver(stop('timeout')));
      options.signal?.addEventListener('abort', cancel, { once: true });
      process.gone.push(({ code, signal }) => {
        disarm();
        options.signal?.removeEventListener('abort', cancel);
        for (const left of processes.group(process.group)) if (!life.dead) processes.exit(left, undefined, 'SIGKILL');
        life.deliver(() =>
          resolve({ code, signal, stdout: new TextEncoder().encode(captured.join('')), stderr: '', ended }),
        );
      });
      this.#begin(process, options.stdin ?? new Uint8Array(0), write);
      // It may have come while the program was being started.
      if (options.signal?.aborted === true) cancel();
    });
  }

  async start(program: Program, options: StartOptions): Promise<ProcessIdentity> {
    const life = this.#life;
    await life.disk();
    await life.step('start:before');
    const refused = this.#refusal(program);
    if (refused !== undefined) throw new Error(refused);
    const { machine } = life;
    const stdin = machine.disk.find(options.stdin);
    if (stdin?.kind !== 'file') throw new Error(`cannot open ${options.stdin}`);
    append(machine, options.output, '');
    const process = machine.processes.spawn(program, life, undefined);
    machine.processes.launched(process);
    this.#begin(process, stdin.bytes.slice(), (text) => append(machine, options.output, text));
    await life.step('start:after');
    return machine.processes.identity(process);
  }

  async liveness(identity: ProcessIdentity): Promise<Liveness> {
    const life = this.#life;
    const { machine } = life;
    // Another boot of this machine is proof of death, whatever the namespace.
    const sameMachine =
      identity.host.split(' ').slice(0, 2).join(' ') === machine.host.split(' ').slice(0, 2).join(' ');
    if (identity.boot !== machine.bootId) return sameMachine ? 'dead' : 'unknown';
    if (identity.host === life.host && identity.pid === life.pid && identity.started === life.started) return 'alive';
    if (identity.host !== machine.host) return 'unknown';
    const process = machine.processes.get(identity.pid);
    if (process?.started === identity.started) return 'alive';
    return [...machine.lives].some((one) => one.pid === identity.pid && one.started === identity.started)
      ? 'alive'
      : 'dead';
  }

  async find(name: string, ...values: readonly string[]): Promise<ProcessIdentity[]> {
    const { processes } = this.#life.machine;
    const found = new Map<number, Process>();
    for (const process of processes.alive) {
      if (!values.includes(process.program.env[name] ?? '') || found.has(process.group)) continue;
      found.set(process.group, processes.get(process.group) ?? process);
    }
    return [...found.values()].map((process) => processes.identity(process));
  }

  async end(identity: ProcessIdentity, grace: number): Promise<void> {
    const life = this.#life;
    const { processes, bootId, host, world } = life.machine;
    await life.step('end');
    const process = processes.get(identity.pid);
    if (identity.boot !== bootId || identity.host !== host || process?.started !== identity.started) return;
    const group = process.group;
    for (const one of processes.group(group)) if (!one.stubborn) processes.exit(one, undefined, 'SIGTERM');
    const until = world.now + grace;
    while (processes.group(group).length > 0 && world.now < until) await life.sleep(Math.min(50, until - world.now));
    await life.step('end:firmly');
    for (const one of processes.group(group)) processes.exit(one, undefined, 'SIGKILL');
  }

  #refusal(program: Program): string | undefined {
    const { disk } = this.#life.machine;
    if (this.#life.machine.processes.shell(program) === undefined)
      return `${program.argv[0]}: there is no such program`;
    try {
      if (disk.find(program.cwd)?.kind === 'directory') return undefined;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
    return `${program.argv[0]} cannot be started in ${program.cwd}: there is no such directory`;
  }

  #begin(process: Process, stdin: Uint8Array, write: (text: string) => void): void {
    const { machine } = this.#life;
    const behaviour = machine.processes.shell(process.program);
    machine.world.after(
      0.01,
      () => process.alive && behaviour?.(process, machine, { stdin, write: (text) => process.alive && write(text) }),
    );
  }
}

/** Appends to a file as a program does that never syncs. */
export function append(machine: Machine, path: string, text: string): void {
  const { disk } = machine;
  if (disk.find(parentOf(path))?.kind !== 'directory') return;
  const there = disk.find(path);
  const before = there?.kind === 'file' ? there.bytes : new Uint8Array(0);
  const more = new TextEncoder().encode(text);
  const bytes = new Uint8Array(before.length + more.length);
  bytes.set(before);
  bytes.set(more, before.length);
  disk.put(path, bytes);
}
