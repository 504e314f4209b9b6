import { sha256 } from '../../base/sha256.ts';
import { ok, type Result } from '../../base/result.ts';
import { contractOf } from '../brief.ts';
import type { RunEvent } from '../event.ts';
import { over, refuse } from '../refuse.ts';
import type { Refusal, Request } from '../request.ts';
import { thingInUse } from '../reservations.ts';
import { isOver, taskOf, type RunState } from '../state.ts';
import { unknown, unmovable } from './accept.ts';
import { heldQuestion, PERSON } from './hold.ts';

type Of<R extends Request['request']> = Extract<Request, { request: R }>;
type Accepted = Result<RunEvent[], Refusal>;

/** A person takes a task upon themselves. */
export function acceptAttach(state: RunState, { task: id, by }: Of<'attach'>): Accepted {
  if (state.phase === 'over') return over(state);
  const task = taskOf(state, id);
  if (task === undefined) return unknown(state, id);
  const { progress } = task;
  if (task.holder !== undefined && (progress.status === 'attached' || task.leaving?.to === 'attached'))
    return refuse(`${task.holder} does ${id} by hand already`, `masterplan return ${id} --run ${state.slug}`);
  if (progress.status === 'unfolded')
    return refuse(`${id} is carried out by the tasks of its sub-plan`, `attach one of those: masterplan explain ${id}`);
  if (task.task.planFirst !== undefined || task.task.authors !== undefined)
    return refuse(
      `${id} writes a document, which you can edit where it lies`,
      `masterplan status ${state.slug} shows where`,
    );
  const why = unmovable(state, task);
  if (why !== undefined) return why;
  const at = state.schedule.index[id];
  if (state.tip === undefined || state.phase !== 'execute')
    return refuse('the run has no branch to work on yet', `masterplan run ${state.slug}`);
  if (at !== undefined && (state.schedule.unmet[at] ?? 0) > 0)
    return refuse(`${id} waits for tasks that have not landed`, `masterplan explain ${id} --run ${state.slug}`);
  return ok([{ event: 'task_attached', task: id, by }, heldQuestion(state, id, by)]);
}

/** What a person did by hand is an attempt of theirs, which goes the way of every other. */
export function acceptReturn(state: RunState, { id: request, task: id, by, commit, drop }: Of<'return'>): Accepted {
  if (state.phase === 'over') return over(state);
  const task = taskOf(state, id);
  if (task === undefined) return unknown(state, id);
  const { progress } = task;
  if (task.leaving?.to === 'attached')
    return refuse(`the agent of ${id} is being ended`, `masterplan attach ${id} --run ${state.slug}, then ask again`);
  const gone = isOver(task) ? unmovable(state, task) : undefined;
  if (gone !== undefined) return gone;
  if (progress.status !== 'attached')
    return refuse(`nobody does ${id} by hand: it is ${progress.status}`, `masterplan attach ${id} --run ${state.slug}`);
  if (state.tampered !== undefined || state.displaced !== undefined)
    return refuse('the run is stopped by a question that comes first', `masterplan status ${state.slug}`);
  if ((state.schedule.unmet[state.schedule.index[id] as number] ?? 0) > 0)
    return refuse(`${id} waits for tasks that have not landed`, `masterplan explain ${id} --run ${state.slug}`);
  if (commit === null && !drop)
    return refuse(
      `there is no place with work on ${id}`,
      `masterplan attach ${id} --run ${state.slug} makes one; masterplan return ${id} --drop gives it back to agents`,
    );
  const used = drop ? undefined : thingInUse(state, task);
  if (used !== undefined)
    return refuse(
      `the verification of ${id} needs ${used.thing}, which ${used.by.join(', ')} ${used.by.length === 1 ? 'has' : 'have'} in use`,
      `masterplan return ${id} --run ${state.slug} once ${used.by.length === 1 ? 'that has' : 'those have'} landed; nothing else gets it before`,
    );
  return ok([
    {
      event: 'attempt_started',
      task: id,
      attempt: task.attempts.length + 1,
      agent: PERSON,
      contract_id: contractOf(task),
      base: progress.base,
      nonce: request,
      // Nobody was given one to read.
      brief_sha256: sha256(''),
      reason: `${by} did it by hand`,
      person: { by, commit, gave_up: drop },
    },
  ]);
}

/** The gate of a task that a person has says what to type; only `cancel` is an answer by itself. */
export function heldAnswer(state: RunState, gate: string, answer: string): Accepted | undefined {
  if (!gate.startsWith('attached:') || answer === 'cancel') return undefined;
  const task = gate.slice('attached:'.length);
  return refuse(
    'what was done by hand is taken from its place',
    `masterplan return ${task}${answer === 'drop' ? ' --drop' : ''} --run ${state.slug}`,
  );
}
