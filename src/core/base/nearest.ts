/** The known word that a misspelt one is nearest to, at most three changes and half of its letters away; case does not count. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = 4;
  for (const one of known) {
    const distance = editDistance(word.slice(0, 100).toLowerCase(), one.toLowerCase());
    if (distance >= least || distance * 2 > Math.max(word.length, one.length)) continue;
    best = one;
    least = distance;
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[b.length] as number;
}
