/** One file as both sides of a merge knew it; `undefined`: it was not there, or is no text. */
export interface Sides {
  readonly path: string;
  /** Before both. */
  readonly base: string | undefined;
  /** As it landed meanwhile. */
  readonly theirs: string | undefined;
  /** As the task's own work had it. */
  readonly ours: string | undefined;
  /** As it is now. */
  readonly result: string | undefined;
}

/** Lines of one side that are in no file of the result any more. */
export interface Loss {
  readonly path: string;
  readonly side: 'theirs' | 'ours';
  readonly lines: readonly string[];
}

/**
 * What vanished of either side of a merge: lines that one of them added and the result does not hold. A line that moved to
 * another file of the result is not lost, nor is one that the other side took out on purpose; lines without a letter or digit
 * (brackets, rules) are not looked at, because they come and go with what is between them.
 */
export function lossesOf(files: readonly Sides[]): Loss[] {
  const everywhere = new Map<string, number>();
  const before = new Map<string, number>();
  for (const { base, result } of files) {
    for (const [line, count] of linesOf(result)) everywhere.set(line, (everywhere.get(line) ?? 0) + count);
    for (const [line, count] of linesOf(base)) before.set(line, (before.get(line) ?? 0) + count);
  }
  const losses: Loss[] = [];
  for (const { path, base, theirs, ours, result } of files) {
    const was = linesOf(base);
    const now = linesOf(result);
    const sides = { theirs: linesOf(theirs), ours: linesOf(ours) } as const;
    for (const side of ['theirs', 'ours'] as const) {
      const other = side === 'theirs' ? sides.ours : sides.theirs;
      const lines: string[] = [];
      for (const [line, count] of sides[side]) {
        const had = was.get(line) ?? 0;
        const added = count - had;
        if (added <= 0) continue;
        // What the other one took out, or added as well, is not missed.
        const wanted = had + Math.min(0, (other.get(line) ?? 0) - had) + added;
        if ((now.get(line) ?? 0) >= wanted) continue;
        if ((everywhere.get(line) ?? 0) - (before.get(line) ?? 0) >= added) continue;
        lines.push(line);
      }
      if (lines.length > 0) losses.push({ path, side, lines });
    }
  }
  return losses;
}

/** Whether somebody left the marks of a conflict in a file. */
export function hasMarkers({ base, theirs, ours, result }: Sides): boolean {
  const marked = (text: string | undefined): boolean =>
    text !== undefined && /^<{7} /m.test(text) && /^={7}$/m.test(text) && /^>{7} /m.test(text);
  return marked(result) && !marked(base) && !marked(theirs) && !marked(ours);
}

/** How often each line stands in a text, without the blanks around it. */
function linesOf(text: string | undefined): Map<string, number> {
  const lines = new Map<string, number>();
  for (const raw of text?.split('\n') ?? []) {
    const line = raw.trim();
    if (/[\p{L}\p{N}]/u.test(line)) lines.set(line, (lines.get(line) ?? 0) + 1);
  }
  return lines;
}
