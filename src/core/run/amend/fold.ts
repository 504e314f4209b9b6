import { assert } from '../../base/assert.ts';
import type { RecordedEvent, EventName } from '../event.ts';
import { excuseName } from '../finish/excused.ts';
import { drawAnew } from '../finish/fold.ts';
import { closedStops } from '../finish/stops.ts';
import { adoptStops } from '../finish/stops-anew.ts';
import { reschedule } from '../schedule.ts';
import { isDropped, type Leaving, isOver, taskOf, type RunState } from '../state.ts';
import { known } from '../under-way.ts';
import type { Impact } from './event.ts';
import { amendGate } from './gate.ts';
import { withdraw } from './leaving.ts';

type Of<N extends EventName> = Extract<RecordedEvent, { event: N }>;

/** A person said that a task, or one criterion of it, needs no proof. */
export function taskWaived(state: RunState, { task: id, by, reason, criterion }: Of<'task_waived'>, at: number): void {
  const task = known(state, id);
  if (criterion !== undefined) {
    const name = excuseName(state, id, criterion);
    state.excused = { ...state.excused, [name]: { by, reason, task: id, criterion } };
    // What was drawn before says something else.
    drawAnew(state);
    return;
  }
  withdraw(state, task, { to: 'waived', by, reason }, at);
}

/** A person takes the task upon themselves. */
export function taskAttached(state: RunState, { task: id, by }: Of<'task_attached'>, at: number): void {
  const task = known(state, id);
  task.holder = by;
  withdraw(state, task, { to: 'attached', by }, at);
}

/** A person has something to say to whoever works on the task next. */
export function taskAdvised(state: RunState, { task: id, advice }: Of<'task_advised'>): void {
  const task = known(state, id);
  task.circuit = { from: 0, ...task.circuit, advice };
}

/** Another text of the plan waits for a person's word. */
export function amendmentProposed(state: RunState, { sha256, before }: Of<'amendment_proposed'>): void {
  state.proposals = { ...state.proposals, [amendGate(sha256)]: { sha256, before } };
}

/** Another text of the plan is carried out from here on. */
export function planAmended(state: RunState, event: Of<'plan_amended'>, at: number): void {
  assert(event.before === state.planSha256, 'the amendment is of another text of the plan');
  const { by } = event;
  (state.plans ??= []).push(event.before);
  state.planSha256 = event.sha256;
  state.texts = event.texts;
  state.context = event.context;
  adoptStops(state, event.terms, event.impact);
  if (event.terms === undefined) delete state.terms;
  else state.terms = event.terms;
  // Whoever was asked about another text was asked about one that would have taken the place of what is no more.
  state.gates = state.gates.filter(({ id }) => !id.startsWith('amend:'));
  delete state.proposals;
  if (JSON.stringify(state.verify) !== JSON.stringify(event.verify)) {
    state.verify = event.verify;
    state.branchCheck = undefined;
  }
  if (state.approved !== undefined) state.approved = { by, at };
  for (const definition of event.tasks) {
    const task = taskOf(state, definition.id);
    if (task === undefined)
      state.tasks.push({ task: definition, progress: { status: 'pending' }, attempts: [], failures: 0, losses: 0 });
    else task.task = definition;
  }
  reschedule(state);
  for (const { task, effect } of event.impact) {
    const leaving = goalOf(effect, by);
    const one = known(state, task);
    // One that is new waits already.
    if (leaving === undefined || (effect === 'added' && !isDropped(one))) continue;
    withdraw(state, one, leaving, at);
  }
  goBack(state);
  // What is asked for is another text now, also where there is nothing to do for it.
  if (state.phase === 'finish') drawAnew(state);
}

function goalOf(effect: Impact['effect'], by: string): Leaving | undefined {
  switch (effect) {
    case 'goes-on':
    case 'not-begun':
      return undefined;
    case 'ended':
      return { to: 'dropped', by };
    case 'verified-again':
      return { to: 'verifying', by };
    default:
      return { to: 'pending', by };
  }
}

/** There is something to do again: a run that was about to be finished is not. */
function goBack(state: RunState): void {
  // A validation that is new, or says something else, is run or asked about before the end.
  const settled = closedStops(state).every(({ asks }) => asks !== undefined);
  if (state.phase !== 'finish' || (state.tasks.every(isOver) && settled)) return;
  state.phase = 'execute';
  state.gates = state.gates.filter(({ id }) => id !== 'finish');
  state.finishAnswer = undefined;
  state.finishRefused = undefined;
  state.branchCheck = undefined;
}
