/** Lines around a change that are shown with it. */
const AROUND = 3;
/** Lines in which a stretch without unique lines may differ; one that differs in more counts as replaced whole. */
const MOST_CHANGES = 1_000;

/** A stretch of lines of one text that takes the place of a stretch of the other. Line numbers count from 0. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly otherFrom: number;
  readonly otherTo: number;
}

/**
 * The difference between two texts as `diff -u` and git write it, line by line without their line feeds; empty when they
 * are the same. Carriage returns stay parts of their lines, so the result can be applied to the text that it was made of.
 */
export function unifiedDiff(before: string, after: string, names: { before: string; after: string }): string[] {
  if (before === after) return [];
  const a = linesOf(before);
  const b = linesOf(after);
  const out = [`--- ${names.before}`, `+++ ${names.after}`];
  for (const hunk of hunksOf(changesOf(a, b))) {
    const first = hunk[0] as Change;
    const last = hunk.at(-1) as Change;
    const from = Math.max(0, first.from - AROUND);
    const to = Math.min(a.length, last.to + AROUND);
    const otherFrom = first.otherFrom - (first.from - from);
    const otherTo = last.otherTo + (to - last.to);
    out.push(`@@ -${rangeOf(from, to)} +${rangeOf(otherFrom, otherTo)} @@`);
    let at = from;
    for (const change of hunk) {
      for (; at < change.from; at++) say(out, ' ', a[at] as string);
      for (; at < change.to; at++) say(out, '-', a[at] as string);
      for (let i = change.otherFrom; i < change.otherTo; i++) say(out, '+', b[i] as string);
    }
    for (; at < to; at++) say(out, ' ', a[at] as string);
  }
  return out;
}

/** Lines with their line feeds, so that a last line without one differs from one with it. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length;) {
    const feed = text.indexOf('\n', at);
    const end = feed < 0 ? text.length : feed + 1;
    lines.push(text.slice(at, end));
    at = end;
  }
  return lines;
}

function say(out: string[], mark: string, line: string): void {
  if (line.endsWith('\n')) out.push(mark + line.slice(0, -1));
  else out.push(mark + line, '\\ No newline at end of file');
}

/** `3,4`, `3` for one line, and the line before for none, as POSIX has it. */
function rangeOf(from: number, to: number): string {
  const count = to - from;
  return count === 1 ? String(from + 1) : `${count === 0 ? from : from + 1},${count}`;
}

/** Changes whose surroundings touch are shown together. */
function hunksOf(changes: readonly Change[]): Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const hunk = hunks.at(-1);
    if (hunk !== undefined && change.from - (hunk.at(-1) as Change).to <= AROUND * 2) hunk.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function changesOf(a: readonly string[], b: readonly string[]): Change[] {
  const pairs: [number, number][] = [];
  // Stretches still to be compared. A stack of our own, because documents may nest deeper than a call stack.
  const open: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    let [from, to, otherFrom, otherTo] = next;
    while (from < to && otherFrom < otherTo && a[from] === b[otherFrom]) pairs.push([from++, otherFrom++]);
    while (from < to && otherFrom < otherTo && a[to - 1] === b[otherTo - 1]) pairs.push([--to, --otherTo]);
    if (from === to || otherFrom === otherTo) continue;
    const anchors = anchorsOf(a, b, from, to, otherFrom, otherTo);
    if (anchors.length === 0) {
      for (const pair of commonOf(a, b, from, to, otherFrom, otherTo)) pairs.push(pair);
      continue;
    }
    for (const [x, y] of anchors) {
      open.push([from, x, otherFrom, y]);
      pairs.push([x, y]);
      from = x + 1;
      otherFrom = y + 1;
    }
    open.push([from, to, otherFrom, otherTo]);
  }
  pairs.sort((one, two) => one[0] - two[0]);
  const changes: Change[] = [];
  let at = 0;
  let otherAt = 0;
  for (const [x, y] of [...pairs, [a.length, b.length] as const]) {
    if (x > at || y > otherAt) changes.push({ from: at, to: x, otherFrom: otherAt, otherTo: y });
    at = x + 1;
    otherAt = y + 1;
  }
  return changes;
}

