import { planIndex } from '../core/formats/plan-index.ts';
import { planHash } from '../core/plan/hash.ts';
import type { PlanKind } from '../core/plan/model.ts';
import { isRunnable, parsePlan } from '../core/plan/parse.ts';
import { type AmendedPlan, amendedPlan } from '../core/run/amend/document.ts';
import type { RunState } from '../core/run/state.ts';
import type { Io } from '../io/io.ts';
import { amendmentFile, type RunPaths } from './paths.ts';
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
 * Brings the plan of the bundle to the text that the run carries out, where it is still one from before an amendment or is missing. A text
 * that nobody amended the run by is a person's, and stays.
 */
export async function adoptPlan(io: Io, paths: RunPaths, state: RunState): Promise<void> {
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
