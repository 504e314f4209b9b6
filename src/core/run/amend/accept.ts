import { err, ok, type Result } from '../../base/result.ts';
import { isDispensable } from '../authoring/stage.ts';
import { standstillOf, standstillWords } from '../../plan/standstill.ts';
import { closedAfter } from '../finish/stops-anew.ts';
import { circuitGate } from '../circuit.ts';
import type { RunEvent } from '../event.ts';
import { typedGate } from '../gate-name.ts';
import { askedFor, excuseName } from '../finish/excused.ts';
import { over, refuse } from '../refuse.ts';
import type { Refusal, Request } from '../request.ts';
import { changesTo } from './diff.ts';
import type { AmendedPlan } from './document.ts';
import type { Impact, PlanChange } from './event.ts';
import { amendGate } from './gate.ts';
import { impactOf } from './impact.ts';
import { changeWords, impactWords } from './words.ts';
import { isOver, taskOf, type RunState, type TaskState } from '../state.ts';

type Of<R extends Request['request']> = Extract<Request, { request: R }>;
type Accepted = Result<RunEvent[], Refusal>;

/** Whether a request takes tasks out of what they are at: the engine is still while it is answered. */
export function withdraws(request: Request): boolean {
  if (request.request === 'waive') return request.criterion === undefined;
  if (request.request === 'amend' || request.request === 'attach') return true;
  return request.request === 'answer' && request.gate.startsWith('amend:');
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
  const gone = task.progress.status === 'dropped' ? unmovable(state, task) : undefined;
  if (gone !== undefined) return gone;
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
  if (!isDispensable(task))
    return refuse(
      `${id} writes what everything else is made from`,
      `masterplan retry ${id} --advice "…", or: masterplan cancel ${state.slug}`,
    );
  const criterion = request.criterion?.trim();
  if (criterion !== undefined && criterion !== '') {
    const asked = askedFor(state.terms);
    if (asked.size > 0 && !asked.has(criterion.toUpperCase()))
      return refuse(
        `the plan asks for no criterion ${criterion}`,
        `it asks for ${[...asked.values()].slice(0, 20).join(', ')}`,
      );
    if (state.excused?.[excuseName(state, id, criterion)] !== undefined)
      return refuse(`${criterion} of ${id} is waived already`, `masterplan explain ${id}`);
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

/** What another text of the plan means for the run, or why it cannot take the place of the one that is carried out. */
export function weighAmendment(
  state: RunState,
  plan: AmendedPlan,
): Result<{ readonly changes: readonly PlanChange[]; readonly impact: readonly Impact[] }, Refusal> {
  const no = (message: string, hint: string): Result<never, Refusal> => err({ message, hint });
  if (state.phase === 'over')
    return no(`the run is over: ${state.outcome ?? ''}`, 'start a new run of the edited plan');
  if (state.tasks.some((one) => one.task.authors !== undefined && !isOver(one)))
    return no('the plan is not written yet', `masterplan status ${state.slug}`);
  if (halted(state)) return no('the run is stopped by a question that comes first', `masterplan status ${state.slug}`);
  if (state.phase === 'finish' && state.finishAnswer !== undefined)
    return no('the run is being finished', `masterplan status ${state.slug}`);
  const changes = changesTo(state, plan);
  if (changes.length === 0) return no('the plan is what the run carries out already', 'edit it, then ask again');
  const { impact, refused, instead } = impactOf(state, plan, changes);
  const standstill = standstillOf(plan.tasks, closedAfter(state, plan.terms, impact));
  if (standstill !== undefined)
    return no(standstillWords(standstill), 'take the need away, or say anew what the stop stands between');
  if (refused.length > 0)
    return no(
      refused.join('; '),
      ['put back what is about them, and say the rest in tasks of its own', ...instead].join('; '),
    );
  return ok({ changes, impact });
}

/** Another text of the plan is put forward, with a person's approval or to be asked about. */
export function acceptAmendment(state: RunState, request: Of<'amend'>, plan: AmendedPlan | undefined): Accepted {
  if (plan === undefined || plan.sha256 !== request.sha256)
    return refuse('the amended text is not in the bundle', `masterplan amend ${state.slug}`);
  if (request.before !== state.planSha256)
    return refuse('the plan was amended meanwhile', `look at it again: masterplan amend ${state.slug}`);
  const weighed = weighAmendment(state, plan);
  if (!weighed.ok) return weighed;
  const { changes, impact } = weighed.value;
  const gate = amendGate(plan.sha256);
  if (request.approved) return ok([amended(state, plan, request, changes, impact)]);
  if (state.gates.some(({ id }) => id === gate))
    return refuse('that is asked already', `masterplan status ${state.slug} shows what to type`);
  const { sha256 } = plan;
  return ok([
    { event: 'amendment_proposed', sha256, before: request.before, by: request.by, changes, impact },
    {
      event: 'gate_opened',
      gate,
      question: `${request.by} wants to amend the plan (${sha256.slice(0, 12)}): ${changeWords(changes).slice(0, 3).join('; ')}. Is that so from now on?`,
      options: ['approve', 'reject'],
      recommended: 'approve',
      detail: [
        ...[...changeWords(changes), ...impactWords(impact)].slice(0, 40),
        `reject: the amendment is dropped, and the run goes on by the plan as it is; masterplan cancel ${state.slug} would end the run`,
      ],
    },
  ]);
}

/** A person said what becomes of a text that was put forward: the approval is for that text, and for the plan as it was then. */
export function answerAmendment(
  state: RunState,
  request: Of<'answer'>,
  answered: RunEvent,
  plan: AmendedPlan | undefined,
): Accepted {
  // Gates of older releases offer `cancel`: of an amendment, what is called off is the amendment. The run has a verb for that.
  if (request.answer !== 'approve') return ok([answered]);
  const proposal = state.proposals?.[request.gate];
  if (plan === undefined || proposal === undefined || plan.sha256 !== proposal.sha256)
    return refuse(
      'the text that this is about is not in the bundle any more',
      `masterplan answer ${request.gate} reject --run ${state.slug}`,
    );
  const weighed = weighAmendment(state, plan);
  if (!weighed.ok) return weighed;
  return ok([answered, amended(state, plan, request, weighed.value.changes, weighed.value.impact)]);
}

function amended(
  state: RunState,
  plan: AmendedPlan,
  { by, how }: Request,
  changes: readonly PlanChange[],
  impact: readonly Impact[],
): RunEvent {
  const about = new Set(changes.map(({ task }) => task));
  const { sha256, verify, texts, context, terms } = plan;
  const tasks = plan.tasks.filter(({ id }) => about.has(id));
  const before = state.planSha256;
  return {
    event: 'plan_amended',
    sha256,
    before,
    by,
    how,
    changes,
    impact,
    tasks,
    verify,
    texts,
    context,
    ...(terms === undefined ? {} : { terms }),
  };
}

function halted(state: RunState): boolean {
  return state.tampered !== undefined || state.displaced !== undefined;
}

/** Why a task cannot be taken out of what it is at; `undefined`: it can. */
export function unmovable(state: RunState, task: TaskState): Accepted | undefined {
  const { id } = task.task;
  const { progress } = task;
  if (progress.status === 'merged')
    return refuse(`${id} landed: what is on ${state.runBranch} stays there`, `masterplan explain ${id}`);
  if (progress.status === 'waived') return refuse(`${id} is waived already`, `masterplan explain ${id}`);
  if (progress.status === 'dropped')
    return refuse(
      `${id} is not in the plan any more`,
      `to have it back, write it into the plan again, then: masterplan amend ${state.slug}`,
    );
  if (task.leaving !== undefined)
    return refuse(`${id} is being taken from its agent already`, `masterplan status ${state.slug}`);
  if (halted(state))
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

export function unknown(state: RunState, id: string): Accepted {
  const ids = state.tasks.slice(0, 20).map((one) => one.task.id);
  return refuse(`the plan has no task ${id}`, `tasks: ${ids.join(', ')}`);
}
