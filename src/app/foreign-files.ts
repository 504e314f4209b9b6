import type { ForeignFile } from '../core/formats/format.ts';
import { baseName, joinPath } from '../core/base/path.ts';
import type { Io } from '../io/io.ts';

/** Folders whose names begin with a dot and that tools keep their plans in. */
const DOTTED = /^\.(?:specify|kiro|spec-workflow|taskmaster|beads|superpowers|planning|claude|backlog)$/;
const SKIPPED = /^(?:node_modules|dist|build|target|vendor|coverage|__pycache__|venv)$/;
const READ = /\.(?:md|jsonl|ya?ml|txt)$|(?:^|\/)(?:[\w-]*tasks[\w-]*|state|spec)\.json$/i;

/** More than any plan has; whoever has more names the plan itself. */
const MAX_FILES = 4000;
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 8;

/** What was found below a place, with paths relative to `base`. */
export interface Collected {
  readonly files: readonly ForeignFile[];
  /** Something was left out: too much, or too deep. */
  readonly cut: boolean;
}

/** Reads the documents below the given directories; links are not followed, and what is no UTF-8 is left out. */
export async function collectFiles(
  io: Io,
  base: string,
  places: readonly string[],
  skip: ReadonlySet<string>,
  most = MAX_FILES,
): Promise<Collected> {
  const files = new Map<string, string>();
  let cut = false;
  let bytes = 0;
  const readOne = async (path: string, known?: number): Promise<void> => {
    if (files.has(path)) return;
    const size = known ?? (await sizeOf(io, path));
    if (size === undefined) return;
    bytes += size;
    if (files.size >= most || bytes > 4 * MAX_BYTES || size > MAX_BYTES) {
      cut = true;
      return;
    }
    const content = await io.files.read(path, MAX_BYTES).catch(() => undefined);
    if (content === undefined) return;
    try {
      files.set(path, new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content));
    } catch {
      // Not text: kept where it is, for it is never written over.
    }
  };
  // Our own plans lie in folders there; others keep theirs as documents beside these.
  const documentsIn = async (directory: string): Promise<void> => {
    for (const name of await io.files.list(directory).catch(() => []))
      if (/\.md$/i.test(name)) await readOne(joinPath(directory, name));
  };
  const walk = async (directory: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH) {
      cut = true;
      return;
    }
    for (const name of await io.files.list(directory).catch(() => [])) {
      const path = joinPath(directory === '/' ? '' : directory, name);
      const stat = await io.files.stat(path).catch(() => undefined);
      if (stat?.kind === 'directory') {
        if (SKIPPED.test(name) || (name.startsWith('.') && !DOTTED.test(name))) continue;
        if (skip.has(path)) await documentsIn(path);
        else await walk(path, depth + 1);
      } else if (stat?.kind === 'file' && READ.test(name)) await readOne(path, stat.size);
    }
  };
  for (const place of places) {
    const stat = await io.files.stat(place).catch(() => undefined);
    if (stat?.kind === 'directory') await walk(place, 0);
    else if (stat?.kind === 'file') await readOne(place, stat.size);
  }
  const strip = base === '/' ? 1 : base.length + 1;
  return { files: [...files].map(([path, text]) => ({ path: path.slice(strip), text })), cut };
}

/** The directories to read for a path that somebody names: a file stands for the plan that it is a part of. */
export function placesFor(path: string, isFile: boolean, base: string): readonly string[] {
  const known =
    /^(.*\/\.(?:taskmaster|planning\/phases\/[^/]+|(?:kiro|spec-workflow)\/specs\/[^/]+|claude\/epics\/[^/]+|backlog))(?:\/|$)/.exec(
      path,
    )?.[1] ?? /^(.*\/backlog)\/(?:tasks|completed)(?:\/|$)/.exec(path)?.[1];
  if (path.endsWith('/.specify')) return [path.replace(/\/\.specify$/, '/specs'), path];
  if (known !== undefined && known.startsWith(base)) return [known];
  if (!isFile) return [path];
  const name = baseName(path);
  if (name.endsWith('.jsonl')) return [path];
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  const plans = /^(.*)\/docs\/superpowers\/plans$/.exec(folder);
  if (plans !== null)
    return [
      path,
      `${plans[1] ?? ''}/docs/superpowers/specs`,
      `${plans[1] ?? ''}/.superpowers/sdd/${name.replace(/\.md$/, '')}`,
    ];
  return /^(?:tasks|epic|proposal|requirements|design|spec)\.md$|PLAN\.md$|^\d+\.md$|^tasks\.json$/.test(name) &&
    folder !== base
    ? [folder]
    : [path];
}

/** Bytes of a file; `undefined` for what is none. */
async function sizeOf(io: Io, path: string): Promise<number | undefined> {
  const stat = await io.files.stat(path);
  return stat?.kind === 'file' ? stat.size : undefined;
}
