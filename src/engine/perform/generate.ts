import { inScope, scopeForm } from '../../core/plan/scope.ts';
import type { FailedCheck } from '../../core/run/event.ts';
import type { Generator } from '../../core/run/settings.ts';
import type { CommitText, FileEdit, ObjectId } from '../git/repositories.ts';
import { check } from './check.ts';
import type { Performing } from './performer.ts';

/** Bytes of one generated file, and how many of them there may be. */
const LARGEST = 64 * 1024 * 1024;
const MOST = 5000;

export type Generated =
  | { readonly commit: ObjectId; readonly tree: ObjectId }
  | { readonly failed: FailedCheck }
  | 'cancelled';

/**
 * Makes generated files anew on the tree that lands: each generator that what changed concerns runs in a clean checkout, and the
 * files that it makes, and no others, become part of the commit.
 */
export async function generate(
  made: { readonly commit: ObjectId; readonly tree: ObjectId },
  onto: ObjectId,
  text: CommitText,
  generators: readonly Generator[],
  name: string,
  performing: Performing,
  signal: AbortSignal,
): Promise<Generated> {
  const { git } = performing;
  let now = made;
  if (generators.length === 0) return now;
  const changed = (await git.changes(onto, made.commit)).map(({ path }) => path);
  for (const generator of generators) {
    const { inputs } = generator;
    const concerns = (path: string): boolean =>
      inputs === undefined || inScope(inputs, path) || inScope(generator.paths, path);
    if (!changed.some(concerns)) continue;
    const edits: FileEdit[] = [];
    const ran = await check(now, [generator.command], `${name}.generate`, performing, signal, async (checkout) => {
      edits.push(...(await madeBy(generator, now.commit, checkout, performing)));
    });
    if (ran === undefined) return 'cancelled';
    if (ran.failed !== undefined) return { failed: ran.failed };
    if (edits.length > 0) now = await git.amend(now.commit, edits, onto, text);
  }
  return now;
}

/** What a generator changed of what it may make. */
async function madeBy(
  { paths }: Generator,
  commit: ObjectId,
  checkout: string,
  performing: Performing,
): Promise<FileEdit[]> {
  const { git, io } = performing;
  const there = new Set<string>();
  for (const entry of paths) for (const path of await filesAt(entry, checkout, performing)) there.add(path);
  const found = [...there].filter((path) => inScope(paths, path)).slice(0, MOST);
  const edits: FileEdit[] = [];
  for (const path of found) {
    const content = await io.files.read(`${checkout}/${path}`, LARGEST);
    const before = await git.read(commit, path);
    if (content !== undefined && !equal(content, before)) edits.push({ path, content });
  }
  for (const entry of paths) {
    for (const path of await git.list(commit, fixedPart(entry)))
      if (inScope([entry], path) && !there.has(path)) edits.push({ path, content: undefined });
  }
  return edits;
}

/** The directory of a scope entry that needs no matching; a file is itself. */
function fixedPart(entry: string): string {
  if (scopeForm(entry) !== 'glob') return entry;
  const plain = entry.split(/[*?[{]/)[0] ?? '';
  return plain.slice(0, plain.lastIndexOf('/') + 1);
}

async function filesAt(entry: string, checkout: string, { io }: Performing): Promise<string[]> {
  const begin = fixedPart(entry).replace(/\/$/, '');
  const found: string[] = [];
  const visit = async (path: string): Promise<void> => {
    if (found.length > MOST || /(?:^|\/)(?:\.git|node_modules)$/.test(path)) return;
    const stat = await io.files.stat(`${checkout}/${path}`);
    if (stat?.kind === 'file') found.push(path);
    if (stat?.kind !== 'directory') return;
    for (const name of await io.files.list(`${checkout}/${path}`)) await visit(path === '' ? name : `${path}/${name}`);
  };
  await visit(begin);
  return found;
}

function equal(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at]);
}
