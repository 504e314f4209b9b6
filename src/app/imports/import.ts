import { err, ok, type Result } from '../../core/base/result.ts';
import type { FormatName } from '../../core/formats/format.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import { clean } from '../clean/clean.ts';
import type { Context } from '../context.ts';
import { absolute } from '../import.ts';
import { holdsForeignState } from '../legacy-sign.ts';
import { type Located, locate, shown } from '../locate.ts';
import { type BundleOptions, importBundle, type ImportedBundle, type Place, placeOf } from './bundle.ts';
import { forgeSource } from './forge.ts';
import { legacySource } from './legacy-source.ts';
import { branchSource, fileSource } from './sources.ts';

/** What is to become a bundle. */
export type ImportTarget =
  | { readonly by: 'file'; readonly path: string; readonly from?: FormatName }
  | { readonly by: 'branch'; readonly name: string }
  | { readonly by: 'issue' | 'pull-request'; readonly which: string };

/** What somebody named, one of these. */
export interface NamedImport {
  readonly path?: string;
  readonly file?: string;
  readonly branch?: string;
  readonly issue?: string;
  readonly pr?: string;
  readonly from?: FormatName;
}

/** What is named, if it becomes a bundle; `undefined`: a path that is no legacy bundle, so a plan of another tool. */
export async function importTarget(context: Context, named: NamedImport): Promise<ImportTarget | undefined> {
  const { path, file, branch, issue, pr, from } = named;
  if (branch !== undefined) return { by: 'branch', name: branch };
  if (issue !== undefined) return { by: 'issue', which: issue };
  if (pr !== undefined) return { by: 'pull-request', which: pr };
  if (file !== undefined) return { by: 'file', path: file, ...(from === undefined ? {} : { from }) };
  if (path === undefined || from !== undefined) return undefined;
  const located = await locate(context);
  return located.ok && (await legacyAt(context, located.value, path)) !== undefined ? { by: 'file', path } : undefined;
}

/** Makes a bundle of a legacy bundle, a document, a branch, an issue or a pull request. */
export async function importRun(
  context: Context,
  target: ImportTarget,
  options: BundleOptions,
): Promise<Result<ImportedBundle, AppRefusal>> {
  const place = await placeOf(context);
  if (!place.ok) return place;
  const source = await sourceOf(context, place.value, target);
  if (!source.ok) return source;
  const made = await importBundle(context, place.value, source.value, options);
  const policy = options.archive ? 'archive' : options.keep === true ? 'leave' : place.value.config.cruft;
  if (!made.ok || options.dryRun || policy === 'leave') return made;
  if (made.value.kind !== 'bundle' && made.value.kind !== 'status-file') return made;
  if (policy === 'ask') {
    const how = `${made.value.from} stays; to archive it: masterplan clean --category=legacy --apply`;
    return ok({ ...made.value, remarks: [...made.value.remarks, how] });
  }
  const cleaned = await clean(context, {
    categories: ['legacy'],
    only: made.value.from,
    apply: true,
    delete: policy === 'delete',
  });
  const words = cleaned.ok
    ? cleaned.value.items.map(({ path, to, done, why, ref }) =>
        !done
          ? `${path} was left: ${why ?? ''}`
          : to === undefined
            ? `${path} is gone from here; every byte of it is in ${ref ?? ''}`
            : `${path} lies in ${to} now`,
      )
    : [cleaned.error.message];
  return ok({ ...made.value, remarks: [...made.value.remarks, ...words] });
}

async function sourceOf(context: Context, place: Place, target: ImportTarget): ReturnType<typeof fileSource> {
  const { root } = place.located;
  switch (target.by) {
    case 'branch':
      return branchSource(context, place, target.name);
    case 'issue':
    case 'pull-request':
      return forgeSource(context, root, target.by, target.which);
    default: {
      const legacy = await legacyAt(context, place.located, target.path);
      if (legacy !== undefined) return legacySource(context.io, place.located, legacy);
      const path = absolute(context, target.path);
      if ((await context.io.files.stat(path)) === undefined)
        return err({
          message: `there is nothing to read at ${target.path}`,
          hint: 'masterplan import without arguments lists what is here',
          exit: EXIT.usage,
        });
      return fileSource(context, place, path, target.from);
    }
  }
}

/** The legacy bundle or status file that a path or a name means, relative to the repository. */
export async function legacyAt(context: Context, located: Located, typed: string): Promise<string | undefined> {
  const { root, runsPath } = located;
  const path = absolute(context, typed).replace(/\/state\.ya?ml$/, '');
  const places = [path, ...(/^[\w.-]+$/.test(typed) ? [`${root}/${runsPath}/${typed}`] : [])];
  for (const one of places) {
    if (!one.startsWith(`${root}/`)) continue;
    const stat = await context.io.files.stat(one);
    if (stat?.kind === 'directory' && (await holdsForeignState(context.io, one))) return shown(one, root);
    if (stat?.kind === 'file' && one.endsWith('-status.md')) return shown(one, root);
  }
  return undefined;
}
