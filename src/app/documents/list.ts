import { ok, type Result } from '../../core/base/result.ts';
import { isPending, nextFor, type PlanState, stateOf } from '../../core/documents/document.ts';
import { readVisit } from '../../core/documents/visits.ts';
import type { DocumentStatus } from '../../core/plan/draft.ts';
import type { PlanKind } from '../../core/plan/model.ts';
import { runPaths } from '../../engine/paths.ts';
import type { AppRefusal } from '../api.ts';
import type { Context } from '../context.ts';
import { typedIn } from '../lint-targets.ts';
import { loadRun } from '../load.ts';
import { listRuns, type Located, locate } from '../locate.ts';
import { type DamagedDocument, readShelf } from './find.ts';
import { type StoredDocument, visitsFolder } from './store.ts';

/** A pending plan as `list` shows it. */
export interface ListedPlan {
  readonly slug: string;
  readonly title: string;
  readonly kind: PlanKind | undefined;
  /** Relative to the repository. */
  readonly path: string;
  readonly status: DocumentStatus;
  /** What it is grouped by: its status, or that it was changed after its approval. */
  readonly state: PlanState;
  readonly boxes: { readonly done: number; readonly all: number };
  /** The approval of this very text. */
  readonly approved?: { readonly by: string; readonly at: string };
  /** Conversations with agents that were told of it. */
  readonly seen?: { readonly visits: number; readonly first: string; readonly last: string };
  readonly next: { readonly type: string; readonly why: string };
}

/** What is pending in a repository. */
export interface PlanList {
  readonly plans: readonly ListedPlan[];
  readonly damaged: readonly DamagedDocument[];
  /** Plans that are over: done, superseded, abandoned. */
  readonly over: number;
}

/** Every pending plan with the command that comes next for it; reads only. */
export async function listDocuments(context: Context): Promise<Result<PlanList, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  return ok(await listIn(context, located.value, true));
}

/** The same for a repository that is known. `seen`: with who was told of each. */
export async function listIn(context: Context, located: Located, seen: boolean): Promise<PlanList> {
  const { root } = located;
  const shelf = await readShelf(context.io, root);
  const pending = shelf.plans.filter(isPending);
  const runs = await listRuns(context.io, located);
  const name = namer(context, runs, shelf.plans);
  const carried = await carriedOut(context, located, runs, pending);
  const visits = seen ? await visitsOf(context, root) : new Map<string, never>();
  const plans = pending.map((document): ListedPlan => {
    const { slug, title, kind, path, status, boxes, approval } = document;
    const told = visits.get(path);
    return {
      slug,
      title,
      kind,
      path,
      status,
      state: stateOf(document),
      boxes,
      ...(approval === undefined ? {} : { approved: { by: approval.by, at: approval.at } }),
      ...(told === undefined ? {} : { seen: told }),
      next: carried.get(path) ?? nextFor(document, name(document)),
    };
  });
  return { plans, damaged: shelf.damaged, over: shelf.plans.length - pending.length };
}

/** What comes next for plans that runs of the same name carry out; other names are given rarely, and cost every log here. */
async function carriedOut(
  context: Context,
  { root, runsPath }: Located,
  runs: readonly string[],
  pending: readonly StoredDocument[],
): Promise<ReadonlyMap<string, ListedPlan['next']>> {
  const slugs = new Set(pending.map(({ slug }) => slug));
  const next = new Map<string, ListedPlan['next']>();
  for (const slug of runs) {
    if (!slugs.has(slug)) continue;
    const run = await loadRun(context.io, runPaths(root, runsPath, slug)).catch(() => undefined);
    if (run?.ok !== true || run.value.state.phase === 'over') continue;
    next.set(run.value.state.planPath, { type: `masterplan status ${slug}`, why: 'a run carries it out' });
  }
  return next;
}

/** What a plan is called on the command line: its slug where that means nothing else, or its path. */
export function namer(
  context: Context,
  runs: readonly string[],
  plans: readonly StoredDocument[],
): (document: StoredDocument) => string {
  const count = new Map<string, number>(runs.map((slug) => [slug, 1]));
  for (const one of plans) if (isPending(one)) count.set(one.slug, (count.get(one.slug) ?? 0) + 1);
  return ({ slug, file }) => {
    const name = (count.get(slug) ?? 0) <= 1 ? slug : typedIn(context.cwd, file);
    return /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
  };
}

async function visitsOf(
  context: Context,
  root: string,
): Promise<ReadonlyMap<string, { readonly visits: number; readonly first: string; readonly last: string }>> {
  const { files } = context.io;
  const folder = visitsFolder(root);
  const seen = new Map<string, { visits: number; first: string; last: string }>();
  for (const file of await files.list(folder).catch(() => [])) {
    const bytes = file.endsWith('.json')
      ? await files.read(`${folder}/${file}`, 1024 * 1024).catch(() => undefined)
      : undefined;
    const visit = bytes === undefined ? undefined : readVisit(new TextDecoder().decode(bytes));
    for (const [path, { firstSeen, lastSeen }] of Object.entries(visit?.plans ?? {})) {
      const before = seen.get(path);
      const first = before === undefined || firstSeen < before.first ? firstSeen : before.first;
      const last = before === undefined || lastSeen > before.last ? lastSeen : before.last;
      seen.set(path, { visits: (before?.visits ?? 0) + 1, first, last });
    }
  }
  return seen;
}
