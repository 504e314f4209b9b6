import type { PlanTask } from '../../plan/model.ts';
import type { ContractRole, TermRow } from '../../plan/terms.ts';
import { lastAttempt, type RunState, taskOf, type TaskState } from '../state.ts';
import { type FoundTest, names } from './draw.ts';
import { excuseOf } from './excused.ts';

/*
 * Rows of the contracts of a functional plan by role: who develops is told the rows of the development contract, who tests those
 * of the test mandate, and who reviews judges those of the review contract, row by row.
 */

/** Name of the task that writes the tests of a stream, within its sub-plan. */
export const TESTER = 'TEST';

/** Whether a stream is one of tests by itself: its agent, or failing that its title, says so. */
export function isTestStream({ agent, title }: Pick<PlanTask, 'agent' | 'title'>): boolean {
  if (agent !== undefined) return /(?:^|[-_])(?:test|tests|tester|testing|qa|sdet)(?:[-_]|$)/i.test(agent);
  return /^(?:acceptance |integration |e2e |end-to-end |unit )?tests?\b/i.test(title);
}

/** Whether a task only writes the tests that a test mandate asks for. */
export function isTester(task: TaskState): boolean {
  return task.parent !== undefined && task.task.id === `${task.parent}/${TESTER}`;
}

/** The stream whose duty a row is: of a test mandate a stream of tests, if one carries it; else the last that carries it. */
function ownerOf(state: RunState, row: TermRow): string | undefined {
  if (row.role === 'testing') {
    const tests = row.tasks.find((id) => isTestStream(taskOf(state, id)?.task ?? { agent: undefined, title: '' }));
    if (tests !== undefined) return tests;
  }
  // Who is needed by another one of them is not the last.
  const ends = row.tasks.filter((id) => !row.tasks.some((other) => taskOf(state, other)?.task.needs.includes(id)));
  return ends[0] ?? row.tasks.at(-1);
}

/** Rows of one role that are the duty of a stream. */
export function dutyOf(state: RunState, stream: string, role: ContractRole): readonly TermRow[] {
  return (state.terms?.rows ?? []).filter((row) => row.role === role && ownerOf(state, row) === stream);
}

/** What those who do a task are told: the rows of their role. Who plans a stream is told all that somebody has to show. */
export function rowsTold(state: RunState, task: TaskState): readonly TermRow[] {
  const rows = state.terms?.rows ?? [];
  const stream = task.parent ?? task.task.id;
  const mine = rows.filter((row) => row.role !== 'review' && row.tasks.includes(stream));
  if (task.task.planFirst !== undefined) return mine;
  const tests = isTester(task) || isTestStream(taskOf(state, stream)?.task ?? task.task);
  const wanted = mine.filter(({ role }) => role === (tests ? 'testing' : 'development'));
  return isTester(task) ? wanted.filter((row) => ownerOf(state, row) === stream) : wanted;
}

/** Whether a task is the last of its stream: nothing of the same sub-plan comes after it. */
function isLastOfStream(state: RunState, task: TaskState): boolean {
  if (task.parent === undefined) return task.task.planFirst === undefined;
  const siblings = state.tasks.filter(({ parent }) => parent === task.parent);
  const ends = siblings.filter(({ task: { id } }) => !siblings.some((other) => other.task.needs.includes(id)));
  return ends.at(-1)?.task.id === task.task.id;
}

/** Rows that the review of a task judges, each by its name: where all of the stream is there to be judged. */
export function rowsToJudge(state: RunState, task: TaskState): readonly TermRow[] {
  return isLastOfStream(state, task) ? dutyOf(state, task.parent ?? task.task.id, 'review') : [];
}

/** Rows of the test mandate for which the work of a task has no test, though they are its duty. */
export function untested(state: RunState, task: TaskState, tests: readonly FoundTest[]): readonly TermRow[] {
  const stream = task.parent ?? task.task.id;
  const writes =
    isTester(task) || (isTestStream(taskOf(state, stream)?.task ?? task.task) && isLastOfStream(state, task));
  if (!writes) return [];
  const duty = dutyOf(state, stream, 'testing');
  return duty.filter((row) => {
    const [id] = row.criteria;
    // What belongs to no criterion is looked at when the balance is drawn.
    if (id === undefined || excuseOf(state, row.id) !== undefined || excuseOf(state, id) !== undefined) return false;
    const alike = duty.filter((other) => other.criteria.includes(id));
    const own = tests.some(({ text }) => names(text, row.id));
    return !own && tests.filter(({ text }) => names(text, id)).length <= alike.indexOf(row);
  });
}

/** The last task that develops a stream: what tests it by the mandate comes behind. */
function endsDevelopment(state: RunState, task: TaskState): boolean {
  const stream = task.parent ?? task.task.id;
  if (isTester(task) || isTestStream(taskOf(state, stream)?.task ?? task.task)) return false;
  if (task.parent === undefined) return task.task.planFirst === undefined;
  const siblings = state.tasks.filter((one) => one.parent === task.parent && !isTester(one));
  const ends = siblings.filter(({ task: { id } }) => !siblings.some((other) => other.task.needs.includes(id)));
  return ends.at(-1)?.task.id === task.task.id;
}

/** How an attempt is told that rows of its development contract are shown by nothing. */
const UNSHOWN = 'the development contract is not shown';

/**
 * Rows of the development contract that nothing shows where its stream ends: no test and no command names their criterion. What the test
 * mandate or a review has to show is theirs. An agent is told once; what is still not shown then is missing when the balance is drawn.
 */
