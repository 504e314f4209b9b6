import { sha256 } from '../../core/base/sha256.ts';
import { formatStamp } from '../../core/base/time.ts';
import type { Io } from '../../io/io.ts';
import type { ProcessIdentity } from '../../io/processes.ts';
import { acquireLock, type Lock } from '../log/lock.ts';

/*
 * The register of leased ports: one file in the user's state directory, for all runs of all repositories of this machine,
 * written under a generation lock. A lease lives as long as the directory that it is for.
 */

/** Ports that are given out: below those that systems hand out by themselves (32768 and up, or 49152). */
const FIRST = 20_000;
const LAST = 29_999;
/** Milliseconds that the register may be another's. */
const PATIENCE = 60_000;
const PAUSE = 20;
const LONGEST = 16 * 1024 * 1024;

interface Entry {
  /** The worktree or checkout. */
  readonly holder: string;
  readonly run: string;
  /** Who took it, as the last resort when there are no ports left. */
  readonly owner: ProcessIdentity;
  readonly since: string;
  /** First port and how many in a row, by name. */
  readonly ports: Readonly<Record<string, readonly [number, number]>>;
}

interface Register {
  readonly schema: 1;
  readonly leases: readonly Entry[];
}

/** Nobody can tell which ports are free: words for a person. */
export class LeaseError extends Error {
  override readonly name = 'LeaseError';
}

/**
 * Leases ports for a directory that exists: those that it has already, else free ones, the same ones as before where
 * possible. `ports` says how many in a row, by name; `kept` are given to nobody, whatever the register says. Rejects with
 * a {@link LeaseError} when there are none.
 */
export async function takePorts(
  io: Io,
  directory: string,
  holder: string,
  run: string,
  ports: Readonly<Record<string, number>>,
  kept: readonly number[] = [],
): Promise<Readonly<Record<string, number>>> {
  return underLock(io, directory, async (lock) => {
    const there = await live(io, await read(io, directory));
    const own = there.find((entry) => entry.holder === holder);
    if (own !== undefined && sameWants(own, ports)) return firstPorts(own);
    const others = there.filter((entry) => entry.holder !== holder);
    const found =
      (await choose(io, holder, ports, others, kept)) ??
      (await choose(io, holder, ports, await ofTheLiving(io, others), kept));
    if (found === undefined)
      throw new LeaseError(
        `no ${Object.values(ports).some((count) => count > 1) ? 'ports in a row are' : 'port is'} free between ${FIRST} and ${LAST}: ${directory}/leases.json says who has them`,
      );
    const entry: Entry = {
      holder,
      run,
      owner: io.processes.self(),
      since: formatStamp(io.clock.now()),
      ports: found,
    };
    await write(io, directory, lock, [...others, entry]);
    return firstPorts(entry);
  });
}

/** Gives the ports of a directory back. */
export async function releasePorts(io: Io, directory: string, holder: string): Promise<void> {
  if ((await read(io, directory)).every((entry) => entry.holder !== holder)) return;
  await underLock(io, directory, async (lock) => {
    const left = (await read(io, directory)).filter((entry) => entry.holder !== holder);
    await write(io, directory, lock, await live(io, left));
  });
}

async function underLock<T>(io: Io, directory: string, work: (lock: Lock) => Promise<T>): Promise<T> {
  await io.files.makeDirectory(directory);
  const began = io.clock.monotonic();
  for (;;) {
    const locked = await acquireLock(io, directory, 'leases');
    if (locked.ok) {
      try {
        return await work(locked.value);
      } finally {
        await locked.value.release().catch(() => undefined);
      }
    }
    if (io.clock.monotonic() - began > PATIENCE) {
      const { owner, liveness } = locked.error;
      const pid = owner?.pid ?? '?';
      // It takes milliseconds: whoever lives and has it for so long is stopped.
      const hint =
        liveness === 'alive'
          ? `let it go on (kill -CONT ${pid}), or end it (kill -KILL ${pid})`
          : `when that is gone for good: rm -r '${directory}/lock'`;
      throw new LeaseError(`${directory} is being written by process ${pid}; ${hint}`);
    }
    await io.clock.wait(PAUSE);
  }
}

async function read(io: Io, directory: string): Promise<readonly Entry[]> {
  const bytes = await io.files.read(`${directory}/leases.json`, LONGEST);
  if (bytes === undefined) return [];
  try {
    const register = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Register>;
    if (register.schema === 1 && Array.isArray(register.leases)) return register.leases as Entry[];
  } catch {
    // Damaged: whoever listens is found out all the same, and the others have not begun yet.
  }
  return [];
}

async function write(io: Io, directory: string, lock: Lock, leases: readonly Entry[]): Promise<void> {
  if (!(await lock.check())) throw new LeaseError(`the lock of ${directory} was taken by somebody else`);
  const register: Register = { schema: 1, leases };
  await io.files.write(`${directory}/leases.json`, `${JSON.stringify(register, null, 1)}\n`);
}

/** Leases whose directory is still there. */
async function live(io: Io, entries: readonly Entry[]): Promise<Entry[]> {
  const there = await Promise.all(
    entries.map(async ({ holder }) => (await io.files.stat(holder).catch(() => undefined)) !== undefined),
  );
  return entries.filter((_, at) => there[at]);
}

/** Leases of processes that are not known to be dead. */
async function ofTheLiving(io: Io, entries: readonly Entry[]): Promise<Entry[]> {
  const dead = await Promise.all(entries.map(async ({ owner }) => (await io.processes.liveness(owner)) === 'dead'));
  return entries.filter((_, at) => !dead[at]);
}

async function choose(
  io: Io,
  holder: string,
  wants: Readonly<Record<string, number>>,
  others: readonly Entry[],
  kept: readonly number[],
): Promise<Entry['ports'] | undefined> {
  const taken = new Set(kept);
  const take = (first: number, count: number): void => {
    for (let port = first; port < first + count; port++) taken.add(port);
  };
  for (const { ports } of others) for (const [first, count] of Object.values(ports)) take(first, count);
  const found: Record<string, readonly [number, number]> = {};
  for (const [name, count] of Object.entries(wants)) {
    // Where to begin follows from the place, so that the same place gets the same ports again when it can.
    const span = LAST - FIRST + 2 - count;
    const start = Number.parseInt(sha256(`${holder} ${name}`).slice(0, 8), 16) % span;
    let first: number | undefined;
    for (let step = 0; step < span && first === undefined; step++) {
      const at = FIRST + ((start + step) % span);
      if (await allFree(io, at, count, taken)) first = at;
    }
    if (first === undefined) return undefined;
    found[name] = [first, count];
    take(first, count);
  }
  return found;
}

async function allFree(io: Io, first: number, count: number, taken: ReadonlySet<number>): Promise<boolean> {
  for (let port = first; port < first + count; port++) if (taken.has(port)) return false;
  for (let port = first; port < first + count; port++) if (!(await io.ports.free(port))) return false;
  return true;
}

function sameWants(entry: Entry, wants: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(wants);
  return (
    names.length === Object.keys(entry.ports).length && names.every((name) => entry.ports[name]?.[1] === wants[name])
  );
}

function firstPorts({ ports }: Entry): Record<string, number> {
  return Object.fromEntries(Object.entries(ports).map(([name, [first]]) => [name, first]));
}
