import type { PlanTask } from '../plan/model.ts';
import { scopeCovers } from '../plan/scope-covers.ts';
import { kindOfGate } from './gate-name.ts';
import { taskOf, type RunState, type TaskState } from './state.ts';

/** A plan as an amendment compares it. */
export interface PlanSide {
  readonly tasks: readonly PlanTask[];
  /** Commands that prove the run as a whole. */
  readonly verify: readonly string[];
  /** The words of each task's unit, by its id. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** What of a task an amendment changed. */
export type Aspect =
  | 'text'
  | 'verify'
  | 'scope-wider'
  | 'scope-narrower'
  | 'needs'
  | 'agent'
  /** Estimate, resources, group, wave: when it is done, and not what. */
  | 'schedule';

export interface ChangedTask {
  readonly before: PlanTask;
  readonly after: PlanTask;
  readonly aspects: readonly Aspect[];
}

/** A typed difference of two plans. */
export interface PlanDiff {
  readonly added: readonly PlanTask[];
  readonly dropped: readonly PlanTask[];
  readonly changed: readonly ChangedTask[];
  /** The commands that prove the run as a whole are others. */
  readonly verify: boolean;
}

/** What becomes of a task. */
export type TaskFate =
  | 'added'
  | 'dropped'
  /** It had not begun: it begins as it is written now. */
  | 'begins'
  /** What was done is kept, and an agent begins again with the new words. */
  | 'restarts'
  /** Its sub-plan was for other words: another one is written. */
  | 'replans'
  /** What was done stands, and is proven again. */
  | 'proves-again'
  /** It landed: what is on the branch stays there, and what is asked for now takes another task. */
  | 'landed'
  /** It goes on as it is. */
  | 'goes-on';

/** Everything that an amendment takes out of force, and nothing else. */
export interface Cone {
  readonly tasks: readonly { readonly task: string; readonly fate: TaskFate; readonly why: string }[];
  /** Approvals that have to be given again. */
  readonly approvals: readonly {
    readonly approval: 'plan' | 'subplan' | 'review';
    readonly task?: string;
    readonly why: string;
  }[];
  /** Evidence that proves nothing any more; `branch`: that of the run as a whole. */
  readonly evidence: readonly { readonly of: 'task' | 'branch'; readonly task?: string; readonly why: string }[];
  /** Open gates whose question is over. */
  readonly gates: readonly string[];
  /** Tasks that nothing happens to. */
  readonly untouched: number;
}

/** What is different between two plans, task by task; ids are what makes a task the same. */
export function diffPlans(before: PlanSide, after: PlanSide): PlanDiff {
  const old = new Map(before.tasks.map((task) => [task.id, task]));
  const now = new Map(after.tasks.map((task) => [task.id, task]));
  const changed = after.tasks.flatMap((task): ChangedTask[] => {
    const was = old.get(task.id);
    if (was === undefined) return [];
    const words = (before.texts?.[task.id] ?? '') !== (after.texts?.[task.id] ?? '');
    const aspects = aspectsOf(was, task, words);
    return aspects.length === 0 ? [] : [{ before: was, after: task, aspects }];
  });
  return {
    added: after.tasks.filter(({ id }) => !old.has(id)),
    dropped: before.tasks.filter(({ id }) => !now.has(id)),
    changed,
    verify: !same(before.verify, after.verify),
  };
}

/**
 * The invalidation cone of an amendment: which approvals have to be given again, which evidence proves nothing any more, and
 * what becomes of each task. Pure; nothing is changed.
 *
 *     const diff = diffPlans({ tasks, verify, texts }, { tasks: …, verify: …, texts: … });
 *     const cone = coneOf(state, diff);
 *     coneWords(cone);                 // for people, before they approve
 *     cone.approvals.length === 0      // nothing has to be approved again: it can be applied at once
 *     cone.tasks                       // what to do with each task, see {@link TaskFate}
 *
 * Tasks that are neither named here nor added are untouched: whoever applies the amendment leaves them alone.
 */
export function coneOf(state: RunState, diff: PlanDiff): Cone {
  const tasks: Cone['tasks'][number][] = [];
  const approvals: Cone['approvals'][number][] = [];
  const evidence: Cone['evidence'][number][] = [];
  const closed = new Set<string>();
  const close = (task: string): void => {
    for (const gate of state.gates) if (kindOfGate(gate.id).task === task) closed.add(gate.id);
  };
  for (const { id } of diff.added) tasks.push({ task: id, fate: 'added', why: 'the plan has it now' });
  for (const { id } of diff.dropped) {
    close(id);
    const landed = taskOf(state, id)?.progress.status === 'merged';
    tasks.push(
      landed
        ? { task: id, fate: 'landed', why: 'the plan has it no more, and what landed stays' }
        : { task: id, fate: 'dropped', why: 'the plan has it no more' },
    );
  }
  for (const { before, after, aspects } of diff.changed) {
    const task = taskOf(state, before.id);
    if (task === undefined) continue;
    const { fate, why } = fateOf(state, task, after, aspects);
    tasks.push({ task: before.id, fate, why });
    if (fate === 'restarts' || fate === 'replans' || fate === 'proves-again') close(before.id);
    if (proven(task) && (fate === 'restarts' || fate === 'proves-again' || fate === 'landed'))
      evidence.push({ of: 'task', task: before.id, why });
    if (task.review?.pass !== undefined && (fate === 'restarts' || fate === 'replans'))
      approvals.push({ approval: 'review', task: before.id, why: 'what was reviewed is not what is asked for now' });
    if (fate === 'replans') approvals.push({ approval: 'subplan', task: before.id, why });
  }
  if (diff.verify) {
    const words = 'the commands that prove the run as a whole are others';
    if (state.branchCheck !== undefined) evidence.push({ of: 'branch', why: words });
  }
  const why = meaningOf(diff);
  if (state.approved !== undefined && why !== undefined) approvals.unshift({ approval: 'plan', why });
  const named = new Set(tasks.map(({ task }) => task));
  return {
    tasks,
    approvals,
    evidence,
    gates: [...closed],
    untouched: state.tasks.filter(({ task }) => !named.has(task.id)).length,
  };
}

/** Why whoever approved the plan has to approve it again; `undefined`: what changed asks nobody for anything else. */
function meaningOf({ added, dropped, changed, verify }: PlanDiff): string | undefined {
  const all = new Set(changed.flatMap(({ aspects }) => aspects));
  if (added.length > 0) return `${counted(added.length)} new`;
  if (dropped.length > 0) return `${counted(dropped.length)} dropped`;
  if (all.has('text')) return 'tasks ask for something else';
  if (all.has('verify') || verify) return 'what proves the work is another';
  if (all.has('scope-wider')) return 'tasks may change more';
  if (all.has('needs')) return 'tasks need others';
  if (all.has('agent')) return 'others do the work';
  return undefined;
}

function fateOf(
  state: RunState,
  { task, progress }: TaskState,
  after: PlanTask,
  aspects: readonly Aspect[],
): { readonly fate: TaskFate; readonly why: string } {
  const { status } = progress;
  const text = aspects.includes('text');
  const proof = aspects.includes('verify') || aspects.includes('scope-narrower');
  const what = text
    ? 'it asks for something else'
    : aspects.includes('verify')
      ? 'it is proven by other commands'
      : aspects.includes('scope-narrower')
        ? 'it may change less'
        : aspects.includes('scope-wider')
          ? 'it may change more'
          : aspects.includes('needs')
            ? 'it needs others'
            : 'it is done by others or at another time';
  if (status === 'merged') return { fate: text || proof ? 'landed' : 'goes-on', why: what };
  if (status === 'pending' || status === 'attached' || status === 'failed') return { fate: 'begins', why: what };
  if (status === 'planned' || status === 'unfolded') return { fate: text || proof ? 'replans' : 'goes-on', why: what };
  if (text) return { fate: 'restarts', why: what };
  const news = after.needs.filter((id) => !task.needs.includes(id));
  if (news.some((id) => taskOf(state, id)?.progress.status !== 'merged'))
    return { fate: 'restarts', why: `it began without ${news.join(', ')}` };
  // What is at work is proven when it is done, by then as is written now.
  if (proof && status !== 'working') return { fate: 'proves-again', why: what };
  return { fate: 'goes-on', why: what };
}

function proven({ progress, attempts }: TaskState): boolean {
  return progress.status === 'merged' || attempts.some(({ evidence }) => evidence?.passed === true);
}

function aspectsOf(before: PlanTask, after: PlanTask, words: boolean): Aspect[] {
  const differs = (...keys: readonly (keyof PlanTask)[]): boolean => keys.some((key) => !same(before[key], after[key]));
  const wider = !scopeCovers(before.scope, after.scope);
  const narrower = !scopeCovers(after.scope, before.scope);
  return [
    ...(words || differs('title', 'nonCommitting', 'planFirst', 'loop') ? (['text'] as const) : []),
    ...(differs('verify') ? (['verify'] as const) : []),
    ...(wider ? (['scope-wider'] as const) : []),
    ...(narrower ? (['scope-narrower'] as const) : []),
    ...(differs('needs') ? (['needs'] as const) : []),
    ...(differs('agent', 'route') ? (['agent'] as const) : []),
    ...(differs('estimate', 'resources', 'group', 'wave') ? (['schedule'] as const) : []),
  ];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** A cone in words, one line each; empty: nothing is taken out of force. */
export function coneWords({ tasks, approvals, evidence, gates, untouched }: Cone): string[] {
  const quiet: readonly TaskFate[] = ['goes-on'];
  return [
    ...tasks.filter(({ fate }) => !quiet.includes(fate)).map(({ task, fate, why }) => `${task} ${FATES[fate]}: ${why}`),
    ...approvals.map(({ approval, task, why }) =>
      approval === 'plan'
        ? `the plan has to be approved again: ${why}`
        : `the ${approval === 'subplan' ? 'sub-plan' : 'review'} of ${task ?? ''} counts no more: ${why}`,
    ),
    ...evidence.map(({ of, task, why }) =>
      of === 'branch'
        ? `the run is verified again as a whole: ${why}`
        : `the evidence of ${task ?? ''} proves nothing any more: ${why}`,
    ),
    ...gates.map((gate) => `the question at ${gate} is over`),
    ...(tasks.length === 0 ? [] : [`${counted(untouched)} untouched`]),
  ];
}

const FATES: Readonly<Record<TaskFate, string>> = {
  added: 'is new',
  dropped: 'is dropped',
  begins: 'begins as it is written now',
  restarts: 'begins again, with what was done so far',
  replans: 'is planned again',
  'proves-again': 'is proven again',
  landed: 'has landed, and stays as it is',
  'goes-on': 'goes on',
};

function counted(count: number): string {
  return `${count} ${count === 1 ? 'task is' : 'tasks are'}`;
}
