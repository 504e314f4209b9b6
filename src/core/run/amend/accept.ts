import { ok, type Result } from '../../base/result.ts';
import { circuitGate } from '../circuit.ts';
import type { RunEvent } from '../event.ts';
import { typedGate } from '../gate-name.ts';
import { over, refuse } from '../refuse.ts';
import type { Refusal, Request } from '../request.ts';
import { isOver, taskOf, type RunState, type TaskState } from '../state.ts';

type Of<R extends Request['request']> = Extract<Request, { request: R }>;
type Accepted = Result<RunEvent[], Refusal>;

/** Whether a request takes tasks out of what they are at: the engine is still while it is answered. */
export function withdraws(request: Request): boolean {
  return request.request === 'waive' && request.criterion === undefined;
}

/** Opens a failed task again; advice alone goes to whoever works on a task next. */
export function acceptRetry(state: RunState, { task: id, by, advice: said }: Of<'retry'>): Accepted {
  if (state.phase === 'over') return over(state);
  const task = taskOf(state, id);
  if (task === undefined) return unknown(state, id);
  const advice = said?.trim();
  const given = advice === undefined || advice === '' ? {} : { advice };
  if (task.progress.status === 'failed') return ok([{ event: 'task_reopened', task: id, by, ...given }]);
  const gate = circuitGate(id);
  const open = state.gates.map((one) => one.id);
  if (open.includes(gate))
    return refuse(
      `whether ${id} is tried again is asked at a gate`,
      `masterplan approve ${state.slug} --gate ${typedGate(gate, open)} --answer retry --note "…"`,
    );
  if (given.advice !== undefined && !isOver(task) && task.progress.status !== 'unfolded')
    return ok([{ event: 'task_advised', task: id, by, advice: given.advice }]);
  if (task.progress.status === 'waived')
    return refuse(
      `${id} was waived by ${task.progress.by}: others may have begun because of that`,
      `give it another task: masterplan amend ${state.slug}`,
    );
  return refuse(
    `${id} is ${task.progress.status}: only a failed task can be retried`,
    `masterplan explain ${id}; with --advice "…" whoever works on it next is told`,
  );
}

/** A person says that a task, or one criterion of it, needs no proof. */
export function acceptWaiver(state: RunState, request: Of<'waive'>): Accepted {
  if (state.phase === 'over') return over(state);
  const { task: id, by } = request;
  const reason = request.reason.trim();
  if (reason === '')
    return refuse('a waiver needs a reason', `masterplan waive ${id} --reason "why it needs no proof"`);
  const task = taskOf(state, id);
  if (task === undefined) return unknown(state, id);
  if (task.task.authors !== undefined)
    return refuse(
      `${id} writes what everything else is made from`,
      `masterplan retry ${id} --advice "…", or: masterplan cancel ${state.slug}`,
    );
  const criterion = request.criterion?.trim();
  if (criterion !== undefined && criterion !== '') {
    const known = (state.waivers ?? []).some((one) => one.task === id && one.criterion === criterion);
    if (known) return refuse(`${criterion} of ${id} is waived already`, `masterplan explain ${id}`);
    return ok([{ event: 'task_waived', task: id, by, reason, criterion }]);
  }
  const why = unmovable(state, task);
  if (why !== undefined) return why;
  if (task.progress.status === 'unfolded') {
    const left = (task.subplan?.tasks ?? []).map((one) => one.id).filter((one) => !over_(state, one));
    return refuse(
      `${id} is carried out by the tasks of its sub-plan`,
      left.map((one) => `masterplan waive ${one} --reason "…"`).join('; '),
    );
  }
  return ok([{ event: 'task_waived', task: id, by, reason }]);
}

/** Why a task cannot be taken out of what it is at; `undefined`: it can. */
function unmovable(state: RunState, task: TaskState): Accepted | undefined {
  const { id } = task.task;
  const { progress } = task;
  if (progress.status === 'merged')
    return refuse(`${id} landed: what is on ${state.runBranch} stays there`, `masterplan explain ${id}`);
  if (progress.status === 'waived') return refuse(`${id} is waived already`, `masterplan explain ${id}`);
  if (progress.status === 'dropped') return refuse(`${id} is not in the plan any more`, `masterplan explain ${id}`);
  if (task.leaving !== undefined)
    return refuse(`${id} is being taken from its agent already`, `masterplan status ${state.slug}`);
  if (state.tampered !== undefined || state.displaced !== undefined)
    return refuse(
      'the run is stopped by a question that comes first',
      `masterplan status ${state.slug} shows what to type`,
    );
  return undefined;
}

function over_(state: RunState, id: string): boolean {
  const task = taskOf(state, id);
  return task !== undefined && isOver(task);
}

function unknown(state: RunState, id: string): Accepted {
  const ids = state.tasks.slice(0, 20).map((one) => one.task.id);
  return refuse(`the plan has no task ${id}`, `tasks: ${ids.join(', ')}`);
}
