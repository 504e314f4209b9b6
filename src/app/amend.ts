import { assert } from '../core/base/assert.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { weighAmendment } from '../core/run/amend/accept.ts';
import { amendedPlan } from '../core/run/amend/document.ts';
import type { Impact, PlanChange } from '../core/run/amend/event.ts';
import { withoutAmending } from '../core/run/amend/impact.ts';
import { planHash } from '../core/plan/hash.ts';
import type { Mention } from '../core/plan/operations/mentions.ts';
import { BY_HAND, type PlanOperation } from '../core/plan/operations/operation.ts';
import { parsePlan } from '../core/plan/parse.ts';
import { isOver, taskOf, type RunState, type TaskState } from '../core/run/state.ts';
import type { Io } from '../io/io.ts';
import { amendmentFile, type RunPaths, subplanFile } from '../engine/paths.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { chooseRun } from './choose.ts';
import type { Context } from './context.ts';
import { readPlan, type PlanFile } from './create.ts';
import { shown } from './locate.ts';

/** What an amendment would do to a run. */
export interface Amendment {
  readonly slug: string;
  /** Of the amended text: what an approval is bound to. */
  readonly sha256: string;
  readonly before: string;
  /** Where the text was read. */
  readonly from: string;
  /** What was asked for instead of an edited text. */
  readonly operation?: PlanOperation['do'];
  readonly changes: readonly PlanChange[];
  readonly impact: readonly Impact[];
  /** Refusals of warnings' kind: what the linter says of the amended text. */
  readonly warnings: readonly string[];
}

/** A text of the plan that may take the place of the one that is carried out. */
interface Edited extends PlanFile {
  /** Of a text that an operation made: what was found in the one before it, and which of its lines name what is gone. */
  readonly operated?: { readonly findings: readonly string[]; readonly mentions: readonly Mention[] };
}

export interface AmendOptions {
  readonly run?: string;
  /** The edited plan; without it, the plan of the bundle or the file that the run was made of, whichever was edited. */
  readonly plan?: string;
  /** What the plan is to be changed in, instead of an edited text. */
  readonly operation?: PlanOperation;
}

/**
 * Compares an edited text of the plan with what a run carries out, and says what it would do. Nothing is changed but that the text is put
 * beside the plan when `keep` is set, where whoever owns the run finds it by its hash.
 */
export async function weigh(
  context: Context,
  options: AmendOptions,
  keep: boolean,
): Promise<Result<Amendment, AppRefusal>> {
  const chosen = await chooseRun(context, options.run);
  if (!chosen.ok) return chosen;
  const { slug, paths, state } = chosen.value;
  const edited: Result<Edited, AppRefusal> =
    options.operation === undefined
      ? await editedText(context, options, paths, state)
      : await operatedText(context, options.operation, paths, state);
  if (!edited.ok) return edited;
  const { plan, source, path } = edited.value;
  const weighed = weighAmendment(state, amendedPlan(plan));
  if (!weighed.ok) return err({ ...weighed.error, exit: EXIT.failed });
  if (keep) {
    const file = amendmentFile(paths, plan.sha256);
    await context.io.files.makeDirectory(file.slice(0, file.lastIndexOf('/')));
    await context.io.files.write(file, source);
  }
  return ok({
    slug,
    sha256: plan.sha256,
    before: state.planSha256,
    from: shown(path, paths.root),
    ...(options.operation === undefined ? {} : { operation: options.operation.do }),
    ...weighed.value,
    warnings: warningsOf(edited.value),
  });
}

/** How many remarks on an amended text are shown. */
const MAX_WARNINGS = 10;

/** What is to be said of an amended text: of one that an operation made, what it changed and what it left to a person. */
function warningsOf({ plan, operated }: Edited): readonly string[] {
  const told = (operated?.mentions ?? []).map(
    ({ id, line, text }) => `line ${line} still names ${id}, which is gone: ${text.slice(0, 120)}`,
  );
  const known = new Set(operated?.findings);
  const found = plan.findings
    // A number that nobody has any more is what an operation leaves.
    .filter(({ severity, rule, message }) =>
      operated === undefined
        ? severity === 'warning'
        : (severity === 'warning' || severity === 'error') && rule !== 'GEN-003' && !known.has(`${rule} ${message}`),
    )
    .map(({ rule, span, message }) => `line ${span.line}: ${rule}: ${message}`);
  return [...told, ...found].slice(0, MAX_WARNINGS);
}

