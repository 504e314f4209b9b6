import { inScope } from '../../core/plan/scope.ts';
import { mergeJson, unionOf } from '../../core/run/queue/combine.ts';
import { assignNumbers, directoryOf, numberEntries, type Rename, renumbered } from '../../core/run/queue/numbers.ts';
import type { LandingSettings } from '../../core/run/settings.ts';
import type { Candidate } from '../../core/run/state.ts';
import type { CommitText, FileEdit, ObjectId } from '../git/repositories.ts';
import type { Performing } from './performer.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** One task's work on top of a commit, before generators ran. */
export interface Settled {
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  readonly renames: readonly Rename[];
  /** As git merged it, before rules were applied, and the paths that were left to these. */
  readonly plain: { readonly commit: ObjectId; readonly settled: readonly string[] };
}

/** Work and what it is to stand on. */
interface Request {
  readonly work: Candidate;
  readonly onto: ObjectId;
  readonly text: CommitText;
}

/** Whether the configuration asks for anything beyond a merge. */
export function hasRules(landing: LandingSettings | undefined): landing is LandingSettings {
  const count = (list: readonly unknown[] | undefined): number => list?.length ?? 0;
  return count(landing?.numbers) + count(landing?.union) + count(landing?.generators) > 0;
}

/** Whether some rule could have to do with a change of these paths; `touches` undefined: nobody knows them. */
export function concerns(landing: LandingSettings, touches: readonly string[] | undefined): boolean {
  if (touches === undefined || (landing.generators?.length ?? 0) > 0) return true;
  const united = landing.union ?? [];
  return touches.some(
    (path) =>
      path.endsWith('/') ||
      path === '**' ||
      (united.length > 0 && inScope(united, path)) ||
      (landing.numbers ?? []).some(
        (rule) => rule.in === path || (rule.files !== undefined && path.startsWith(directoryOf(rule))),
      ),
  );
}

/**
 * Carries work onto a commit as the rules of the configuration say: conflicts in generated files and in those whose sides are to
 * be united are none, and files get the numbers that are free there.
 */
export async function settle(
  request: Request,
  landing: LandingSettings,
  performing: Performing,
): Promise<Settled | { readonly conflicts: readonly string[] }> {
  const { git } = performing;
  const { work, onto, text } = request;
  const combined = await combine(request, landing, performing);
  if ('conflicts' in combined) return combined;
  const { edits } = combined;
  const renames = await number(combined, request, landing, performing);
  const { plain } = combined;
  if (edits.size > 0) return { ...(await git.amend(combined.commit, [...edits.values()], onto, text)), renames, plain };
  // Nothing to add: the commit that its work was stored as is the one that lands.
  return work.base === onto
    ? { commit: work.commit, tree: work.tree, renames, plain }
    : { commit: combined.commit, tree: combined.tree, renames, plain };
}

/** Paths in which work conflicts with a commit although the rules were applied. */
export async function conflictsOf(
  request: Request,
  landing: LandingSettings,
  performing: Performing,
): Promise<readonly string[]> {
  const combined = await combine(request, landing, performing);
  return 'conflicts' in combined ? combined.conflicts : [];
}

interface Combined {
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  readonly edits: Map<string, FileEdit>;
  readonly plain: Settled['plain'];
}

async function combine(
  { work, onto, text }: Request,
  landing: LandingSettings,
  performing: Performing,
): Promise<Combined | { readonly conflicts: readonly string[] }> {
  const { git } = performing;
  const carried = await git.carry(work.commit, work.base, onto, text);
  const edits = new Map<string, FileEdit>();
  const conflicts: string[] = [];
  const generated = (landing.generators ?? []).flatMap(({ paths }) => paths);
  for (const path of carried.conflicts) {
    if (generated.length > 0 && inScope(generated, path)) {
      edits.set(path, { path, content: await git.read(onto, path) });
      continue;
    }
    const united =
      (landing.union?.length ?? 0) > 0 && inScope(landing.union ?? [], path)
        ? await unite(path, carried.commit, work, onto, performing)
        : undefined;
    if (united === undefined) conflicts.push(path);
    else edits.set(path, { path, content: encoder.encode(united) });
  }
  const plain = { commit: carried.commit, settled: carried.conflicts };
  return conflicts.length > 0 ? { conflicts } : { commit: carried.commit, tree: carried.tree, edits, plain };
}

async function unite(
  path: string,
  marked: ObjectId,
  work: Candidate,
  onto: ObjectId,
  performing: Performing,
): Promise<string | undefined> {
  const sides = await Promise.all(
    [work.base, onto, work.commit, marked].map(async (commit) => textOf(commit, path, performing)),
  );
  const [base, theirs, ours, both] = sides;
  if (theirs === undefined || ours === undefined) return undefined;
  if (path.endsWith('.json')) return mergeJson(base ?? '{}', theirs, ours);
  return both === undefined ? undefined : unionOf(both);
}

/** Gives numbers: adds to the edits what becomes of files and of mentions in what the work changes. */
async function number(
  { commit, edits }: Combined,
  { onto }: Request,
  landing: LandingSettings,
  performing: Performing,
): Promise<Rename[]> {
  const { git } = performing;
  const rules = landing.numbers ?? [];
  if (rules.length === 0) return [];
  const changed = (await git.changes(onto, commit)).filter(({ kind }) => kind === 'added' || kind === 'modified');
  const added = changed.filter(({ kind }) => kind === 'added').map(({ path }) => path);
  const renames: Rename[] = [];
  for (const rule of rules) {
    if (rule.files === undefined || added.length === 0) continue;
    renames.push(...assignNumbers(rule, await git.list(onto, directoryOf(rule)), added));
  }
  const entries = rules.filter((rule) => rule.in !== undefined);
  for (const { path } of changed) {
    const rename = renames.find(({ from }) => from === path);
    const own = entries.filter((rule) => rule.in === path);
    if (renames.length === 0 && own.length === 0) break;
    const content = edits.get(path)?.content ?? (await git.read(commit, path));
    const text = content === undefined ? undefined : decoded(content);
    let now = text;
    if (now !== undefined && (renames.length > 0 || own.length > 0)) {
      const there = await textOf(onto, path, performing);
      now = renumbered(now, there, renames);
      for (const rule of own) now = numberEntries(rule, now, there ?? '');
    }
    if (rename === undefined && now === text) continue;
    const bytes = now === undefined ? content : encoder.encode(now);
    if (rename !== undefined) edits.set(path, { path, content: undefined });
    const to = rename?.to ?? path;
    if (bytes !== undefined) edits.set(to, { path: to, content: bytes, like: path });
  }
  return renames;
}

async function textOf(commit: ObjectId, path: string, { git }: Performing): Promise<string | undefined> {
  const content = await git.read(commit, path);
  return content === undefined ? undefined : decoded(content);
}

function decoded(content: Uint8Array): string | undefined {
  try {
    return decoder.decode(content);
  } catch {
    return undefined;
  }
}
