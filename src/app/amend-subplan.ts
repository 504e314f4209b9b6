import { assert } from '../core/base/assert.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { planHash } from '../core/plan/hash.ts';
import { BY_HAND, type PlanOperation } from '../core/plan/operations/operation.ts';
import type { PlanKind } from '../core/plan/model.ts';
import type { Mention } from '../core/plan/operations/mentions.ts';
import type { Operated } from '../core/plan/operations/operate.ts';
import { parsePlan } from '../core/plan/parse.ts';
import { amendedSubplan, type ReadAmendment } from '../core/run/amend/subplan.ts';
import { taskOf, type RunState, type TaskState } from '../core/run/state.ts';
import { standingSubplan } from '../engine/amendments.ts';
import { subplanFile, type RunPaths } from '../engine/paths.ts';
import type { Io } from '../io/io.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { shown } from './locate.ts';

/** What a person wants otherwise. */
export interface Wanted {
  /** The edited plan; without it, the plan of the bundle or the file that the run was made of, whichever was edited. */
  readonly plan?: string;
  /** What the plan is to be changed in, instead of an edited text. */
  readonly operation?: PlanOperation;
  /** The task whose sub-plan is meant, instead of the plan itself. */
  readonly inside?: string;
}

/** A text that may take the place of the one that is carried out, and where it was read. */
export interface AmendedText extends ReadAmendment {
  readonly source: string;
  readonly path: string;
  /** Of a text that an operation made: what was found in the one before it, and which of its lines name what is gone. */
  readonly operated?: { readonly findings: readonly string[]; readonly mentions: readonly Mention[] };
}

/** What the linter finds in a text, a line each. */
export function findingsIn(source: string, kind: PlanKind): readonly string[] {
  const parsed = parsePlan(source, { fileName: 'plan.md', kind });
  return parsed.ok ? parsed.value.findings.map(({ rule, message }) => `${rule} ${message}`) : [];
}

/**
 * The task whose sub-plan a person wants to be otherwise: they say so, they name a task of it or its file, or they edited it where it lies.
 * `undefined`: it is about the plan itself.
 */
export async function aimOf(
  context: Context,
  options: Wanted,
  paths: RunPaths,
  state: RunState,
): Promise<Result<TaskState | undefined, AppRefusal>> {
  const { io } = context;
  if (options.inside !== undefined) {
    const named = options.inside.trim().toLowerCase();
    const task = state.tasks.find((one) => one.task.id.toLowerCase() === named);
    return task === undefined
      ? refused(`the plan has no task ${options.inside}`, `masterplan status ${state.slug}`)
      : ok(task);
  }
  if (options.operation !== undefined) return ok(subplanOf(state, options.operation));
  const carriedOut = state.tasks.filter(
    ({ progress, subplan }) => progress.status === 'unfolded' && subplan !== undefined,
  );
  if (options.plan !== undefined) {
    const path = options.plan.startsWith('/') ? options.plan : `${context.cwd}/${options.plan}`;
    return ok(carriedOut.find((one) => subplanFile(paths, one.task.id) === path));
  }
  const edited: TaskState[] = [];
  for (const task of carriedOut) if (await isEdited(io, paths, task)) edited.push(task);
  const [one, other] = edited;
  if (one === undefined) return ok(undefined);
  const plan = await textIn(io, paths.plan);
  const known = [state.planSha256, ...(state.plans ?? [])];
  const above = plan !== undefined && !known.includes(planHash(plan));
  if (other === undefined && !above) return ok(one);
  const file = shown(subplanFile(paths, one.task.id), paths.root);
  return refused(
    `both ${file} and ${shown(above ? paths.plan : subplanFile(paths, (other as TaskState).task.id), paths.root)} were edited`,
    `one after the other: masterplan amend ${state.slug} --in ${one.task.id}, then masterplan amend ${state.slug}`,
  );
}

/** The text that a person wants in the place of a sub-plan: edited, of another file, or what an operation makes of it. */
export async function amendedText(
  context: Context,
  options: Wanted,
  paths: RunPaths,
  state: RunState,
  parent: TaskState,
): Promise<Result<AmendedText, AppRefusal>> {
  const { io } = context;
  const { id } = parent.task;
  const own = subplanFile(paths, id);
  const former = await standingSubplan(io, paths, parent);
  let path = own;
  let source: string | undefined;
  let made: Pick<AmendedText, 'operated'> = {};
  if (options.operation !== undefined) {
    const operated = await operatedText(io, options, paths, state, parent, former);
    if (!operated.ok) return operated;
    source = operated.value.text;
    const findings = findingsIn(former ?? '', parent.subplan?.kind ?? 'task');
    made = { operated: { findings, mentions: operated.value.mentions } };
  } else {
    if (options.plan !== undefined)
      path = options.plan.startsWith('/') ? options.plan : `${context.cwd}/${options.plan}`;
    source = await textIn(io, path);
    if (source === undefined)
      return refused(
        `there is no file ${shown(path, paths.root)}`,
        'check the path; the text that is carried out is kept',
      );
    const known = [parent.subplan?.sha256, ...(parent.subplan?.earlier ?? [])];
    if (options.plan === undefined && known.includes(planHash(source)))
      return refused(
        `nobody edited the sub-plan of ${id}`,
        `edit ${shown(own, paths.root)}, then: masterplan amend ${state.slug} --in ${id}`,
      );
  }
  const read = amendedSubplan(state, parent, source, former);
  if (!read.ok)
    return err({
      message: `${shown(path, paths.root)} cannot be carried out: ${read.error.slice(0, 3).join('; ')}`,
      hint: `mend it, then: masterplan amend ${state.slug} --in ${id}`,
      exit: EXIT.findings,
    });
  return ok({ ...read.value, source, path, ...made });
}

