import { sha256 } from '../../core/base/sha256.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import { formatStamp } from '../../core/base/time.ts';
import { checkLine, encodeEvent } from '../../core/run/codec.ts';
import type { RecordedEvent, RunEvent } from '../../core/run/event.ts';
import { knownEvent } from '../../core/run/event-names.ts';
import { evolve } from '../../core/run/evolve.ts';
import { emptyState, type RunState } from '../../core/run/state.ts';
import type { AppendFile, Files } from '../../io/files.ts';
import type { Io } from '../../io/io.ts';
import { LONGEST_LINE } from './damage.ts';
import { Lines } from './lines.ts';
import type { Lock } from './lock.ts';

/** How far a log was read: everything before is whole. */
export interface Position {
  readonly seq: number;
  /** Bytes. */
  readonly size: number;
  /** Chained checksum of the last line. */
  readonly sum: number;
}

/** A log that must not be appended to, because something in it is not as it was written. */
export interface LogDamage {
  readonly file: string;
  /** Line of the file, from 1. */
  readonly line: number;
  readonly problem: string;
  /** Everything up to here is whole; absent where nothing could be read. */
  readonly trusted?: Position & { readonly at: number };
}

export interface Replayed {
  readonly state: RunState;
  readonly position: Position;
  /** Bytes after the last whole line: what a crash left of an append that was never acknowledged. */
  readonly torn: number;
}

/** Where a projection says it was folded from; the log must reach at least there and agree. */
export interface Claim {
  readonly name: string;
  readonly seq: number;
  readonly sum?: number | undefined;
}

const CHUNK = 4 * 1024 * 1024;
const NEWLINE = 10;
const decoder = new TextDecoder('utf-8', { fatal: false });

/**
 * Reads a log from `from` on (from the start without it), checks every line and folds it. `each` sees every event.
 * A torn tail is reported, not cut: reading never writes.
 */
export async function replay(
  files: Files,
  path: string,
  options: {
    readonly from?: { readonly state: RunState; readonly position: Position };
    readonly claims?: readonly Claim[];
    readonly each?: (event: RecordedEvent, line: number) => void;
  } = {},
): Promise<Result<Replayed, LogDamage>> {
  const claims = options.claims ?? [];
  const firstClaim = claims.reduce((first, { seq }) => Math.min(first, seq), Infinity);
  let state = options.from?.state ?? emptyState();
  /** End of the last whole group: everything before it counts, everything after it is torn. */
  let whole: Position = options.from?.position ?? { seq: 0, size: 0, sum: 0 };
  let { seq: line, sum } = whole;
  let group: RecordedEvent[] = [];
  let offset = whole.size;
  let length = CHUNK;
  const damage = (problem: string, at = line + 1): Result<never, LogDamage> =>
    err({ file: path, line: at, problem, trusted: { ...whole, at: state.updated } });
  const finish = (size: number): Result<Replayed, LogDamage> => {
    const ahead = claims.find((claim) => claim.seq > whole.seq);
    if (ahead !== undefined) {
      return damage(
        `the log ends with event ${whole.seq}, but ${ahead.name} was made from ${ahead.seq} events: lines are missing`,
        whole.seq + 1,
      );
    }
    return ok({ state, position: whole, torn: size - whole.size });
  };
  /** The end of the log, when all that stands behind the last whole line is only torn. */
  const rest = async (): Promise<Result<Replayed, LogDamage>> => {
    const { problem, end } = await damageBehind(files, path, offset, line);
    return problem === undefined ? finish(end) : damage(problem);
  };
  for (;;) {
    const bytes = await files.readRange(path, offset, length);
    if (bytes === undefined) return damage('the file is missing', 0);
    const lines = new Lines(bytes);
    for (; lines.end >= 0; lines.next()) {
      const { start, end } = lines;
      const next = checkLine(bytes, start, end, sum);
      const event = next === undefined ? undefined : parseEvent(lines.text());
      if (next === undefined || event === undefined) return rest();
      line++;
      sum = next;
      offset += end + 1 - start;
      group.push(event);
      if (event.more === true) continue;
      for (const one of group) {
        try {
          state = evolve(state, one);
        } catch (error) {
          return damage(
            error instanceof Error ? error.message : String(error),
            line - group.length + 1 + group.indexOf(one),
          );
        }
        options.each?.(one, line - group.length + 1 + group.indexOf(one));
      }
      group = [];
      whole = { seq: line, size: offset, sum };
      if (line < firstClaim) continue;
      const other = claims.find((claim) => claim.seq === line && claim.sum !== undefined && claim.sum !== sum);
      if (other !== undefined) return damage(`this line is not the one that ${other.name} was made from`, line);
    }
    // What follows the last line end was never acknowledged, however whole it looks.
    if (bytes.length < length) return finish(offset + bytes.length - lines.start);
    if (lines.start === 0 && length >= LONGEST_LINE) return damage(`the line is longer than ${LONGEST_LINE} bytes`);
    // A line that was cut off is read again with the next ones; one that is longer than all that was read, with more room.
    length = lines.start === 0 ? length * 2 : CHUNK;
  }
}

