import { crc32 } from '../../core/base/crc32.ts';
import { VERSION } from '../../core/base/version.ts';
import type { RunState } from '../../core/run/state.ts';
import type { Board } from '../../core/views/board.ts';
import type { Io } from '../../io/io.ts';
import type { RunPaths } from '../paths.ts';
import type { Claim, Position } from './log.ts';

/** Schema of state.yml and of the snapshot. A snapshot of another schema is ignored and the log is read instead. */
export const STATE_SCHEMA = 1;
const SNAPSHOT_SCHEMA = 4;

/** First line of the snapshot: where of the log it was made, and what `status` shows, so that the rest need not be read. */
export interface SnapshotHead {
  readonly schema: typeof SNAPSHOT_SCHEMA;
  readonly position: Position;
  /** The masterplan that wrote it. A board is only believed by the same one: others may show more. */
  readonly version: string;
  /** CRC-32 of the second line, newline excluded. Snapshots of older releases have none. */
  readonly state_sum?: number;
  readonly board: Board;
}

/** The state as it was at a position of the log: read so that the log need not be. */
export interface Snapshot {
  readonly position: Position;
  readonly state: RunState;
  /** This very release made it, and not a bit of it has changed since: what folding the log up to there gives. */
  readonly proven: boolean;
}

/** The snapshot as its file holds it: the head on the first line, the state on the second. */
export function renderSnapshot({ position, state }: Omit<Snapshot, 'proven'>, board: Board): Uint8Array {
  const encoder = new TextEncoder();
  const body = encoder.encode(`${JSON.stringify(state)}\n`);
  const state_sum = crc32(body, 0, 0, body.length - 1);
  const head: SnapshotHead = { schema: SNAPSHOT_SCHEMA, position, version: VERSION, state_sum, board };
  const first = encoder.encode(`${JSON.stringify(head)}\n`);
  const bytes = new Uint8Array(first.length + body.length);
  bytes.set(first);
  bytes.set(body, first.length);
  return bytes;
}

/** Bytes that hold the head of every snapshot but those of runs with many hundred failed tasks. */
const HEAD = 64 * 1024;

/** The head of a run's snapshot, when there is one that this masterplan wrote and that fits the log up to its position. */
export async function readHead(io: Io, paths: RunPaths): Promise<SnapshotHead | undefined> {
  try {
    const bytes = await io.files.readRange(paths.snapshot, 0, HEAD);
    const end = bytes?.indexOf(10) ?? -1;
    if (bytes === undefined || end < 0) return undefined;
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as SnapshotHead;
    if (head.schema !== SNAPSHOT_SCHEMA || head.version !== VERSION) return undefined;
    return (await belongs(io, paths, head.position)) ? head : undefined;
  } catch {
    // A snapshot that cannot be read is only a slower start.
    return undefined;
  }
}

/**
 * What is wrong with a snapshot of this very release that fits the log: `snapshot` is what was read of it, `state` what its log comes to at
 * `position`, `board` what status shows of a state. `undefined`: nothing, or it is of another release or log.
 */
export async function snapshotDamage(
  io: Io,
  paths: RunPaths,
  snapshot: Snapshot | undefined,
  position: Position,
  board: () => Board,
): Promise<string | undefined> {
  const head = await readHead(io, paths);
  if (head === undefined) return undefined;
  if (snapshot === undefined) return 'the state in it was changed, or cut';
  if (head.position.seq !== position.seq || JSON.stringify(head.board) === JSON.stringify(board())) return undefined;
  return 'what status shows of it is not what the log says';
}

/** A run's whole snapshot, of any release, when it fits the log and is as it was written. */
export async function readSnapshot(io: Io, paths: RunPaths): Promise<Snapshot | undefined> {
  try {
    const lines = await readLines(io, paths);
    if (lines === undefined) return undefined;
    const { head, state } = lines;
    const proven = head.version === VERSION && head.state_sum !== undefined;
    return { position: head.position, state: JSON.parse(state) as RunState, proven };
  } catch {
    return undefined;
  }
}

/** Apart from parsing, so that the bytes of a large one are gone before its state is made. */
async function readLines(
  io: Io,
  paths: RunPaths,
): Promise<{ readonly head: SnapshotHead; readonly state: string } | undefined> {
  const bytes = await io.files.read(paths.snapshot);
  const end = bytes?.indexOf(10) ?? -1;
  if (bytes === undefined || end < 0) return undefined;
  const decoder = new TextDecoder();
  const head = JSON.parse(decoder.decode(bytes.subarray(0, end))) as SnapshotHead;
  if (head.schema !== SNAPSHOT_SCHEMA || !(await belongs(io, paths, head.position))) return undefined;
  const state = bytes.subarray(end + 1);
  if (head.state_sum !== undefined && head.state_sum !== crc32(state, 0, 0, state.length - 1)) return undefined;
  return { head, state: decoder.decode(state) };
}

/** Whether the log holds, where the position says, the line that it was made from. */
async function belongs(io: Io, paths: RunPaths, { size, sum }: Position): Promise<boolean> {
  const ending = `,"sum":"${sum.toString(16).padStart(8, '0')}"}\n`;
  const there = await io.files.readRange(paths.log, size - ending.length, ending.length);
  return there !== undefined && new TextDecoder().decode(there) === ending;
}

/** What state.yml and the snapshot claim to have been made from: a log that is shorter has lost lines. */
export async function readClaims(io: Io, paths: RunPaths): Promise<Claim[]> {
  const claims: Claim[] = [];
  const yaml = await readText(io, paths.stateFile);
  const seq = /^seq: (\d+)$/m.exec(yaml)?.[1];
  const sum = /^sum: "([0-9a-f]{8})"$/m.exec(yaml)?.[1];
  if (seq !== undefined)
    claims.push({ name: 'state.yml', seq: Number(seq), sum: sum === undefined ? undefined : Number.parseInt(sum, 16) });
  const position = /^\{"schema":\d+,"position":\{"seq":(\d+),"size":\d+,"sum":(\d+)\}/.exec(
    await readText(io, paths.snapshot, 200),
  );
  if (position !== null) claims.push({ name: 'snapshot.json', seq: Number(position[1]), sum: Number(position[2]) });
  return claims;
}

async function readText(io: Io, path: string, length = 65536): Promise<string> {
  // A projection that cannot be read proves nothing, and is made anew.
  const bytes = await io.files.readRange(path, 0, length).catch(() => undefined);
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}
