import type { Result } from '../core/base/result.ts';
import { emptyState } from '../core/run/state.ts';
import { boardOf } from '../core/views/board.ts';
import type { Io } from '../io/io.ts';
import { replay, type LogDamage, type Replayed } from '../engine/log/log.ts';
import type { RunPaths } from '../engine/paths.ts';
import { readClaims, readSnapshot } from '../engine/log/snapshot.ts';
import type { RunInfo } from './api.ts';

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

/** What `status` shows of a run: from the whole log when need be, and of a damaged one at least what is wrong. */
export async function loadBoard(io: Io, paths: RunPaths, slug: string): Promise<Pick<RunInfo, 'board' | 'problem'>> {
  const loaded = await loadRun(io, paths);
  if (loaded.ok) return { board: boardOf(loaded.value.state) };
  return { board: boardOf({ ...emptyState(), slug }), problem: damageWords(loaded.error, paths) };
}

/** What is wrong with a log, and what to do: nothing is changed by us. */
export function damageWords(damage: LogDamage, paths: RunPaths): { message: string; hint: string } {
  const file = damage.file.slice(paths.root.length + 1);
  return {
    message: damage.line > 0 ? `${file}:${damage.line}: ${damage.problem}` : `${file}: ${damage.problem}`,
    hint: `put the file back as it was (git log -- ${file}, or a backup); then: masterplan validate ${paths.bundle.slice(paths.bundle.lastIndexOf('/') + 1)}`,
  };
}
