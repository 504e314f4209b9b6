import { printable } from '../../core/base/text.ts';
import { doubtful, type Loss, lostSilently, type Sides } from '../../core/run/queue/loss.ts';
import type { Candidate } from '../../core/run/state.ts';
import type { ObjectId } from '../git/repositories.ts';
import type { Performing } from './performer.ts';

/** Files that are read of a merge in doubt, bytes of each, and what is told of what vanished. */
const FILES = 300;
const BYTES = 1024 * 1024;
const LINES = 10;
const LOSSES = 20;

/**
 * What a merge that git called clean lost of either side, paths in `settled` left out. Four comparisons of trees; files are read only
 * where both sides changed the same ones, or where a path is not as the side that changed it has it.
 */
export async function lostByMerge(
  work: Candidate,
  onto: ObjectId,
  result: ObjectId,
  settled: readonly string[],
  { git }: Performing,
): Promise<readonly Loss[]> {
  if (work.base === onto || result === work.commit) return [];
  const between = async (from: ObjectId, to: ObjectId): Promise<string[]> =>
    (await git.changes(from, to)).map(({ path }) => path).filter((path) => !settled.includes(path));
  const [theirs, ours, came, moved] = await Promise.all([
    between(work.base, onto),
    between(work.base, work.commit),
    between(onto, result),
    between(work.commit, result),
  ]);
  const paths = doubtful({ theirs, ours, came, moved });
  if (paths.length === 0 || paths.length > FILES) return [];
  const files: Sides[] = [];
  for (const path of paths) {
    const [base, their, our, now] = await Promise.all(
      [work.base, onto, work.commit, result].map(async (commit) => text(await git.read(commit, path))),
    );
    if ([base, their, our, now].includes(null)) continue;
    files.push({
      path,
      base: base ?? undefined,
      theirs: their ?? undefined,
      ours: our ?? undefined,
      result: now ?? undefined,
    });
  }
  return lostSilently(files)
    .slice(0, LOSSES)
    .map((loss) => ({ ...loss, lines: loss.lines.slice(0, LINES).map((line) => printable(line).slice(0, 200)) }));
}

/** `null`: no text, or too long. */
function text(bytes: Uint8Array | undefined): string | undefined | null {
  if (bytes === undefined) return undefined;
  return bytes.length > BYTES || bytes.includes(0) ? null : new TextDecoder().decode(bytes);
}
