import type { PlanTask } from '../../plan/model.ts';
import { isDropped, taskOf, type RunState } from '../state.ts';
import { type AmendedPlan, textAs } from './document.ts';
import { settledAnew } from '../finish/stops-anew.ts';
import type { PlanChange } from './event.ts';

/** What is otherwise in another text of the plan than in what the run carries out, task by task in the order of that text. */
export function changesTo(state: RunState, plan: AmendedPlan): PlanChange[] {
  const changes: PlanChange[] = [];
  for (const task of plan.tasks) {
    const known = taskOf(state, task.id);
    if (known === undefined || known.parent !== undefined)
      changes.push({ change: 'added', task: task.id, after: [task.title] });
    else if (isDropped(known)) changes.push({ change: 'restored', task: task.id, after: [task.title] });
    else changes.push(...changesOf(state, known.task, task, plan));
  }
  const there = new Set(plan.tasks.map(({ id }) => id));
  for (const one of state.tasks) {
    const { task } = one;
    // What a run writes before its plan is no part of that.
    const own = one.parent === undefined && task.authors === undefined;
    if (own && !isDropped(one) && !there.has(task.id))
      changes.push({ change: 'dropped', task: task.id, before: [task.title] });
  }
  if (!same(state.verify, plan.verify))
    changes.push({ change: 'verification', before: state.verify, after: plan.verify });
  if (state.context !== undefined && state.context !== plan.context) changes.push({ change: 'context' });
  if (JSON.stringify(state.terms ?? null) !== JSON.stringify(plan.terms ?? null)) {
    const anew = settledAnew(state, plan.terms);
    changes.push({ change: 'terms', ...(anew.length === 0 ? {} : { after: anew }) });
  }
  if (changes.length === 0 && plan.sha256 !== state.planSha256) changes.push({ change: 'prose' });
  return changes;
}

function changesOf(state: RunState, before: PlanTask, after: PlanTask, plan: AmendedPlan): PlanChange[] {
  const changes: PlanChange[] = [];
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
  const was = state.texts?.[id];
  const is = was === undefined ? undefined : textAs(was, plan, id);
  if (is !== undefined && was !== is) changes.push({ change: 'text', task: id });
  return changes;
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
