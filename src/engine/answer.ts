import { err, ok, type Result } from '../core/base/result.ts';
import { accept } from '../core/run/accept.ts';
import type { Refusal, Request } from '../core/run/request.ts';
import type { Log } from './log/log.ts';

/** Answers one request: its facts are durable when this resolves. Returns the seq of the last event. */
export async function answerRequest(log: Log, request: Request): Promise<Result<number, Refusal>> {
  await log.settled();
  const accepted = accept(log.state, request);
  if (!accepted.ok) return err(accepted.error);
  if (accepted.value.length > 0) await log.append(accepted.value, request.id);
  return ok(log.state.seq);
}
