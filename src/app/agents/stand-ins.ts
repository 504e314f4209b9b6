import { hostsIn, suppressedBy } from '../../core/agents/host.ts';
import type { Result } from '../../core/base/result.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { Refusal } from '../../core/run/request.ts';
import type { RunSettings } from '../../core/run/settings.ts';
import { standInsFor, wantedAgents, type StandIns } from '../../core/run/stand-in.ts';
import type { TaskState } from '../../core/run/state.ts';
import type { PlanTask } from '../../core/plan/model.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { basePath } from '../environment.ts';
import { findProgram, searchPath } from './find.ts';

/**
 * Looks for the programs of all agents that these tasks need, by name only: what to record, or why the run must not begin
 * or go on.
 */
export async function checkAgents(
  context: Context,
  settings: RunSettings,
  env: Config['env'],
  tasks: readonly PlanTask[],
  known: StandIns = {},
): Promise<Result<RunEvent[], Refusal>> {
  const wanted = wantedAgents(settings, tasks);
  const missing: Record<string, string> = {};
  const hosts = hostsIn(context.env);
  await Promise.all(
    wanted.map(async ({ agent }) => {
      const configured = settings.agents[agent];
      const program = configured?.command[0];
      if (configured === undefined || program === undefined) return;
      const suppressed = suppressedBy(hosts, configured);
      if (suppressed !== undefined) {
        missing[agent] = suppressed;
        return;
      }
      const path = searchPath(basePath(context), env[agent]);
      if ((await findProgram(context.io, program, path)) !== undefined) return;
      missing[agent] = program.startsWith('/')
        ? `${program} is no program`
        : `there is no program "${program}" on the PATH`;
    }),
  );
  return standInsFor(settings, wanted, missing, known);
}

/** Tasks that may still need an agent. */
export function openTasks(tasks: readonly TaskState[]): PlanTask[] {
  const over: readonly string[] = ['merged', 'unfolded', 'failed'];
  return tasks.filter(({ progress }) => !over.includes(progress.status)).map(({ task }) => task);
}
