import { err, ok, type Result } from '../base/result.ts';
import type { Finding } from '../base/finding.ts';
import type { Plan, PlanKind, PlanTask } from '../plan/model.ts';
import { isRunnable, parsePlan } from '../plan/parse.ts';

/** The kinds that a sub-plan may have: those whose units are steps, not briefs again. */
export const SUBPLAN_KINDS: readonly PlanKind[] = ['phased', 'micro', 'task', 'implementation'];

/** Tasks that one sub-plan may have: a brief that falls into more was too large to be one. */
const MAX_TASKS = 200;

/** A sub-plan that can be carried out. */
export interface Subplan {
  readonly plan: Plan;
  /** Its tasks as tasks of the run, named `<parent>/<task>`. */
  readonly tasks: readonly PlanTask[];
  /** No finding of it is an error: a policy may let it pass without a person. */
  readonly clean: boolean;
}

/** What is known of a sub-plan that another text is to take the place of. */
export interface Standing {
  readonly kind: PlanKind | undefined;
  /** The task that proves the whole now, and those that cannot prove it any more. */
  readonly prover: { readonly now?: string; readonly over: ReadonlySet<string> };
}

/**
 * Reads what an agent wrote as the sub-plan of a task, or what a person made of it. The error case is what to tell its next attempt, one
 * remark a line.
 */
export function readSubplan(parent: PlanTask, source: string, standing?: Standing): Result<Subplan, readonly string[]> {
  const parsed = parsePlan(source, { fileName: `${parent.id}.md`, stage: 'draft', kind: standing?.kind });
  if (!parsed.ok) return err(words(parsed.error.findings));
  const { value: plan } = parsed;
  if (!SUBPLAN_KINDS.includes(plan.kind))
    return err([`a ${plan.kind} plan consists of briefs; write a plan of kind ${parent.planFirst ?? 'phased'}`]);
  if (!isRunnable(plan)) return err(words(plan.findings.filter((one) => one.severity === 'error')));
  if (plan.units.length > MAX_TASKS) return err([`it has ${plan.units.length} units, more than ${MAX_TASKS}`]);
  return ok({
    plan,
    tasks: unfold(parent, plan, standing),
    clean: plan.findings.every((finding) => finding.severity !== 'error'),
  });
}

/**
 * The tasks of a sub-plan as tasks of the run. They may change what their parent may, unless they ask for less; the last
 * of them waits for all others and also proves what the parent and the sub-plan as a whole are to prove. Who did that before
 * another text took the place of the sub-plan does it on, where it still can.
 */
function unfold(parent: PlanTask, plan: Plan, standing: Standing | undefined): readonly PlanTask[] {
  const named = (id: string): string => `${parent.id}/${id}`;
  const tasks = plan.units.map(({ task }): PlanTask => ({
    id: named(task.id),
    title: task.title,
    unit: task.unit,
    needs: task.needs.map(named),
    scope: task.scope.length > 0 ? task.scope : parent.scope,
    verify: task.verify,
    nonCommitting: task.nonCommitting,
    agent: task.agent ?? parent.agent,
    estimate: task.estimate,
    ...routeOf(task, parent),
  }));
  const needed = new Set(tasks.flatMap((task) => task.needs));
  const ends = tasks.filter((task) => !needed.has(task.id));
  const { now, over } = standing?.prover ?? {};
  const last = ends.find(({ id }) => id === now) ?? ends.findLast(({ id }) => over?.has(id) !== true) ?? ends.at(-1);
  return tasks.map((task) =>
    task !== last
      ? task
      : {
          ...task,
          needs: [...task.needs, ...ends.filter((one) => one !== last).map((one) => one.id)],
          verify: [...new Set([...task.verify, ...plan.verify, ...parent.verify])],
        },
  );
}

function words(findings: readonly Finding[]): readonly string[] {
  return findings.slice(0, 12).map(({ rule, span, message, hint }) => `line ${span.line}: ${rule}: ${message} ${hint}`);
}

/** What a task of a sub-plan says about who should do it; with the agent of its parent it gets that one's model. */
function routeOf(task: PlanTask, parent: PlanTask): Pick<PlanTask, 'route'> {
  const { model, effort } = task.agent === undefined && parent.agent !== undefined ? (parent.route ?? {}) : {};
  const route = {
    ...(model === undefined ? {} : { model }),
    ...(effort === undefined ? {} : { effort }),
    ...task.route,
  };
  return Object.keys(route).length === 0 ? {} : { route };
}
