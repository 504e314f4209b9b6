import { contractOf } from '../../core/run/brief.ts';
import type { Contract } from '../../core/run/contracts/spec.ts';
import { contractCalled } from '../../core/run/contracts/registry.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import { repairJson, type RepairRequest, repairText } from '../../core/run/repair.ts';
import { REVIEW_CONTRACT } from '../../core/run/review/contract.ts';
import type { Attempt, TaskState } from '../../core/run/state.ts';
import { FileError } from '../../io/files.ts';
import type { AgentEnd } from './command.ts';
import type { AttemptPlace } from './place.ts';
import type { Ready } from '../environment/ready.ts';
import { variablesAgain } from '../environment/ready.ts';
import type { Performing } from '../perform/performer.ts';

/*
 * A command agent whose digest is not valid is started once more in the same worktree, for the digest alone. That it is asked is in the log
 * before; its second start has a process record of its own. So whoever goes on after a crash asks nobody twice.
 */

/** Files of the second start of an attempt; the work, the digest and the transcript are where they were. */
export function placeOfRepair(place: AttemptPlace): AttemptPlace {
  return {
    ...place,
    record: place.record.replace(/\.json$/, '.repair.json'),
    exit: `${place.inputs}/exit.repair`,
    brief: `${place.inputs}/repair.md`,
    env: { MASTERPLAN_REPAIR: `${place.inputs}/repair.json` },
  };
}

/**
 * What is wrong with the digest that a command agent wrote before it ended; `undefined`: it is not to be asked again. One that wrote none
 * is not: what it did speaks for itself.
 */
export async function problemsToRepair(
  effect: EffectOf<'work'>,
  task: TaskState,
  end: AgentEnd,
  place: AttemptPlace,
  performing: Performing,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const agent = performing.state().settings?.agents[effect.agent];
  if (agent?.kind !== 'command' || effect.end || signal.aborted) return undefined;
  if (end.how !== 'exited' || end.explained === true) return undefined;
  const { digest } = contractFor(effect, task);
  let bytes: Uint8Array | undefined;
  try {
    bytes = await performing.io.files.read(digestOf(place), digest.limit * 20);
  } catch (error) {
    return [unreadable(error, digest.limit)];
  }
  if (bytes === undefined) return undefined;
  const read = digest.check(new TextDecoder().decode(bytes), bytes.length);
  return read.ok || read.error.admits !== undefined ? undefined : read.error.problems;
}

/** Why a digest was not even read. What is beyond all bounds is told by the bound that its contract sets. */
export function unreadable(error: unknown, limit: number): string {
  if (error instanceof FileError && error.code === 'EFBIG')
    return `the digest is far too large: it may have ${limit} bytes`;
  return `the digest cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

/** The contract that an attempt is under. */
export function contractFor(effect: EffectOf<'work'>, task: TaskState): Contract {
  return contractCalled(effect.reviews === undefined ? contractOf(task) : REVIEW_CONTRACT) as Contract;
}

/** Moves the digest that is not valid out of the way and writes what the second start reads. Called before a first second start alone. */
export async function prepareRepair(
  effect: EffectOf<'work'>,
  task: TaskState,
  attempt: Attempt,
  place: AttemptPlace,
  performing: Performing,
): Promise<Ready> {
  const { files } = performing.io;
  const contract = contractFor(effect, task);
  const refused = `${place.inputs}/digest.refused`;
  await performing.confirm();
  if ((await files.stat(digestOf(place))) !== undefined) {
    await files.removeTree(refused);
    await files.rename(digestOf(place), refused);
  }
  const request: RepairRequest = {
    name: place.name,
    problems: attempt.repair ?? [],
    digest: digestOf(place),
    refused,
    brief: `${place.inputs}/brief.md`,
  };
  await files.write(`${place.inputs}/repair.json`, `${JSON.stringify(repairJson(contract, request), null, 2)}\n`);
  await files.write(`${place.inputs}/repair.md`, repairText(contract, request));
  return { how: 'ready', variables: variablesAgain(effect.task, attempt, performing) };
}

/** How an attempt ended whose agent was started a second time: however that went, its work is what the first start left. */
export function endOfRepair(first: number | undefined, end: AgentEnd): AgentEnd {
  switch (end.how) {
    case 'exited':
    case 'lost':
    case 'timed-out':
    case 'too-loud':
    case 'too-large':
    case 'not-started':
      return { how: 'exited', code: first ?? end.code, reason: end.reason };
    default:
      return end;
  }
}

function digestOf({ inputs }: AttemptPlace): string {
  return `${inputs}/digest.json`;
}
