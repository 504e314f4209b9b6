import { joinPath, parentPath } from '../../core/base/path.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { attemptFile } from '../paths.ts';
import type { Performing } from './performer.ts';

/** What of one attempt is kept at most: a bundle is committed. */
const MOST_FILES = 500;
const MOST_BYTES = 50 * 1024 * 1024;

/**
 * Copies what an attempt made beside its work (reports, screenshots) from its worktree into the bundle, by the patterns of the
 * configuration: files that git does not track there. The worktree is left as it is; links and what was put there before the agent
 * started are left out. The same again after a crash.
 */
export async function collectArtefacts(task: string, attempt: number, performing: Performing): Promise<RunEvent[]> {
  const { io, git, paths } = performing;
  const patterns = performing.state().settings?.environment?.artefacts ?? [];
  if (patterns.length === 0) return [];
  const file = attemptFile(task, attempt);
  const worktree = `${paths.worktrees}/${file}`;
  const found = await git.untracked(worktree, patterns);
  const directory = `${paths.artefacts}/${file}`;
  const files: string[] = [];
  let left = 0;
  let bytes = 0;
  for (const path of found) {
    const from = joinPath(worktree, path);
    const stat = await io.files.stat(from);
    if (stat?.kind !== 'file' || files.length >= MOST_FILES || bytes + stat.size > MOST_BYTES) {
      left++;
      continue;
    }
    const content = await io.files.read(from, MOST_BYTES).catch(() => undefined);
    if (content === undefined) {
      left++;
      continue;
    }
    const to = joinPath(directory, path);
    await io.files.makeDirectory(parentPath(to), { durable: false });
    await io.files.write(to, content, { durable: false });
    bytes += content.length;
    files.push(path);
  }
  if (files.length + left === 0) return [];
  return [
    {
      event: 'artefacts_collected',
      task,
      attempt,
      directory: directory.slice(paths.bundle.length + 1),
      files: files.slice(0, 50),
      count: files.length,
      bytes,
      left_out: left,
    },
  ];
}
