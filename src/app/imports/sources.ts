import { utf8 } from '../../core/base/text.ts';
import { baseName } from '../../core/base/path.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import { slugify } from '../../core/base/slug.ts';
import type { FormatName } from '../../core/formats/format.ts';
import { conflictLine } from '../../core/formats/legacy/damage.ts';
import { importedText } from '../../core/formats/kept.ts';
import { formatNamed } from '../../core/formats/list.ts';
import { fromBranch } from '../../core/imports/branch.ts';
import type { Importable } from '../../core/imports/importable.ts';
import { portableOf, readLoose } from '../../core/imports/loose.ts';
import { renderTask } from '../../core/plan/kinds/task-render.ts';
import { isRunnable, parsePlan } from '../../core/plan/parse.ts';
import { gitPast } from '../../engine/git/past.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Context } from '../context.ts';
import { slugFor } from '../create.ts';
import { noText } from './bytes.ts';
import { lookAt } from '../import.ts';
import { shown } from '../locate.ts';
import type { ImportSource, Place } from './bundle.ts';

const LIMIT = 32 * 1024 * 1024;

const none = { claims: new Map(), waived: new Set<string>(), over: false } as const;

/** A document: a plan of ours, a plan of another tool, or any Markdown with boxes in it. */
export async function fileSource(
  context: Context,
  { located }: Place,
  path: string,
  from: FormatName | undefined,
): Promise<Result<ImportSource, AppRefusal>> {
  const name = shown(path, located.root);
  const stat = await context.io.files.stat(path);
  const bytes = stat?.kind === 'file' && from === undefined ? await context.io.files.read(path, LIMIT) : undefined;
  const source = { path: name, bytes: bytes ?? new Uint8Array(), local: path.startsWith(`${located.root}/`) };
  const text = bytes === undefined ? '' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const conflict = conflictLine(text);
  const wrong =
    conflict !== undefined
      ? `:${conflict}: a merge that was not finished begins here`
      : bytes === undefined
        ? undefined
        : (noText(bytes) ?? (text.trim() === '' ? ' is empty' : undefined));
  if (wrong !== undefined)
    return err({
      message: `${name}${wrong}, so nothing was written`,
      hint: 'mend it, then import it again',
      exit: EXIT.findings,
    });
  if (bytes !== undefined && /\.(?:md|markdown|txt)$/i.test(path)) {
    const parsed = parsePlan(text, { fileName: path });
    if (parsed.ok && (parsed.value.units.length > 0 || !isRunnable(parsed.value))) {
      const slug = slugFor({ path, source: text, plan: parsed.value }, undefined, located.runsPath) ?? 'plan';
      const importable: Importable = {
        ...none,
        kind: 'plan',
        from: name,
        slug,
        plan: text,
        planKind: parsed.value.kind,
        verbatim: true,
        remarks: [],
      };
      return ok({ importable, sources: [source], beside: new Map() });
    }
  }
  const foreign = await foreignSource(context, located.root, path, from);
  if (foreign !== undefined) return foreign;
  if (bytes === undefined || !/\.(?:md|markdown|txt)$/i.test(path))
    return err({
      message: `${name} is nothing that can be imported`,
      hint: 'a plan, a bundle of an older tool, or a Markdown file; masterplan import without arguments lists what is here',
      exit: EXIT.usage,
    });
  const loose = readLoose(text);
  const title = loose.title || baseName(path).replace(/\.\w+$/, '');
  const portable = portableOf(loose, title, name);
  const importable: Importable = {
    ...none,
    kind: 'plan',
    from: name,
    slug:
      slugify(
        /^(?:plan|todo|roadmap|worklog|tasks?|readme)$/i.test(baseName(path).replace(/\.\w+$/, ''))
          ? title
          : baseName(path).replace(/\.\w+$/, ''),
      ) ?? 'plan',
    plan: renderTask(portable),
    planKind: 'task',
    verbatim: false,
    remarks:
      loose.units.length === 0
        ? ['it is no plan of any kind and holds no boxes: it becomes one task, which is planned first']
        : ['it is no plan of any kind: each of its outermost boxes becomes a task'],
  };
  return ok({ importable, sources: [source], beside: new Map() });
}

