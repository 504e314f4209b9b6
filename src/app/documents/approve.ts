import { err, ok, type Result } from '../../core/base/result.ts';
import { isPending, nextFor } from '../../core/documents/document.ts';
import type { DocumentStatus } from '../../core/plan/draft.ts';
import type { PlanKind } from '../../core/plan/model.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import { chooseRun } from '../choose.ts';
import type { Context } from '../context.ts';
import { lintPlans } from '../lint.ts';
import { bundleOf } from '../lint-custody.ts';
import { normalise, typedIn } from '../lint-targets.ts';
import { findRoot, listRuns, locate } from '../locate.ts';
import { parentPath } from '../../core/base/path.ts';
import { findDocument, readShelf } from './find.ts';
import { namer } from './list.ts';
import { advance, type Changed, type StoredDocument, whoActs } from './store.ts';

export interface DocumentRequest {
  /** A path or a slug; without it, the only plan that fits. */
  readonly plan?: string;
  readonly agent?: string;
}

/** What became of a plan's document. */
export interface DocumentAnswer {
  readonly slug: string;
  readonly title: string;
  readonly kind: PlanKind | undefined;
  /** Relative to the repository. */
  readonly path: string;
  /** The same as the user would type it here. */
  readonly typed: string;
  readonly status: DocumentStatus;
  /** Whether anything was written; else it was so already. */
  readonly changed: boolean;
  /** Who did what was asked for, now or earlier, and when. */
  readonly by: string;
  readonly at: string;
  readonly sha256: string;
  readonly next: { readonly type: string; readonly why: string };
  /** Findings that do not refuse. */
  readonly warnings: number;
  /** Plans that it took the place of. */
  readonly superseded: readonly { readonly slug: string; readonly path: string }[];
}

/** What `approve` is about: a gate of a run, or the document of a plan. */
export type Approval =
  | { readonly meant: 'run'; readonly run?: string }
  | { readonly meant: 'document'; readonly answer: DocumentAnswer };

/**
 * Approves the document of a plan, unless a run is meant: by a path in its bundle, by its name while it is not over, or,
 * when nothing is said, because one is open.
 */
export async function approvePlan(context: Context, request: DocumentRequest): Promise<Result<Approval, AppRefusal>> {
  const run = await runMeant(context, request.plan);
  if (run !== undefined) return ok({ meant: 'run', ...run });
  const found = await findDocument(context, {
    ...(request.plan === undefined ? {} : { plan: request.plan }),
    fits: ({ status, changed }) => status === 'draft' || status === 'in-review' || changed,
    called: 'draft to approve, nor an open run,',
    command: 'approve',
  });
  if (!found.ok) return found;
  const approved = await approveDocument(context, found.value, request.agent);
  return approved.ok ? ok({ meant: 'document', answer: approved.value }) : approved;
}

async function runMeant(context: Context, plan: string | undefined): Promise<{ readonly run?: string } | undefined> {
  const located = await locate(context);
  if (!located.ok) return undefined;
  const { root, runsPath } = located.value;
  const runs = await listRuns(context.io, located.value);
  if (plan === undefined) {
    const open = runs.length === 0 ? undefined : await chooseRun(context, undefined);
    // Several open runs are for the run's side to tell apart.
    return open !== undefined && (!open.ok || open.value.state.phase !== 'over') ? {} : undefined;
  }
  const path = normalise(plan.startsWith('/') ? plan : `${context.cwd}/${plan}`);
  const bundle = (await findRoot(context.io, parentPath(path))) === root ? bundleOf(root, runsPath, path) : undefined;
  if (bundle !== undefined && runs.includes(bundle)) return { run: bundle };
  if (!runs.includes(plan)) return undefined;
  const chosen = await chooseRun(context, plan);
  if (!chosen.ok || chosen.value.state.phase !== 'over') return { run: plan };
  // A run that is over has nothing to approve; a document of the same name may.
  const { plans } = await readShelf(context.io, root);
  return plans.some(({ slug }) => slug === plan) ? undefined : { run: plan };
}

async function approveDocument(
  context: Context,
  document: StoredDocument,
  agent: string | undefined,
): Promise<Result<DocumentAnswer, AppRefusal>> {
  const by = whoActs(context, agent);
  if (!by.ok) return by;
  const { status, path, approval } = document;
  if (!isPending(document)) {
    return err({
      message: `${path} is ${status}: it is over`,
      hint: 'to take it up again, set its status to draft first; or write a new one: masterplan new-plan',
      exit: EXIT.failed,
    });
  }
  const carried = status === 'approved' || status === 'in-progress' || status === 'suspended';
  if (carried && approval !== undefined && document.stated) {
    return ok(await answerOf(context, document, false, approval));
  }
  const linted = await lintPlans(context, { paths: [document.file], stage: 'approval', rules: ['GEN-016=off'] });
  if (!linted.ok) return linted;
  const [file] = linted.value.report.files;
  const findings = file?.findings ?? [];
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (file === undefined || file.source !== document.text) {
    return err({ message: `${path} was changed meanwhile`, hint: 'type the same command again', exit: EXIT.failed });
  }
  if (errors > 0) {
    return err({
      message: `${path} cannot be approved: it has ${errors} ${errors === 1 ? 'error' : 'errors'}`,
      hint: `correct them and type the same command again; masterplan lint ${typedIn(context.cwd, document.file)} --stage approval shows them too`,
      exit: EXIT.findings,
      findings: { file: path, source: document.text, findings },
    });
  }
  // What is being worked on stays so: only its text is approved anew.
  const next = status === 'in-progress' || status === 'suspended' ? status : 'approved';
  const done = await advance(context, document, { event: 'approved', status: next, by: by.value });
  if (!done.ok) return done;
  const answer = await answerOf(context, done.value.document, true, done.value.entry);
  return ok({ ...answer, warnings: findings.filter(({ severity }) => severity === 'warning').length });
}

/** What is told of a document that a command was about. */
export async function answerOf(
  context: Context,
  document: StoredDocument,
  changed: boolean,
  { by, at }: Pick<Changed['entry'], 'by' | 'at'>,
  superseded: DocumentAnswer['superseded'] = [],
): Promise<DocumentAnswer> {
  const { slug, title, kind, path, file, status, sha256, root } = document;
  const located = await locate({ ...context, cwd: root });
  const runs = located.ok ? await listRuns(context.io, located.value) : [];
  const { plans } = await readShelf(context.io, root);
  const known = plans.some((one) => one.file === file) ? plans : [...plans, document];
  // A plan that lies where no plan is looked for has no name but its path.
  const name = known === plans ? namer(context, runs, known) : namer(context, [...runs, slug], known);
  const next = nextFor(document, name(document));
  const typed = typedIn(context.cwd, file);
  return { slug, title, kind, path, typed, status, changed, by, at, sha256, next, warnings: 0, superseded };
}