/** Lines that occur once in both stretches, as many of them as stand in the same order (patience sorting). */
function anchorsOf(
  a: readonly string[],
  b: readonly string[],
  from: number,
  to: number,
  otherFrom: number,
  otherTo: number,
): [number, number][] {
  const seen = new Map<string, { count: number; x: number; y: number }>();
  for (let x = from; x < to; x++) {
    const one = seen.get(a[x] as string);
    if (one === undefined) seen.set(a[x] as string, { count: 1, x, y: -1 });
    else one.count = 2;
  }
  for (let y = otherFrom; y < otherTo; y++) {
    const one = seen.get(b[y] as string);
    if (one === undefined) continue;
    if (one.y >= 0) one.count = 2;
    one.y = y;
  }
  const unique = [...seen.values()].filter(({ count, y }) => count === 1 && y >= 0);
  const piles: number[] = [];
  const before: number[] = [];
  unique.forEach(({ y }, at) => {
    let low = 0;
    let high = piles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((unique[piles[middle] as number] as { y: number }).y < y) low = middle + 1;
      else high = middle;
    }
    before.push(low === 0 ? -1 : (piles[low - 1] as number));
    piles[low] = at;
  });
  const kept: [number, number][] = [];
  for (let at = piles.at(-1) ?? -1; at >= 0; at = before[at] as number) {
    const { x, y } = unique[at] as { x: number; y: number };
    kept.push([x, y]);
  }
  return kept.reverse();
}

/**
 * A longest common sequence (E. Myers, "An O(ND) difference algorithm", 1986); none when the stretches differ in more
 * than {@link MOST_CHANGES} lines.
 */
function commonOf(
  a: readonly string[],
  b: readonly string[],
  from: number,
  to: number,
  otherFrom: number,
  otherTo: number,
): [number, number][] {
  const width = to - from;
  const height = otherTo - otherFrom;
  const most = Math.min(width + height, MOST_CHANGES);
  // How far each diagonal (-d … d, two apart) has come after d changes.
  const rows: Int32Array[] = [];
  let row = new Int32Array([0]);
  for (let d = 0; d <= most; d++) {
    const next = new Int32Array(2 * d + 1);
    for (let k = -d; k <= d; k += 2) {
      const left = k > -d ? (row[k - 1 + d - 1] as number) + 1 : -1;
      const above = k < d ? (row[k + 1 + d - 1] as number) : -1;
      let x = d === 0 ? 0 : Math.max(left, above);
      let y = x - k;
      while (x < width && y < height && a[from + x] === b[otherFrom + y]) {
        x++;
        y++;
      }
      next[k + d] = x;
      if (x >= width && y >= height) return pathOf(rows, x, y, d, from, otherFrom);
    }
    rows.push(next);
    row = next;
  }
  return [];
}

/** The lines in common on the way that led to (`x`, `y`) after `d` changes. */
function pathOf(
  rows: readonly Int32Array[],
  x: number,
  y: number,
  d: number,
  from: number,
  otherFrom: number,
): [number, number][] {
  const pairs: [number, number][] = [];
  for (; d >= 0; d--) {
    const k = x - y;
    const row = rows[d - 1] ?? new Int32Array();
    const left = d > 0 && k > -d ? (row[k - 1 + d - 1] as number) + 1 : -1;
    const above = d > 0 && k < d ? (row[k + 1 + d - 1] as number) : -1;
    const start = d === 0 ? 0 : Math.max(left, above);
    while (x > start) pairs.push([from + --x, otherFrom + --y]);
    if (d === 0) break;
    if (left >= above) x--;
    else y--;
  }
  return pairs;
}
