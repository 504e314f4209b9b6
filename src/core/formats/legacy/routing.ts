import type { LegacyRouting, LegacyTask } from './model.ts';
import { isCodex } from './told.ts';

/** Who did the tasks that are done. */
export function routingOf(tasks: readonly LegacyTask[], decisions: LegacyRouting['decisions']): LegacyRouting {
  const routing = { codex: 0, inline: 0, untold: 0 };
  for (const { status, by } of tasks)
    if (status === 'done') routing[by === undefined ? 'untold' : isCodex(by) ? 'codex' : 'inline']++;
  return { ...routing, decisions };
}
