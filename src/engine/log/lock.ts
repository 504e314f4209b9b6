import { err, ok, type Result } from '../../core/base/result.ts';
import { formatStamp } from '../../core/base/time.ts';
import type { Io } from '../../io/io.ts';
import type { Liveness, ProcessIdentity } from '../../io/processes.ts';

/** The right to write one run, proven again before each write: somebody may have taken it from a process that slept. */
export interface Lock {
  /** Grows with each owner of the run, and never comes back: stamped into events, so that a late writer is found out. */
  readonly generation: number;
  /** Whether the lock is still ours. */
  check(): Promise<boolean>;
  /** Whether nobody has it, because its records were removed. */
  vanished(): Promise<boolean>;
  /**
   * The same lock under a generation higher than `above`: for a log that was written under higher ones, because the
   * runtime directory was deleted since or is another machine's. This lock is no longer the last afterwards.
   */
  raise(above: number): Promise<Lock>;
  /**
   * Gives the lock back. When that fails (disk full), this process may take it anew, and for others it is given back by our end: a
   * dead owner holds nothing.
   */
  release(): Promise<void>;
}

/** Who holds a run. */
export interface LockedBy {
  readonly generation: number;
  /** `undefined` when the record cannot be read: then somebody holds it, and nobody knows who. */
  readonly owner: ProcessIdentity | undefined;
  /** What the owner was started as. */
  readonly command: string;
  /** Since when: ISO 8601, UTC. */
  readonly since: string;
  readonly liveness: Liveness;
  /** One sentence: who it is. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** `<N>.json`. Written once, as a whole, and never changed. */
interface LockRecord {
  readonly schema: 1;
  readonly generation: number;
  readonly state: 'held' | 'released';
  readonly pid: number;
  readonly started: string;
  readonly boot: string;
  readonly host: string;
  readonly nonce: string;
  readonly command: string;
  readonly since: string;
}

/** A record is some 300 bytes; whatever is much larger was not written by us. */
const LONGEST_RECORD = 65_536;

/** Each lost round means that somebody else took the lock meanwhile; so many in a row mean that something is broken. */
const ROUNDS = 1_000;

/**
 * Takes the lock of the run whose runtime directory is `directory`, when nobody alive holds it. Does not wait.
 *
 * Records are created under exclusive names, the highest generation is the owner, and the highest is never removed:
 * whoever was overtaken between looking and creating sees a higher number and steps back. Why that is safe, and what
 * the races of other designs were: docs/decisions/0012-generation-lock.md.
 */
export async function acquireLock(io: Io, directory: string, command: string): Promise<Result<Lock, LockedBy>> {
  await io.files.makeDirectory(lockDirectory(directory));
  for (let round = 0; round < ROUNDS; round++) {
    const last = highest(await generations(io, directory));
    if (last > 0) {
      const holder = await readHolder(io, directory, last);
      if (holder === 'vanished') continue;
      if (holder !== 'released' && holder.liveness !== 'dead') return err(holder);
    }
    const generation = last + 1;
    const text = describe(io, generation, 'held', command);
    try {
      if (!(await io.files.create(recordPath(directory, generation), text))) continue;
    } catch (error) {
      // It may stand there all the same.
      giveUp(io, text);
      throw error;
    }
    const now = await generations(io, directory);
    if (highest(now) !== generation) {
      // We were overtaken long ago, and our number had been used and removed before: it means nothing.
      await io.files.remove(recordPath(directory, generation));
      continue;
    }
    for (const old of now) {
      if (old < generation) await io.files.remove(recordPath(directory, old));
    }
    return ok(held(io, directory, generation, text, command));
  }
  throw new Error(
    `the lock in ${lockDirectory(directory)} could not be taken in ${ROUNDS} rounds: others keep taking it`,
  );
}

/** Who holds a run now, or held it until death; `undefined` when nobody does. Only looks. */
export async function lockHolder(io: Io, directory: string): Promise<LockedBy | undefined> {
  for (let round = 0; round < ROUNDS; round++) {
    const last = highest(await generations(io, directory));
    if (last === 0) return undefined;
    const holder = await readHolder(io, directory, last);
    if (holder === 'released') return undefined;
    if (holder !== 'vanished') return holder;
  }
  throw new Error(`the lock in ${lockDirectory(directory)} changes faster than it can be read`);
}

/**
 * Takes the lock away from an owner of whom nobody here can tell whether it lives (another machine or container). An
 * owner that is known to live is not robbed, but returned as the error: end it first. The value is who was robbed, if
 * anybody; should he write once more, the generation gives him away.
 */
export async function forceUnlock(
  io: Io,
  directory: string,
  command: string,
): Promise<Result<LockedBy | undefined, LockedBy>> {
  for (let round = 0; round < ROUNDS; round++) {
    const holder = await lockHolder(io, directory);
    if (holder === undefined) return ok(undefined);
    if (holder.liveness === 'alive') return err(holder);
    const next = holder.generation + 1;
    if (await io.files.create(recordPath(directory, next), describe(io, next, 'released', command))) return ok(holder);
  }
  throw new Error(`the lock in ${lockDirectory(directory)} could not be released: others keep taking it`);
}

function held(io: Io, directory: string, generation: number, text: string, command: string): Lock {
  const check = async (): Promise<boolean> => {
    if (highest(await generations(io, directory)) !== generation) return false;
    // The number alone would not do: when the directory was deleted by hand, numbers begin again.
    const content = await io.files.read(recordPath(directory, generation), LONGEST_RECORD);
    return content !== undefined && decoder.decode(content) === text;
  };
  return {
    generation,
    check,
    vanished: async () => (await generations(io, directory)).length === 0,
    async raise(above) {
      // Only the holder may skip numbers: everybody else must meet at the next one, or two could pass each other.
      const next = above + 1;
      const record = describe(io, next, 'held', command);
      if (!(await check()) || !(await io.files.create(recordPath(directory, next), record))) {
        throw new Error(`the lock in ${lockDirectory(directory)} was taken by somebody else`);
      }
      await io.files.remove(recordPath(directory, generation));
      return held(io, directory, next, record, command);
    },
    async release() {
      try {
        if (!(await check())) return;
        const next = generation + 1;
        await io.files.create(recordPath(directory, next), describe(io, next, 'released', command));
      } catch (error) {
        giveUp(io, text);
        throw error;
      }
    },
  };
}

/**
 * Records of ours that say `held` though nobody holds anything: a full or broken disk kept us from taking the lock as a whole, or from
 * giving it back. They name this process, which lives, and would keep it from the lock for as long as it does.
 */
const givenUp = new WeakMap<Io, Set<string>>();

function giveUp(io: Io, record: string): void {
  const records = givenUp.get(io) ?? new Set();
  givenUp.set(io, records.add(record));
}

const decoder = new TextDecoder();

function lockDirectory(directory: string): string {
  return `${directory}/lock`;
}

function recordPath(directory: string, generation: number): string {
  return `${lockDirectory(directory)}/${generation}.json`;
}

/** The generations present, ascending. Names that are not ours are left alone. */
async function generations(io: Io, directory: string): Promise<number[]> {
  const names = await io.files.list(lockDirectory(directory));
  return names
    .flatMap((name) => (/^[1-9][0-9]{0,14}\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .sort((a, b) => a - b);
}

function highest(all: readonly number[]): number {
  return all.at(-1) ?? 0;
}

function describe(io: Io, generation: number, state: LockRecord['state'], command: string): string {
  const { pid, started, boot, host } = io.processes.self();
  const since = formatStamp(io.clock.now());
  const record: LockRecord = {
    schema: 1,
    generation,
    state,
    pid,
    started,
    boot,
    host,
    nonce: io.random.hex(8),
    command,
    since,
  };
  return `${JSON.stringify(record)}\n`;
}

async function readHolder(io: Io, directory: string, generation: number): Promise<LockedBy | 'released' | 'vanished'> {
  const content = await io.files.read(recordPath(directory, generation), LONGEST_RECORD);
  if (content === undefined) return 'vanished';
  const text = decoder.decode(content);
  if (givenUp.get(io)?.has(text) === true) return 'released';
  const record = parseRecord(text, generation);
  const unlock = `masterplan unlock ${directory.slice(directory.lastIndexOf('/') + 1)} --force`;
  if (record === undefined) {
    return {
      generation,
      owner: undefined,
      command: '',
      since: '',
      liveness: 'unknown',
      message: `the lock record ${recordPath(directory, generation)} cannot be read, so somebody may be working on this run`,
      hint: `when nobody is, take it away: ${unlock}`,
    };
  }
  if (record.state === 'released') return 'released';
  const owner = { pid: record.pid, started: record.started, boot: record.boot, host: record.host };
  const liveness = await io.processes.liveness(owner);
  const machine = record.host.split(' ')[0] ?? record.host;
  const who = `process ${record.pid} on ${machine} (${record.command})`;
  const by = { generation, owner, command: record.command, since: record.since, liveness };
  switch (liveness) {
    case 'alive':
      return {
        ...by,
        message: `${who} is working on this run since ${record.since}`,
        hint: `let it work, or end it: kill ${record.pid}`,
      };
    case 'dead':
      return { ...by, message: `${who} worked on this run and died`, hint: 'nothing to do: the next run takes over' };
    case 'unknown':
      return {
        ...by,
        message: `${who} is working on this run since ${record.since}, and from here nobody can tell whether it still lives`,
        hint: `when that machine or container is gone for good, take the run away from it: ${unlock}`,
      };
  }
}

/** `undefined` for anything that is not a whole record of this generation and a schema that we know. */
function parseRecord(text: string, generation: number): LockRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { schema, state, pid, ...rest } = value as Record<string, unknown>;
  const words = [rest['started'], rest['boot'], rest['host'], rest['nonce'], rest['command'], rest['since']];
  const whole =
    schema === 1 &&
    rest['generation'] === generation &&
    (state === 'held' || state === 'released') &&
    Number.isSafeInteger(pid) &&
    words.every((word) => typeof word === 'string');
  return whole ? (value as LockRecord) : undefined;
}
