import type { RunState } from '../../core/run/state.ts';
import type { Io } from '../../io/io.ts';
import type { RunPaths } from '../paths.ts';
import type { Claim, Position } from './log.ts';

/** Schema of state.yml and of the snapshot. A snapshot of another schema is ignored and the log is read instead. */
export const STATE_SCHEMA = 1;
export const SNAPSHOT_SCHEMA = 1;

/** The state as it was at a position of the log: read by `status` so that the log need not be. */
export interface Snapshot {
  readonly schema: typeof SNAPSHOT_SCHEMA;
  readonly position: Position;
  readonly state: RunState;
}

/** What state.yml and the snapshot claim to have been made from: a log that is shorter has lost lines. */
export async function readClaims(io: Io, paths: RunPaths): Promise<Claim[]> {
  const claims: Claim[] = [];
  const yaml = await readText(io, paths.stateFile);
  const seq = /^seq: (\d+)$/m.exec(yaml)?.[1];
  const sum = /^sum: "([0-9a-f]{8})"$/m.exec(yaml)?.[1];
  if (seq !== undefined) claims.push({ name: 'state.yml', seq: Number(seq), sum: sum === undefined ? undefined : Number.parseInt(sum, 16) });
  const position = /^\{"schema":1,"position":\{"seq":(\d+),"size":\d+,"sum":(\d+)\}/.exec(await readText(io, paths.snapshot, 200));
  if (position !== null) claims.push({ name: 'snapshot.json', seq: Number(position[1]), sum: Number(position[2]) });
  return claims;
}

async function readText(io: Io, path: string, length = 65536): Promise<string> {
  // A projection that cannot be read proves nothing, and is made anew.
  const bytes = await io.files.readRange(path, 0, length).catch(() => undefined);
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}
