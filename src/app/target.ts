import { err, ok, type Result } from '../core/base/result.ts';
import { runPaths } from '../engine/paths.ts';
import { EXIT, type AppRefusal, type RunOptions } from './api.ts';
import type { Context } from './context.ts';
import { readPlan, slugFor, type PlanFile } from './create.ts';
import { foreignAt } from './foreign-plan.ts';
import { loadRun } from './load.ts';
import { listRuns, type Located } from './locate.ts';

/** Which run is meant by a plan's path, a slug, or nothing at all; with the plan when a path was given. */
export async function findTarget(
  context: Context,
  located: Located,
  options: RunOptions,
): Promise<Result<{ slug: string; file: PlanFile | undefined }, AppRefusal>> {
  const { io } = context;
  if (options.authoring !== undefined && options.slug !== undefined) return ok({ slug: options.slug, file: undefined });
  const target = options.target ?? options.slug;
  if (target === undefined) {
    const open = await openRuns(context, located);
    if (open.length === 1) return ok({ slug: open[0] as string, file: undefined });
    return err({
      message: open.length === 0 ? 'no run is open here' : `several runs are open: ${open.join(', ')}`,
      hint:
        open.length === 0
          ? 'masterplan run <plan.md>'
          : open
              .slice(0, 3)
              .map((slug) => `masterplan run ${slug}`)
              .join(', or: '),
      exit: EXIT.usage,
    });
  }
  const path = target.startsWith('/') ? target : `${context.cwd}/${target}`;
  const isFile = options.target !== undefined && (await io.files.stat(path)) !== undefined;
  const looksLikePath = /[/]|\.(?:md|markdown)$/i.test(target);
  if (!isFile && !looksLikePath) return ok({ slug: target, file: undefined });
  const file = await readPlan(io, normalise(path), options.kind);
  if (!file.ok) {
    const known = file.error.findings?.findings.every(({ rule }) => !rule.startsWith('KIND-')) ?? false;
    const foreign = known || options.kind !== undefined ? undefined : await foreignAt(context, target);
    return foreign === undefined ? file : err(foreign.refusal);
  }
  const slug = slugFor(file.value, options.slug, located.runsPath);
  if (slug === undefined) {
    return err({
      message: 'neither the file name nor the title gives a name for the run',
      hint: `masterplan run ${target} --slug <name>`,
      exit: EXIT.usage,
    });
  }
  return ok({ slug, file: file.value });
}

/** Runs that are not over, by name. */
async function openRuns(context: Context, located: Located): Promise<string[]> {
  const open: string[] = [];
  for (const slug of await listRuns(context.io, located)) {
    const loaded = await loadRun(context.io, runPaths(located.root, located.runsPath, slug));
    if (!loaded.ok || loaded.value.state.phase !== 'over') open.push(slug);
  }
  return open;
}

function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
