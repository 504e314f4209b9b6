import { gateOpens, type Verdict } from './autonomy.ts';
import { circuitGate, failedAt, otherAgent } from './circuit.ts';
import type { RunEvent } from './event.ts';
import { type Seat, seatOf } from './seats.ts';
import type { RunSettings } from './settings.ts';
import type { RunState, TaskState } from './state.ts';

/*
 * The ladder of a task that does not get on. Its first step, another try with the evidence, is every retry; then a stronger model has a
 * try at it, then the other agents, and at last it is taken apart: planned first, and carried out in smaller tasks. Decision 0067.
 */

/** A step beyond another try, as it is answered at the gate. */
export type Step = 'stronger-model' | 'other-agent' | 'split';

/**
 * Who does what is too hard for those who do the work: whoever plays the role `architecture`. `undefined`: nobody stronger is configured.
 */
export function strongerSeat({ settings, standIns }: RunState): Seat | undefined {
  if (settings === undefined) return undefined;
  const seat = seatOf(settings, 'architecture');
  if (!Object.hasOwn(settings.agents, seat.agent) || Object.hasOwn(standIns, seat.agent)) return undefined;
  return sameVoice(seat, seatOf(settings, 'implement')) ? undefined : seat;
}

/** The same, if it has not had its try at a task. */
function strongerLeft(state: RunState, task: TaskState): Seat | undefined {
  const seat = strongerSeat(state);
  if (seat === undefined || task.task.planFirst !== undefined) return undefined;
  const tried = task.attempts.some((one) => one.subject === undefined && sameVoice(one, seat));
  return tried ? undefined : seat;
}

type Voice = Pick<Seat, 'agent' | 'model' | 'effort'>;

function sameVoice(a: Voice, b: Voice): boolean {
  return a.agent === b.agent && a.model === b.model && a.effort === b.effort;
}

/** Whether a task can be planned first though the plan does not say so: depth is bounded, and what changes nothing has no parts. */
function canSplit({ task, parent, circuit }: TaskState): boolean {
  const { planFirst, authors, nonCommitting, loop } = task;
  const whole = planFirst === undefined && authors === undefined && loop === undefined && !nonCommitting;
  return whole && parent === undefined && circuit?.split === undefined;
}

/** Agents that had a try at a task, each once. */
function everybody(task: TaskState): readonly string[] {
  return [...new Set(task.attempts.flatMap(({ agent, subject }) => (subject === undefined ? [agent] : [])))];
}

/** Who gets a task when its gate is answered with `other-agent`: a policy goes through all of them before it comes back to one. */
export function nextAgent(state: RunState, task: TaskState, by: string): string | undefined {
  const others = by === 'policy' ? otherAgent(state, everybody(task)) : undefined;
  return others ?? otherAgent(state, failedAt(task));
}

/** What is tried next for a task that does not get on, without asking anybody. */
interface Rung {
  readonly step: Step;
  readonly policy: string;
}

/** The next step, where autonomy lets it be tried; `undefined`: a person is asked. */
function nextRung(state: RunState, task: TaskState): Rung | undefined {
  const { settings } = state;
  if (settings?.autonomy === undefined) return undefined;
  const step: Step | undefined =
    strongerLeft(state, task) !== undefined
      ? 'stronger-model'
      : otherAgent(state, everybody(task)) !== undefined
        ? 'other-agent'
        : canSplit(task)
          ? 'split'
          : undefined;
  if (step === undefined) return undefined;
  const verdict: Verdict = gateOpens('blocker', settings.autonomy, {
    rungs: 1 + (task.circuit?.rungs ?? 0),
    of: stepsOf(state, settings, task),
  });
  return verdict.opens ? { step, policy: verdict.policy } : undefined;
}

/** The steps that a task has here: one for each agent, one for a stronger model, one for taking it apart. */
function stepsOf(state: RunState, settings: RunSettings, task: TaskState): number {
  const agents = Object.keys(settings.agents).filter((name) => !Object.hasOwn(state.standIns, name));
  const stronger = strongerSeat(state);
  const more = stronger === undefined || task.task.planFirst !== undefined ? 0 : 1;
  return agents.length + more + (canSplit(task) ? 1 : 0);
}

/** The gate of a task that does not get on, and the policy's answer to it if there is one. */
export function circuitQuestion(
  state: RunState,
  task: TaskState,
  question: string,
  detail: readonly string[],
): { readonly events: readonly RunEvent[]; readonly answered: boolean } {
  const gate = circuitGate(task.task.id);
  const rung = nextRung(state, task);
  const stronger = strongerLeft(state, task);
  const other = nextAgent(state, task, rung === undefined ? 'user' : 'policy');
  const options = [
    'retry',
    ...(stronger === undefined ? [] : ['stronger-model']),
    ...(other === undefined ? [] : ['other-agent']),
    ...(canSplit(task) ? ['split'] : []),
    'block',
  ];
  const events: RunEvent[] = [
    {
      event: 'gate_opened',
      gate,
      question,
      options,
      recommended: stronger === undefined ? (other === undefined ? 'block' : 'other-agent') : 'stronger-model',
      detail: [
        ...detail,
        'retry: the same agent again, with what you say (--note "…"); it gets all its attempts anew',
        ...(stronger === undefined ? [] : [`stronger-model: ${voiceWords(stronger)}, with what you say`]),
        ...(other === undefined ? [] : [`other-agent: ${other}, with what you say`]),
        ...(canSplit(task) ? ['split: it is planned first, and done in smaller tasks'] : []),
        'block: the task is given up, and what needs it waits',
      ],
    },
  ];
  if (rung !== undefined)
    events.push({ event: 'gate_answered', gate, answer: rung.step, by: 'policy', how: rung.policy });
  return { events, answered: rung !== undefined };
}

function voiceWords({ agent, model, effort }: Voice): string {
  return [agent, ...(model === undefined ? [] : [model]), ...(effort === undefined ? [] : [`effort ${effort}`])].join(
    ', ',
  );
}
