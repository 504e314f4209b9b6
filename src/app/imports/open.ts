import { err, ok, type Result } from '../../core/base/result.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { RunState } from '../../core/run/state.ts';
import type { UserRepository } from '../../engine/git/repositories.ts';
import type { AppRefusal, RunOptions } from '../api.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import type { PlanFile } from '../create.ts';
import { environmentFor } from '../environment-files.ts';
import { fitForNew } from '../fit.ts';
import type { Located } from '../locate.ts';

/**
 * An imported run that nobody has approved yet begins only now: it must fit like a new one, and is carried out with what the
 * configuration says today. Nothing for any other run.
 */
export async function beginImported(
  context: Context,
  repository: UserRepository,
  located: Located,
  config: Config,
  options: RunOptions,
  state: RunState,
  file: PlanFile,
): Promise<Result<readonly RunEvent[], AppRefusal>> {
  if (state.imported === undefined || state.approved !== undefined || state.phase !== 'plan') return ok([]);
  const fit = await fitForNew(
    context,
    repository,
    config,
    { ...options, base: state.baseBranch },
    state.slug,
    file,
    located,
  );
  if (!fit.ok) return err({ ...fit.error, hint: [...config.warnings, fit.error.hint].join('; ') });
  const environment = await environmentFor(context.io, located.root, config.environment);
  const settings = {
    ...config.settings,
    parallel: options.parallel ?? config.settings.parallel,
    finish: options.finish ?? config.settings.finish,
    subplans: options.subplans ?? config.settings.subplans ?? ('ask' as const),
    ...(environment.settings === undefined ? {} : { environment: environment.settings }),
  };
  return ok(
    JSON.stringify(settings) === JSON.stringify(state.settings) ? [] : [{ event: 'config_resolved', settings }],
  );
}
