/** What one process of masterplan uses of the places for agents on a machine, and what it would like. */
export interface Share {
  readonly id: string;
  /** Agents at work, or promised to it. */
  readonly using: number;
  /** Further agents that it could start at once. */
  readonly wants: number;
  /** Since when it waits without having been given anything, milliseconds since 1970. */
  readonly since: number;
}

/**
 * How many of the free places on a machine go to the share `id`. One after the other they go to whoever uses fewest, and of equals to
 * whoever waits longest: so no place stays empty while somebody wants one, nobody keeps others out by asking more often, and
 * everybody comes to a place when the ones before have had theirs.
 */
export function granted(shares: readonly Share[], limit: number, id: string): number {
  let free = limit - shares.reduce((sum, { using }) => sum + using, 0);
  const waiting = shares.filter(({ wants }) => wants > 0).map((share) => ({ ...share, got: 0 }));
  for (; free > 0; free--) {
    let next: (typeof waiting)[number] | undefined;
    for (const one of waiting) if (one.got < one.wants && (next === undefined || comesBefore(one, next))) next = one;
    if (next === undefined) break;
    next.got++;
  }
  return waiting.find((one) => one.id === id)?.got ?? 0;
}

function comesBefore(a: Share & { readonly got: number }, b: Share & { readonly got: number }): boolean {
  const [one, two] = [a.using + a.got, b.using + b.got];
  if (one !== two) return one < two;
  return a.since === b.since ? a.id < b.id : a.since < b.since;
}
