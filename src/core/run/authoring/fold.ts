import { assert } from '../../base/assert.ts';
import { arrive } from '../amend/leaving.ts';
import { drop, extendSchedule, makeReady } from '../schedule.ts';
import { laneOf } from '../lanes.ts';
import { markUntidy, toApproval } from '../course.ts';
import { comesUp } from '../review/fold.ts';
import type { RecordedEvent, EventName } from '../event.ts';
import { known, working } from '../under-way.ts';
import { landed } from '../fold/landed.ts';
import { lastWork, taskOf, type RunState, type TaskState } from '../state.ts';
import { chosen } from './interview.ts';
import { type WrittenDocument } from './model.ts';
import { isReviewed } from './stage.ts';

type Of<N extends EventName> = Extract<RecordedEvent, { event: N }>;

/** A run begins with an idea. */
export function authoringBegun(state: RunState, event: Of<'authoring_begun'>): void {
  state.authoring = {
    topic: event.topic,
    complexity: event.complexity,
    kind: event.kind,
    until: event.until,
    given: event.given,
    questions: [],
    answers: {},
    spec: event.spec_sha256,
    ...(event.suggested === undefined ? {} : { suggested: event.suggested }),
  };
}

/** Somebody typed a verb that goes further. */
export function authoringExtended(state: RunState, event: Of<'authoring_extended'>): void {
  if (state.authoring === undefined) return;
  state.authoring.until = event.until;
  if (event.given !== undefined) state.authoring.given = { ...state.authoring.given, ...event.given };
}

/** An attempt ended well, and what it wrote is in the bundle. */
export function documentWritten(state: RunState, event: Of<'document_written'>, at: number): void {
  const { task, attempt } = working(state, event.task, event.attempt);
  const { authors } = task.task;
  assert(authors !== undefined && state.authoring !== undefined, () => `${event.task} writes no document`);
  attempt.ended = { at, ending: 'done', reason: '' };
  attempt.changed = 1;
  markUntidy(state, task);
  const lane = state.lanes[laneOf(state.settings, attempt.agent)];
  if (lane !== undefined) lane.tries = 0;
  // Somebody did without it before it was done.
  if (arrive(state, task, at)) return;
  const { sha256, remarks, suggested, plan } = event;
  task.document = {
    sha256,
    remarks,
    ...(suggested === undefined ? {} : { suggested }),
    ...(plan === undefined ? {} : { plan }),
  };
  if (event.questions !== undefined) {
    state.authoring.questions = event.questions;
    state.authoring.answers = {};
  }
  if (isReviewed(state, authors) && event.commit !== undefined && event.tree !== undefined) {
    const work = { base: attempt.base, commit: event.commit, tree: event.tree };
    task.progress = { status: 'reviewing', attempt: event.attempt, work, since: at };
    comesUp(task);
    return;
  }
  if (authors === 'scan') return close(state, task, at);
  toApproval(state, task, at);
}

/** A person changed a document before approving it. */
export function documentEdited(state: RunState, event: Of<'document_edited'>): void {
  const { task, document } = waiting(state, event.task);
  const { sha256, suggested, plan } = event;
  task.document = {
    ...document,
    sha256,
    ...(suggested === undefined ? {} : { suggested }),
    ...(plan === undefined ? {} : { plan }),
  };
}

/** A document is approved: what needs it goes on, and the tasks of a plan join the run. */
export function documentApproved(state: RunState, event: Of<'document_approved'>, at: number): void {
  const { task, document } = waiting(state, event.task);
  const { authoring } = state;
  assert(event.sha256 === document.sha256, () => `the approval is for another text of ${event.task}`);
  assert(authoring !== undefined, 'nothing is authored here');
  drop(state.schedule.planned, state.schedule.index[event.task] as number);
  if (task.task.authors === 'spec') {
    authoring.spec = event.sha256;
    if (document.suggested !== undefined) authoring.suggested = document.suggested;
  }
  if (document.plan !== undefined) {
    const { kind, tasks, verify, title, terms } = document.plan;
    if (terms !== undefined) state.terms = terms;
    state.kind = kind;
    state.title = title;
    state.planSha256 = event.sha256;
    state.verify = verify;
    authoring.adopted = at;
    const from = state.tasks.length;
    for (const one of tasks) {
      assert(taskOf(state, one.id) === undefined, () => `the run has a task ${one.id} already`);
      state.tasks.push({ task: one, progress: { status: 'pending' }, attempts: [], failures: 0, losses: 0 });
    }
    extendSchedule(state, from);
  }
  close(state, task, at);
}

/** Somebody wants another text. */
export function documentRejected(state: RunState, event: Of<'document_rejected'>): void {
  const { task } = waiting(state, event.task);
  const attempt = lastWork(task);
  if (attempt !== undefined) {
    attempt.lesson = { what: event.reason, paths: [] };
    attempt.sentBack = true;
  }
  const position = state.schedule.index[event.task] as number;
  drop(state.schedule.planned, position);
  task.progress = { status: 'pending' };
  makeReady(state.schedule, position);
}

/** A question of the interview is answered. */
export function questionAnswered(state: RunState, event: Of<'gate_answered'>): void {
  const id = /^interview:(.+)$/.exec(event.gate)?.[1];
  const question = state.authoring?.questions.find((one) => one.id === id);
  if (id === undefined || question === undefined || state.authoring === undefined) return;
  state.authoring.answers[id] = {
    answer: chosen(question, event.answer),
    ...(event.note === undefined ? {} : { note: event.note }),
    by: event.by,
    assumed: event.by === 'policy',
  };
}

function close(state: RunState, task: TaskState, at: number): void {
  const position = state.schedule.index[task.task.id] as number;
  drop(state.schedule.active, position);
  const attempt = lastWork(task)?.number ?? task.attempts.length;
  task.progress = { status: 'merged', attempt, commit: state.tip ?? state.base, at };
  landed(state, position);
}

function waiting(state: RunState, id: string): { readonly task: TaskState; readonly document: WrittenDocument } {
  const task = known(state, id);
  assert(
    task.progress.status === 'planned' && task.document !== undefined,
    () => `${id} is ${task.progress.status}: no document of it waits for approval`,
  );
  return { task, document: task.document };
}
