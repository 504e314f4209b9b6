/** Counts requests by path: how many, and the milliseconds that nineteen of twenty of them do not exceed. */
export function tally(requests) {
  const byPath = new Map();
  for (const { path, ms } of requests) byPath.set(path, [...(byPath.get(path) ?? []), ms]);
  return [...byPath].map(([path, all]) => ({ path, count: all.length, slow: percentile(all, 0.95) }));
}

function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
