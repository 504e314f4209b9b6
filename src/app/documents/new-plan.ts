import { err, ok, type Result } from '../../core/base/result.ts';
import { formatStamp } from '../../core/base/time.ts';
import { isPending, stateOf, tierOf } from '../../core/documents/document.ts';
import { logLine, withLogLine } from '../../core/documents/edits.ts';
import { checkPlanSlug, titleOfSlug } from '../../core/documents/naming.ts';
import type { RecordEntry } from '../../core/documents/record.ts';
import { planHash } from '../../core/plan/hash.ts';
import { appendixTemplate } from '../../core/plan/kinds/appendix.ts';
import { templateOf } from '../../core/plan/kinds/templates.ts';
import type { PlanKind } from '../../core/plan/model.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Context } from '../context.ts';
import { typedIn } from '../lint-targets.ts';
import { locate, refuseLinks, shown } from '../locate.ts';
import { ARCHIVE, PLANS, readShelf } from './find.ts';
import { addEntry, advance, loadDocument, loadRecord, type StoredDocument, whoActs } from './store.ts';

export interface NewPlanRequest {
  readonly kind: PlanKind;
  readonly slug: string;
  readonly title?: string;
  /** What was asked for, word by word. */
  readonly prompt?: string;
  readonly agent?: string;
  /** Archive the draft that is current, or the plan of this name. */
  readonly force: boolean;
}

export interface NewPlan {
  readonly slug: string;
  readonly title: string;
  readonly kind: PlanKind;
  readonly by: string;
  readonly at: string;
  /** Relative to the repository. */
  readonly path: string;
  readonly appendix: string;
  /** The path as the user would type it here. */
  readonly typed: string;
  /** Plans that it took the place of, and where they are now. */
  readonly superseded: readonly { readonly slug: string; readonly path: string }[];
}

/** Characters that a prompt may have: it is kept in the record. */
const LONGEST_PROMPT = 200_000;

/** Writes the draft of a new plan and its appendix. Nothing that is there is ever written over. */
export async function newPlan(context: Context, request: NewPlanRequest): Promise<Result<NewPlan, AppRefusal>> {
  const { kind, prompt } = request;
  const { io } = context;
  const slug = checkPlanSlug(request.slug);
  if (!slug.ok) {
    const { message, instead } = slug.error;
    const hint = instead === undefined ? 'for example: auth-system' : `masterplan new-plan ${kind} ${instead}`;
    return err({ message, hint, exit: EXIT.usage });
  }
  if ((prompt?.length ?? 0) > LONGEST_PROMPT) {
    const message = `the prompt is longer than ${LONGEST_PROMPT} characters`;
    return err({ message, hint: 'put what is long into the appendix', exit: EXIT.usage });
  }
  const by = whoActs(context, request.agent);
  if (!by.ok) return by;
  const located = await locate(context);
  if (!located.ok) return located;
  const { root } = located.value;
  const folder = `${root}/${PLANS}/${slug.value}`;
  const linked = await refuseLinks(io, root, folder);
  if (!linked.ok) return linked;
  const cleared = await clear(context, root, folder, request, by.value);
  if (!cleared.ok) return cleared;

  const title = request.title?.trim() || titleOfSlug(slug.value);
  const [file, appendix] = [`${folder}/plan.md`, `${folder}/appendix.md`];
  // What a crash has left of the same command is used; the plan comes last, so that it is whole when it is there.
  const record = await loadRecord(io, file);
  const earlier = record.entries.find(({ event }) => event === 'created');
  const draft = templateOf(kind, title, slug.value);
  const now: RecordEntry = {
    event: 'created',
    at: formatStamp(io.clock.now()),
    by: by.value,
    sha256: planHash(draft),
    ...(prompt === undefined ? {} : { prompt }),
  };
  const same = earlier !== undefined && earlier.sha256 === now.sha256 && earlier.prompt === prompt;
  const entry = same ? earlier : now;
  await io.files.makeDirectory(folder);
  await io.files.create(appendix, appendixTemplate(title));
  if (!same) await addEntry(io, file, record, entry);
  const line = logLine('created', entry.at, entry.by, prompt);
  if (!(await io.files.create(file, withLogLine(draft, line)))) return err(taken(slug.value, kind, shown(file, root)));
  return ok({
    slug: slug.value,
    title,
    kind,
    by: entry.by,
    at: entry.at,
    path: shown(file, root),
    appendix: shown(appendix, root),
    typed: typedIn(context.cwd, file),
    superseded: cleared.value,
  });
}

