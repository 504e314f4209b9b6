import { z } from 'zod';
import { narratorOf } from '../core/run/finish/narrative.ts';
import { type FinishSettings, MERGE_COMMITS } from '../core/run/finish/settings.ts';
import type { RunSettings } from '../core/run/settings.ts';

/** The keys `merge` and `pull_request`: how a finished branch gets to where it belongs. */
export const finishKeys = {
  merge: z
    .strictObject({
      commit: z.enum(MERGE_COMMITS, 'must be auto, fast-forward or merge-commit').optional(),
    })
    .optional(),
  pull_request: z
    .strictObject({
      remote: z
        .string()
        .regex(/^[\w][\w./-]{0,200}$/, 'must be the name of a remote')
        .optional(),
      tool: z.enum(['gh', 'glab'], 'must be gh or glab').optional(),
      draft: z.boolean().optional(),
    })
    .optional(),
};

/** Whether an agent is asked about a run that is over: only where there is one for it, and a retro that is left. */
export function narrativeOf(
  {
    retro,
    completion,
  }: {
    readonly retro?: { readonly narrative?: string | undefined } | undefined;
    readonly completion?: { readonly auto_retro?: boolean | undefined } | undefined;
  },
  settings: Pick<RunSettings, 'agents' | 'roles' | 'routing'>,
): Pick<RunSettings, 'narrative'> {
  const wanted = retro?.narrative !== 'off' && completion?.auto_retro !== false;
  return wanted && narratorOf(settings) !== undefined ? { narrative: 'auto' } : {};
}

type FinishFile = { readonly [K in keyof typeof finishKeys]?: z.infer<(typeof finishKeys)[K]> };

/** What is said of the end of a run; nothing, where nothing is. */
export function finishingOf({ merge, pull_request: request }: FinishFile): { readonly finishing?: FinishSettings } {
  const finishing: FinishSettings = {
    ...(merge?.commit === undefined ? {} : { commit: merge.commit }),
    ...(request?.remote === undefined ? {} : { remote: request.remote }),
    ...(request?.tool === undefined ? {} : { tool: request.tool }),
    ...(request?.draft === undefined ? {} : { draft: request.draft }),
  };
  return Object.keys(finishing).length === 0 ? {} : { finishing };
}
