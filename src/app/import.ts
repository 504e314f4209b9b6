import { baseName } from '../core/base/path.ts';
import { slugify, checkSlug } from '../core/base/slug.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import type { Finding } from '../core/base/finding.ts';
import type { Foreign, ForeignFile, FormatName, Placed, Sighting } from '../core/formats/format.ts';
import { foreignText, importedText, readForeign, textHash } from '../core/formats/kept.ts';
import { formatNamed, sightingsIn, SURE } from '../core/formats/list.ts';
import { parsePlan } from '../core/plan/parse.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { collectFiles, placesFor } from './foreign-files.ts';
import { findRoot, refuseLinks, RUNS_PATH, shown } from './locate.ts';

/** How sure is enough for a plan that is named by its own path. */
const NEAR = 0.4;

/** Where imported plans go, unless somebody says otherwise. */
export const PLANS_PATH = 'docs/plans';

export interface ImportOptions {
  readonly path: string;
  readonly from?: FormatName;
  readonly slug?: string;
  readonly out?: string;
  /** Every plan that is found, not one. */
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export interface ImportedPlan {
  readonly format: FormatName;
  /** The format as its makers write it. */
  readonly formatTitle: string;
  readonly root: string;
  readonly slug: string;
  readonly title: string;
  /** As a person would type it. */
  readonly path: string;
  readonly foreignPath: string;
  readonly status: 'written' | 'unchanged' | 'dry-run';
  readonly tasks: number;
  readonly done: number;
  readonly needs: number;
  /** What was remarkable in the files that were read. */
  readonly findings: readonly Placed[];
  /** What lint says of the plan that was made. */
  readonly lint: readonly Finding[];
  /** The plan. */
  readonly text: string;
}

export interface ImportReport {
  readonly plans: readonly ImportedPlan[];
  /** Several plans were found, and none was chosen: nothing was written. */
  readonly several: readonly {
    readonly format: FormatName;
    readonly formatTitle: string;
    readonly root: string;
    readonly signs: readonly string[];
  }[];
  /** Plans that were not imported, with why. */
  readonly refused: readonly { readonly root: string; readonly refusal: AppRefusal }[];
}

/** What lies at a path. */
export interface Look {
  /** The repository, if the path lies in one. */
  readonly root: string | undefined;
  /** What paths of files are relative to. */
  readonly base: string;
  readonly files: readonly ForeignFile[];
  /** Something was not read: too much, or too deep. */
  readonly cut: boolean;
  readonly sightings: readonly Sighting[];
  /** Those that are taken for what they look like. */
  readonly sure: readonly Sighting[];
}

/** Reads what lies at a path and finds the plans of other tools in it. */
export async function lookAt(
  context: Context,
  options: Pick<ImportOptions, 'path' | 'from'>,
): Promise<Result<Look, AppRefusal>> {
  const { io } = context;
  const path = absolute(context, options.path);
  const stat = await io.files.stat(path);
  if (stat === undefined || (stat.kind !== 'file' && stat.kind !== 'directory'))
    return err({
      message: `there is nothing to read at ${options.path}`,
      hint: 'name a file or a directory; links are not followed',
      exit: EXIT.usage,
    });
  const root =
    (await findRoot(io, stat.kind === 'directory' ? path : path.slice(0, path.lastIndexOf('/')))) ??
    (await findRoot(io, context.cwd));
  const base =
    root !== undefined && (path === root || path.startsWith(`${root}/`))
      ? root
      : stat.kind === 'directory'
        ? path
        : path.slice(0, path.lastIndexOf('/'));
  const skip = new Set([`${base}/${RUNS_PATH}`, `${base}/${PLANS_PATH}`].filter((one) => !path.startsWith(one)));
  const { files, cut } = await collectFiles(io, base, placesFor(path, stat.kind === 'file', base), skip);
  const given = path.slice(base === '/' ? 1 : base.length + 1);
  const sightings = sightingsIn(files, options.from).filter(
    (one) => stat.kind === 'directory' || one.files.includes(given),
  );
  const likely = sightings.filter((one) => one.score > SURE || options.from !== undefined);
  // What somebody names and can be but one thing is taken for that: a change in the archive, a list in a place of its own.
  const [only] = sightings;
  const alone =
    likely.length === 0 && only !== undefined && only.score >= NEAR && (stat.kind === 'file' || only.root === given)
      ? [only]
      : [];
  return ok({ root, base, files, cut, sightings, sure: likely.length > 0 ? likely : alone });
}

/** Imports a plan of another tool: what it is is found out, unless `from` says so. The files that it reads stay untouched. */
export async function importPlans(context: Context, options: ImportOptions): Promise<Result<ImportReport, AppRefusal>> {
  const look = await lookAt(context, options);
  if (!look.ok) return look;
  const { root, base, files, cut, sightings, sure } = look.value;
  if (sure.length === 0) return err(notFound(options, sightings, files, cut));
  if (sure.length > 1 && options.all !== true) {
    const several = sure.map(({ format, root: place, signs }) => ({
      format,
      formatTitle: formatNamed(format).title,
      root: place,
      signs,
    }));
    return ok({ plans: [], several, refused: [] });
  }
  if (sure.length > 1 && (options.slug !== undefined || options.out !== undefined))
    return err({
      message: 'several plans cannot have one name or place',
      hint: 'leave out --slug and --out, or name one plan',
      exit: EXIT.usage,
    });
  const plans: ImportedPlan[] = [];
  const refused: ImportReport['refused'][number][] = [];
  const slugs = new Set<string>();
  for (const sighting of sure) {
    const one = await importOne(context, options, { sighting, files, base, root: root ?? context.cwd, slugs });
    if (one.ok) plans.push(one.value);
    else if (sure.length === 1) return one;
    else refused.push({ root: sighting.root, refusal: one.error });
  }
  return ok({ plans, several: [], refused });
}

interface Where {
  readonly sighting: Sighting;
  readonly files: readonly ForeignFile[];
  readonly base: string;
  readonly root: string;
  /** Names that were given in this call. */
  readonly slugs: Set<string>;
}

async function importOne(
  context: Context,
  options: ImportOptions,
  { sighting, files, base, root, slugs }: Where,
): Promise<Result<ImportedPlan, AppRefusal>> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const own = sighting.files.flatMap((path) => byPath.get(path) ?? []);
  const format = formatNamed(sighting.format);
  const read = format.read(own);
  if (!read.ok) return err(refusedFindings(sighting, own, read.error));
  const named = nameOf(options, sighting, read.value, slugs, baseName(base));
  if (!named.ok) return named;
  const slug = named.value;
  slugs.add(slug);
  const folder = options.out === undefined ? `${root}/${PLANS_PATH}/${slug}` : absolute(context, options.out);
  const text = importedText(read.value, sighting.root || '.', upTo(base, folder), slug);
  const record = foreignText({
    format: sighting.format,
    root: sighting.root,
    slug,
    plan_sha256: textHash(text),
    ids: read.value.ids,
    statuses: read.value.statuses,
    files: own,
  });
  const status = await write(context, options, root, folder, text, record);
  if (!status.ok) return status;
  const parsed = parsePlan(text, { fileName: `${folder}/plan.md` });
  const { units } = read.value.plan;
  return ok({
    format: sighting.format,
    formatTitle: format.title,
    root: sighting.root,
    slug,
    title: read.value.plan.title,
    path: shown(`${folder}/plan.md`, root),
    foreignPath: shown(`${folder}/plan.foreign.json`, root),
    status: status.value,
    tasks: units.length,
    done: units.filter((unit) => unit.done).length,
    needs: units.reduce((sum, unit) => sum + unit.needs.length, 0),
    findings: read.value.findings,
    lint: parsed.ok ? parsed.value.findings : parsed.error.findings,
    text,
  });
}

