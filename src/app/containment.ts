import type { Containment } from '../core/agents/containment.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import type { RunEvent } from '../core/run/event.ts';
import { doubtWords, networkDoubts } from '../core/run/containing.ts';
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

/**
 * What becomes of roles without network whose agent needs it: a refusal where containment is required, else what is to be noted.
 */
export function networkOfRoles(settings: RunSettings): Result<readonly RunEvent[], AppRefusal> {
  const doubts = networkDoubts(settings);
  const refused = doubts.find(({ required }) => required);
  if (refused !== undefined) {
    const { role, agent } = refused;
    return err({
      message: doubtWords(refused),
      hint: `name another agent for it (roles: {${role}: …}), or let it have its network: containment: {roles: {${role}: {network: host}}}; if ${agent} needs none, say so: agents: {${agent}: {containment: {network: none}}}`,
      exit: EXIT.failed,
    });
  }
  return ok(doubts.map((doubt) => ({ event: 'anomaly', what: 'a role has network', detail: doubtWords(doubt) })));
}

/** Finds what contains the agents of a run, where any is to be contained; refuses when one has to be and nothing here contains it. */
export async function containing(
  context: Context,
  settings: Pick<RunSettings, 'agents' | 'containment_roles'>,
  gitDirectory: string,
): Promise<Result<Containing, AppRefusal>> {
  const wanted = containmentWanted(settings);
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
