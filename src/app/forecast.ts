import { err, ok, type Result } from '../core/base/result.ts';
import type { Barrier } from '../core/plan/barrier.ts';
import type { PlanKind } from '../core/plan/model.ts';
import type { PastTask } from '../core/run/past-tasks.ts';
import { forecast, type Forecast } from '../core/views/forecast.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { graphOf } from './graph.ts';
import { locate } from './locate.ts';
import { tasksOfRuns } from './past.ts';

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
  const past = request.forget ? [] : await pastHere(context);
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

/** What the tasks of earlier runs of the repository here took. */
async function pastHere(context: Context): Promise<readonly PastTask[]> {
  const located = await locate(context);
  return located.ok ? tasksOfRuns(context, located.value) : [];
}
