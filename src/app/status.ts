import { err, ok, type Result } from '../core/base/result.ts';
import { boardOf, explainTask, type Explanation } from '../core/views/board.ts';
import { emptyState, type RunState } from '../core/run/state.ts';
import { lockHolder } from '../engine/log/lock.ts';
import { runPaths, type RunPaths } from '../engine/paths.ts';
import { EXIT, type AppRefusal, type Owner, type RunInfo } from './api.ts';
import type { Context } from './context.ts';
import { damageWords, loadRun } from './load.ts';
import { listRuns, locate, pathsFor, type Located } from './locate.ts';

/** Every run of this repository (or the one named), those that are not over first. Reads only. */
export async function runStatus(context: Context, slug?: string): Promise<Result<RunInfo[], AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const slugs = slug === undefined ? await listRuns(context.io, located.value) : [slug];
  const infos: RunInfo[] = [];
  for (const one of slugs) {
    const paths = pathsFor(located.value, one);
    if (!paths.ok) return paths;
    if (slug !== undefined && (await context.io.files.stat(paths.value.log)) === undefined) return noSuchRun(context, located.value, slug);
    infos.push(await infoOf(context, located.value, paths.value, one));
  }
  const order = (info: RunInfo): number => (info.board.phase === 'over' ? 1 : 0);
  return ok(infos.sort((a, b) => order(a) - order(b) || b.board.updated - a.board.updated));
}

async function infoOf(context: Context, located: Located, paths: RunPaths, slug: string): Promise<RunInfo> {
  const bundle = paths.bundle.slice(located.root.length + 1);
  const owner = await ownerOf(context, paths);
  const loaded = await loadRun(context.io, paths);
  if (loaded.ok) return { board: boardOf(loaded.value.state), owner, bundle };
  const state: RunState = { ...emptyState(), slug };
  return { board: boardOf(state), owner, bundle, problem: damageWords(loaded.error, paths) };
}

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
        const waiting = board.waiting[0];
        if (waiting !== undefined) return { slug: board.slug, next: waiting.type[0] ?? '', why: waiting.what };
        if (board.phase === 'over') return { slug: board.slug, next: board.next, why: `the run is over: ${board.outcome ?? ''}` };
        if (owner?.alive === true) return { slug: board.slug, next: `masterplan status ${board.slug}`, why: `it is running (process ${owner.pid ?? '?'})` };
        return { slug: board.slug, next: `masterplan run ${board.slug}`, why: `${board.counts.merged} of ${board.total} tasks are merged and nobody runs it` };
      }),
  });
}

/** Why a task is where it is. */
export async function explain(
  context: Context,
  question: { readonly task: string; readonly run?: string },
): Promise<Result<Explanation & { run: string }, AppRefusal>> {
  const chosen = await chooseRun(context, question.run, (state) => state.schedule.index[question.task] !== undefined);
  if (!chosen.ok) return chosen;
  const { state, slug } = chosen.value;
  const explanation = explainTask(state, question.task) ?? explainTask(state, question.task.toUpperCase());
  if (explanation === undefined) {
    return err({
      message: `the plan of "${slug}" has no task ${question.task}`,
      hint: `tasks: ${state.tasks.slice(0, 20).map((task) => task.task.id).join(', ')}${state.tasks.length > 20 ? ', …' : ''}`,
      exit: EXIT.usage,
    });
  }
  return ok({ ...explanation, run: slug });
}

/**
 * The run that is meant: the one named; else the only one that is not over; else the only one that `fits`; else the
 * newest, when all are over.
 */
export async function chooseRun(
  context: Context,
  asked: string | undefined,
  fits: (state: RunState) => boolean = () => true,
): Promise<Result<{ slug: string; paths: RunPaths; state: RunState }, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const slugs = await listRuns(context.io, located.value);
  if (asked !== undefined && !slugs.includes(asked)) return noSuchRun(context, located.value, asked);
  const loaded: { slug: string; paths: RunPaths; state: RunState }[] = [];
  for (const slug of asked === undefined ? slugs : [asked]) {
    const paths = runPaths(located.value.root, located.value.runsPath, slug);
    const run = await loadRun(context.io, paths);
    if (run.ok) loaded.push({ slug, paths, state: run.value.state });
    else if (asked !== undefined || slugs.length === 1) return err({ ...damageWords(run.error, paths), exit: EXIT.failed });
  }
  const open = loaded.filter((run) => run.state.phase !== 'over');
  const fitting = (open.length > 0 ? open : loaded).filter((run) => fits(run.state));
  const candidates = asked !== undefined ? loaded : open.length === 1 ? open : fitting;
  const newest = [...candidates].sort((a, b) => b.state.updated - a.state.updated);
  const one = newest[0];
  if (one === undefined) return err({ message: 'there is no run here', hint: 'masterplan run <plan.md>', exit: EXIT.usage });
  if (open.length > 1 && asked === undefined && candidates.length > 1) {
    return err({ message: `several runs are open: ${open.map((run) => run.slug).join(', ')}`, hint: 'say which one', exit: EXIT.usage });
  }
  return ok(one);
}

async function noSuchRun(context: Context, located: Located, slug: string): Promise<Result<never, AppRefusal>> {
  const slugs = await listRuns(context.io, located);
  return err({
    message: `there is no run "${slug.slice(0, 80)}" here`,
    hint: slugs.length === 0 ? 'masterplan run <plan.md>' : `runs: ${slugs.slice(0, 20).join(', ')}`,
    exit: EXIT.usage,
  });
}
