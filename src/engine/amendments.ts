import { planIndex } from '../core/formats/plan-index.ts';
import { planHash } from '../core/plan/hash.ts';
import type { PlanKind } from '../core/plan/model.ts';
import { isRunnable, parsePlan } from '../core/plan/parse.ts';
import { type AmendedPlan, amendedPlan } from '../core/run/amend/document.ts';
import { amendedSubplan } from '../core/run/amend/subplan.ts';
import { taskOf, type RunState, type TaskState } from '../core/run/state.ts';
import type { Io } from '../io/io.ts';
import { amendmentFile, attemptFile, subplanFile, type RunPaths } from './paths.ts';
import { type PlanTexts, textsOf } from './plan-texts.ts';

/** A text of the plan, as far as a run is amended by it and works with it. */
export interface PlanDocument {
  readonly plan: AmendedPlan;
  readonly texts: PlanTexts;
}

/** Reads a text of the plan; `undefined`: it is none that could be carried out. */
export type PlanReader = (source: string, kind: PlanKind) => PlanDocument | undefined;

const readPlanDocument: PlanReader = (source, kind) => {
  const parsed = parsePlan(source, { fileName: 'plan.md', kind });
  if (!parsed.ok || !isRunnable(parsed.value)) return undefined;
  return { plan: amendedPlan(parsed.value), texts: textsOf({ plan: parsed.value, source }) };
};

/** The text of that hash which was put forward for a run; `undefined`: it is not there, or is not what it was. */
export async function readAmendment(
  io: Io,
  paths: RunPaths,
  state: Pick<RunState, 'kind'>,
  sha256: string,
  read: PlanReader = readPlanDocument,
): Promise<PlanDocument | undefined> {
  const source = await textIn(io, amendmentFile(paths, sha256));
  if (source === undefined) return undefined;
  const document = read(source, state.kind);
  return document?.plan.sha256 === sha256 ? document : undefined;
}

/**
 * The same for a text that is to take the place of the sub-plan of a task. The text that it has now is put beside it first: a person may
 * have edited that where it lay.
 */
export async function readSubplanAmendment(
  io: Io,
  paths: RunPaths,
  state: RunState,
  task: string,
  sha256: string,
): Promise<AmendedPlan | undefined> {
  const source = await textIn(io, amendmentFile(paths, sha256));
  const parent = taskOf(state, task);
  if (source === undefined || planHash(source) !== sha256 || parent?.subplan === undefined) return undefined;
  const former = await standingSubplan(io, paths, parent);
  const kept = amendmentFile(paths, parent.subplan.sha256);
  if (former !== undefined && (await textIn(io, kept)) === undefined) await io.files.write(kept, former);
  const read = amendedSubplan(state, parent, source, former);
  if (!read.ok) return undefined;
  // Its tasks will be carried out by it: it is durable before any event speaks of it, whoever put it there.
  await io.files.write(amendmentFile(paths, sha256), source);
  return read.value.plan;
}

/** The text of a sub-plan that is carried out, wherever it is still to be found. */
export async function standingSubplan(io: Io, paths: RunPaths, task: TaskState): Promise<string | undefined> {
  const { subplan, progress } = task;
  if (subplan === undefined) return undefined;
  const { id } = task.task;
  const attempt = 'attempt' in progress ? progress.attempt : task.attempts.length;
  const written = `${paths.attempts}/${attemptFile(id, attempt)}/plan.md`;
  for (const place of [subplanFile(paths, id), amendmentFile(paths, subplan.sha256), written]) {
    const source = await textIn(io, place);
    if (source !== undefined && planHash(source) === subplan.sha256) return source;
  }
  return undefined;
}

/** Brings the sub-plans of the bundle to the texts that the run carries out, as {@link adoptPlan} does the plan. */
async function adoptSubplans(io: Io, paths: RunPaths, state: RunState): Promise<void> {
  for (const { task, subplan } of state.tasks) {
    if (subplan?.earlier === undefined) continue;
    const file = subplanFile(paths, task.id);
    const there = await textIn(io, file);
    const stands = there === undefined ? undefined : planHash(there);
    if (stands === subplan.sha256 || (stands !== undefined && !subplan.earlier.includes(stands))) continue;
    const source = await textIn(io, amendmentFile(paths, subplan.sha256));
    if (source !== undefined) await io.files.write(file, source);
  }
}

/**
 * Brings the plan of the bundle to the text that the run carries out, where it is still one from before an amendment or is missing. A text
 * that nobody amended the run by is a person's, and stays.
 */
export async function adoptPlan(io: Io, paths: RunPaths, state: RunState): Promise<void> {
  await adoptSubplans(io, paths, state);
  if (state.plans === undefined) return;
  const there = await textIn(io, paths.plan);
  const stands = there === undefined ? undefined : planHash(there);
  let source = there;
  // Who edited the plan of the bundle itself has it there already; its index follows all the same.
  if (stands !== state.planSha256) {
    if (stands !== undefined && !state.plans.includes(stands)) return;
    source = await textIn(io, amendmentFile(paths, state.planSha256));
    if (source !== undefined) await io.files.write(paths.plan, source);
  }
  if (source === undefined || (await textIn(io, paths.index))?.includes(state.planSha256) === true) return;
  const parsed = parsePlan(source, { fileName: 'plan.md', kind: state.kind });
  if (parsed.ok) await io.files.write(paths.index, `${JSON.stringify(planIndex(parsed.value), null, 2)}\n`);
}

async function textIn(io: Io, path: string): Promise<string | undefined> {
  const bytes = await io.files.read(path);
  return bytes === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