function nameOf(
  options: ImportOptions,
  sighting: Sighting,
  foreign: Foreign,
  taken: ReadonlySet<string>,
  home: string,
): Result<string, AppRefusal> {
  if (options.slug !== undefined) {
    const checked = checkSlug(options.slug);
    return checked.ok
      ? checked
      : err({
          message: `"${options.slug.slice(0, 80)}" is no name for a plan: ${checked.error}`,
          hint: '--slug <name>',
          exit: EXIT.usage,
        });
  }
  const generic = /^(?:tasks|beads|backlog|plan|spec|change)$/.test(sighting.name);
  const wanted =
    (generic ? slugify(home) : undefined) ?? slugify(sighting.name) ?? slugify(foreign.plan.title) ?? sighting.format;
  for (let n = 1; n < 1000; n++) {
    const slug = n === 1 ? wanted : `${wanted.slice(0, 58)}-${n}`;
    if (!taken.has(slug)) return ok(slug);
  }
  return err({ message: 'too many plans of one name', hint: 'import one at a time, with --slug', exit: EXIT.usage });
}

/** Writes both files when that loses nothing: new ones, or with `force` those that an import wrote. */
async function write(
  context: Context,
  options: ImportOptions,
  root: string,
  folder: string,
  text: string,
  record: string,
): Promise<Result<ImportedPlan['status'], AppRefusal>> {
  const { files } = context.io;
  const [planPath, recordPath] = [`${folder}/plan.md`, `${folder}/plan.foreign.json`];
  const [plan, kept] = [await textAt(context, planPath), await textAt(context, recordPath)];
  if (plan === text && kept === record) return ok('unchanged');
  if (plan !== undefined || kept !== undefined) {
    const before = kept === undefined ? undefined : readForeign(kept);
    const ours = before?.ok === true;
    const edited = plan !== undefined && before?.ok === true && textHash(plan) !== before.value.plan_sha256;
    const place = shown(folder, root);
    if (!ours)
      return err({
        message: `${place} holds files that no import wrote`,
        hint: 'choose another place: --out <dir> or --slug <name>',
        exit: EXIT.failed,
      });
    if (options.force !== true) {
      const why = edited
        ? `${shown(planPath, root)} was changed since it was imported`
        : `${place} was imported from files that have changed since`;
      return err({
        message: why,
        hint: '--force writes it anew, and what was changed in it is lost; --slug <name> writes another',
        exit: EXIT.failed,
      });
    }
  }
  if (options.dryRun === true) return ok('dry-run');
  if (folder.startsWith(`${root}/`)) {
    const links = await refuseLinks(context.io, root, folder);
    if (!links.ok) return links;
  }
  await files.makeDirectory(folder);
  await files.write(recordPath, record);
  await files.write(planPath, text);
  return ok('written');
}

