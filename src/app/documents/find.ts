import { baseName, parentPath } from '../../core/base/path.ts';
import { nearest } from '../../core/base/nearest.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import { oneLine } from '../../core/base/text.ts';
import { isPending } from '../../core/documents/document.ts';
import { slugOfPlace } from '../../core/documents/naming.ts';
import type { DocumentStatus } from '../../core/plan/draft.ts';
import { readFrontMatter } from '../../core/plan/markdown/front-matter.ts';
import { Source } from '../../core/plan/markdown/source.ts';
import { statusOfWords } from '../../core/plan/read.ts';
import type { Io } from '../../io/io.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Context } from '../context.ts';
import { normalise, stem, USUAL } from '../lint-targets.ts';
import { findRoot, type Located, locate, shown } from '../locate.ts';
import { loadDocument, recordFolder, type StoredDocument } from './store.ts';

/** Where new plans are written, relative to the repository. */
export const PLANS = 'docs/plans';
/** Where plans are moved when another one takes their name. */
export const ARCHIVE = `${PLANS}/archive`;
/** Where plans lie, also those that other tools wrote. */
const PLACES: readonly string[] = [...USUAL, 'docs/superpowers/plans'];
const MARKDOWN = /\.(?:md|markdown)$/i;
/** Documents that lie among plans and are none. */
const NO_PLAN = /^(?:readme|appendix|changelog|.{1,200}-appendix)\.(?:md|markdown)$/i;
/** Folders in folders: deeper than people put plans. */
const DEEPEST = 8;

/** A document that may be a plan. */
export interface Candidate {
  /** Absolute. */
  readonly file: string;
  /** It is called as only plans are, or has a record: then it is damaged when it cannot be read as one. */
  readonly certain: boolean;
  /** The file of an older tool that holds its status. */
  readonly statusFile: string | undefined;
}

/** Every document below the places of plans, sorted; and folders of plans whose plan is missing. */
export async function candidates(
  io: Io,
  root: string,
): Promise<{ readonly found: readonly Candidate[]; readonly hollow: readonly string[] }> {
  const found: Candidate[] = [];
  const hollow: string[] = [];
  for (const place of PLACES) {
    const start = `${root}/${place}`;
    const open: { at: string; depth: number }[] = [];
    if ((await io.files.stat(start).catch(() => undefined))?.kind === 'directory') open.push({ at: start, depth: 0 });
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { at, depth } = next;
      const names = await io.files.list(at).catch((): string[] => []);
      // Another work tree below this one holds the same plans again.
      if (depth > 0 && names.includes('.git')) continue;
      const there = new Set(names);
      for (const name of names) {
        if (name.startsWith('.') || name === 'node_modules') continue;
        const path = `${at}/${name}`;
        if (!MARKDOWN.test(name)) {
          if (name.endsWith('.record')) {
            const plan = name.slice(0, -'.record'.length);
            if (![`${plan}.md`, `${plan}.markdown`].some((one) => there.has(one))) hollow.push(`${at}/${plan}.md`);
          } else if (depth < DEEPEST && (await io.files.stat(path).catch(() => undefined))?.kind === 'directory') {
            open.push({ at: path, depth: depth + 1 });
          }
          continue;
        }
        if (NO_PLAN.test(name)) continue;
        const own = stem(name);
        if (own.endsWith('-status') && there.has(`${own.slice(0, -'-status'.length)}.md`)) continue;
        const statusFile = there.has(`${own}-status.md`) ? `${at}/${own}-status.md` : undefined;
        const certain = name === 'plan.md' || there.has(`${own}.record`);
        found.push({ file: path, certain, statusFile });
      }
    }
  }
  found.sort((a, b) => (a.file < b.file ? -1 : 1));
  return { found, hollow };
}

