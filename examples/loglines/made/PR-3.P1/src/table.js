/** Rows of `{ path, count, slow }` as text, the slowest first, those that are as slow by their path. */
export function table(rows) {
  const width = Math.max(0, ...rows.map(({ path }) => path.length));
  return [...rows]
    .sort((a, b) => b.slow - a.slow || (a.path < b.path ? -1 : 1))
    .map(({ path, count, slow }) => `${path.padEnd(width)}  ${String(slow).padStart(6)} ms  ${count}\n`)
    .join('');
}