async function textAt(context: Context, path: string): Promise<string | undefined> {
  const bytes = await context.io.files.read(path, 128 * 1024 * 1024);
  return bytes === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function refusedFindings(sighting: Sighting, files: readonly ForeignFile[], found: readonly Placed[]): AppRefusal {
  const worst = found.find((one) => one.severity === 'error') ?? found[0];
  const file = worst?.file ?? sighting.files[0] ?? sighting.root;
  return {
    message: `${sighting.root || file} cannot be imported: ${worst?.message ?? 'there is no task in it'}`,
    hint: worst?.hint ?? 'see docs/formats/foreign.md',
    exit: EXIT.findings,
    findings: {
      file,
      source: files.find((one) => one.path === file)?.text ?? '',
      findings: found.filter((one) => one.file === file),
    },
  };
}

function notFound(
  options: ImportOptions,
  near: readonly Sighting[],
  files: readonly ForeignFile[],
  cut: boolean,
): AppRefusal {
  const [nearest] = near;
  const message = `nothing at ${options.path} is a plan that can be imported${cut ? ' (not everything was read: name the plan itself)' : ''}`;
  if (nearest !== undefined) {
    const { title } = formatNamed(nearest.format);
    return {
      message,
      hint: `nearest: ${title} at ${nearest.root || '.'} (found ${nearest.signs.join(', ')}; missing ${nearest.missing.join(', ') || 'nothing'}); --from ${nearest.format} reads it as that`,
      exit: EXIT.findings,
    };
  }
  const looked =
    options.from === undefined
      ? 'of any tool that is known'
      : `of ${formatNamed(options.from).title} (${formatNamed(options.from).place})`;
  return {
    message,
    hint: `${files.length} ${files.length === 1 ? 'document was' : 'documents were'} read, and none is a plan ${looked}; docs/formats/foreign.md says where they lie`,
    exit: EXIT.findings,
  };
}

/** `path` from `folder` to `base`: `../../../`. */
function upTo(base: string, folder: string): string {
  if (folder !== base && !folder.startsWith(`${base}/`)) return `${base}/`;
  return '../'.repeat(
    folder
      .slice(base.length)
      .split('/')
      .filter((part) => part !== '').length,
  );
}

/** A path as somebody typed it, from where they stand. */
export function absolute(context: Context, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${context.cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
