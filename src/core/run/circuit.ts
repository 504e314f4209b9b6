import { sha256 } from '../base/sha256.ts';
import { vendorOf } from '../agents/vendor.ts';
import { implementer } from './seats.ts';
import type { RunSettings } from './settings.ts';
import type { Attempt, RunState, TaskState } from './state.ts';

/*
 * The circuit of a task: an attempt that fails as others failed before costs as much as they did and shows nothing new. After so many
 * failures with one signature nothing more starts for the task until a person says what to do. Decision 0024.
 */

/** Failures with one signature that open the circuit when nothing else is configured. */
export const CIRCUIT_AFTER = 3;

/** What repeated. */
export interface Repeated {
  readonly signature: string;
  readonly count: number;
  /** The last one of them, in words. */
  readonly what: string;
  /** What was found wrong with it, where that is more than how it ended. */
  readonly found?: string;
  /** Agents that ended so, in order. */
  readonly agents: readonly string[];
}

/** Name of the gate at which a person says what becomes of a task whose circuit is open. */
export function circuitGate(task: string): string {
  return `circuit:${task}`;
}

const ANSI = new RegExp(String.raw`\u001b\[[0-9;?]*[ -/]*[@-~]`, 'g');

/** A message without what differs from one time to the next: numbers, ids, hashes, times, places of one attempt. */
export function normalised(message: string): string {
  return message
    .replace(ANSI, '')
    .toLowerCase()
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '#')
    .replace(/(?:[a-z]:)?(?:[/\\][\w.@~+-]+){2,}/g, (path) =>
      path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))),
    )
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b/g, '#')
    .replace(/\d+(?:[.,:]\d+)*/g, '#')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 600);
}

/** Endings that say nothing about the work: limits, people, and machines that stop. */
const NOT_ITS_FAULT: readonly string[] = ['done', 'limited', 'cancelled', 'voided'];

/**
 * What a failed attempt has in common with others that failed in the same way: the class of its end, the command that did not pass, and
 * the message without what always differs. `undefined`: it did not fail, or not by its own doing.
 */
export function signatureOf(task: string, attempt: Attempt): string | undefined {
  const { ended, lesson } = attempt;
  if (ended === undefined || NOT_ITS_FAULT.includes(ended.ending)) return undefined;
  // Reviews, and what they send back, have a bound of their own.
  if (attempt.subject !== undefined || attempt.sentBack === true) return undefined;
  // Agents are lost with machines and with us; only one that ends itself shows something.
  if (ended.ending === 'lost' && !/ended by signal|it died/.test(ended.reason)) return undefined;
  // How often the merge queue may send it back is a question of its own.
  if (lesson?.with !== undefined) return undefined;
  const check = lesson?.check;
  // Two documents with different faults are two different failures.
  const found = lesson?.what ?? '';
  const about = check === undefined ? found : `${check.command}\n${check.reason}\n${check.tail}`;
  const paths = lesson?.paths.join('\n') ?? '';
  return sha256([task, ended.ending, normalised(`${ended.reason}\n${about}`), paths].join('\0')).slice(0, 12);
}

/** How often the last failure of a task happened in the same way since a person last looked; `undefined`: it has none. */
export function repeatedIn(task: TaskState): Repeated | undefined {
  const { id } = task.task;
  const recent = task.attempts.slice(task.circuit?.from ?? 0);
  const signed = recent.flatMap((attempt) => {
    const signature = signatureOf(id, attempt);
    return signature === undefined ? [] : [{ attempt, signature }];
  });
  const last = signed.at(-1);
  if (last === undefined) return undefined;
  const same = signed.filter(({ signature }) => signature === last.signature);
  const { ended, lesson } = last.attempt;
  return {
    signature: last.signature,
    count: same.length,
    what: lesson?.check === undefined ? (ended?.reason ?? '') : `${lesson.check.command}: ${lesson.check.reason}`,
    ...(lesson === undefined || lesson.check !== undefined
      ? {}
      : { found: [lesson.what, lesson.paths.slice(0, 5).join(', ')].filter((one) => one !== '').join(': ') }),
    agents: [...new Set(same.map(({ attempt }) => attempt.agent))],
  };
}

/** The agents that a task was with to no end: those that failed in the same way, else all since a person last looked. */
export function failedAt(task: TaskState): readonly string[] {
  const recent = task.attempts.slice(task.circuit?.from ?? 0).filter(({ subject }) => subject === undefined);
  return repeatedIn(task)?.agents ?? [...new Set(recent.map(({ agent }) => agent))];
}

/** What repeated so often that nothing more starts for the task; `undefined`: its circuit is closed. */
export function openCircuit(state: RunState, task: TaskState): Repeated | undefined {
  const after = state.settings?.circuit?.after ?? 0;
  // Most tasks never fail: nothing is worked out for them.
  if (after === 0 || task.attempts.length - (task.circuit?.from ?? 0) < after) return undefined;
  const repeated = repeatedIn(task);
  return repeated !== undefined && repeated.count >= after ? repeated : undefined;
}

/** Another agent that could be given a task which these failed at: of another vendor if there is one. */
export function otherAgent(state: RunState, failed: readonly string[]): string | undefined {
  const { settings } = state;
  if (settings === undefined) return undefined;
  const vendors = failed.map((name) => vendorIn(settings, name));
  const names = [...(settings.failover ?? []), implementer(settings), ...Object.keys(settings.agents)];
  const free = [...new Set(names)].filter(
    (name) => Object.hasOwn(settings.agents, name) && !Object.hasOwn(state.standIns, name) && !failed.includes(name),
  );
  return free.find((name) => !vendors.includes(vendorIn(settings, name))) ?? free[0];
}

function vendorIn(settings: RunSettings, name: string): string {
  const agent = settings.agents[name];
  return agent === undefined ? name : vendorOf(name, agent);
}