/** A plan of another tool at a path; `undefined`: there is none. */
async function foreignSource(
  context: Context,
  root: string,
  path: string,
  from: FormatName | undefined,
): Promise<Result<ImportSource, AppRefusal> | undefined> {
  const look = await lookAt(context, { path, ...(from === undefined ? {} : { from }) });
  if (!look.ok) return look;
  const [sighting, other] = look.value.sure;
  if (sighting === undefined) return undefined;
  if (other !== undefined)
    return err({
      message: `several plans are at ${shown(path, root)}`,
      hint: `name one: masterplan import --file=${sighting.root || sighting.files[0] || ''}`,
      exit: EXIT.usage,
    });
  const own = look.value.files.filter((file) => sighting.files.includes(file.path));
  const read = formatNamed(sighting.format).read(own);
  if (!read.ok)
    return err({
      message: `${sighting.root || shown(path, root)} cannot be imported: ${read.error[0]?.message ?? 'there is no task in it'}`,
      hint: read.error[0]?.hint ?? 'see docs/formats/foreign.md',
      exit: EXIT.findings,
    });
  const slug = slugify(sighting.name) ?? slugify(read.value.plan.title) ?? sighting.format;
  const importable: Importable = {
    ...none,
    kind: 'foreign',
    from: sighting.root || '.',
    slug,
    plan: importedText(read.value, sighting.root || '.', '../../../', slug),
    planKind: 'task',
    verbatim: false,
    schema: sighting.format,
    remarks: read.value.findings.slice(0, 20).map(({ file, span, message }) => `${file}:${span.line}: ${message}`),
  };
  const sources = own.map((file) => ({ path: file.path, bytes: utf8(file.text), local: look.value.base === root }));
  return ok({ importable, sources, beside: new Map() });
}

/** A branch: the plan that is on it, or what its commits tell. */
export async function branchSource(
  context: Context,
  { repository, located }: Place,
  name: string,
): Promise<Result<ImportSource, AppRefusal>> {
  const past = gitPast(context.io, located.root, context.env);
  const tip = await past.commit(`refs/heads/${name}`);
  if (tip === undefined) {
    const remote = await past.commit(`refs/remotes/${name}`);
    const own = name.slice(name.indexOf('/') + 1);
    return err({
      message:
        remote === undefined
          ? `there is no branch ${name.slice(0, 80)}`
          : `${name} is a branch of a remote, and a run has to end on one that is here`,
      hint:
        remote === undefined
          ? 'git branch --list'
          : `git branch ${own} ${name}; then: masterplan import --branch=${own}`,
      exit: EXIT.usage,
    });
  }
  const commits = await past.ahead(repository.head, tip);
  if (commits.length === 0)
    return err({
      message: `${name} holds nothing that ${repository.branch ?? 'HEAD'} does not hold`,
      hint: 'there is nothing to import',
      exit: EXIT.failed,
    });
  const changed = await past.changed(repository.head, tip);
  const sources = [{ path: `branch-${name}`, bytes: utf8(`${tip}\n`), local: false }];
  for (const path of changed.filter((one) => /\.(?:md|markdown)$/i.test(one)).slice(0, 50)) {
    const text = await past.text(tip, path);
    const parsed = text === undefined ? undefined : parsePlan(text, { fileName: path });
    if (text === undefined || parsed?.ok !== true || parsed.value.units.length === 0 || !isRunnable(parsed.value))
      continue;
    const importable: Importable = {
      ...none,
      kind: 'branch',
      from: name,
      slug:
        slugFor({ path: `${located.root}/${path}`, source: text, plan: parsed.value }, undefined, located.runsPath) ??
        'branch',
      plan: text,
      planKind: parsed.value.kind,
      verbatim: true,
      branch: name,
      remarks: [`its plan is ${path}`],
    };
    return ok({
      importable,
      sources: [...sources, { path: `${name}/${path}`, bytes: utf8(text), local: false }],
      beside: new Map(),
    });
  }
  return ok({ importable: fromBranch(name, commits, changed), sources, beside: new Map() });
}
