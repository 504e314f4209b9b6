import { err, ok, type Result } from '../core/base/result.ts';
import type { Barrier } from '../core/plan/barrier.ts';
import type { PlanKind } from '../core/plan/model.ts';
import type { RunState } from '../core/run/state.ts';
import { forecast, type Forecast, type PastTask } from '../core/views/forecast.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { graphOf } from './graph.ts';
import { loadRun } from './load.ts';
import { listRuns, locate, pathsFor } from './locate.ts';

export interface ForecastRequest {
  readonly path: string;
  readonly kind?: PlanKind;
  readonly barrier?: Barrier;
  readonly agents: number;
  readonly seed: number;
  readonly samples: number;
  readonly rate?: number;
  /** Leave earlier runs out. */
  readonly forget: boolean;
}

/** Minutes of a task of which nothing is known. */
const USUAL = 30;
/** How often an attempt fails when nothing is known. */
const FAILURES = 0.1;

/** How long a plan will take, and what it will cost; learns from the runs of this repository. */
export async function forecastPlan(context: Context, request: ForecastRequest): Promise<Result<Forecast, AppRefusal>> {
  const graph = await graphOf(context, request);
  if (!graph.ok) return graph;
  if (graph.value.tasks.length === 0)
    return err({
      message: `${request.path} has no tasks`,
      hint: `masterplan lint ${request.path}`,
      exit: EXIT.findings,
    });
  const past = request.forget ? [] : await tasksOfRuns(context);
  const made = forecast(graph.value, {
    agents: request.agents,
    seed: request.seed,
    samples: request.samples,
    usual: USUAL,
    failures: FAILURES,
    rate: request.rate,
    past,
  });
  if (made !== undefined) return ok(made);
  const { file, findings } = graph.value;
  return err({
    message: `the tasks of ${request.path} need each other in a circle, so no run of it would ever end`,
    hint: 'remove one of these needs',
    exit: EXIT.findings,
    findings: { file: file.path, source: file.source, findings },
  });
}

/** What the tasks of earlier runs took. */
async function tasksOfRuns(context: Context): Promise<readonly PastTask[]> {
  const located = await locate(context);
  if (!located.ok) return [];
  const past: PastTask[] = [];
  for (const slug of await listRuns(context.io, located.value)) {
    const paths = pathsFor(located.value, slug);
    const loaded = paths.ok ? await loadRun(context.io, paths.value) : undefined;
    // A damaged log tells nothing; `validate` speaks of it.
    if (loaded?.ok === true) past.push(...pastTasks(loaded.value.state));
  }
  return past;
}

function pastTasks(state: RunState): readonly PastTask[] {
  return state.tasks.flatMap(({ task, progress, attempts, subplan }) => {
    if (progress.status !== 'merged' || subplan !== undefined) return [];
    const minutes = attempts.reduce(
      (sum, { started, ended }) => sum + ((ended?.at ?? progress.at) - started) / 60_000,
      0,
    );
    return minutes > 0 ? [{ minutes, estimate: task.estimate, attempts: attempts.length }] : [];
  });
}
