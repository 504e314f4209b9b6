import type { Containment } from '../core/agents/containment.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { RunSettings } from '../core/run/settings.ts';
import { containmentWanted, findContainment } from '../engine/agents/containment.ts';
import { type AppRefusal, EXIT } from './api.ts';
import type { Context } from './context.ts';
import { basePath } from './environment.ts';

/** What contains the agents of a run. */
export interface Containing {
  readonly containment?: Containment;
  /** What is to be noted: agents that were to be contained and are not. */
  readonly notes: readonly RunEvent[];
}

/** Finds what contains the agents of a run, where any is to be contained; refuses when one has to be and nothing here contains it. */
export async function containing(
  context: Context,
  settings: Pick<RunSettings, 'agents'>,
  gitDirectory: string,
): Promise<Result<Containing, AppRefusal>> {
  const wanted = containmentWanted(settings.agents);
  if (wanted === undefined) return ok({ notes: [] });
  const base = { PATH: basePath(context), HOME: context.env['HOME'] ?? '' };
  const found = await findContainment(context.io, base, wanted.isolated);
  if (found.ok) return ok({ containment: { tool: found.value, gitDirectory }, notes: [] });
  const { message, hint } = found.error;
  if (!wanted.required)
    return ok({ notes: [{ event: 'anomaly', what: 'the agents are not contained', detail: message }] });
  return err({
    message: `the agents have to be contained, and cannot be: ${message}`,
    hint: `${hint}; or, for a new run: containment: off`,
    exit: EXIT.failed,
  });
}