/** The text that an operation makes of the one that the run carries out. */
async function operatedText(
  context: Context,
  operation: PlanOperation,
  paths: RunPaths,
  state: RunState,
): Promise<Result<Edited, AppRefusal>> {
  const { io } = context;
  if (state.tasks.some((one) => one.task.authors !== undefined && !isOver(one)))
    return err({
      message: 'the plan is not written yet',
      hint: `masterplan status ${state.slug}`,
      exit: EXIT.failed,
    });
  const below = subplanOf(state, operation);
  if (below !== undefined)
    return err({
      message: `the plan of ${below.task.id} is carried out as it was approved`,
      hint: withoutAmending(state, below),
      exit: EXIT.failed,
    });
  const base = await standingText(io, paths, state);
  if (!base.ok) return base;
  const { operate } = await import('../core/plan/operations/operate.ts');
  const operated = operate(
    base.value,
    state.kind,
    operation,
    state.tasks.map(({ task }) => task.id),
  );
  if (!operated.ok) {
    const { message, hint } = operated.error;
    const byHand =
      hint === BY_HAND ? `edit ${shown(paths.plan, paths.root)}, then: masterplan amend ${state.slug}` : hint;
    return err({ message, hint: byHand, exit: EXIT.failed });
  }
  const { text: source } = operated.value;
  const parsed = parsePlan(source, { fileName: paths.plan, kind: state.kind });
  assert(parsed.ok, () => 'an operation leaves a text that is no plan');
  const before = parsePlan(base.value, { fileName: paths.plan, kind: state.kind });
  const findings = before.ok ? before.value.findings.map(({ rule, message }) => `${rule} ${message}`) : [];
  const { mentions } = operated.value;
  return ok({ path: paths.plan, source, plan: parsed.value, operated: { findings, mentions } });
}

/** A task whose sub-plan was edited after it was approved. */
async function editedSubplan(io: Io, paths: RunPaths, state: RunState): Promise<TaskState | undefined> {
  for (const task of state.tasks) {
    if (task.progress.status !== 'unfolded' || task.subplan === undefined) continue;
    const bytes = await io.files.read(subplanFile(paths, task.task.id));
    if (bytes === undefined) continue;
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    if (planHash(text) !== task.subplan.sha256) return task;
  }
  return undefined;
}

/** The task whose sub-plan has a task that an operation is about. */
function subplanOf(state: RunState, operation: PlanOperation): TaskState | undefined {
  const about = [
    ...('task' in operation ? [operation.task] : []),
    ...('tasks' in operation ? operation.tasks : []),
    ...('needs' in operation ? operation.needs : []),
    ...('before' in operation ? operation.before : []),
  ].map((id) => id.trim().toLowerCase());
  const child = state.tasks.find(({ task, parent }) => parent !== undefined && about.includes(task.id.toLowerCase()));
  return child?.parent === undefined ? undefined : taskOf(state, child.parent);
}

/** The text that the run carries out, where somebody can edit it; an edit that is not approved is not passed over. */
async function standingText(io: Io, paths: RunPaths, state: RunState): Promise<Result<string, AppRefusal>> {
  const earlier = state.plans ?? [];
  for (const place of [paths.plan, amendmentFile(paths, state.planSha256), `${paths.root}/${state.planPath}`]) {
    const bytes = await io.files.read(place);
    if (bytes === undefined) continue;
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const sha256 = planHash(text);
    if (sha256 === state.planSha256) return ok(text);
    if (place === paths.plan && !earlier.includes(sha256))
      return err({
        message: `${shown(place, paths.root)} was edited, and the run does not go by that yet`,
        hint: `first: masterplan amend ${state.slug}; or put back what was edited`,
        exit: EXIT.failed,
      });
  }
  return err({
    message: `the text that "${state.slug}" carries out is not in its bundle any more`,
    hint: `masterplan doctor ${state.slug}`,
    exit: EXIT.failed,
  });
}

/** The text of the plan that a person edited. */
async function editedText(
  context: Context,
  options: AmendOptions,
  paths: RunPaths,
  state: RunState,
): Promise<Result<PlanFile, AppRefusal>> {
  const { io } = context;
  const resolved = (path: string): string => (path.startsWith('/') ? path : `${context.cwd}/${path}`);
  if (options.plan !== undefined) return readPlan(io, resolved(options.plan), state.kind);
  const places = [...new Set([paths.plan, `${paths.root}/${state.planPath}`])];
  const edited: PlanFile[] = [];
  const known = [state.planSha256, ...(state.plans ?? [])];
  for (const place of places) {
    if ((await io.files.stat(place)) === undefined) continue;
    const read = await readPlan(io, place, state.kind);
    if (!read.ok) return read;
    // Of a text that the run was amended away from nobody wants to go back by not touching it.
    if (!known.includes(read.value.plan.sha256)) edited.push(read.value);
  }
  const [one, other] = edited;
  const below = await editedSubplan(io, paths, state);
  if (below !== undefined)
    return err({
      message: `${shown(subplanFile(paths, below.task.id), paths.root)} was edited, and is carried out as it was approved`,
      hint: `put its text back; ${withoutAmending(state, below)}`,
      exit: EXIT.failed,
    });
  if (one === undefined)
    return err({
      message: `nobody edited the plan of "${state.slug}"`,
      hint: `edit ${shown(paths.plan, paths.root)}, then: masterplan amend ${state.slug}`,
      exit: EXIT.failed,
    });
  if (other !== undefined && other.plan.sha256 !== one.plan.sha256)
    return err({
      message: `both ${shown(one.path, paths.root)} and ${shown(other.path, paths.root)} were edited, and say different things`,
      hint: `say which one counts: masterplan amend ${state.slug} --plan ${shown(one.path, paths.root)}`,
      exit: EXIT.failed,
    });
  return ok(one);
}
