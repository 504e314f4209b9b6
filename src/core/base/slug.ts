import { err, ok, type Result } from './result.ts';

/**
 * Checks the name of a run. A slug becomes a directory, a branch and a ref, so it may hold only lower-case letters,
 * digits, `.`, `_` and `-`, begins with a letter or digit, is at most 64 characters long, and is nothing that git or a
 * file system treats specially (`..`, a trailing `.`, `.lock`).
 */
export function checkSlug(text: string): Result<string, string> {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(text)) {
    return err('a slug is 1 to 64 lower-case letters, digits, ".", "_" or "-", and begins with a letter or digit');
  }
  if (text.includes('..') || text.endsWith('.') || text.endsWith('.lock')) {
    return err('a slug must not contain "..", nor end in "." or ".lock": it becomes a branch name');
  }
  return ok(text);
}

/** Makes a slug out of a title or file name; `undefined` when nothing usable is left. */
export function slugify(text: string): string | undefined {
  const slug = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '');
  return checkSlug(slug).ok ? slug : undefined;
}