/**
 * What is wrong behind the last whole line, or no problem when that is only torn: a crash leaves a beginning of lines, or zeros,
 * but never a line that still reads as an event. `end`: how far was looked. A piece at a time: a line at the beginning of
 * a large log may have been changed. What follows the last line end was never acknowledged, however whole it looks.
 */
async function damageBehind(
  files: Files,
  path: string,
  from: number,
  lastSeq: number,
): Promise<{ readonly problem?: string; readonly end: number }> {
  let [at, length] = [from, CHUNK];
  /** A line of that length is no event: the rest of it is passed over. */
  let passing = false;
  for (;;) {
    const bytes = (await files.readRange(path, at, length)) ?? new Uint8Array(0);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const seq = passing ? undefined : parseObject(decoder.decode(bytes.subarray(start, end)))?.['seq'];
      passing = false;
      start = end + 1;
      if (typeof seq !== 'number') continue;
      if (seq === lastSeq + 1)
        return { problem: 'the line does not match its checksum: it was edited, or the one before was', end: at };
      if (seq <= lastSeq) return { problem: `the line repeats event ${seq}`, end: at };
      return { problem: `event ${lastSeq + 1} is missing: the next whole line is event ${seq}`, end: at };
    }
    if (bytes.length < length) return { end: at + bytes.length };
    if (start === 0 && length >= LONGEST_LINE) {
      passing = true;
      start = bytes.length;
      length = CHUNK;
    } else length = start === 0 && !passing ? length * 2 : CHUNK;
    at += start === 0 && passing ? bytes.length : start;
  }
}

