import { err, ok, type Result } from '../base/result.ts';
import { compileGlob, type Glob, globsMeet, isGlob, matchGlob } from './glob.ts';
import { append } from './append.ts';

/** What a scope entry is, by its spelling alone: no file system is asked. */
export type ScopeForm = 'file' | 'directory' | 'glob';

/** The form of a normalised scope entry. */
export function scopeForm(entry: string): ScopeForm {
  if (isGlob(entry)) return 'glob';
  return entry.endsWith('/') ? 'directory' : 'file';
}

/**
 * Brings one scope entry to its only spelling: no `./`, no doubled slashes, `dir/**` as `dir/`, the whole repository as
 * `**`. Refuses whatever could reach outside the repository, into git's own files or ours, or mean something special to
 * git: the text comes from a document, and a path that passes here is compared, never executed.
 */
export function normaliseScope(path: string): Result<string, string> {
  const reason = hostile(path);
  if (reason !== undefined) return err(reason);
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  for (const part of parts) {
    const bad = hostileSegment(part);
    if (bad !== undefined) return err(bad);
  }
  if (parts.length === 0) return ok('**');
  const below = parts.at(-1) === '**';
  if (below) while (parts.at(-1) === '**') parts.pop();
  if (parts.length === 0) return ok('**');
  const plain = parts.join('/') + (below || /(?:^|\/)\.?$/.test(path) ? '/' : '');
  if (plain.startsWith('-')) return err('begins with "-", which programs read as an option');
  if (plain.includes('{') && compileGlob(plain) === undefined) return err('stands for more than 64 alternatives');
  return ok(plain);
}

// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f]/;
// Zero-width and direction-changing characters: the path would read as another one.
const DECEIVING = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/;

function hostile(path: string): string | undefined {
  if (path.trim() === '') return 'is empty';
  if (path.length > 4096) return 'is longer than 4096 characters';
  if (path.includes('\0')) return 'holds a NUL character';
  if (UNPRINTABLE.test(path)) return 'holds a control character';
  if (DECEIVING.test(path)) return 'holds an invisible character';
  if (path.startsWith('/')) return 'is absolute: scopes are relative to the repository';
  if (path.startsWith('~')) return 'begins with "~": scopes are relative to the repository';
  if (/^[A-Za-z]:/.test(path)) return 'is absolute: scopes are relative to the repository';
  if (path.startsWith(':')) return 'begins with ":", which git reads as pathspec magic';
  if (path.startsWith('!')) return 'begins with "!": a scope cannot exclude, name what may be changed instead';
  if (path.includes('\\')) return 'holds a backslash: write "/" between folders';
  return undefined;
}

function hostileSegment(part: string): string | undefined {
  if (part === '..') return 'leaves the repository with ".."';
  if (part.length > 255) return 'has a name longer than 255 characters';
  if (!/^[.g]/i.test(part)) return undefined;
  // Windows drops trailing dots and spaces, NTFS has streams and short names: all of these open the folder `.git`.
  const folded = part
    .toLowerCase()
    .replace(/:.*$/, '')
    .replace(/[. ]+$/, '');
  if (folded === '.git' || /^git~\d+$/.test(folded)) return "names git's own folder";
  if (folded === '.masterplan') return "names masterplan's own folder";
  return undefined;
}

interface Compiled {
  /** True for `**`: every path. */
  readonly everything: boolean;
  readonly files: ReadonlySet<string>;
  readonly directories: readonly string[];
  readonly globs: readonly Glob[];
}

// Scopes are asked about for every pair of tasks and every changed path, but are compiled once for each array.
const cache = new WeakMap<readonly string[], Compiled>();

function compile(scope: readonly string[]): Compiled {
  const known = cache.get(scope);
  if (known !== undefined) return known;
  const files = new Set<string>();
  const directories: string[] = [];
  const globs: Glob[] = [];
  for (const entry of scope) {
    const form = scopeForm(entry);
    if (form === 'file') files.add(entry);
    else if (form === 'directory') directories.push(entry);
    else append(globs, compileGlob(entry) ?? []);
  }
  const compiled = { everything: scope.includes('**'), files, directories, globs };
  cache.set(scope, compiled);
  return compiled;
}

/**
 * Whether a task with this (normalised) scope may change `path`. A file allows itself, a directory everything below it,
 * a glob what it matches, dot files included; case matters. An empty scope is undeclared and allows everything.
 */
export function inScope(scope: readonly string[], path: string): boolean {
  return scope.length === 0 || allows(compile(scope), path);
}

function allows(scope: Compiled, path: string): boolean {
  if (scope.everything || scope.files.has(path)) return true;
  if (scope.directories.some((directory) => path.startsWith(directory) && path.length > directory.length)) return true;
  if (scope.globs.length === 0) return false;
  const segments = path.split('/');
  return scope.globs.some((glob) => matchGlob(glob, segments));
}

/**
 * Whether some path could lie in both scopes, so that two tasks with them must not work at the same time. An empty scope
 * is undeclared and overlaps nothing: what such a task really changed is checked when it lands.
 */
export function scopesOverlap(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return false;
  const one = compile(a);
  const two = compile(b);
  if (one.everything || two.everything) return true;
  for (const file of one.files) if (allows(two, file)) return true;
  for (const file of two.files) if (allows(one, file)) return true;
  for (const x of one.directories) {
    for (const y of two.directories) if (x.startsWith(y) || y.startsWith(x)) return true;
  }
  return globsOverlap(one, two) || globsOverlap(two, one);
}

function globsOverlap(a: Compiled, b: Compiled): boolean {
  if (a.globs.length === 0) return false;
  const others = [...b.globs, ...b.directories.flatMap((directory) => compileGlob(directory) ?? [])];
  return a.globs.some((glob) => others.some((other) => globsMeet(glob, other)));
}
