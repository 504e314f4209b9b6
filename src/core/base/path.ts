/** Joins parts with `/`. They are taken as they are: nothing is resolved, nothing normalised. */
export function joinPath(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}

/** The directory a path lies in: `/a/b` for `/a/b/c`. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * The steps from `parent` down to `path`, or `undefined` when `path` does not lie strictly below it. Judged by the text
 * alone, so a path with `.`, `..`, an empty step or a control character lies nowhere.
 */
export function stepsBelow(parent: string, path: string): string[] | undefined {
  if (!path.startsWith(`${parent}/`)) return undefined;
  const steps = path.slice(parent.length + 1).split('/');
  // eslint-disable-next-line no-control-regex
  return steps.some((step) => step === '' || step === '.' || step === '..' || /[\u0000-\u001f]/.test(step))
    ? undefined
    : steps;
}
