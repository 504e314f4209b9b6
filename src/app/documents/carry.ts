import type { Finding } from '../../core/base/finding.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import { openBoxes, ticksFrom } from '../../core/documents/boxes.ts';
import { doubtsIn } from '../../core/documents/record.ts';
import { planHash } from '../../core/plan/hash.ts';
import { runPaths } from '../../engine/paths.ts';
import { tierOf } from '../../core/documents/document.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Context } from '../context.ts';
import { answerOf, type DocumentAnswer, type DocumentRequest } from './approve.ts';
import { findDocument, readShelf } from './find.ts';
import { advance, loadDocument, recordFolder, type StoredDocument, whoActs } from './store.ts';
import { typedIn } from '../lint-targets.ts';
import { loadRun } from '../load.ts';
import { listRuns, locate, shown } from '../locate.ts';

/** An approved plan is worked on from now on. One of its tier at a time: `force` archives the other. */
export async function startPlan(
  context: Context,
  request: DocumentRequest & { readonly force: boolean },
): Promise<Result<DocumentAnswer, AppRefusal>> {
  const by = whoActs(context, request.agent);
  if (!by.ok) return by;
  const found = await findDocument(context, {
    ...(request.plan === undefined ? {} : { plan: request.plan }),
    fits: ({ status }) => status === 'approved' || status === 'suspended',
    called: 'approved plan to start',
    command: 'start',
  });
  if (!found.ok) return found;
  const document = found.value;
  const { status, path } = document;
  const name = request.plan ?? document.slug;
  if (status === 'draft' || status === 'in-review') {
    const message = `${path} is ${status === 'draft' ? 'a draft' : 'in review'}: nobody has approved it`;
    return err({ message, hint: `masterplan approve ${name}`, exit: EXIT.failed });
  }
  if (status === 'done' || status === 'superseded' || status === 'abandoned') {
    return err({ message: `${path} is ${status}: it is over`, hint: 'masterplan list', exit: EXIT.failed });
  }
  const approved = approvedText(context, document, name);
  if (!approved.ok) return approved;
  if (status === 'in-progress') {
    const last = document.record.entries.findLast(({ event }) => event === 'started') ?? approved.value;
    return ok(await answerOf(context, document, false, last));
  }
  const shelf = await readShelf(context.io, document.root);
  const active = shelf.plans.filter(
    (one) =>
      one.file !== document.file &&
      one.status === 'in-progress' &&
      tierOf(one.kind) === tierOf(document.kind) &&
      one.record.entries.some(({ event }) => event === 'started'),
  );
  const [other] = active;
  if (other !== undefined && !request.force) {
    return err({
      message: `another plan is in progress: ${other.slug} (${other.path})`,
      hint: `finish it first: masterplan done ${other.slug}; or set it aside with "status: suspended"; --force sets it to superseded`,
      exit: EXIT.failed,
    });
  }
  const superseded: { slug: string; path: string }[] = [];
  for (const one of active) {
    const archived = await advance(context, one, { event: 'superseded', status: 'superseded', by: by.value });
    if (!archived.ok) return archived;
    superseded.push({ slug: one.slug, path: one.path });
  }
  const started = await advance(context, document, { event: 'started', status: 'in-progress', by: by.value });
  if (!started.ok) return started;
  return ok(await answerOf(context, started.value.document, true, started.value.entry, superseded));
}