/** The event of a line whose checksum is right: we wrote it, so it has the shape of an event. */
function parseEvent(text: string): RecordedEvent | undefined {
  const value = parseObject(text);
  if (value === undefined) return undefined;
  const name = value['event'];
  if (typeof name === 'string') value['event'] = knownEvent(name) ?? name;
  return value as unknown as RecordedEvent;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

async function readRest(files: Files, path: string, from: number): Promise<Uint8Array> {
  let rest = new Uint8Array(0);
  for (let at = from; ;) {
    const chunk = await files.readRange(path, at, CHUNK);
    if (chunk === undefined || chunk.length === 0) return rest;
    rest = join(rest, chunk);
    at += chunk.length;
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** The log was written to by nobody but its owner until now; it cannot be written any more. */
export class LogError extends Error {
  override readonly name = 'LogError';
}

interface Waiting {
  readonly events: readonly RunEvent[];
  readonly request: string | undefined;
  readonly resolve: (recorded: RecordedEvent[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The writing end of a log, and the state that it folds to. There is one per lock: `append` stamps each event with the
 * lock's generation and asks before each write whether the lock is still ours.
 */
export class Log {
  readonly path: string;
  #io: Io;
  #lock: Lock;
  #file: AppendFile;
  #state: RunState;
  #sum: number;
  #waiting: Waiting[] = [];
  #clean: (event: RunEvent) => RunEvent = (event) => event;
  #writing: Promise<void> | undefined;
  #broken: Error | undefined;
  #closed = false;
  #listeners: ((events: readonly RecordedEvent[]) => void)[] = [];

  /** It held events when it was opened. */
  readonly resumed: boolean;

  constructor(io: Io, path: string, lock: Lock, file: AppendFile, replayed: Replayed) {
    this.path = path;
    this.resumed = replayed.state.seq > 0;
    this.#io = io;
    this.#lock = lock;
    this.#file = file;
    this.#state = replayed.state;
    this.#sum = replayed.position.sum;
  }

  /** The fold of everything durable, and for a moment of what is being written; see {@link settled}. */
  get state(): RunState {
    return this.#state;
  }

  get position(): Position {
    return { seq: this.#state.seq, size: this.#file.size, sum: this.#sum };
  }

  /** Whether everything appended so far could be written: only then is {@link state} what the log folds to. */
  get intact(): boolean {
    return this.#broken === undefined;
  }

  /** From now on events are put through `clean` before they are stamped: what must not reach the disk is taken out. */
  cleanWith(clean: (event: RunEvent) => RunEvent): void {
    this.#clean = clean;
  }

  /** Calls `listener` with events once they are durable. */
  subscribe(listener: (events: readonly RecordedEvent[]) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Appends events as one group, durable as a whole or not at all; several callers' groups share one sync. Rejects with a {@link LogError} when
   * the log cannot be written, after which nothing more can be appended: open it anew.
   */
  append(events: readonly RunEvent[], request?: string): Promise<RecordedEvent[]> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    if (this.#closed) return Promise.reject(new LogError(`${this.path} is closed: this process is leaving the run`));
    if (events.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events: events.map(this.#clean), request, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  /** Resolves when everything appended so far is durable: only then may the state be decided upon. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#broken !== undefined) throw this.#broken;
  }

  /** Rejects with a {@link LogError} when another process has taken over the lock: an owner that slept learns it here. */
  async confirm(): Promise<void> {
    if (await this.#lock.check()) return;
    if (await this.#lock.vanished())
      throw new LogError(
        'the lock of this run is gone: somebody removed .masterplan, or a part of it, while it worked',
      );
    throw new LogError(
      `another process has taken over this run (lock generation ${this.#lock.generation} is no longer the last)`,
    );
  }

  /**
   * Rejects with a {@link LogError} when the file is not what {@link state} was folded from. An owner that was robbed of the lock
   * between its look at it and its write may have written after we read; our next append would find out, but who comes to rest
   * appends nothing more, and would tell of a log that is not there.
   */
  async confirmUnchanged(): Promise<void> {
    await this.settled();
    const { size } = this.#file;
    const there = await this.#io.files.stat(this.path);
    if (there?.size === size) return;
    this.#broken ??= new LogError(
      `${this.path} has ${there?.size ?? 'no'} bytes and not the ${size} that were read: another process has written to it`,
    );
    throw this.#broken;
  }

  /** Whoever is still at work when a run is left, because something else failed, appends nothing more: {@link state} stays what the file holds. */
  async close(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    this.#closed = true;
    await this.#file.close();
  }

  async #write(): Promise<void> {
    // Callers of the same tick join the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0 && this.#broken === undefined) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const written = await this.#writeGroup(group);
        group.forEach((one, i) => one.resolve(written[i] as RecordedEvent[]));
        const all = written.flat();
        for (const listener of this.#listeners) listener(all);
      } catch (error) {
        this.#broken = error instanceof Error ? error : new LogError(String(error));
        for (const one of [...group, ...this.#waiting]) one.reject(this.#broken);
        this.#waiting = [];
      }
    }
    this.#writing = undefined;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<RecordedEvent[][]> {
    await this.confirm();
    const ts = formatStamp(this.#io.clock.now());
    const parts: Uint8Array[] = [];
    let sum = this.#sum;
    const recorded = group.map((one) =>
      one.events.map((event, i) => {
        const stamped: RecordedEvent = {
          ...event,
          seq: this.#state.seq + 1,
          ts,
          fence: this.#lock.generation,
          ...(one.request === undefined ? {} : { request: one.request }),
          ...(i < one.events.length - 1 ? { more: true } : {}),
        };
        // Folded before it is written: a fact that cannot follow never reaches the disk.
        this.#state = evolve(this.#state, stamped);
        const line = encodeEvent(stamped, sum);
        sum = line.sum;
        parts.push(line.bytes);
        return stamped;
      }),
    );
    try {
      await this.#file.append(parts.length === 1 ? (parts[0] as Uint8Array) : concat(parts));
    } catch (error) {
      throw new LogError(`cannot write ${this.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#sum = sum;
    return recorded;
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export interface OpenedLog {
  readonly log: Log;
  /** The lock under which it is written from now on. */
  readonly lock: Lock;
  readonly repaired: { readonly cutBytes: number; readonly keptIn: string } | undefined;
}

/**
 * Opens a log for its owner: replays it (by `read`, where there is a quicker way to the same), and cuts a torn tail after storing the cut bytes in `tornDirectory`. The cut is
 * reported in `repaired`, for the owner to record.
 */
export async function openLog(
  io: Io,
  path: string,
  lock: Lock,
  options: { readonly tornDirectory: string; readonly read?: () => Promise<Result<Replayed, LogDamage>> },
): Promise<Result<OpenedLog, LogDamage>> {
  const read = await readAndOpen(io.files, path, options.read ?? (() => replay(io.files, path)));
  if (!read.ok) return read;
  const { file, replayed } = read.value;
  const { position, torn, state } = replayed;
  const owner = state.fence < lock.generation ? lock : await lock.raise(state.fence);
  let repaired: { cutBytes: number; keptIn: string } | undefined;
  if (torn > 0) {
    const cut = await readRest(io.files, path, position.size);
    const keptIn = `${options.tornDirectory}/after-${position.seq}-${sha256(decoder.decode(cut)).slice(0, 8)}.txt`;
    await io.files.makeDirectory(options.tornDirectory);
    await io.files.write(keptIn, cut);
    await file.truncate(position.size);
    repaired = { cutBytes: cut.length, keptIn };
  }
  return ok({ log: new Log(io, path, owner, file, replayed), lock: owner, repaired });
}

/** Times that a log is read again because somebody wrote to it meanwhile. */
const ROUNDS = 5;

/**
 * Replays a log and opens it for appending, both as of the same moment: an owner who was robbed of the lock may be in the
 * middle of its last write, and a line that stands in the file but not in the state would be followed by its own number.
 */
async function readAndOpen(
  files: Files,
  path: string,
  read: () => Promise<Result<Replayed, LogDamage>>,
): Promise<Result<{ readonly file: AppendFile; readonly replayed: Replayed }, LogDamage>> {
  for (let round = 0; round < ROUNDS; round++) {
    const replayed = await read();
    if (!replayed.ok) return replayed;
    const file = await files.openAppend(path);
    if (file.size === replayed.value.position.size + replayed.value.torn) return ok({ file, replayed: replayed.value });
    await file.close();
  }
  throw new LogError(`${path} grows while it is being opened: another process is still writing to it`);
}
