import { ok, type Result } from '../core/base/result.ts';
import { type StreamProgress, streamsOf } from '../core/run/finish/rows.ts';
import type { AppRefusal } from './api.ts';
import { chooseRun } from './choose.ts';
import type { Context } from './context.ts';

/** How far the units of a run are that are carried out by sub-plans, stage by stage. */
export interface RunProgress {
  readonly slug: string;
  readonly title: string;
  readonly streams: readonly StreamProgress[];
}

/** The progress of a run by milestones, from its log alone. Reads only. */
export async function runProgress(context: Context, slug?: string): Promise<Result<RunProgress, AppRefusal>> {
  const chosen = await chooseRun(context, slug);
  if (!chosen.ok) return chosen;
  const { state } = chosen.value;
  return ok({ slug: state.slug, title: state.title, streams: streamsOf(state) });
}