/** The task whose sub-plan has a task that an operation is about. */
function subplanOf(state: RunState, operation: PlanOperation): TaskState | undefined {
  const about = idsIn(operation).map((id) => id.trim().toLowerCase());
  const child = state.tasks.find(({ task, parent }) => parent !== undefined && about.includes(task.id.toLowerCase()));
  return child?.parent === undefined ? undefined : taskOf(state, child.parent);
}

function idsIn(operation: PlanOperation): readonly string[] {
  return [
    ...('task' in operation ? [operation.task] : []),
    ...('tasks' in operation ? operation.tasks : []),
    ...('needs' in operation ? operation.needs : []),
    ...('before' in operation ? operation.before : []),
  ];
}

/** The text that an operation makes of the sub-plan as it is carried out. */
async function operatedText(
  io: Io,
  options: Wanted,
  paths: RunPaths,
  state: RunState,
  parent: TaskState,
  former: string | undefined,
): Promise<Result<Operated, AppRefusal>> {
  const { id } = parent.task;
  const { operation, inside } = options;
  const kind = parent.subplan?.kind;
  const file = shown(subplanFile(paths, id), paths.root);
  assert(operation !== undefined && kind !== undefined, () => `no operation on the sub-plan of ${id} was asked for`);
  const prefix = `${id}/`;
  const isBelow = (one: string): boolean => one.trim().toLowerCase().startsWith(prefix.toLowerCase());
  const stranger = inside === undefined ? idsIn(operation).find((one) => !isBelow(one)) : undefined;
  if (stranger !== undefined)
    return refused(
      `${stranger} is no task of the sub-plan of ${id}, which is a plan of its own`,
      `say ${prefix}${stranger}, or do the one and then the other`,
    );
  if (former === undefined)
    return refused(
      `the text by which ${id} is carried out is not in the bundle any more`,
      `put ${file} back, or write it anew: masterplan amend ${state.slug} --in ${id}`,
    );
  if (await isEdited(io, paths, parent))
    return refused(
      `${file} was edited, and the run does not go by that yet`,
      `first: masterplan amend ${state.slug} --in ${id}; or put back what was edited`,
    );
  const { operate } = await import('../core/plan/operations/operate.ts');
  const local = (one: string): string => (isBelow(one) ? one.trim().slice(prefix.length) : one);
  const taken = state.tasks.flatMap(({ task, parent: above }) => (above === id ? [local(task.id)] : []));
  const operated = operate(former, kind, localised(operation, local), taken);
  if (operated.ok) return ok(operated.value);
  const { message, hint } = operated.error;
  return refused(
    `in the sub-plan of ${id}: ${message}`,
    hint === BY_HAND ? `edit ${file}, then: masterplan amend ${state.slug} --in ${id}` : hint,
  );
}

/** The operation with the ids that tasks have in the sub-plan itself. */
function localised(operation: PlanOperation, local: (id: string) => string): PlanOperation {
  return {
    ...operation,
    ...('task' in operation ? { task: local(operation.task) } : {}),
    ...('tasks' in operation ? { tasks: operation.tasks.map(local) } : {}),
    ...('needs' in operation ? { needs: operation.needs.map(local) } : {}),
    ...('before' in operation ? { before: operation.before.map(local) } : {}),
  };
}

/** Whether a sub-plan that is carried out was edited where it lies, and the run does not go by that yet. */
async function isEdited(io: Io, paths: RunPaths, { task, subplan }: TaskState): Promise<boolean> {
  const text = await textIn(io, subplanFile(paths, task.id));
  if (text === undefined || subplan === undefined) return false;
  const hash = planHash(text);
  return hash !== subplan.sha256 && subplan.earlier?.includes(hash) !== true;
}

async function textIn(io: Io, path: string): Promise<string | undefined> {
  const bytes = await io.files.read(path);
  return bytes === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function refused(message: string, hint: string): Result<never, AppRefusal> {
  return err({ message, hint, exit: EXIT.failed });
}
