import { ok, type Result } from '../core/base/result.ts';
import { lockHolder } from '../engine/log/lock.ts';
import { readHead } from '../engine/log/snapshot-head.ts';
import { lastDoing } from '../core/agents/doing.ts';
import type { Board } from '../core/views/board.ts';
import { landedWords } from '../core/views/landed-words.ts';
import { attemptFile, type RunPaths } from '../engine/paths.ts';
import type { AppRefusal, Owner, RunInfo } from './api.ts';
import type { Context } from './context.ts';
import { isLegacyBundle, legacyPlaces } from './legacy-sign.ts';
import { listRuns, locate, noSuchRun, pathsFor, type Located } from './locate.ts';

/** Every run of this repository (or the one named), those that are not over first. Reads only. */
export async function runStatus(context: Context, slug?: string): Promise<Result<RunInfo[], AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const slugs = slug === undefined ? await listRuns(context.io, located.value) : [slug];
  const infos: RunInfo[] = [];
  const ours = new Set<string>();
  for (const one of slugs) {
    const paths = pathsFor(located.value, one);
    if (!paths.ok) return paths;
    if (await isLegacy(context, paths.value)) continue;
    ours.add(one);
    if (slug !== undefined && (await context.io.files.stat(paths.value.log)) === undefined) {
      const old = await legacyRuns(context, located.value, new Set(), slug);
      return old.length > 0 ? ok([...old]) : noSuchRun(context, located.value, slug);
    }
    infos.push(await infoOf(context, located.value, paths.value, one));
  }
  infos.push(...(await legacyRuns(context, located.value, ours, slug)));
  const order = (info: RunInfo): number => (info.board.phase === 'over' ? 1 : 0);
  return ok(infos.sort((a, b) => order(a) - order(b) || b.board.updated - a.board.updated));
}

/** A run that has a snapshot is ours; of the others, the first bytes tell. */
async function isLegacy(context: Context, paths: RunPaths): Promise<boolean> {
  return (await context.io.files.stat(paths.snapshot)) === undefined && isLegacyBundle(context.io, paths.bundle);
}

/** Bundles of older tools, read only. Where there are none, nothing that reads them is loaded. */
async function legacyRuns(
  context: Context,
  located: Located,
  ours: ReadonlySet<string>,
  slug: string | undefined,
): Promise<readonly RunInfo[]> {
  if (slug !== undefined && ours.has(slug)) return [];
  if ((await legacyPlaces(context.io, located, ours)).length === 0) return [];
  const { legacyInfos } = await import('./legacy.ts');
  return legacyInfos(context, located, ours, slug);
}

async function infoOf(context: Context, located: Located, paths: RunPaths, slug: string): Promise<RunInfo> {
  const bundle = paths.bundle.slice(located.root.length + 1);
  const owner = await ownerOf(context, paths);
  const head = await readHead(context.io, paths);
  if (head !== undefined && (await context.io.files.stat(paths.log))?.size === head.position.size) {
    return { board: await withDoing(context, paths, head.board), owner, bundle };
  }
  // Loaded only now: with a snapshot that is up to date nothing has to be folded.
  const { loadBoard } = await import('./load.ts');
  const loaded = await loadBoard(context.io, paths, slug);
  return { ...loaded, board: await withDoing(context, paths, loaded.board), owner, bundle };
}

/** The board with what agents are at, as their keepers noted it last. */
export async function withDoing(context: Context, paths: RunPaths, board: Board): Promise<Board> {
  const working = await Promise.all(
    board.working.map(async (one) => {
      if (one.status !== 'working') return one;
      const path = `${paths.attempts}/${attemptFile(one.task, one.attempt)}/progress.jsonl`;
      const size = (await context.io.files.stat(path).catch(() => undefined))?.size ?? 0;
      const start = Math.max(0, size - TAIL);
      const bytes = size === 0 ? undefined : await context.io.files.readRange(path, start, size - start);
      const doing = bytes === undefined ? undefined : lastDoing(new TextDecoder().decode(bytes));
      return doing === undefined ? one : { ...one, doing };
    }),
  );
  return { ...board, working };
}

/** Bytes of progress in which what an agent is at is looked for. */
const TAIL = 16_384;

/** Who runs a run now, if anybody alive does. */
export async function ownerOf(context: Context, paths: RunPaths): Promise<Owner | undefined> {
  const holder = await lockHolder(context.io, paths.runtime);
  if (holder === undefined || holder.liveness === 'dead') return undefined;
  return {
    pid: holder.owner?.pid,
    host: holder.owner?.host ?? '',
    since: holder.since,
    command: holder.command,
    alive: holder.liveness === 'alive',
  };
}

/** The next thing to type for each run that is not over. */
export async function nextAction(
  context: Context,
  slug?: string,
): Promise<Result<{ runs: { slug: string; next: string; why: string }[] }, AppRefusal>> {
  const infos = await runStatus(context, slug);
  if (!infos.ok) return infos;
  return ok({
    runs: infos.value
      .filter((info) => info.board.phase !== 'over' || slug !== undefined)
      .map((info) => {
        const { board, owner, problem } = info;
        if (problem !== undefined) return { slug: board.slug, next: problem.hint, why: problem.message };
        if (info.legacy !== undefined) return { slug: board.slug, next: board.next, why: legacyWords(info.legacy) };
        const waiting = board.waiting[0];
        if (waiting !== undefined) return { slug: board.slug, next: waiting.type[0] ?? '', why: waiting.what };
        if (board.phase === 'over')
          return { slug: board.slug, next: board.next, why: `the run is over: ${board.outcome ?? ''}` };
        if (owner?.alive === true)
          return {
            slug: board.slug,
            next: `masterplan status ${board.slug}`,
            why: `it is running (process ${owner.pid ?? '?'})`,
          };
        return {
          slug: board.slug,
          next: `masterplan run ${board.slug}`,
          why: `${landedWords(board)}, and nobody runs it`,
        };
      }),
  });
}

/** Why nothing of ours carries it on. */
function legacyWords({ schema, status, nextAction }: NonNullable<RunInfo['legacy']>): string {
  const there = nextAction === '' ? '' : `; its own next action: ${nextAction}`;
  return `a bundle of an older tool (schema ${schema}), ${status}${there}`;
}
