import type { LegacyBundle, LegacyPlace, LegacyProblem } from './model.ts';

/** Milliseconds by which a line may be stamped before the one above it: several sessions wrote to one log. */
const SLACK = 60_000;
/** Lines that are named one by one. */
const MOST = 10;

/**
 * Places at which the log of a legacy bundle repeats itself, or at which its clock goes back. Its lines carry neither number nor checksum, so that
 * nothing more can be told of lines that are missing or stand elsewhere.
 */
export function orderOf({ events }: Pick<LegacyBundle, 'events'>): readonly LegacyProblem[] {
  const first = new Map<string, LegacyPlace>();
  const found: LegacyProblem[] = [];
  let repeated = 0;
  let latest: (LegacyPlace & { readonly at: number }) | undefined;
  for (const { file, line, at, stamp, name, text, fields } of events) {
    // A day alone is no time: many lines have the same.
    if (name === '' || at === undefined || !stamp.includes(':')) continue;
    const key = JSON.stringify([stamp, text, fields]);
    const before = first.get(key);
    if (before !== undefined) {
      repeated++;
      if (repeated <= MOST) found.push({ file, line, message: `repeats ${placeIn(before, file)}` });
      continue;
    }
    first.set(key, { file, line });
    if (latest !== undefined && at < latest.at - SLACK)
      found.push({
        file,
        line,
        message: `is stamped ${Math.round((latest.at - at) / 1000)} s before ${placeIn(latest, file)}: a clock went back, or lines stand elsewhere`,
      });
    latest = { at, file, line };
  }
  if (repeated > MOST)
    found.push({ file: 'events.jsonl', line: 0, message: `repeats ${repeated} lines; the first are named` });
  return found;
}

function placeIn({ file, line }: LegacyPlace, here: string): string {
  return file === here ? `line ${line}` : `${file}:${line}`;
}
