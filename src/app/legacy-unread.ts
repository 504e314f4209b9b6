import type { LegacyProblem } from '../core/formats/legacy/model.ts';
import type { Io } from '../io/io.ts';

/** Files of a bundle that are read. */
const READ = ['state.yml', 'events-archive.jsonl', 'events.jsonl', 'plan.md', 'plan.index.json', 'subagents.jsonl'];

/**
 * What could not be read of a legacy bundle's directory beside what its texts say: files that are larger than `limit` bytes or may
 * not be read, and bytes that are no text.
 */
export async function unreadOf(io: Io, directory: string, limit: number): Promise<readonly LegacyProblem[]> {
  const problems: LegacyProblem[] = [];
  for (const file of READ) {
    try {
      const bytes = await io.files.read(`${directory}/${file}`, limit);
      const line = bytes === undefined || isText(bytes) ? undefined : lineWithoutText(bytes);
      if (line !== undefined) problems.push({ file, line, message: 'holds bytes that are no UTF-8' });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      problems.push({ file, line: 0, message: `cannot be read: ${why}` });
    }
  }
  return problems;
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The first line that is no UTF-8. */
function lineWithoutText(bytes: Uint8Array): number {
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const found = bytes.indexOf(10, start);
    const end = found < 0 ? bytes.length : found;
    if (!isText(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return 1;
}
