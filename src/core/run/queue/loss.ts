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

/** Paths that differ between the commits of a merge. */
export interface Changes {
  /** Between the base and the one side, and the base and the other. */
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
  /** Between the one side and the result, and the other and the result. */
  readonly came: readonly string[];
  readonly moved: readonly string[];
}

/**
 * Paths of a merge without conflict whose contents have to be looked at: what both changed, and what one changed alone and that
 * is not in the result as that one had it (it was renamed, or something vanished). Mostly there is none.
 */
export function doubtful({ theirs, ours, came, moved }: Changes): string[] {
  const [their, our, coming, moving] = [theirs, ours, came, moved].map((paths) => new Set(paths)) as [
    Set<string>,
    Set<string>,
    Set<string>,
    Set<string>,
  ];
  const odd =
    ours.some((path) => their.has(path) || moving.has(path)) ||
    theirs.some((path) => coming.has(path)) ||
    moved.some((path) => !their.has(path)) ||
    came.some((path) => !our.has(path));
  return odd ? [...new Set([...ours, ...theirs, ...came, ...moved])] : [];
}

/**
 * What vanished in a merge that git called clean. A line that is in no file of the base and that a side brought has to be in some
 * file of the result, as often as that side has it: so moved code, renamed files, and edits that both made are none. A file that one
 * side alone changed has to be as that side has it.
 */
export function lostSilently(files: readonly Sides[]): Loss[] {
  const total = (side: 'base' | 'result'): Map<string, number> => {
    const lines = new Map<string, number>();
    for (const file of files)
      for (const [line, count] of linesOf(file[side])) lines.set(line, (lines.get(line) ?? 0) + count);
    return lines;
  };
  const [before, after] = [total('base'), total('result')];
  const losses: Loss[] = [];
  for (const { path, base, theirs, ours, result } of files) {
    for (const [side, own, other] of [
      ['theirs', theirs, ours],
      ['ours', ours, theirs],
    ] as const) {
      const lines = [...linesOf(own)].flatMap(([line, count]) =>
        !before.has(line) && (after.get(line) ?? 0) < count ? [line] : [],
      );
      const alone = base !== undefined && other === base && own !== undefined && result !== undefined && own !== base;
      if (lines.length === 0 && alone && result !== own) {
        const [has, had] = [linesOf(own), linesOf(result)];
        lines.push(...[...has.keys(), ...had.keys()].filter((line) => has.get(line) !== had.get(line)));
      }
      if (lines.length > 0) losses.push({ path, side, lines: [...new Set(lines)] });
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