/** A document that ought to be a plan and cannot be read as one. */
export interface DamagedDocument {
  /** Relative to the repository. */
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

/** Every plan below the places of plans, and what ought to be one. */
export interface Shelf {
  readonly plans: readonly StoredDocument[];
  readonly damaged: readonly DamagedDocument[];
}

/** Reads every plan of a repository as far as its life is concerned. */
export async function readShelf(io: Io, root: string): Promise<Shelf> {
  const { found, hollow } = await candidates(io, root);
  const plans: StoredDocument[] = [];
  const damaged: DamagedDocument[] = hollow.map((file) => {
    const path = shown(file, root);
    const record = shown(recordFolder(file), root);
    const hint = `put it back (git log -- ${path}), or remove ${record}; what was being made is made by the same new-plan again`;
    return { path, message: 'there is a record of this plan, but no plan', hint };
  });
  for (const { file, certain, statusFile } of found) {
    const path = shown(file, root);
    const read = await loadDocument(io, root, file, await statusElsewhere(io, path, statusFile));
    if (read === undefined) continue;
    if (!read.ok) {
      if (certain || read.error.includes('conflict'))
        damaged.push({ path, message: read.error, hint: hintFor(read.error, path) });
    } else if (read.value.kind !== undefined) plans.push(read.value);
    else if (certain || read.value.outline.frontMatter.kind !== undefined) {
      damaged.push({ path, message: 'it is no plan of any kind', hint: `masterplan lint ${path}` });
    }
  }
  return { plans, damaged };
}

function hintFor(message: string, path: string): string {
  if (message.includes('conflict')) return `keep what both sides say of it, then: git add ${path}`;
  return message.includes('UTF-8') ? 'save it as UTF-8' : 'check the file and its permissions';
}

/** What an older tool says of a plan in a file beside it, or by the folder that it lies in. */
async function statusElsewhere(
  io: Io,
  path: string,
  statusFile: string | undefined,
): Promise<DocumentStatus | undefined> {
  if (statusFile !== undefined) {
    const bytes = await io.files.read(statusFile, 1024 * 1024).catch(() => undefined);
    const text = bytes === undefined ? '' : new TextDecoder().decode(bytes);
    const status = statusOfWords(readFrontMatter(new Source(text)).entries.get('status')?.value ?? '');
    if (status !== undefined) return status;
  }
  if (path.startsWith('.claude/plans/approved/')) return 'approved';
  return path.startsWith('.claude/plans/drafts/') ? 'draft' : undefined;
}

/** What the commands about documents may be told of which plan is meant. */
export interface Wanted {
  /** A path, a slug, or nothing: the only one that fits. */
  readonly plan?: string;
  /** Those that fit, when nothing is said. */
  readonly fits: (document: StoredDocument) => boolean;
  /** What they are called: `draft`. */
  readonly called: string;
  readonly command: string;
}

/** The document that is meant by a path, a slug or nothing at all. */
export async function findDocument(
  context: Context,
  { plan, fits, called, command }: Wanted,
): Promise<Result<StoredDocument, AppRefusal>> {
  if (plan !== undefined) {
    const byPath = await documentAt(context, plan);
    if (byPath !== undefined) return byPath;
  }
  const located = await locate(context);
  if (!located.ok) return located;
  const { root } = located.value;
  if (plan !== undefined) return documentNamed(context, located.value, plan);
  const shelf = await readShelf(context.io, root);
  const fitting = shelf.plans.filter(fits);
  const [one] = fitting;
  if (one !== undefined && fitting.length === 1) return ok(one);
  if (one === undefined) {
    // With a single plan there is no doubt which one is meant, and it is the command's to say why it does not fit.
    const pending = shelf.plans.filter(isPending);
    if (pending.length === 1 && pending[0] !== undefined) return ok(pending[0]);
    return err({
      message: `there is no ${called} here`,
      hint: 'masterplan list shows what is there; masterplan new-plan <kind> <slug> makes one',
      exit: EXIT.failed,
    });
  }
  return err({
    message: `there are ${fitting.length} that fit: ${namesOf(fitting)}`,
    hint: `say which one: masterplan ${command} <plan>`,
    exit: EXIT.usage,
  });
}

function namesOf(plans: readonly StoredDocument[]): string {
  const names = plans.slice(0, 8).map(({ slug, path }) => `${slug} (${path})`);
  return `${names.join(', ')}${plans.length > names.length ? ', …' : ''}`;
}

/** The document that a path names; `undefined` when the text is no path. */
async function documentAt(context: Context, typed: string): Promise<Result<StoredDocument, AppRefusal> | undefined> {
  const { io } = context;
  let file = normalise(typed.startsWith('/') ? typed : `${context.cwd}/${typed}`);
  const pathLike = /[/\\]|\.(?:md|markdown)$/i.test(typed) || typed === '.';
  let kind = (await io.files.stat(file))?.kind;
  const root = kind === undefined && pathLike ? await findRoot(io, context.cwd) : undefined;
  if (root !== undefined) {
    // Paths are shown as they are in the repository, and typed so in a folder of it.
    const fromRoot = normalise(`${root}/${typed}`);
    kind = (await io.files.stat(fromRoot))?.kind;
    if (kind !== undefined) file = fromRoot;
  }
  if (kind === 'directory') {
    if ((await io.files.stat(`${file}/plan.md`))?.kind !== 'file') {
      return pathLike ? err(noPlanAt(typed, 'is a directory without a plan.md')) : undefined;
    }
    file = `${file}/plan.md`;
  } else if (kind === undefined || (!pathLike && !MARKDOWN.test(file))) {
    return pathLike ? err(noPlanAt(typed, 'is not there')) : undefined;
  } else if (kind !== 'file') {
    return err(noPlanAt(typed, kind === 'link' ? 'is a symbolic link, which is not written through' : 'is no file'));
  }
  const home = await findRoot(io, parentPath(file));
  if (home === undefined) {
    return err({
      message: `${oneLine(typed)} is not in a git repository, and what is approved is kept with git`,
      hint: 'move it into one, or make one: git init',
      exit: EXIT.failed,
    });
  }
  return readAt(io, home, file, typed);
}

function noPlanAt(typed: string, why: string): AppRefusal {
  return {
    message: `${oneLine(typed)} ${why}`,
    hint: 'masterplan list shows the plans that are here',
    exit: EXIT.usage,
  };
}

async function readAt(io: Io, root: string, file: string, typed: string): Promise<Result<StoredDocument, AppRefusal>> {
  const path = shown(file, root);
  const status = `${parentPath(file)}/${stem(file)}-status.md`;
  const read = await loadDocument(io, root, file, await statusElsewhere(io, path, status));
  if (read === undefined) return err(noPlanAt(typed, 'is not there'));
  if (!read.ok) {
    return err({ message: `${path}: ${read.error}`, hint: hintFor(read.error, path), exit: EXIT.findings });
  }
  if (read.value.kind === undefined) {
    const message = `${path} is no plan of any kind`;
    return err({ message, hint: `masterplan lint ${typed} says what is missing`, exit: EXIT.findings });
  }
  return ok(read.value);
}

async function documentNamed(
  context: Context,
  { root }: Located,
  name: string,
): Promise<Result<StoredDocument, AppRefusal>> {
  const { io } = context;
  // What its place says is enough as long as one document alone is called so; else all have to be read.
  const { found } = await candidates(io, root);
  const placed = found.filter(({ file }) => slugOfPlace(file) === name);
  if (placed.length === 1 && placed[0] !== undefined && baseName(parentPath(placed[0].file)) === name)
    return readAt(io, root, placed[0].file, placed[0].file);
  const shelf = await readShelf(io, root);
  const named = shelf.plans.filter(({ slug }) => slug === name);
  // Who types a name means what is there to be worked on; what was archived has a path.
  const pending = named.filter(isPending);
  const kept = named.filter(({ path }) => !path.startsWith(`${ARCHIVE}/`));
  const meant = [pending, kept].find((some) => some.length > 0) ?? named;
  const [one] = meant;
  if (one !== undefined && meant.length === 1) return ok(one);
  if (one !== undefined) {
    return err({
      message: `several plans are called ${name}: ${meant.map(({ path }) => path).join(', ')}`,
      hint: 'type the path of the one that is meant',
      exit: EXIT.usage,
    });
  }
  const broken = shelf.damaged.find(({ path }) => slugOfPlace(path) === name);
  if (broken !== undefined) {
    return err({ message: `${broken.path}: ${broken.message}`, hint: broken.hint, exit: EXIT.findings });
  }
  const near = nearest(
    name,
    shelf.plans.map(({ slug }) => slug),
  );
  return err({
    message: `there is no plan "${oneLine(name, 80)}" here`,
    hint: near === undefined ? 'masterplan list shows the plans that are here' : `did you mean ${near}?`,
    exit: EXIT.usage,
  });
}
