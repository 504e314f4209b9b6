import type { RunEvent } from '../run/event.ts';
import type { Redactor } from './redactor.ts';

/** Fields that hold what agents, commands and people said. All others are names, paths, ids and times, which must stay as they are. */
const SAID: ReadonlySet<string> = new Set([
  'advice',
  'argument',
  'assumptions',
  'blocker_reason',
  'claim',
  'commands_run',
  'detail',
  'explanation',
  'hint',
  'message',
  'note',
  'problem',
  'question',
  'questions',
  'quote',
  'reason',
  'said',
  'summary',
  'tail',
  'text',
  'what',
  'why',
]);

/** Events that hold the plan and the configuration, which are what somebody wrote down to be carried out. */
const KEPT: ReadonlySet<string> = new Set(['run_created', 'plan_written', 'config_resolved', 'subplan_written']);

/** The event without secrets in what is said in it; the same object where there are none. */
export function redactEvent<T extends RunEvent>(event: T, redactor: Redactor): T {
  return KEPT.has(event.event) ? event : (cleaned(event, redactor, false) as T);
}

function cleaned(value: unknown, redactor: Redactor, said: boolean): unknown {
  if (typeof value === 'string') return said ? redactor.text(value) : value;
  if (Array.isArray(value)) {
    const items = value.map((one: unknown) => cleaned(one, redactor, said));
    return items.some((one, i) => one !== value[i]) ? items : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  let changed: Record<string, unknown> | undefined;
  for (const [key, one] of Object.entries(value)) {
    const clean = cleaned(one, redactor, said || SAID.has(key));
    if (clean !== one) (changed ??= { ...value })[key] = clean;
  }
  return changed ?? value;
}
