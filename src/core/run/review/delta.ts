/** Lines that a change touched, by path: those of the new text, first and last; `null`: the whole file counts as changed. */
export type ChangedLines = ReadonlyMap<string, readonly (readonly [first: number, last: number])[] | null>;

/**
 * Which lines a unified diff touches. `whole` says that the diff was not cut: of one that was, the last file counts as
 * changed throughout, and so does every file that may have come after it (`cut`).
 */
export function changedLines(diff: string, whole = true): { readonly lines: ChangedLines; readonly cut: boolean } {
  const lines = new Map<string, [number, number][] | null>();
  let path: string | undefined;
  let at = 0;
  let before = 0;
  let after = 0;
  for (const line of diff.split('\n')) {
    // Within a hunk nothing else is looked for: what a file says may read like the head of another.
    if (before > 0 || after > 0) {
      if (line.startsWith('\\')) continue;
      if (!line.startsWith('+')) before--;
      if (line.startsWith('+') || line.startsWith('-')) note(lines, path, at, at);
      if (line.startsWith('-')) continue;
      after--;
      at++;
      continue;
    }
    const head = /^diff --git (?:"?a\/.*"? )"?b\/(.*?)"?$/.exec(line);
    if (head !== null) {
      path = unquoted(head[1] ?? '');
      if (!lines.has(path)) lines.set(path, []);
      continue;
    }
    if (line.startsWith('Binary files ') && path !== undefined) lines.set(path, null);
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    at = Number(hunk[2]);
    before = hunk[1] === undefined ? 1 : Number(hunk[1]);
    after = hunk[3] === undefined ? 1 : Number(hunk[3]);
  }
  if (!whole && path !== undefined) lines.set(path, null);
  return { lines, cut: !whole };
}

function note(
  lines: Map<string, [number, number][] | null>,
  path: string | undefined,
  first: number,
  last: number,
): void {
  const ranges = path === undefined ? undefined : lines.get(path);
  if (ranges === undefined || ranges === null) return;
  const before = ranges.at(-1);
  if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
  else ranges.push([first, last]);
}

/** Git quotes names with quotes and control characters as C does; all others are written as they are. */
function unquoted(name: string): string {
  return name.replace(/\\(.)/g, (_, c: string) => ({ t: '\t', n: '\n', r: '\r' })[c] ?? c);
}

/** Lines around a change that count as changed, too: a fix is judged with what stands beside it. */
const BESIDE = 3;

/** Whether a place lies in what changed. A place without a line lies in its file. */
export function isChanged(
  delta: { readonly lines: ChangedLines; readonly cut: boolean },
  file: string,
  line: number | null,
): boolean {
  const ranges = delta.lines.get(file);
  if (ranges === undefined) return delta.cut || file === '';
  if (ranges === null || line === null) return true;
  return ranges.some(([first, last]) => line >= first - BESIDE && line <= last + BESIDE);
}

/** Whether any part of a file changed. */
export function fileChanged(delta: { readonly lines: ChangedLines; readonly cut: boolean }, file: string): boolean {
  return delta.cut || file === '' || delta.lines.has(file);
}
