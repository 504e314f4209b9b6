import { FAILURES } from '../../core/agents/failure.ts';
import { quietUntil } from '../../core/base/quiet-hours.ts';
import { formatStamp } from '../../core/base/time.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { Performing } from './performer.ts';

/**
 * Waits for the end of a lane's rest and opens it. What a usage limit parked stays closed in quiet hours, and where nothing is resumed
 * unattended, a person is asked; short troubles of a model server are nobody's sleep.
 */
export async function wake(
  { lane, until }: EffectOf<'wait'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const { clock } = performing.io;
  while (!signal.aborted && clock.now() < until) await clock.wait(Math.min(until - clock.now(), 60_000), signal);
  if (signal.aborted) return [];
  const { lanes, settings } = performing.state();
  const parked = lanes[lane]?.parked;
  if (parked !== undefined && FAILURES[parked.failure].lane === 'park') {
    if (settings?.resume_unattended === false) return [{ event: 'lane_held', lane, until: null, why: 'unattended' }];
    const now = clock.now();
    const quiet = settings?.quiet_hours;
    const end = quiet === undefined ? undefined : quietUntil(quiet, now, (at) => clock.offset?.(at) ?? 0);
    if (end !== undefined) return [{ event: 'lane_held', lane, until: formatStamp(end), why: 'quiet-hours' }];
  }
  return [{ event: 'lane_opened', lane, by: 'the end of its limit' }];
}
