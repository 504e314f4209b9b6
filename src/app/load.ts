import type { Result } from '../core/base/result.ts';
import type { RunState } from '../core/run/state.ts';
import type { Io } from '../io/io.ts';
import { replay, type LogDamage, type Replayed } from '../engine/log/log.ts';
import type { RunPaths } from '../engine/paths.ts';
import { readClaims, SNAPSHOT_SCHEMA, type Snapshot } from '../engine/log/snapshot.ts';

/**
 * The state of a run as its log has it, without owning it. Reads the snapshot and only what was appended since, when the
 * snapshot provably belongs to this log; else the whole log.
 */
export async function loadRun(io: Io, paths: RunPaths): Promise<Result<Replayed, LogDamage>> {
  const snapshot = await readSnapshot(io, paths);
  if (snapshot !== undefined) {
    const tail = await replay(io.files, paths.log, { from: snapshot });
    if (tail.ok) return tail;
  }
  return replay(io.files, paths.log, { claims: await readClaims(io, paths) });
}

async function readSnapshot(io: Io, paths: RunPaths): Promise<{ state: RunState; position: Snapshot['position'] } | undefined> {
  try {
    const bytes = await io.files.read(paths.snapshot);
    if (bytes === undefined) return undefined;
    const snapshot = JSON.parse(new TextDecoder().decode(bytes)) as Snapshot;
    if (snapshot.schema !== SNAPSHOT_SCHEMA) return undefined;
    const { size, sum } = snapshot.position;
    const ending = `,"sum":"${sum.toString(16).padStart(8, '0')}"}\n`;
    const there = await io.files.readRange(paths.log, size - ending.length, ending.length);
    if (there === undefined || new TextDecoder().decode(there) !== ending) return undefined;
    return { state: snapshot.state, position: snapshot.position };
  } catch {
    // A snapshot that cannot be read is only a slower start.
    return undefined;
  }
}

/** What is wrong with a log, and what to do: nothing is changed by us. */
export function damageWords(damage: LogDamage, paths: RunPaths): { message: string; hint: string } {
  const file = damage.file.slice(paths.root.length + 1);
  return {
    message: damage.line > 0 ? `${file}:${damage.line}: ${damage.problem}` : `${file}: ${damage.problem}`,
    hint: `put the file back as it was (git log -- ${file}, or a backup); then: masterplan validate ${paths.bundle.slice(paths.bundle.lastIndexOf('/') + 1)}`,
  };
}