/** A plan in which nothing is open any more is done. */
export async function finishPlan(
  context: Context,
  request: DocumentRequest,
): Promise<Result<DocumentAnswer, AppRefusal>> {
  const by = whoActs(context, request.agent);
  if (!by.ok) return by;
  const found = await findDocument(context, {
    ...(request.plan === undefined ? {} : { plan: request.plan }),
    fits: ({ status, stated }) => status === 'in-progress' && stated,
    called: 'plan in progress',
    command: 'done',
  });
  if (!found.ok) return found;
  const document = await withTicksOfRuns(context, found.value);
  const { status, path, outline, kind, text } = document;
  const name = request.plan ?? document.slug;
  const open = openBoxes(outline);
  if (status === 'done' && document.stated && open.length === 0) {
    const last = document.record.entries.findLast(({ event }) => event === 'done');
    return ok(await answerOf(context, document, false, last ?? { by: 'somebody', at: '' }));
  }
  if (status !== 'in-progress' && status !== 'done') {
    const over = status === 'superseded' || status === 'abandoned';
    const type = status === 'approved' || status === 'suspended' ? 'start' : 'approve';
    const words = { draft: 'a draft', 'in-review': 'in review' };
    const message = `${path} is ${status === 'draft' || status === 'in-review' ? words[status] : status}, not in progress`;
    return err({ message, hint: over ? 'masterplan list' : `masterplan ${type} ${name}`, exit: EXIT.failed });
  }
  if (open.length > 0) {
    const rule = kind === 'phased' || kind === 'master' ? 'PP-16' : 'GEN-011';
    const findings = open.map((box): Finding => ({
      rule,
      severity: 'error',
      span: box.span,
      message: box.text === '' ? 'This is open.' : `"${box.text}" is open.`,
      hint: '',
    }));
    return err({
      message: `${path} is not done: ${open.length} ${open.length === 1 ? 'box is' : 'boxes are'} open, in ${linesWords(open.map(({ span }) => span.line))}`,
      hint: 'tick what is done, then type the same command again',
      exit: EXIT.findings,
      findings: { file: path, source: text, findings },
    });
  }
  const approved = approvedText(context, document, name);
  if (!approved.ok) return approved;
  const done = await advance(context, document, { event: 'done', status: 'done', by: by.value });
  if (!done.ok) return done;
  return ok(await answerOf(context, done.value.document, true, done.value.entry));
}

/** A plan that a run has carried out to its end is ticked like the copy in the run's bundle. */
async function withTicksOfRuns(context: Context, document: StoredDocument): Promise<StoredDocument> {
  const { io } = context;
  const { file, root, path, text } = document;
  if (document.status !== 'in-progress' || openBoxes(document.outline).length === 0) return document;
  const located = await locate(context);
  if (!located.ok) return document;
  const sha256 = planHash(text);
  for (const slug of await listRuns(io, located.value)) {
    const paths = runPaths(root, located.value.runsPath, slug);
    const run = await loadRun(io, paths).catch(() => undefined);
    if (run?.ok !== true) continue;
    const { planPath, planSha256, outcome } = run.value.state;
    if (planPath !== path || planSha256 !== sha256 || (outcome !== 'merge' && outcome !== 'keep')) continue;
    const copy = await io.files.read(paths.plan);
    const ticked = copy === undefined ? text : ticksFrom(text, new TextDecoder().decode(copy));
    if (ticked === text) continue;
    await io.files.write(file, ticked);
    const read = await loadDocument(io, root, file);
    return read?.ok === true ? read.value : document;
  }
  return document;
}

function linesWords(lines: readonly number[]): string {
  const shownLines = lines.slice(0, 12).join(', ');
  return `${lines.length === 1 ? 'line' : 'lines'} ${shownLines}${lines.length > 12 ? ', …' : ''}`;
}

/** The approval of the text as it stands; without one, nothing may be built on it. */
function approvedText(
  context: Context,
  document: StoredDocument,
  name: string,
): Result<{ by: string; at: string }, AppRefusal> {
  const { path, approval, changed, record, file, root } = document;
  const [doubt] = doubtsIn(record);
  const hint = `masterplan approve ${name}`;
  if (doubt !== undefined) {
    const entry = shown(`${recordFolder(file)}/${doubt.name}`, root);
    return err({
      message: `${entry} cannot be read: ${doubt.message}; so it is not certain what was approved`,
      hint: `put the file back (git checkout -- ${entry}), or approve the plan anew: ${hint}`,
      exit: EXIT.failed,
    });
  }
  if (approval !== undefined) return ok(approval);
  if (changed) {
    const message = `${path} was changed after it was approved`;
    return err({
      message,
      hint: `${hint}; masterplan lint ${typedIn(context.cwd, file)} shows where`,
      exit: EXIT.failed,
    });
  }
  return err({ message: `${path} says that it is approved, but there is no record of it`, hint, exit: EXIT.failed });
}
