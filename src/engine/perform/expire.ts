import { sha256 } from '../../core/base/sha256.ts';
import { formatStamp } from '../../core/base/time.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { Performing } from './performer.ts';

/**
 * Waits for the deadline of a gate and gives the answer that it has by default, as a request like any other: so a person who
 * answers in the same moment is either before it or refused, and after a crash it is given once.
 */
export async function expire(
  { gate, until, answer }: EffectOf<'expire'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const { clock } = performing.io;
  while (!signal.aborted && clock.now() < until) await clock.wait(Math.min(until - clock.now(), 60_000), signal);
  if (signal.aborted || !performing.state().gates.some(({ id }) => id === gate)) return [];
  await performing.answer({
    schema: 1,
    id: sha256(`${gate}\n${until}`).slice(0, 16),
    by: 'policy',
    how: `nobody answered by ${formatStamp(until).slice(0, 19).replace('T', ' ')} UTC`,
    request: 'answer',
    gate,
    answer,
  });
  return [];
}
