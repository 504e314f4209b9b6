import { err, ok, type Result } from '../core/base/result.ts';
import type { RunState } from '../core/run/state.ts';
import { rescuable, type Rescuable } from '../core/views/rescue.ts';
import { inspectRepository } from '../engine/git/inspect.ts';
import { type ChangedPath, GitError } from '../engine/git/repositories.ts';
import { createRescue, type Rescue } from '../engine/rescue/rescue.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { basePath, environmentOf } from './environment.ts';
import { loadRun } from './load.ts';
import { listRuns, locate, pathsFor } from './locate.ts';

/** What can be brought back, and where was looked. */
export interface RescueReport {
  readonly items: readonly Rescuable[];
  /** How many more there are whose work landed. */
  readonly landed: number;
  readonly looked: readonly string[];
  readonly root: string;
}

export interface RescueQuestion {
  /** Only of this run, by its name. */
  readonly run?: string;
  /** Also what landed. */
  readonly all: boolean;
  readonly deep: boolean;
}

/** One thing, looked at closely. */
export interface RescueDetails {
  readonly item: Rescuable;
  readonly changes: readonly ChangedPath[] | undefined;
}

/** Where something was put. */
export interface Restored {
  readonly item: Rescuable;
  readonly branch?: string;
  readonly directory?: string;
  /** Files in that directory. */
  readonly files?: number;
}

/** Lists everything that can be brought back. Reads only. */
export async function findRescuable(
  context: Context,
  question: RescueQuestion,
): Promise<Result<RescueReport, AppRefusal>> {
  return within(context, async ({ rescue, root, runs, slugs }) => {
    const tips = new Map(
      [...runs].flatMap(([run, { tip, slug, title }]) =>
        tip === undefined ? [] : [[run, { slug, commit: tip, title }] as const],
      ),
    );
    const { found, looked } = await rescue.find({ tips, slugs: new Set(slugs), deep: question.deep });
    const mine = question.run === undefined ? found : found.filter(({ slug }) => slug === question.run);
    const every = rescuable(mine, runs, true);
    const items = question.all ? every : every.filter(({ state }) => state !== 'landed');
    return ok({ items, landed: every.length - items.length, looked, root });
  });
}

/** Shows one thing: what it is of, and which files it changes. */
export async function showRescuable(context: Context, id: string): Promise<Result<RescueDetails, AppRefusal>> {
  const item = await pick(context, id);
  if (!item.ok) return item;
  return within(context, async ({ rescue }) => {
    const { commit } = item.value;
    return ok({
      item: item.value,
      changes: commit === undefined ? undefined : await rescue.changes({ ...item.value, commit }),
    });
  });
}

/** Puts one thing on a new branch, or into a new directory. Overwrites nothing. */
export async function restoreRescuable(
  context: Context,
  request: { readonly id: string; readonly to?: string; readonly into?: string },
): Promise<Result<Restored, AppRefusal>> {
  const item = await pick(context, request.id);
  if (!item.ok) return item;
  const { commit, path } = item.value;
  if (commit === undefined) {
    return err({
      message: `${item.value.id} is a directory on the disk, and nothing has to be restored`,
      hint: `look at it: ${path ?? ''}`,
      exit: EXIT.usage,
    });
  }
  return within<Restored>(context, async ({ rescue }) => {
    const found = { ...item.value, commit };
    if (request.into !== undefined) {
      const directory = request.into.startsWith('/') ? request.into : `${context.cwd}/${request.into}`;
      return ok({ item: item.value, directory, files: await rescue.toDirectory(found, directory) });
    }
    const branch = request.to ?? branchFor(item.value);
    await rescue.toBranch(found, branch);
    return ok({ item: item.value, branch });
  });
}

/** A name that says what is on the branch. */
function branchFor({ slug, task, attempt, commit = '' }: Rescuable): string {
  const parts = [
    slug,
    task === undefined ? undefined : `${task.replaceAll('/', '-')}.${attempt ?? 0}`,
    commit.slice(0, 8),
  ];
  return `rescue/${parts.filter((part) => part !== undefined).join('-')}`;
}

/** The one thing that is meant by the beginning of an id, or by `T3#2`. */
async function pick(context: Context, id: string): Promise<Result<Rescuable, AppRefusal>> {
  const report = await findRescuable(context, { all: true, deep: false });
  if (!report.ok) return report;
  const { items } = report.value;
  const named = items.filter(({ task, attempt }) => task !== undefined && `${task}#${attempt ?? 0}` === id);
  const fitting =
    named.length > 0 ? named : items.filter((one) => `${one.commit ?? one.id}`.startsWith(id) || one.id === id);
  const [one, other] = fitting;
  if (one !== undefined && other === undefined && id.length >= 2) return ok(one);
  if (other !== undefined)
    return err({
      message: `${id} may be ${fitting
        .slice(0, 5)
        .map((each) => each.id)
        .join(', ')}`,
      hint: `say which one: masterplan rescue show ${fitting[0]?.id ?? ''}`,
      exit: EXIT.usage,
    });
  return err({
    message: `nothing with the id ${id.slice(0, 60)} can be brought back`,
    hint: 'masterplan rescue --all',
    exit: EXIT.usage,
  });
}

interface Place {
  readonly rescue: Rescue;
  readonly root: string;
  /** The runs whose log can be read, by id. */
  readonly runs: ReadonlyMap<string, RunState>;
  readonly slugs: readonly string[];
}

/** Does something beside all runs of this repository. What git refuses is told. */
async function within<T>(
  context: Context,
  work: (place: Place) => Promise<Result<T, AppRefusal>>,
): Promise<Result<T, AppRefusal>> {
  const inspected = await inspectRepository(context.io, context.cwd, environmentOf(context));
  if (!inspected.ok) return err({ ...inspected.error, exit: EXIT.failed });
  const { root, gitDirectory, identity, ignored } = inspected.value;
  const located = await locate({ ...context, cwd: root });
  if (!located.ok) return located;
  const slugs = await listRuns(context.io, located.value);
  const runs = new Map<string, RunState>();
  for (const slug of slugs) {
    const paths = pathsFor(located.value, slug);
    // A damaged log is no reason to bring nothing back.
    const run = paths.ok ? await loadRun(context.io, paths.value).catch(() => undefined) : undefined;
    if (run?.ok === true) runs.set(run.value.state.run, run.value.state);
  }
  const tools = { path: basePath(context), home: context.env['HOME'] ?? '' };
  const rescue = createRescue(context.io, { root, gitDirectory, identity, ignored, tools });
  try {
    return await work({ rescue, root, runs, slugs });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return err({
      message: error.message,
      hint: error.hint ?? 'correct the cause, then type the same command again',
      exit: EXIT.failed,
    });
  }
}
