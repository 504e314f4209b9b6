import { checkSlug, slugify } from '../core/base/slug.ts';
import { stepsBelow } from '../core/base/path.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import type { FormatName, Kept } from '../core/formats/format.ts';
import { type ForeignRecord, importedPlan, importedText, readForeign } from '../core/formats/kept.ts';
import { formatNamed } from '../core/formats/list.ts';
import { portableOf, withChanges } from '../core/formats/plan-text.ts';
import type { Portable } from '../core/plan/portable.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { absolute, PLANS_PATH } from './import.ts';
import { findRoot, refuseLinks, RUNS_PATH, shown } from './locate.ts';

export interface ExportOptions {
  /** A plan's path, its folder, or its slug. */
  readonly plan: string;
  /** Without it, the format that it was imported from. */
  readonly to?: FormatName;
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export interface ExportReport {
  readonly format: FormatName;
  readonly formatTitle: string;
  readonly plan: string;
  /** True when the files of the import come back, false when new ones were made. */
  readonly givenBack: boolean;
  readonly files: readonly { readonly path: string; readonly status: 'written' | 'unchanged' | 'dry-run' }[];
  /** Their id by ours. */
  readonly ids: Readonly<Record<string, string>>;
  /** What that format cannot say, or what was not written back. */
  readonly notes: readonly string[];
}

/** Writes a plan in the format of another tool; one that was imported comes back with what changed in it. */
export async function exportPlan(context: Context, options: ExportOptions): Promise<Result<ExportReport, AppRefusal>> {
  const found = await findPlan(context, options.plan);
  if (!found.ok) return found;
  const { root, path, record } = found.value;
  const to = options.to ?? record?.format;
  if (to === undefined)
    return err({
      message: 'this plan was not imported, so its format is not known',
      hint: 'masterplan export <plan> --to <format>',
      exit: EXIT.usage,
    });
  const plan = planOf(found.value);
  if (plan === undefined || plan.units.length === 0)
    return err({
      message: `${shown(path, root)} has no task to export`,
      hint: `masterplan lint ${shown(path, root)}`,
      exit: EXIT.findings,
    });
  const kept: Kept | undefined = record?.format === to ? { files: record.files } : undefined;
  const name = record?.slug ?? nameOf(path, plan);
  const written = formatNamed(to).write(plan, { name, ...(kept === undefined ? {} : { kept }) });
  const folder =
    options.out === undefined ? `${path.slice(0, path.lastIndexOf('/'))}/${to}` : absolute(context, options.out);
  const originals = new Map((record?.files ?? []).map((file) => [file.path, file.text]));
  const files: { path: string; status: 'written' | 'unchanged' | 'dry-run'; text: string }[] = [];
  for (const file of written.files) {
    const target = `${folder === '/' ? '' : folder}/${file.path}`;
    if (stepsBelow(folder, target) === undefined)
      return err({
        message: `${file.path.slice(0, 200)} would lie outside ${shown(folder, root)}`,
        hint: 'plan.foreign.json was tampered with: import the plan again',
        exit: EXIT.failed,
      });
    const now = await textAt(context, target);
    // What is there may be replaced when it is still what was imported: nothing of anybody is lost.
    if (now !== undefined && now !== file.text && now !== originals.get(file.path) && options.force !== true)
      return err({
        message: `${shown(target, root)} is there and is something else`,
        hint: 'choose another place with --out, or write over it with --force',
        exit: EXIT.failed,
      });
    files.push({
      path: target,
      status: now === file.text ? 'unchanged' : options.dryRun === true ? 'dry-run' : 'written',
      text: file.text,
    });
  }
  for (const file of files) {
    if (file.status !== 'written') continue;
    const parent = file.path.slice(0, file.path.lastIndexOf('/'));
    if (parent.startsWith(`${root}/`)) {
      const links = await refuseLinks(context.io, root, parent);
      if (!links.ok) return links;
    }
    await context.io.files.makeDirectory(parent);
    await context.io.files.write(file.path, file.text);
  }
  return ok({
    format: to,
    formatTitle: formatNamed(to).title,
    plan: shown(path, root),
    givenBack: kept !== undefined,
    files: files.map((file) => ({ path: shown(file.path, root), status: file.status })),
    ids: written.ids,
    notes: written.notes,
  });
}

interface FoundPlan {
  readonly root: string;
  readonly path: string;
  readonly text: string;
  readonly record: ForeignRecord | undefined;
}

async function findPlan(context: Context, plan: string): Promise<Result<FoundPlan, AppRefusal>> {
  const root = (await findRoot(context.io, context.cwd)) ?? context.cwd;
  const path = absolute(context, plan);
  const places = [path, `${path}/plan.md`];
  // A run ticks the copy in its bundle, so that says best what is done.
  if (checkSlug(plan).ok) places.push(`${root}/${RUNS_PATH}/${plan}/plan.md`, `${root}/${PLANS_PATH}/${plan}/plan.md`);
  for (const place of places) {
    const stat = await context.io.files.stat(place);
    if (stat?.kind !== 'file') continue;
    const text = await textAt(context, place);
    if (text === undefined) continue;
    const record = await recordFor(context, root, place);
    return record.ok ? ok({ root, path: place, text, record: record.value }) : record;
  }
  return err({
    message: `there is no plan ${plan}`,
    hint: `name its file, or its folder in ${PLANS_PATH}/`,
    exit: EXIT.usage,
  });
}

async function recordFor(
  context: Context,
  root: string,
  plan: string,
): Promise<Result<ForeignRecord | undefined, AppRefusal>> {
  const folder = plan.slice(0, plan.lastIndexOf('/'));
  const slug = folder.slice(folder.lastIndexOf('/') + 1);
  for (const place of [
    `${folder}/plan.foreign.json`,
    ...(folder === `${root}/${RUNS_PATH}/${slug}` ? [`${root}/${PLANS_PATH}/${slug}/plan.foreign.json`] : []),
  ]) {
    const text = await textAt(context, place);
    if (text === undefined) continue;
    const read = readForeign(text);
    if (read.ok) return ok(read.value);
    return err({
      message: `${shown(place, root)} cannot be read: ${read.error}`,
      hint: 'put it back as it was, or move it away to export the plan without it',
      exit: EXIT.failed,
    });
  }
  return ok(undefined);
}

/** The plan as it is now: of an import, what was imported with what changed since. */
function planOf({ root, path, text, record }: FoundPlan): Portable | undefined {
  if (record === undefined) return portableOf(text);
  const foreign = formatNamed(record.format).read(record.files);
  if (!foreign.ok) return portableOf(text);
  const up = '../'.repeat(path.slice(root.length + 1).split('/').length - 1);
  const rendered = importedText(foreign.value, record.root || '.', up, record.slug);
  const changed = withChanges(foreign.value.plan, rendered, text);
  return changed === undefined
    ? undefined
    : { ...changed, context: importedPlan(foreign.value, record.root || '.', up).context };
}

function nameOf(path: string, plan: Portable): string {
  const parts = path.split('/');
  const base = (parts.at(-1) ?? '').replace(/\.(?:md|markdown)$/i, '');
  const generic = /^(?:plan|tasks?|readme)$/i.test(base);
  return (
    (generic ? undefined : slugify(base)) ??
    (generic ? slugify(parts.at(-2) ?? '') : undefined) ??
    slugify(plan.title) ??
    'plan'
  );
}

async function textAt(context: Context, path: string): Promise<string | undefined> {
  const bytes = await context.io.files.read(path, 128 * 1024 * 1024).catch(() => undefined);
  return bytes === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
