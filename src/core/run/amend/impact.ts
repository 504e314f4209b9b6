import type { PlanTask } from '../../plan/model.ts';
import { attemptName } from '../event.ts';
import { isOver, taskOf, type RunState, type TaskState } from '../state.ts';
import type { AmendedPlan } from './document.ts';
import type { Impact, PlanChange } from './event.ts';

/** What an amendment does to the run, or why it cannot be. */
export interface Impacts {
  readonly impact: readonly Impact[];
  /** What is done already cannot be changed by changing the plan: each a sentence for a person. */
  readonly refused: readonly string[];
  /** What to type instead, where it is known. */
  readonly instead: readonly string[];
}

/** Changes that an agent at work has to know of. */
const HARD: readonly PlanChange['change'][] = ['text', 'scope', 'kind'];

/**
 * What becomes of each task that an amendment is about. Only what is about another definition counts no more: tasks that did not change go
 * on, and so do those in which only what is nobody's work changed. What landed stays, and what would have it otherwise is refused.
 */
export function impactOf(state: RunState, plan: AmendedPlan, changes: readonly PlanChange[]): Impacts {
  const impact: Impact[] = [];
  const refused: string[] = [];
  const instead: string[] = [];
  const tasks = new Map(plan.tasks.map((task) => [task.id, task]));
  const about = new Map<string, PlanChange['change'][]>();
  for (const { task, change } of changes) {
    if (task === undefined) continue;
    about.set(task, [...(about.get(task) ?? []), change]);
  }
  for (const [id, what] of about) {
    const known = taskOf(state, id);
    const after = tasks.get(id);
    if (known?.parent !== undefined) refused.push(`${id} is the name of a task of the sub-plan of ${known.parent}`);
    else if (known === undefined || what.includes('restored')) impact.push({ task: id, effect: 'added', loses: [] });
    else {
      const effect = after === undefined ? dropped(state, known) : changed(state, known, after, what, tasks);
      if (typeof effect !== 'string') {
        refused.push(effect.refused);
        if (known.progress.status === 'unfolded') instead.push(withoutAmending(state, known));
      } else impact.push({ task: id, effect, loses: losses(state, known, effect) });
    }
  }
  return { impact, refused, instead };
}

/** What a person can do about a task whose sub-plan is carried out: that stays as it was approved. */
export function withoutAmending(state: RunState, { task: { id }, subplan }: TaskState): string {
  const left = (subplan?.tasks ?? []).flatMap((one) => {
    const task = taskOf(state, one.id);
    return task === undefined || isOver(task) ? [] : [one.id];
  });
  const one = left[0] ?? `${id}/…`;
  const shown = left.length > 8 ? [...left.slice(0, 8), `${left.length - 8} more`] : left;
  return (
    `what is left of ${id} (${shown.join(', ') || 'nothing'}) can be left out: masterplan waive ${one} --reason "…"; ` +
    `done otherwise: masterplan retry ${one} --advice "…"; done by hand: masterplan attach ${one}; ` +
    `and followed by more: masterplan amend add "…" --needs ${id}`
  );
}

type Effect = Impact['effect'] | { readonly refused: string };

function dropped({ landed }: RunState, { task: { id }, progress }: TaskState): Effect {
  if (progress.status === 'merged')
    return { refused: `${id} landed, and what landed stays: leave it in the plan, and add a task that takes it back` };
  if (progress.status === 'unfolded') return { refused: `${id} is carried out by the tasks of its sub-plan` };
  if (landed.some(({ task }) => task.startsWith(`${id}/`)))
    return {
      refused: `${id} is waived, but tasks of its sub-plan landed, and what landed stays: leave it in the plan, nothing more of it is done`,
    };
  return 'ended';
}

function changed(
  state: RunState,
  task: TaskState,
  after: PlanTask,
  what: readonly PlanChange['change'][],
  tasks: ReadonlyMap<string, PlanTask>,
): Effect {
  const { id } = after;
  const { status } = task.progress;
  const waits = after.needs.some((need) => {
    const other = taskOf(state, need);
    return other === undefined || !isOver(other) || (other.progress.status === 'dropped' && tasks.has(need));
  });
  const hard = what.some((one) => HARD.includes(one));
  const proof = what.includes('verify');
  switch (status) {
    case 'merged':
      if (hard || proof || (waits && what.includes('needs')))
        return {
          refused: `${id} landed: what is to be otherwise now is a new task (it changed in ${what.join(', ')})`,
        };
      return 'goes-on';
    case 'unfolded':
      if (hard || proof || waits)
        return { refused: `${id} is carried out by the tasks of its sub-plan, which was made for the text as it was` };
      return 'goes-on';
    case 'planned':
      return hard || proof || waits ? 'planned-again' : 'goes-on';
    case 'waived':
    case 'dropped':
      return 'goes-on';
    case 'pending':
    case 'attached':
      return 'not-begun';
    case 'failed':
      return 'opened-again';
    default:
      if (task.leaving !== undefined) return 'goes-on';
      if (hard || waits) return 'begins-again';
      if (!proof) return 'goes-on';
      return status === 'working' ? 'begins-again' : 'verified-again';
  }
}

/** What counts no more, in words. */
function losses(state: RunState, task: TaskState, effect: Impact['effect']): string[] {
  if (effect === 'goes-on' || effect === 'not-begun' || effect === 'added') return [];
  const { id } = task.task;
  const { progress } = task;
  const lost: string[] = [];
  if (progress.status === 'working')
    lost.push(`attempt ${attemptName(id, progress.attempt)} is ended, its work is kept`);
  if ('work' in progress && effect !== 'verified-again')
    lost.push(`the work of ${attemptName(id, progress.attempt)} does not land as it is, it is kept`);
  const evidence = 'attempt' in progress ? task.attempts[progress.attempt - 1]?.evidence : undefined;
  if (evidence !== undefined && 'work' in progress) lost.push(`evidence for tree ${evidence.tree.slice(0, 12)}`);
  if (task.review?.pass !== undefined && 'work' in progress)
    lost.push(`its approval by ${task.review.pass.by === 'person' ? 'a person' : 'review'}`);
  if (progress.status === 'merging') lost.push(`its place in the merge queue`);
  if (progress.status === 'planned') lost.push(`its sub-plan of ${task.subplan?.tasks.length ?? 0} tasks`);
  for (const gate of state.gates) if (isAbout(gate.id, id)) lost.push(`the question ${gate.id}`);
  return lost;
}

/** Whether a gate is about a task or one of its attempts: `circuit:T3`, `ask:T3#1:a4`. */
export function isAbout(gate: string, task: string): boolean {
  const colon = gate.indexOf(':');
  const kind = gate.slice(0, colon);
  if (colon < 0 || kind === 'lane' || kind === 'amend') return false;
  const subject = gate.slice(colon + 1);
  return subject === task || subject.startsWith(`${task}#`);
}