export function unshown(state: RunState, task: TaskState, tests: readonly FoundTest[]): readonly TermRow[] {
  if (!endsDevelopment(state, task) || task.attempts.some(({ lesson }) => lesson?.what.includes(UNSHOWN))) return [];
  // Who has no other attempt cannot be told.
  if (task.failures + 1 >= (state.settings?.attempts ?? 1)) return [];
  const rows = state.terms?.rows ?? [];
  const elsewhere = (id: string): boolean =>
    rows.some(
      ({ role, criteria }) =>
        criteria.includes(id) && (role === 'testing' || (role === 'review' && state.settings?.review !== undefined)),
    );
  return dutyOf(state, task.parent ?? task.task.id, 'development').filter((row) => {
    if (row.criteria.length === 0 || excuseOf(state, row.id) !== undefined) return false;
    return row.criteria.some(
      (id) =>
        !elsewhere(id) &&
        excuseOf(state, id) === undefined &&
        !tests.some(({ text }) => names(text, id) || names(text, row.id)) &&
        !task.task.verify.some((command) => names(command, id)),
    );
  });
}

/** What a developer is told of such rows. */
export function unshownWords(rows: readonly TermRow[]): string {
  const words = rows.slice(0, 8).map(({ id, criteria, text }) => `${id} (${criteria.join(', ')}: ${text})`);
  return `${UNSHOWN}: no test names the criterion of ${words.join('; ')}${rows.length > 8 ? '; …' : ''}`;
}

/** One row in a line of a brief. */
export function rowWords({ id, criteria, requirements, text }: TermRow): string {
  const about = criteria.length > 0 ? criteria : requirements;
  return `**${id}**${about.length === 0 ? '' : ` (${about.join(', ')})`} ${text}`;
}

/**
 * The tasks of a sub-plan with one more behind them: another agent writes the tests that the mandate of the stream asks for. Not
 * where a stream of tests has that duty, or where nothing is asked for.
 */
export function withTester(state: RunState, parent: PlanTask, tasks: readonly PlanTask[]): readonly PlanTask[] {
  if (isTestStream(parent) || dutyOf(state, parent.id, 'testing').length === 0) return tasks;
  const needed = new Set(tasks.flatMap(({ needs }) => needs));
  const ends = tasks.filter(({ id }) => !needed.has(id));
  const tester: PlanTask = {
    id: `${parent.id}/${TESTER}`,
    title: `Tests of ${parent.title} by the test mandate`,
    unit: 'test',
    needs: ends.map(({ id }) => id),
    scope: parent.scope,
    verify: [...new Set(ends.flatMap(({ verify }) => verify))],
    nonCommitting: false,
    agent: parent.agent,
    estimate: undefined,
  };
  return [...tasks, tester];
}

/** What a stream is at: planned, developed, tested, reviewed, as its people see it. */
export type StreamStage = 'done' | 'under way' | 'open' | 'none';

/** How far a stream is, by stage. `none`: there is nothing of that sort to do. */
export interface StreamProgress {
  readonly id: string;
  readonly title: string;
  readonly status: TaskState['progress']['status'];
  readonly plan: StreamStage;
  readonly develop: StreamStage;
  readonly test: StreamStage;
  readonly review: StreamStage;
  /** Tasks of its sub-plan that are merged, of all. */
  readonly merged: number;
  readonly of: number;
}

/** How far each top unit that is carried out by a sub-plan is, in the order of the plan. */
export function streamsOf(state: RunState): StreamProgress[] {
  return state.tasks.flatMap((task): StreamProgress[] => {
    if (task.parent !== undefined || task.task.planFirst === undefined) return [];
    const children = state.tasks.filter(({ parent }) => parent === task.task.id);
    const of = children.filter(({ progress }) => progress.status !== 'dropped');
    const tests = of.filter((child) => isTester(child) || isTestStream(task.task));
    const develops = of.filter((child) => !tests.includes(child));
    const planned = task.progress.status === 'unfolded' || task.progress.status === 'merged';
    const open: StreamStage = planned ? 'none' : 'open';
    return [
      {
        id: task.task.id,
        title: task.task.title,
        status: task.progress.status,
        plan: planned ? 'done' : lastAttempt(task) === undefined ? 'open' : 'under way',
        develop: develops.length === 0 ? open : stageOf(develops),
        test: tests.length === 0 ? open : stageOf(tests),
        review: reviewStage(state, of, planned),
        merged: of.filter(({ progress }) => progress.status === 'merged').length,
        of: of.length,
      },
    ];
  });
}

function stageOf(tasks: readonly TaskState[]): StreamStage {
  const over = tasks.filter(({ progress: { status } }) => status === 'merged' || status === 'waived');
  if (over.length === tasks.length) return 'done';
  return over.length > 0 || tasks.some(({ attempts }) => attempts.length > 0) ? 'under way' : 'open';
}

function reviewStage(state: RunState, tasks: readonly TaskState[], planned: boolean): StreamStage {
  if (state.settings?.review === undefined) return 'none';
  if (!planned || tasks.length === 0) return 'open';
  const passed = tasks.filter(({ review, progress }) => review?.pass !== undefined && progress.status === 'merged');
  if (passed.length === tasks.length) return 'done';
  return tasks.some(({ review }) => (review?.past.length ?? 0) > 0) ? 'under way' : 'open';
}
