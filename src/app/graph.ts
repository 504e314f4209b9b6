import { ok, type Result } from '../core/base/result.ts';
import type { PlanKind } from '../core/plan/model.ts';
import { planGraph, type PlanGraph } from '../core/views/plan-graph.ts';
import type { AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { readAnyPlan, type PlanFile } from './create.ts';

/** The graph of a plan, with its source for findings to point into. Reads only; a plan with errors has a graph too. */
export async function graphOf(
  context: Context,
  request: { readonly path: string; readonly kind?: PlanKind },
): Promise<Result<PlanGraph & { readonly file: PlanFile }, AppRefusal>> {
  const path = request.path.startsWith('/') ? request.path : `${context.cwd}/${request.path}`;
  const read = await readAnyPlan(context.io, path, request.kind);
  if (!read.ok) return read;
  return ok({ ...planGraph(read.value.plan), file: { ...read.value, path: request.path } });
}
