import type { RecordedEvent } from '../../core/run/event.ts';
import { checkLine } from '../../core/run/codec.ts';
import type { Result } from '../../core/base/result.ts';
import type { Files } from '../../io/files.ts';
import type { Io } from '../../io/io.ts';
import type { RunPaths } from '../paths.ts';
import { LONGEST_LINE } from './damage.ts';
import { replay, type Claim, type LogDamage, type Position, type Replayed } from './log.ts';
import { readClaims, type Snapshot } from './snapshot.ts';

/*
 * Reading a whole log is mostly parsing and folding. Where the snapshot is as it was written, by this very release, and the
 * checksum of every line, from the first one on, leads to the line that it was made from, then its state is what folding
 * these lines would give: they need not be folded again. That is several times quicker, and no byte of the log goes unread.
 */

const CHUNK = 4 * 1024 * 1024;
const NEWLINE = 10;
const BEFORE = '{"seq":';
const STAMP = ',"ts":"2026-11-20T18:20:31.412Z'.length;
const BETWEEN = new TextEncoder().encode('","event":"');
const QUOTE = 34;
const decoder = new TextDecoder();

/** What is wanted of the events of a log that is read. */
export interface Reader {
  /** The names that `each` is to see; where lines are folded anew it sees these alone, too. */
  readonly names: ReadonlySet<string>;
  readonly each: (event: RecordedEvent, line: number) => void;
  /** What `each` saw until now does not count: the log is read from its beginning again. */
  readonly restart: () => void;
}

/**
 * The state of a run by its whole log: every line is checked, and those that a proven snapshot holds are not folded. Whatever is
 * not in order is told by {@link replay}, which then reads everything. Without a snapshot every event is folded.
 */
export async function replayProven(
  io: Io,
  paths: RunPaths,
  snapshot: Snapshot | undefined,
  reader?: Reader,
): Promise<Result<Replayed, LogDamage>> {
  const claims = await readClaims(io, paths);
  const each =
    reader === undefined
      ? {}
      : {
          each: (event: RecordedEvent, line: number): void => {
            if (reader.names.has(event.event)) reader.each(event, line);
          },
        };
  if (snapshot?.proven === true && (await leadsTo(io.files, paths.log, snapshot.position, claims, reader))) {
    const tail = await replay(io.files, paths.log, { from: snapshot, claims, ...each });
    if (tail.ok) return tail;
  }
  reader?.restart();
  return replay(io.files, paths.log, { claims, ...each });
}

/** Whether the checksums of all lines from the first one on lead to `to`, and to every claim on the way. */
async function leadsTo(
  files: Files,
  path: string,
  to: Position,
  claims: readonly Claim[],
  reader: Reader | undefined,
): Promise<boolean> {
  const firstClaim = claims.reduce((first, { seq }) => Math.min(first, seq), Infinity);
  let [line, sum, offset, length] = [0, 0, 0, CHUNK];
  while (offset < to.size) {
    const bytes = await files.readRange(path, offset, Math.min(length, to.size - offset));
    if (bytes === undefined || bytes.length === 0) return false;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const next = checkLine(bytes, start, end, sum);
      if (next === undefined) return false;
      line++;
      sum = next;
      if (line >= firstClaim && claims.some((claim) => claim.seq === line && (claim.sum ?? sum) !== sum)) return false;
      if (reader !== undefined && !look(reader, bytes, start, end, line)) return false;
      start = end + 1;
    }
    // The end of the last line is the end of what is read; a line that is longer than that gets more room.
    if (start === 0 && (length >= LONGEST_LINE || bytes.length < length)) return false;
    length = start === 0 ? length * 2 : CHUNK;
    offset += start;
  }
  return line === to.seq && sum === to.sum && offset === to.size;
}

/** Shows a line to the reader if it is of those that it asks for; `false`: it is no event. */
function look(reader: Reader, bytes: Uint8Array, start: number, end: number, line: number): boolean {
  const at = nameIn(bytes, start, end);
  // A line in another order than ours is looked at whole.
  if (at >= 0 && !isOneOf(reader.names, bytes, at)) return true;
  try {
    const event = JSON.parse(decoder.decode(bytes.subarray(start, end))) as RecordedEvent;
    if (reader.names.has(event.event)) reader.each(event, line);
    return true;
  } catch {
    return false;
  }
}

/** Where the name of an event begins, `{"seq":17,"ts":"…","event":"`; -1: the line does not begin like that. */
function nameIn(bytes: Uint8Array, start: number, end: number): number {
  let at = start + BEFORE.length;
  while (at < end && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at++;
  at += STAMP;
  if (at + BETWEEN.length >= end) return -1;
  for (let i = 0; i < BETWEEN.length; i++) if (bytes[at + i] !== BETWEEN[i]) return -1;
  return at + BETWEEN.length;
}

function isOneOf(names: ReadonlySet<string>, bytes: Uint8Array, at: number): boolean {
  for (const name of names) {
    let i = 0;
    while (i < name.length && bytes[at + i] === name.charCodeAt(i)) i++;
    if (i === name.length && bytes[at + i] === QUOTE) return true;
  }
  return false;
}
