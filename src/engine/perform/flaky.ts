import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent, Verification } from '../../core/run/event.ts';
import { check } from './check.ts';
import type { Performing } from './performer.ts';

/** How often an attempt's commands are run again while another one of them fails each time. */
const AGAIN = 3;

/**
 * Verifies a tree (`subject`: the effect's own, or that with numbers), and an attempt's tree that fails once more: one command that fails by chance must not cost an attempt. Trees of the
 * merge queue are verified again by the queue, when it matters. What ran out of time is not run again.
 */
export async function checkAgain(
  effect: EffectOf<'verify'>,
  subject: { readonly commit: string; readonly tree: string },
  name: string,
  performing: Performing,
  signal: AbortSignal,
): Promise<{ readonly verification: Verification; readonly flakes: readonly RunEvent[] } | undefined> {
  const { commands } = effect;
  const of = { task: effect.task, attempt: effect.attempt };
  const state = performing.state();
  const flaked = (command: string): RunEvent => ({ event: 'verification_flaked', ...of, tree: subject.tree, command });
  const verification = await check(subject, commands, name, performing, signal);
  if (verification === undefined) return undefined;
  if (effect.train !== undefined) {
    const { id, cars } = effect.train;
    const red = state.trains.find((train) => train.id === id)?.reds.find((one) => one.cars === cars);
    const command = verification.passed ? red?.failed?.command : undefined;
    return { verification, flakes: command === undefined ? [] : [flaked(command)] };
  }
  if (state.settings?.verify.flaky === 'fail') return { verification, flakes: [] };
  const settled = await again(verification, (time) =>
    check(subject, commands, `${name}.again-${time}`, performing, signal),
  );
  return settled === undefined
    ? undefined
    : { verification: settled.verification, flakes: settled.flaked.map((command) => flaked(command)) };
}

/** What a tree was found to be, and the commands that failed and passed on it. */
interface Settled {
  readonly verification: Verification;
  readonly flaked: readonly string[];
}

/**
 * Verifies a tree that is no attempt's, and one that fails once more, as `verify.flaky` has it: nobody is asked about a finished branch or
 * a stop because of a command that fails by chance.
 *
 * @param verify  verifies it; its evidence goes by the name that it is given
 */
export async function checkSettled(
  verify: (name: string) => Promise<Verification | undefined>,
  name: string,
  performing: Performing,
): Promise<Settled | undefined> {
  const verification = await verify(name);
  if (verification === undefined) return undefined;
  if (performing.state().settings?.verify.flaky === 'fail') return { verification, flaked: [] };
  return again(verification, (time) => verify(`${name}.again-${time}`));
}

/** Verifies again while another command fails each time. */
async function again(
  first: Verification,
  verify: (time: number) => Promise<Verification | undefined>,
): Promise<Settled | undefined> {
  let verification = first;
  const failed: string[] = [];
  for (let time = 1; time <= AGAIN; time++) {
    const { failed: one } = verification;
    if (one === undefined || one.exit_code === null || failed.includes(one.command)) break;
    failed.push(one.command);
    const next = await verify(time);
    if (next === undefined) return undefined;
    verification = next;
  }
  return { verification, flaked: verification.passed ? failed : [] };
}
