import { err, ok, type Result } from '../core/base/result.ts';
import { readPlanIndex } from '../core/formats/plan-index.ts';
import { renderTask } from '../core/plan/kinds/task-render.ts';
import { parsePlan } from '../core/plan/parse.ts';
import type { PlanKind } from '../core/plan/model.ts';
import type { Barrier } from '../core/plan/barrier.ts';
import { planGraph, type PlanGraph } from '../core/plan/plan-graph.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { readAnyPlan, type PlanFile } from './create.ts';
import { loadConfig } from './config.ts';
import { foreignAt } from './foreign-plan.ts';
import { locate } from './locate.ts';

/**
 * The graph of a plan, with its source for findings to point into. Reads only; a plan with errors has a graph too, and so
 * has one of another tool, as an import would read it.
 */
export async function graphOf(
  context: Context,
  request: { readonly path: string; readonly kind?: PlanKind; readonly barrier?: Barrier },
): Promise<Result<PlanGraph & { readonly file: PlanFile }, AppRefusal>> {
  const barrier = request.barrier ?? (await configuredBarrier(context));
  const path = request.path.startsWith('/') ? request.path : `${context.cwd}/${request.path}`;
  const read = path.endsWith('.json')
    ? await readIndex(context, path)
    : await readAnyPlan(context.io, path, request.kind);
  if (!read.ok) {
    const foreign = request.kind === undefined ? await foreignAt(context, request.path) : undefined;
    if (foreign === undefined) return read;
    const parsed = foreign.text === undefined ? undefined : parsePlan(foreign.text, { fileName: path, kind: 'task' });
    if (foreign.text === undefined || parsed?.ok !== true) return err(foreign.refusal);
    return ok({
      ...planGraph(parsed.value, barrier),
      file: { path: request.path, source: foreign.text, plan: parsed.value },
    });
  }
  return ok({ ...planGraph(read.value.plan, barrier), file: { ...read.value, path: request.path } });
}

/** What the configuration here says of waves; where it cannot be read, `run` says so. */
async function configuredBarrier(context: Context): Promise<Barrier> {
  const located = await locate(context);
  const config = await loadConfig(context, located.ok ? located.value.root : context.cwd);
  return config.ok ? (config.value.settings.barrier ?? 'none') : 'none';
}

/** The plan that an index file of any age describes. */
async function readIndex(context: Context, path: string): Promise<Result<PlanFile, AppRefusal>> {
  const bytes = await context.io.files.read(path, 64 * 1024 * 1024);
  if (bytes === undefined)
    return err({ message: `there is no file ${path}`, hint: 'check the path', exit: EXIT.usage });
  const index = readPlanIndex(new TextDecoder().decode(bytes));
  const hint = 'an index is a plan.index.json as masterplan writes it; docs/formats/graph.md';
  if (!index.ok) return err({ message: `${path}: ${index.error}`, hint, exit: EXIT.findings });
  const source = renderTask(index.value);
  const parsed = parsePlan(source, { fileName: path, kind: 'task' });
  return parsed.ok
    ? ok({ path, source, plan: parsed.value })
    : err({ message: `${path} has no tasks`, hint, exit: EXIT.findings });
}
