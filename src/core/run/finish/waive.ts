import { err, ok, type Result } from '../../base/result.ts';
import type { RunEvent } from '../event.ts';
import type { Refusal, Request } from '../request.ts';
import type { RunState } from '../state.ts';
import { askedFor } from './excused.ts';

/** A person does without criteria, rows or sentences of the plan: by name, and with a reason. */
export function waiveCriteria(
  state: RunState,
  { criteria, reason, by }: Extract<Request, { request: 'waive-criteria' }>,
): Result<RunEvent[], Refusal> {
  if (reason.trim() === '')
    return err({
      message: 'whoever waives says why',
      hint: `masterplan finish ${state.slug} --waive ${criteria.join(',')} --reason "…"`,
    });
  const known = askedFor(state.terms);
  const strangers = criteria.filter((id) => !known.has(id.toUpperCase()));
  if (strangers.length > 0)
    return err({
      message: `the plan asks for no ${strangers.slice(0, 5).join(', ')}`,
      hint: known.size === 0 ? 'it names no criteria' : `it asks for ${[...known.values()].slice(0, 20).join(', ')}`,
    });
  const names = [...new Set(criteria.map((id) => known.get(id.toUpperCase()) ?? id))];
  return ok([{ event: 'criteria_waived', criteria: names, by, reason: reason.trim() }]);
}
