import { abilitiesOf } from '../agents/capabilities.ts';
import type { Usage } from '../agents/event.ts';
import { type FailureClass, FAILURES } from '../agents/failure.ts';
import { knownProgram } from '../agents/known.ts';
import { addUsage } from '../agents/usage.ts';
import type { AgentSettings } from './settings.ts';
import type { Attempt, TaskState } from './state.ts';

/** Failures after which a conversation is of no more use: it is too long, gone, or what went wrong. */
const SPOILT: readonly FailureClass[] = ['overflow', 'session', 'refusal', 'protocol', 'misconfigured', 'turns'];

/** Programs that find a conversation only in the directory in which it began; each attempt has its own. */
const AT_HOME: readonly string[] = ['opencode'];

/** Endings that are no word against the work of an attempt. */
const STOPPED: readonly string[] = ['limited', 'lost', 'cancelled'];

/** A conversation that an attempt goes on with. */
export interface Conversation {
  readonly session: string;
  /** The attempt that had it last. */
  readonly from: number;
}

/**
 * The conversation that the next attempt of a task goes on with: that of the last attempt, if the same agent had it with the same model, its
 * program is able to, and nothing is wrong with it. `undefined`: it begins anew.
 */
export function conversationFor(
  task: TaskState,
  name: string,
  agent: AgentSettings | undefined,
  model: string | undefined,
): Conversation | undefined {
  if (agent === undefined || agent.kind === 'command') return undefined;
  const when = agent.resume ?? 'never';
  if (when === 'never') return undefined;
  const last = task.attempts.findLast(({ subject }) => subject === undefined);
  const session = last?.report?.session;
  if (last === undefined || session === undefined || session === null || session === '') return undefined;
  // What a person was asked about is not gone on with in the same rut.
  if (last.number <= (task.circuit?.from ?? 0)) return undefined;
  if (last.agent !== name || last.model !== model) return undefined;
  const { failure } = last.report ?? {};
  const ending = last.ended?.ending;
  if (ending === undefined || ending === 'timed_out') return undefined;
  if (failure !== undefined && SPOILT.includes(failure)) return undefined;
  if (when === 'after-limit' && !STOPPED.includes(ending)) return undefined;
  // Gone on with once and failed: not again, whatever it was, but for what is the account's.
  if (last.session !== undefined && failure !== undefined && FAILURES[failure].lane === 'open') return undefined;
  const program = knownProgram(agent.command);
  if (program !== undefined && AT_HOME.includes(program)) return undefined;
  if (abilitiesOf(agent.kind, program).resume.can === 'no') return undefined;
  return { session, from: last.number };
}

/**
 * What a session had used before an attempt: programs count whole sessions. `undefined`: nobody knows all of it, because an attempt that had
 * it died untold.
 */
export function usedBefore(attempts: readonly Attempt[], session: string, attempt: number): Usage | undefined {
  let sum: Usage = {};
  for (const one of attempts) {
    if (one.number >= attempt) break;
    // A program may have begun another one than it was asked for.
    if ((one.report?.session ?? one.session) !== session) continue;
    if (one.report === undefined || one.report.failure === 'died') return undefined;
    sum = addUsage(sum, one.report.usage);
  }
  return sum;
}
