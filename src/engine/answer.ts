import { err, ok, type Result } from '../core/base/result.ts';
import { sha256 } from '../core/base/sha256.ts';
import { planIndex } from '../core/formats/plan-index.ts';
import { planHash } from '../core/plan/hash.ts';
import { withdraws } from '../core/run/amend/accept.ts';
import type { AmendedPlan } from '../core/run/amend/document.ts';
import { accept, type EditedSubplan } from '../core/run/accept.ts';
import { documentAt, type EditedDocument } from '../core/run/authoring/accept.ts';
import { PLAN_GATE, SPEC_GATE } from '../core/run/authoring/model.ts';
import { kindFor, readSpec } from '../core/run/authoring/spec.ts';
import { decide } from '../core/run/decide.ts';
import type { Refusal, Request } from '../core/run/request.ts';
import { taskOf, type RunState } from '../core/run/state.ts';
import { withTester } from '../core/run/finish/rows.ts';
import { readSubplan } from '../core/run/subplan.ts';
import type { Io } from '../io/io.ts';
import type { Log } from './log/log.ts';
import { adoptPlan, type PlanReader, readAmendment, readSubplanAmendment } from './amendments.ts';
import { amendmentFile, specFile, subplanFile, type RunPaths } from './paths.ts';
import { readWritten } from './perform/adopt-document.ts';
import { rememberPlan } from './plan-texts.ts';

/** Answers one request: its facts are durable when this resolves. Returns the seq of the last event. */
export async function answerRequest(
  log: Log,
  request: Request,
  io: Io,
  paths: RunPaths,
  reader?: PlanReader,
): Promise<Result<number, Refusal>> {
  await log.settled();
  const edited = await editedSubplan(log.state, request, io, paths);
  if (!edited.ok) return edited;
  const amended = await amendmentIn(log.state, request, io, paths, reader);
  await log.settled();
  const document = await editedDocument(log.state, request, io, paths);
  if (!document.ok) return document;
  await log.settled();
  // A life that died may have moved the branch before it could say so: that is looked at first.
  const fresh = !log.state.requests.includes(request.id);
  if (fresh && withdraws(request) && decide(log.state).some(({ type }) => type === 'merge'))
    return err({
      message: 'what is proven is about to land, or has landed, and nobody has looked yet',
      hint: `masterplan run ${log.state.slug}, then ask again`,
    });
  const accepted = accept(log.state, request, edited.value, document.value, amended);
  if (!accepted.ok) return err(accepted.error);
  if (accepted.value.length > 0) await log.append(accepted.value, request.id);
  if (accepted.value.some(({ event }) => event === 'plan_amended' || event === 'subplan_amended'))
    await adoptPlan(io, paths, log.state);
  return ok(log.state.seq);
}

/** The text of the plan, or of a sub-plan, that a request is about. */
async function amendmentIn(
  state: RunState,
  request: Request,
  io: Io,
  paths: RunPaths,
  reader: PlanReader | undefined,
): Promise<AmendedPlan | undefined> {
  const about =
    request.request === 'amend' ? request : request.request === 'answer' ? state.proposals?.[request.gate] : undefined;
  if (about === undefined) return undefined;
  const { task, sha256: hash } = about;
  if (task !== undefined) return readSubplanAmendment(io, paths, state, task, hash);
  return (await readAmendment(io, paths, state, hash, reader))?.plan;
}

/** The sub-plan that an approval is for, where somebody edited it since it was written. */
async function editedSubplan(
  state: RunState,
  request: Request,
  io: Io,
  paths: RunPaths,
): Promise<Result<EditedSubplan | undefined, Refusal>> {
  if (request.request !== 'answer' || request.answer !== 'approve' || !request.gate.startsWith('plan:')) {
    return ok(undefined);
  }
  const task = taskOf(state, request.gate.slice('plan:'.length));
  if (task?.subplan === undefined || task.progress.status !== 'planned') return ok(undefined);
  const file = subplanFile(paths, task.task.id);
  const name = file.slice(paths.root.length + 1);
  const other = `let it be planned again: masterplan approve ${state.slug} --gate ${request.gate} --answer replan`;
  const bytes = await io.files.read(file);
  if (bytes === undefined) return err({ message: `${name} is gone`, hint: `put it back, or ${other}` });
  const source = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (planHash(source) === task.subplan.sha256) return ok(undefined);
  const read = readSubplan(task.task, source);
  if (!read.ok) {
    const message = `${name} was edited and cannot be carried out: ${read.error.slice(0, 3).join('; ')}`;
    return err({ message, hint: `mend it and approve again, or ${other}` });
  }
  const { plan, clean } = read.value;
  const tasks = withTester(state, task.task, read.value.tasks);
  // Who edits it once more where it lies does not take from the run what it is carried out by.
  await io.files.makeDirectory(`${paths.bundle}/amendments`);
  await io.files.write(amendmentFile(paths, plan.sha256), source);
  return ok({ kind: plan.kind, sha256: plan.sha256, clean, tasks });
}

/** The spec or plan that an approval is for, where somebody edited it since it was written. */
async function editedDocument(
  state: RunState,
  request: Request,
  io: Io,
  paths: RunPaths,
): Promise<Result<EditedDocument | undefined, Refusal>> {
  const gate =
    request.request === 'approve'
      ? PLAN_GATE
      : request.request === 'answer' && request.answer === 'approve'
        ? request.gate
        : undefined;
  const task = gate === undefined ? undefined : documentAt(state, gate);
  if (gate === undefined || task?.document === undefined) return ok(undefined);
  const file = gate === SPEC_GATE ? specFile(paths) : paths.plan;
  const name = file.slice(paths.root.length + 1);
  const other = `let it be written again: masterplan answer ${gate} revise --run ${state.slug}`;
  const bytes = await io.files.read(file);
  if (bytes === undefined) return err({ message: `${name} is gone`, hint: `put it back, or ${other}` });
  const source = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const broken = (problems: readonly string[]): Result<never, Refusal> =>
    err({
      message: `${name} was edited and is not one any more: ${problems.slice(0, 3).join('; ')}`,
      hint: `mend it and approve again, or ${other}`,
    });
  if (gate === SPEC_GATE) {
    const hash = sha256(source);
    if (hash === task.document.sha256) return ok(undefined);
    const spec = readSpec(source);
    return spec.ok ? ok({ sha256: hash, suggested: kindFor(spec.value.signs) }) : broken(spec.error);
  }
  if (planHash(source) === task.document.sha256) return ok(undefined);
  const read = readWritten(source, state);
  if (!read.ok) return broken(read.error);
  const { plan, written } = read.value;
  await io.files.write(paths.index, `${JSON.stringify(planIndex(plan), null, 2)}\n`);
  rememberPlan({ plan, source });
  return ok({ sha256: plan.sha256, plan: written });
}
