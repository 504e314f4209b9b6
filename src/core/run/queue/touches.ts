/** Paths beyond which only their directories are noted. */
const MANY = 100;

/**
 * Changed paths as scope entries, which can be compared with each other: a path that would read as a glob is noted as the
 * directory above it, and so are all where there are many.
 */
export function touchesOf(paths: readonly string[]): string[] {
  const coarse = paths.length > MANY;
  const entries = new Set(paths.map((path) => (coarse || /[*?[\]{}!()\\]/.test(path) ? directoryOf(path) : path)));
  return entries.size > MANY ? ['**'] : [...entries].sort();
}

function directoryOf(path: string): string {
  const plain = path.slice(0, path.search(/[*?[\]{}!()\\]|$/));
  const above = plain.slice(0, plain.lastIndexOf('/') + 1);
  return above === '' ? '**' : above;
}
