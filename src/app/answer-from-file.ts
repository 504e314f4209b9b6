import { ok, type Result } from '../core/base/result.ts';
import { answersFor, unasked } from '../core/run/answers.ts';
import { readAnswers } from './answers.ts';
import type { AppRefusal } from './api.ts';
import { chooseRun } from './choose.ts';
import type { Context } from './context.ts';
import { deliver } from './send.ts';

/** What a file of answers did to the gates of a run. */
export interface Answered {
  readonly slug: string;
  readonly answered: readonly { readonly gate: string; readonly answer: string }[];
  /** Gates that it says something about that does not hold, and why. */
  readonly held: readonly string[];
  /** Gates that it says nothing about. */
  readonly open: readonly string[];
  /** Answers of it to questions that the run does not ask. */
  readonly unasked: readonly string[];
}

/** Gives what a file says to every gate of a run that is open now, through whoever owns the run. */
export async function answerFromFile(
  context: Context,
  { file, run }: { readonly file: string; readonly run?: string },
): Promise<Result<Answered, AppRefusal>> {
  const read = await readAnswers(context, file);
  if (!read.ok) return read;
  const chosen = await chooseRun(context, run);
  if (!chosen.ok) return chosen;
  const { slug, state } = chosen.value;
  const said = answersFor(state, read.value.answers, read.value, context.io.clock.now(), context.user);
  const answered: { gate: string; answer: string }[] = [];
  const held: string[] = [];
  for (const one of said) {
    if ('holds' in one) {
      held.push(`${one.gate} stays open: ${one.holds}`);
      continue;
    }
    const sent = await deliver(context, chosen.value, one.request);
    if (sent.ok)
      answered.push({ gate: one.gate, answer: one.request.request === 'answer' ? one.request.answer : 'approve' });
    else held.push(`${one.gate} stays open: ${sent.error.message}`);
  }
  const named = new Set(said.map(({ gate }) => gate));
  const open = state.gates.map(({ id }) => id).filter((id) => !named.has(id));
  return ok({ slug, answered, held, open, unasked: unasked(state, read.value.answers, read.value) });
}
