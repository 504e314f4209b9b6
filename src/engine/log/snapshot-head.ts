import { VERSION } from '../../core/base/version.ts';
import type { Board } from '../../core/views/board.ts';
import type { Io } from '../../io/io.ts';
import type { RunPaths } from '../paths.ts';
import type { Position } from './log.ts';

/*
 * What status and next read of a snapshot. In a file of its own, because it is all that the quick start needs of it.
 */

/** A snapshot of another schema is ignored and the log is read instead. */
export const SNAPSHOT_SCHEMA = 4;

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

/** Whether the log holds, where the position says, the line that it was made from. */
export async function belongs(io: Io, paths: RunPaths, { size, sum }: Position): Promise<boolean> {
  const ending = `,"sum":"${sum.toString(16).padStart(8, '0')}"}\n`;
  const there = await io.files.readRange(paths.log, size - ending.length, ending.length);
  return there !== undefined && new TextDecoder().decode(there) === ending;
}
