import { type DocumentReview, gateOpens, type Verdict } from '../autonomy.ts';
import type { Effect } from '../effect.ts';
import { attemptName, type RunEvent } from '../event.ts';
import type { RunState, TaskState } from '../state.ts';
import { approved } from './accept.ts';
import { type GivenAnswer, givenAnswer } from './interview.ts';
import { PLAN_GATE, type Question, questionGate, SPEC_GATE } from './model.ts';
import { isReviewed } from './stage.ts';

/** The gates of documents and questions that should be open, and the facts that follow from their answers. */
export function authoringEffects(state: RunState): Effect[] {
  const { authoring } = state;
  if (authoring === undefined) return [];
  return state.schedule.planned.flatMap((at): Effect[] => {
    const task = state.tasks[at] as TaskState;
    const { authors } = task.task;
    if (authors === undefined || task.document === undefined) return [];
    const name = attemptName(task.task.id, task.attempts.length);
    if (authors === 'interview') return interview(state, task, name);
    const gate = authors === 'spec' ? SPEC_GATE : PLAN_GATE;
    if (state.gates.some(({ id }) => id === gate)) return [];
    const asked = authors === 'spec' ? specGate(state, task) : planGate(task);
    const verdict = opens(state, task);
    const how = verdict?.opens === true ? verdict.policy : undefined;
    const passed = how === undefined ? [] : approved(task, gate, { by: 'policy', how }, undefined, undefined);
    const events = [asked, ...passed];
    return [{ type: 'record', key: `record:gate:${gate}:${name}`, events }];
  });
}

function interview(state: RunState, task: TaskState, name: string): Effect[] {
  const { questions, answers, given } = state.authoring as NonNullable<RunState['authoring']>;
  const open = questions.filter(({ id }) => answers[id] === undefined);
  if (open.length === 0) {
    const { sha256 } = task.document as NonNullable<TaskState['document']>;
    const how = 'every question is answered';
    const events: RunEvent[] = [{ event: 'document_approved', task: task.task.id, sha256, by: 'masterplan', how }];
    return [{ type: 'record', key: `record:interview:${name}`, events }];
  }
  const events = open.flatMap((question): RunEvent[] => {
    const gate = questionGate(question.id);
    const answer = givenAnswer(question, given) ?? assumed(state, question);
    const asked = state.gates.some(({ id }) => id === gate) ? [] : [questionAsked(question, questions.length)];
    if (answer === undefined) return asked;
    const by = answer.assumed ? 'policy' : 'answers';
    return [...asked, { event: 'gate_answered', gate, answer: answer.answer, by, how: answer.how }];
  });
  return events.length === 0 ? [] : [{ type: 'record', key: `record:questions:${name}:${open.length}`, events }];
}

/** What is taken for an answer where autonomy lets a question pass: the recommended one, as an assumption. */
function assumed({ settings }: RunState, { options }: Question): GivenAnswer | undefined {
  if (settings?.autonomy === undefined) return undefined;
  const verdict = gateOpens('interview', settings.autonomy, {});
  return verdict.opens ? { answer: options[0] as string, assumed: true, how: verdict.policy } : undefined;
}

/** Whether a document passes without anybody being asked; `undefined`: the run has no autonomy. */
function opens(state: RunState, task: TaskState): Verdict | undefined {
  const { settings } = state;
  if (settings?.autonomy === undefined) return undefined;
  const review = reviewOf(state, task);
  return task.task.authors === 'spec'
    ? gateOpens('spec', settings.autonomy, { review, aggressive: settings.aggressive === true })
    : // One with errors is sent back before anybody is asked.
      gateOpens('plan', settings.autonomy, { clean: true, review });
}

function reviewOf(state: RunState, { task, review }: TaskState): DocumentReview {
  if (task.authors === undefined || !isReviewed(state, task.authors)) return 'off';
  return review?.pass === undefined || review.pass.by === 'skip' ? 'missing' : 'passed';
}

function questionAsked({ id, question, options, why }: Question, of: number): RunEvent {
  return {
    event: 'gate_opened',
    gate: questionGate(id),
    question: `${id} of ${of}: ${question}`,
    options,
    recommended: options[0] as string,
    detail: [
      ...(why === '' ? [] : [why]),
      ...options.map((option, i) => `${i + 1}: ${option}`),
      'the spec is written when all questions are answered',
    ],
  };
}

function specGate(state: RunState, task: TaskState): RunEvent {
  const { sha256, remarks, suggested } = task.document as NonNullable<TaskState['document']>;
  const assumed = Object.values(state.authoring?.answers ?? {}).filter((one) => one.assumed).length;
  return {
    event: 'gate_opened',
    gate: SPEC_GATE,
    question: `is this what to build? The spec of "${state.authoring?.topic ?? ''}" waits for approval`,
    options: ['approve', 'revise', 'cancel'],
    recommended: 'approve',
    detail: [
      `it is in spec.md of the bundle, ${sha256.slice(0, 12)}; edit it there, what you approve counts`,
      ...reviewWords(task),
      ...remarks,
      ...scanWords(state),
      ...(assumed === 0 ? [] : [`${assumed} of its answers are assumptions`]),
      ...(suggested === undefined ? [] : [`it would be planned as a ${suggested.kind} plan: ${suggested.why}`]),
      'revise: it is written again, with what you say (--note "…")',
    ],
  };
}

function planGate(task: TaskState): RunEvent {
  const { sha256, remarks, plan } = task.document as NonNullable<TaskState['document']>;
  const count = plan?.tasks.length ?? 0;
  return {
    event: 'gate_opened',
    gate: PLAN_GATE,
    question: `carry out this ${plan?.kind ?? ''} plan of ${count} ${count === 1 ? 'task' : 'tasks'}?`,
    options: ['approve', 'revise', 'cancel'],
    recommended: 'approve',
    detail: [
      `plan ${sha256.slice(0, 12)}, in plan.md of the bundle; edit it there, what you approve counts`,
      ...reviewWords(task),
      ...remarks,
      ...(plan?.tasks ?? []).slice(0, 20).map(({ id, title }) => `${id} ${title}`),
      'revise: it is written again, with what you say (--note "…")',
    ],
  };
}

/** Which scans the spec had to do without. */
function scanWords({ tasks }: RunState): string[] {
  return tasks.flatMap(({ task, document, progress }): string[] => {
    if (task.authors !== 'scan') return [];
    if (progress.status === 'waived') return [`written without ${task.id}: ${progress.reason}`];
    return (document?.remarks ?? []).map((remark) => `${task.id}: ${remark}`);
  });
}

/** What a review came to, in a line. */
function reviewWords({ review }: TaskState): string[] {
  const last = review?.past.at(-1);
  if (review?.pass?.by === 'skip') return [`not reviewed: ${review.pass.reason}`];
  if (last === undefined) return [];
  const words = last.verdict === 'approve' ? 'approved' : 'asks for changes, and a person let it pass';
  return [`reviewed by ${last.agent}, round ${last.round}: ${words}`];
}
