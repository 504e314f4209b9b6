import type { PlanTask } from '../../plan/model.ts';
import { isDropped, isOver, taskOf, type RunState, type TaskState } from '../state.ts';
import { type AmendedPlan, textAs } from './document.ts';
import { settledAnew } from '../finish/stops-anew.ts';
import type { PlanChange } from './event.ts';

/**
 * What is otherwise in another text of the plan, or of a sub-plan, than in what the run carries out, task by task in the order of
 * that text.
 */
export function changesTo(state: RunState, plan: AmendedPlan): PlanChange[] {
  const changes: PlanChange[] = [];
  const of = plan.subplan?.of;
  // Of an earlier sub-plan of the same task there may be others, long over.
  const now = of === undefined ? undefined : new Set(taskOf(state, of)?.subplan?.tasks.map(({ id }) => id));
  for (const task of plan.tasks) {
    const known = taskOf(state, task.id);
    if (known === undefined || known.parent !== of)
      changes.push({ change: 'added', task: task.id, after: [task.title] });
    else if (isDropped(known) || now?.has(task.id) === false)
      changes.push({ change: 'restored', task: task.id, after: [task.title] });
    else changes.push(...changesOf(state, known, task, plan));
  }
  const there = new Set(plan.tasks.map(({ id }) => id));
  for (const one of state.tasks) {
    const { task } = one;
    // What a run writes before its plan is no part of that.
    const own = one.parent === of && task.authors === undefined && now?.has(task.id) !== false;
    if (own && !isDropped(one) && !there.has(task.id))
      changes.push({ change: 'dropped', task: task.id, before: [task.title] });
  }
  // What a sub-plan wants to be true as a whole, its last task proves.
  if (of === undefined && !same(state.verify, plan.verify))
    changes.push({ change: 'verification', before: state.verify, after: plan.verify });
  const context = of === undefined ? state.context : plan.subplan?.former?.context;
  if (context !== undefined && context !== plan.context) changes.push({ change: 'context' });
  if (of === undefined && JSON.stringify(state.terms ?? null) !== JSON.stringify(plan.terms ?? null)) {
    const anew = settledAnew(state, plan.terms);
    changes.push({ change: 'terms', ...(anew.length === 0 ? {} : { after: anew }) });
  }
  if (changes.length === 0 && plan.sha256 !== standingHash(state, of)) changes.push({ change: 'prose' });
  return changes;
}

/** The hash of the text that is carried out: of the plan, or of the sub-plan of a task. */
export function standingHash(state: RunState, of: string | undefined): string | undefined {
  return of === undefined ? state.planSha256 : taskOf(state, of)?.subplan?.sha256;
}

/** The text as the run would carry it out: what was taken apart because it failed stays so, whatever its text says of that. */
export function asTakenApart(state: RunState, plan: AmendedPlan): AmendedPlan {
  const apart = (task: PlanTask): PlanTask => {
    const known = taskOf(state, task.id);
    const planFirst = known?.circuit?.split === true && !isDropped(known) ? known.task.planFirst : undefined;
    return planFirst === undefined || task.planFirst !== undefined ? task : { ...task, planFirst };
  };
  return { ...plan, tasks: plan.tasks.map(apart) };
}

function changesOf(state: RunState, known: TaskState, after: PlanTask, plan: AmendedPlan): PlanChange[] {
  const changes: PlanChange[] = [];
  const { task: before } = known;
  const { id } = before;
  const differ = (change: PlanChange['change'], a: readonly string[], b: readonly string[]): void => {
    if (!same(a, b)) changes.push({ change, task: id, before: a, after: b });
  };
  differ('title', [before.title], [after.title]);
  differ('scope', before.scope, after.scope);
  differ('verify', before.verify, after.verify);
  const needs = (list: readonly string[]): string[] =>
    list.filter((need) => taskOf(state, need)?.task.authors === undefined).toSorted();
  differ('needs', needs(before.needs), needs(after.needs));
  differ('kind', kindOf(before), kindOf(after));
  differ('routing', routingOf(before), routingOf(after));
  if (isSaidOtherwise(state, known, plan)) changes.push({ change: 'text', task: id });
  return changes;
}

/** Whether the words of a task are others now. */
function isSaidOtherwise(state: RunState, known: TaskState, plan: AmendedPlan): boolean {
  const { id } = known.task;
  const { subplan } = plan;
  // What nobody can read any more counts as other words, for whoever can still be told.
  if (subplan !== undefined && subplan.former === undefined) return plan.texts[id] !== undefined && !isOver(known);
  const was = (subplan?.former?.texts ?? state.texts)?.[id];
  const is = was === undefined ? undefined : textAs(was, plan, id);
  return is !== undefined && was !== is;
}

/** What kind of work it is. */
function kindOf({ nonCommitting, planFirst, loop }: PlanTask): string[] {
  return [
    ...(nonCommitting ? ['changes no file'] : []),
    ...(planFirst === undefined ? [] : [`planned first, as ${planFirst}`]),
    ...(loop === undefined ? [] : [`at most ${loop.rounds} rounds until ${loop.until}, or ${loop.abort}`]),
  ];
}

/** Who does it, with what and when: nothing that its work is judged by. */
function routingOf({ agent, estimate, route, resources, group, wave }: PlanTask): string[] {
  return [
    ...(agent === undefined ? [] : [`agent ${agent}`]),
    ...(estimate === undefined ? [] : [`${estimate} min`]),
    ...(route === undefined ? [] : [JSON.stringify(route)]),
    ...(resources === undefined ? [] : [JSON.stringify(resources)]),
    ...(group === undefined ? [] : [`group ${group}`]),
    ...(wave === undefined ? [] : [`wave ${wave}`]),
  ];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
