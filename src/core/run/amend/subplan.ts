import type { Finding } from '../../base/finding.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Plan } from '../../plan/model.ts';
import { parsePlan } from '../../plan/parse.ts';
import { scopesOverlap } from '../../plan/scope.ts';
import { isTester, withTester } from '../finish/rows.ts';
import { readSubplan } from '../subplan.ts';
import type { RunState, TaskState } from '../state.ts';
import { amendedPlan, type AmendedPlan } from './document.ts';

/** A text of a sub-plan, as far as a run is amended by it. */
export interface ReadAmendment {
  readonly plan: AmendedPlan;
  /** What the linter says of it. */
  readonly findings: readonly Finding[];
}

/**
 * Reads a text that is to take the place of a sub-plan which is carried out. `former` is the text that is carried out; `undefined`: that
 * is lost. The error case says why it cannot be carried out, one remark a line.
 */
export function amendedSubplan(
  state: RunState,
  parent: TaskState,
  source: string,
  former: string | undefined,
): Result<ReadAmendment, readonly string[]> {
  const { id } = parent.task;
  const kind = parent.subplan?.kind;
  const read = readSubplan(parent.task, source, { kind, prover: proverOf(state, parent) });
  if (!read.ok) return err(read.error);
  const { plan, clean } = read.value;
  const { scope } = parent.task;
  const beyond =
    scope.length === 0
      ? undefined
      : read.value.tasks.find((task) => task.scope.length > 0 && !scopesOverlap(task.scope, scope));
  if (beyond !== undefined)
    return err([
      `${beyond.id} is to change ${beyond.scope.join(', ')}, and ${id} may change only ${scope.join(', ')}: what is beyond that is a task of the plan`,
    ]);
  const before = former === undefined ? undefined : parsePlan(former, { fileName: `${id}.md`, kind, stage: 'draft' });
  return ok({
    plan: {
      sha256: plan.sha256,
      tasks: withTester(state, parent.task, read.value.tasks),
      verify: [],
      ...textsOf(id, plan),
      subplan: { of: id, clean, ...(before?.ok === true ? { former: textsOf(id, before.value) } : {}) },
    },
    findings: plan.findings,
  });
}

function textsOf(id: string, plan: Plan): Pick<AmendedPlan, 'texts' | 'context'> {
  const { texts, context } = amendedPlan(plan);
  return { texts: Object.fromEntries(Object.entries(texts).map(([unit, hash]) => [`${id}/${unit}`, hash])), context };
}

/** Who proves the whole of a sub-plan now, and who no longer can. */
function proverOf(state: RunState, parent: TaskState): { readonly now?: string; readonly over: ReadonlySet<string> } {
  const children = state.tasks.filter((one) => one.parent === parent.task.id);
  const tasks = (parent.subplan?.tasks ?? []).filter(
    ({ id }) => !children.some((one) => one.task.id === id && isTester(one)),
  );
  const needed = new Set(tasks.flatMap(({ needs }) => needs));
  const now = tasks.findLast(({ id }) => !needed.has(id))?.id;
  const over = new Set(
    children.flatMap(({ task, progress: { status } }) => (status === 'merged' || status === 'waived' ? [task.id] : [])),
  );
  return { ...(now === undefined ? {} : { now }), over };
}
