import { crc32 } from '../../core/base/crc32.ts';
import { VERSION } from '../../core/base/version.ts';
import type { RunState } from '../../core/run/state.ts';
import type { Board } from '../../core/views/board.ts';
import type { Io } from '../../io/io.ts';
import type { RunPaths } from '../paths.ts';
import type { Claim, Position } from './log.ts';
import { belongs, readHead, SNAPSHOT_SCHEMA, type SnapshotHead } from './snapshot-head.ts';

/** Schema of state.yml. */
export const STATE_SCHEMA = 1;

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