/** Makes room: one draft is current at a time, and a name is given once. */
async function clear(
  context: Context,
  root: string,
  folder: string,
  { kind, slug, force }: NewPlanRequest,
  by: string,
): Promise<Result<NewPlan['superseded'], AppRefusal>> {
  const { io } = context;
  const shelf = await readShelf(io, root);
  const own = await loadDocument(io, root, `${folder}/plan.md`);
  if (own?.ok === false) {
    const path = shown(`${folder}/plan.md`, root);
    return err({
      message: `${path} is there and cannot be read: ${own.error}`,
      hint: 'choose another slug',
      exit: EXIT.failed,
    });
  }
  if (own !== undefined && !force) return err(taken(slug, kind, own.value.path, own.value));
  const drafts = shelf.plans.filter((one) => one.file !== own?.value.file && isCurrentDraft(one, kind));
  const [draft] = drafts;
  if (draft !== undefined && !force) {
    const others = drafts.length > 1 ? ` and ${drafts.length - 1} more` : '';
    return err({
      message: `there is a draft already: ${draft.slug} (${draft.path})${others}`,
      hint: `finish it first: masterplan approve ${draft.slug}; --force sets it to superseded`,
      exit: EXIT.failed,
    });
  }
  const superseded: { slug: string; path: string }[] = [];
  for (const one of drafts) {
    const done = await advance(context, one, { event: 'superseded', status: 'superseded', by });
    if (!done.ok) return done;
    superseded.push({ slug: one.slug, path: one.path });
  }
  if (own !== undefined) {
    if (isPending(own.value)) {
      const done = await advance(context, own.value, { event: 'superseded', status: 'superseded', by });
      if (!done.ok) return done;
    }
    const archive = await freeName(context, `${root}/${ARCHIVE}`, slug);
    const linked = await refuseLinks(io, root, `${root}/${ARCHIVE}`);
    if (!linked.ok) return linked;
    await io.files.makeDirectory(`${root}/${ARCHIVE}`);
    await io.files.rename(folder, archive);
    superseded.push({ slug, path: shown(`${archive}/plan.md`, root) });
  }
  return ok(superseded);
}

/** Only drafts that new-plan made count: imported plans and those that people wrote by hand are nobody's current draft. */
function isCurrentDraft(document: StoredDocument, kind: PlanKind): boolean {
  const state = stateOf(document);
  const isDraft = state === 'draft' || state === 'in-review';
  return (
    isDraft && tierOf(document.kind) === tierOf(kind) && document.record.entries.some((one) => one.event === 'created')
  );
}

async function freeName({ io }: Context, folder: string, slug: string): Promise<string> {
  for (let n = 1; ; n++) {
    const path = `${folder}/${n === 1 ? slug : `${slug}-${n}`}`;
    if ((await io.files.stat(path)) === undefined) return path;
  }
}

function taken(slug: string, kind: PlanKind, path: string, own?: StoredDocument): AppRefusal {
  const words = own === undefined ? '' : `, ${stateOf(own)}`;
  return {
    message: `there is a plan called ${slug} already: ${path}${words}`,
    hint: `choose another slug: masterplan new-plan ${kind} ${slug.slice(0, 60)}-2; --force archives the old one`,
    exit: EXIT.failed,
  };
}
