import { checkSlug } from '../core/base/slug.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { FileError } from '../io/files.ts';
import type { Io } from '../io/io.ts';
import { runPaths, type RunPaths } from '../engine/paths.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';

/** Where bundles are, unless `runs_path` in the configuration says otherwise. */
export const RUNS_PATH = 'docs/masterplan';

/** The user's work tree that a directory lies in: the nearest one up that has a `.git`. Runs no program. */
export async function findRoot(io: Io, from: string): Promise<string | undefined> {
  for (let at = from; ; at = at.slice(0, at.lastIndexOf('/'))) {
    if ((await io.files.stat(`${at}/.git`)) !== undefined) return at === '' ? '/' : at;
    if (at === '') return undefined;
  }
}

export interface Located {
  readonly root: string;
  readonly runsPath: string;
}

/**
 * The work tree and its bundle directory. Reads the configuration's `runs_path` without a YAML parser when it can, which
 * is what keeps `status` quick.
 */
export async function locate(context: Context): Promise<Result<Located, AppRefusal>> {
  const root = await findRoot(context.io, context.cwd);
  if (root === undefined) {
    return err({
      message: `${context.cwd} is not in a git repository`,
      hint: 'cd into one, or make one: git init',
      exit: EXIT.failed,
    });
  }
  return ok({ root, runsPath: (await plainRunsPath(context, root)) ?? RUNS_PATH });
}

/** `runs_path` of `MASTERPLAN_RUNS_PATH`, or of the repository's or the user's configuration when a line says it plainly. */
async function plainRunsPath(context: Context, root: string): Promise<string | undefined> {
  const variable = context.env['MASTERPLAN_RUNS_PATH']?.trim();
  if (variable !== undefined && checkRunsPath(variable)) return variable;
  for (const file of [
    `${root}/.masterplan.yaml`,
    ...(context.env['HOME'] === undefined ? [] : [`${context.env['HOME']}/.masterplan.yaml`]),
  ]) {
    const bytes = await context.io.files.read(file, 1024 * 1024).catch(() => undefined);
    const found =
      bytes === undefined
        ? null
        : /^runs_path:[ \t]*["']?([^"'#\r\n]+?)["']?[ \t]*(?:#.*)?$/m.exec(new TextDecoder().decode(bytes));
    if (found?.[1] !== undefined && checkRunsPath(found[1])) return found[1];
  }
  return undefined;
}

/** Whether a bundle directory stays inside the repository and out of git's and masterplan's own. */
export function checkRunsPath(path: string): boolean {
  return (
    /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/.test(path) &&
    !path.split('/').some((part) => part === '..' || part === '.' || /^\.(?:git|masterplan)$/i.test(part))
  );
}

/** For a path through what is a file: nothing is there. Whatever else went wrong goes on. */
function noDirectory(error: unknown): undefined {
  if (!(error instanceof FileError) || error.code !== 'ENOTDIR') throw error;
}

/** Names of all runs of a repository: every bundle that has a log. */
export async function listRuns(io: Io, located: Located): Promise<string[]> {
  const slugs: string[] = [];
  for (const name of await io.files.list(`${located.root}/${located.runsPath}`)) {
    if (!checkSlug(name).ok) continue;
    // Files lie there, too: what was learned, and what people put beside their runs.
    const log = await io.files
      .stat(`${located.root}/${located.runsPath}/${name}/events.jsonl`)
      .catch((error: unknown) => noDirectory(error));
    if (log !== undefined) slugs.push(name);
  }
  return slugs;
}

/** Paths of a run by its name, which is checked: it becomes part of paths and refs. */
export function pathsFor(located: Located, slug: string): Result<RunPaths, AppRefusal> {
  const checked = checkSlug(slug);
  if (!checked.ok)
    return err({
      message: `"${slug.slice(0, 80)}" is not a run's name: ${checked.error}`,
      hint: 'masterplan status',
      exit: EXIT.usage,
    });
  return ok(runPaths(located.root, located.runsPath, slug));
}

/**
 * Refuses when a step from `root` down to `path` is a symbolic link or no directory: what we write must not end up
 * elsewhere. Steps that do not exist yet are fine.
 */
export async function refuseLinks(io: Io, root: string, path: string): Promise<Result<void, AppRefusal>> {
  let at = root;
  for (const step of path.slice(root.length + 1).split('/')) {
    at = `${at}/${step}`;
    const stat = await io.files.stat(at);
    if (stat === undefined) return ok(undefined);
    if (stat.kind !== 'directory') {
      return err({
        message: `${at} is ${stat.kind === 'link' ? 'a symbolic link' : 'not a directory'}, and masterplan writes below it`,
        hint: 'move it away; what it points to was not touched',
        exit: EXIT.failed,
      });
    }
  }
  return ok(undefined);
}

/** A path as a person in the repository would type it. */
export function shown(path: string, root: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** Refuses a name that is no run's, and says which names are. */
export async function noSuchRun(context: Context, located: Located, slug: string): Promise<Result<never, AppRefusal>> {
  const slugs = await listRuns(context.io, located);
  return err({
    message: `there is no run "${slug.slice(0, 80)}" here`,
    hint: slugs.length === 0 ? 'masterplan run <plan.md>' : `runs: ${slugs.slice(0, 20).join(', ')}`,
    exit: EXIT.usage,
  });
}
