import type { RecordedEvent, EventName } from '../event.ts';
import { termsOf } from '../gate-terms.ts';
import { questionAnswered } from '../authoring/fold.ts';
import { overlapAnswered } from '../overlap.ts';
import { raisedTo } from '../budgets.ts';
import { CONTINUE_GATE } from '../policy-gates.ts';
import { nextAgent } from '../ladder.ts';
import { lessonOf, witnessGateTask } from '../witnessing.ts';
import { answerReview, reopen } from '../course.ts';
import { answerAsk, known } from '../under-way.ts';
import { stopAnswered } from '../finish/stops.ts';
import { FINISH_CHOICES } from '../settings.ts';
import { closeSetupGates, forgetSetup, SETUP_GATE } from '../setup.ts';
import { lastWork, taskOf, type RunState } from '../state.ts';

type Of<N extends EventName> = Extract<RecordedEvent, { event: N }>;

/** A question is open; the same one asked again takes the place of the first. */
export function gateOpened(state: RunState, event: Of<'gate_opened'>, at: number): void {
  closeGate(state, event.gate);
  if (event.gate === SETUP_GATE) closeSetupGates(state);
  state.gates.push({
    id: event.gate,
    question: event.question,
    // What is recommended is shown first wherever it is shown.
    options: [...new Set([event.recommended, ...event.options])].filter((one) => event.options.includes(one)),
    recommended: event.recommended,
    detail: event.detail,
    opened: at,
    ...termsOf(state, event.gate, event.options, at),
  });
  return;
}

/** A person, or a policy, answered a question. */
export function gateAnswered(state: RunState, event: Of<'gate_answered'>, at: number): void {
  closeGate(state, event.gate);
  const choice = event.gate === 'finish' ? FINISH_CHOICES.find((one) => one === event.answer) : undefined;
  if (choice !== undefined) {
    state.finishAnswer = choice;
    state.finishRefused = undefined;
  }
  if (event.gate === 'tampered' && event.answer === 'accept') {
    state.fingerprint = state.tampered ?? state.fingerprint;
    state.tampered = undefined;
  }
  if (event.gate === 'branch' && event.answer === 'restore') state.restoring = true;
  if (event.gate.startsWith('budget') && event.answer === 'go-on') {
    state.raised[event.gate] = raisedTo(state, event.gate);
  }
  if (event.gate.startsWith('landing:') && event.answer === 'hand-back')
    known(state, event.gate.slice('landing:'.length)).returns = 0;
  if (event.answer === 'retry' && !event.gate.startsWith('interview:')) forgetSetup(state, event.gate);
  if (event.gate.startsWith('circuit:')) closeCircuit(state, event);
  if (event.gate === CONTINUE_GATE && event.answer === 'go-on') state.continued = state.schedule.merged;
  if (event.gate.startsWith('routing:') && (event.answer === 'confirm' || event.answer === 'implementer'))
    known(state, event.gate.slice('routing:'.length)).routing = event.answer;
  if (event.gate.startsWith('ask:')) answerAsk(state, event.gate, event.answer);
  answerWitness(state, event.gate, event.answer, event.note, at);
  questionAnswered(state, event);
  overlapAnswered(state, event.gate, event.answer);
  stopAnswered(state, event, at);
  if (event.gate.startsWith('review:')) answerReview(state, event.gate, event.answer, event.note, at);
  return;
}

/** The gate is not open any more, if it was. */
export function closeGate(state: RunState, id: string): void {
  state.gates = state.gates.filter((gate) => gate.id !== id);
}

/** A person decided about a change in which the witness found something. */
function answerWitness(state: RunState, gate: string, answer: string, note: string | undefined, at: number): void {
  const task = witnessGateTask(state, gate);
  const attempt = task === undefined ? undefined : lastWork(task);
  if (task === undefined || attempt?.examined === undefined || task.progress.status !== 'verifying') return;
  attempt.examined.answer = answer;
  if (answer !== 'reject') return;
  attempt.ended = { at, ending: 'rejected', reason: 'a person rejected what it did to the checks' };
  attempt.lesson = lessonOf(attempt.examined.findings, note);
  task.failures++;
  reopen(state, task);
}

/** A person said how a task goes on that failed in the same way again and again: it gets its attempts anew. */
function closeCircuit(state: RunState, event: Extract<RecordedEvent, { event: 'gate_answered' }>): void {
  const task = taskOf(state, event.gate.slice('circuit:'.length));
  if (task === undefined || event.answer === 'block') return;
  const { answer, by, note } = event;
  const { agent: given, stronger: strong, split } = task.circuit ?? {};
  const agent = answer === 'other-agent' ? nextAgent(state, task, by) : answer === 'retry' ? given : undefined;
  const stronger = answer === 'stronger-model' || (answer === 'retry' && strong === true);
  const rungs = (task.circuit?.rungs ?? 0) + (by === 'policy' ? 1 : 0);
  task.circuit = {
    from: task.attempts.length,
    ...(note === undefined ? {} : { advice: note }),
    ...(agent === undefined ? {} : { agent }),
    ...(rungs === 0 ? {} : { rungs }),
    ...(stronger ? { stronger } : {}),
    ...(split === true || answer === 'split' ? { split: true } : {}),
  };
  if (answer === 'split') task.task = { ...task.task, planFirst: 'phased' };
  task.failures = 0;
  task.losses = 0;
}
