import type { Usage } from './event.ts';

const FIELDS = ['input', 'cached', 'cacheWrite', 'output', 'cost', 'turns'] as const;

/** The sum of two usages; what only one of them knows is taken from it. */
export function addUsage(one: Usage, other: Usage): Usage {
  return merge(one, other, (a, b) => a + b);
}

/** The larger of two totals, field by field: totals never go back. */
export function atLeast(one: Usage, other: Usage): Usage {
  return merge(one, other, Math.max);
}

/** What came on top of `before`; never less than nothing. */
export function usageSince(total: Usage, before: Usage): Usage {
  const since: Partial<Record<(typeof FIELDS)[number], number>> = {};
  for (const field of FIELDS) {
    const value = total[field];
    if (value !== undefined) since[field] = Math.max(0, value - (before[field] ?? 0));
  }
  return since;
}

function merge(one: Usage, other: Usage, by: (a: number, b: number) => number): Usage {
  const merged: Partial<Record<(typeof FIELDS)[number], number>> = {};
  for (const field of FIELDS) {
    const [a, b] = [one[field], other[field]];
    if (a !== undefined || b !== undefined)
      merged[field] = a === undefined ? (b as number) : b === undefined ? a : by(a, b);
  }
  return merged;
}
