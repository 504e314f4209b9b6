import { err, ok, type Result } from '../../core/base/result.ts';
import { sha256Bytes } from '../../core/base/sha256.ts';
import { claimsOf } from '../../core/imports/claims.ts';
import { inferCompletion, type Past, type TaskClaims } from '../../core/imports/completion.ts';
import type { Importable } from '../../core/imports/importable.ts';
import type { Plan } from '../../core/plan/model.ts';
import { isRunnable, parsePlan } from '../../core/plan/parse.ts';
import { type GitPast, gitPast } from '../../engine/git/past.ts';
import { inspectRepository } from '../../engine/git/inspect.ts';
import type { UserRepository } from '../../engine/git/repositories.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import { type Config, loadConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { environmentFor } from '../environment-files.ts';
import { environmentOf } from '../environment.ts';
import { baseOf, excludeRuntime, gitOf } from '../fit.ts';
import { type Located, RUNS_PATH } from '../locate.ts';
import { composeBundle, type Decided, decideTask, importEvents, type Said } from './compose.ts';
import { importedName, importRecord, priorImport } from './record.ts';
import { type SourceFile, stageBundle } from './stage.ts';
import { type Ran, runVerify, type VerifyRequest } from './verify.ts';

/** Something that was read and can become a bundle. */
export interface ImportSource {
  readonly importable: Importable;
  readonly sources: readonly SourceFile[];
  /** Files of the original that belong into the bundle, by their names there: `spec.md`. */
  readonly beside: ReadonlyMap<string, Uint8Array>;
}

export interface BundleOptions {
  readonly slug?: string;
  readonly base?: string;
  readonly dryRun: boolean;
  /** Move the original to the archive afterwards, if it is a legacy bundle. */
  readonly archive: boolean;
  /** Leave it, whatever the configuration says. */
  readonly keep?: boolean;
  readonly said: Omit<Said, 'by'>;
  /** Run what the tasks are verified by, on the base in a checkout elsewhere. Without it none of it is run. */
  readonly verify?: VerifyRequest;
}

/** What an import made, or would make. */
export interface ImportedBundle {
  readonly kind: Importable['kind'];
  readonly from: string;
  readonly schema?: string;
  readonly slug: string;
  readonly title: string;
  /** Relative to the repository. */
  readonly bundle: string;
  readonly status: 'written' | 'unchanged' | 'dry-run';
  readonly over: boolean;
  readonly base: { readonly branch: string; readonly commit: string };
  readonly tasks: readonly Decided[];
  readonly remarks: readonly string[];
}

/** Whatever an import needs to know of the place. */
export interface Place {
  readonly repository: UserRepository;
  readonly located: Located;
  readonly config: Pick<Config, 'archivePath' | 'cruft'>;
}

export async function placeOf(context: Context): Promise<Result<Place, AppRefusal>> {
  const inspected = await inspectRepository(context.io, context.cwd, environmentOf(context));
  if (!inspected.ok) return err({ ...inspected.error, exit: EXIT.failed });
  const repository = inspected.value;
  const config = await loadConfig(context, repository.root);
  if (!config.ok) return config;
  const located = { root: repository.root, runsPath: config.value.runsPath ?? RUNS_PATH };
  return ok({ repository, located, config: config.value });
}

/** Makes a bundle of ours of something that was begun elsewhere. The original stays as it is; done again, it changes nothing. */
export async function importBundle(
  context: Context,
  { repository, located }: Place,
  { importable, sources, beside }: ImportSource,
  options: BundleOptions,
): Promise<Result<ImportedBundle, AppRefusal>> {
  const { io } = context;
  const parsed = parsePlan(importable.plan, { fileName: 'plan.md', kind: importable.planKind });
  if (!parsed.ok || !isRunnable(parsed.value))
    return err({
      message: `the plan of ${importable.from} has errors`,
      hint: 'nothing was written; correct it, then import it again',
      exit: EXIT.findings,
      findings: {
        file: importable.from,
        source: importable.plan,
        findings: parsed.ok ? parsed.value.findings : parsed.error.findings,
      },
    });
  const plan = parsed.value;
  const unknown = [...options.said.done, ...options.said.redo].find(
    (id) => !plan.units.some(({ task }) => task.id === id),
  );
  if (unknown !== undefined)
    return err({
      message: `the plan has no task ${unknown}`,
      hint: `tasks: ${plan.units
        .slice(0, 20)
        .map(({ task }) => task.id)
        .join(', ')}`,
      exit: EXIT.usage,
    });
  const hashes = Object.fromEntries(sources.map(({ path, bytes }) => [path, sha256Bytes(bytes)]));
  const prior = await priorImport(io, located, importable.from);
  const { done, redo, possibly } = options.said;
  const decidedAnew = done.size > 0 || redo.size > 0 || possibly === 'done';
  if (prior !== undefined && options.slug === undefined && prior.same(hashes) && !decidedAnew)
    return ok({
      ...summary(importable, prior.slug, plan.title, located),
      status: 'unchanged',
      base: { branch: '', commit: '' },
      tasks: [],
    });
  if (prior !== undefined && options.slug === undefined)
    return err({
      message: `${importable.from} was imported as ${prior.slug}${prior.same(hashes) ? ' already' : ', and has changed since'}`,
      hint: `go on with that: masterplan run ${prior.slug}; or import it anew beside it: --slug <name>`,
      exit: EXIT.failed,
    });

  const past = gitPast(io, located.root, context.env);
  const wanted = options.base ?? (await ownBranch(importable, past, repository));
  const base = await baseOf(context, repository, { ...(wanted === undefined ? {} : { base: wanted }) });
  if (!base.ok) return base;
  if (base.value.branch === '')
    return err({
      message: 'HEAD is detached, so there is no branch to finish on',
      hint: 'git switch <branch>, or: --base <branch>',
      exit: EXIT.failed,
    });
  const named = [...importable.claims.values()].flatMap(({ commits }) => commits);
  const found = await past.of(base.value.commit, named, importable.began);
  const claimed = plan.units.map((unit) => claimsOf(unit));
  const known: Past = { ...found, texts: await textsOf(past, base.value.commit, found, claimed) };
  const ran = await verified(context, located, options.verify, plan, base.value.commit, found.start);
  if (!ran.ok) return ran;
  const said: Said = { ...options.said, by: context.user };
  const decided = plan.units.map((unit, i): Decided => {
    const own = importable.claims.get(unit.task.id);
    const result = ran.value.tasks.get(unit.task.id);
    const claims: TaskClaims = {
      ...(claimed[i] ?? claimsOf(unit)),
      commits: [],
      ...own,
      ...(result === undefined ? {} : { ran: result }),
    };
    const completion = inferCompletion(claims, known, { slug: importable.slug, since: importable.began });
    return decideTask(unit.task, completion, importable.waived.has(unit.task.id), said);
  });

  const slug = await freeSlug(
    context,
    repository,
    located,
    options.slug ?? importable.slug,
    options.slug !== undefined,
  );
  if (!slug.ok) return slug;
  const config = await loadConfig(context, located.root);
  if (!config.ok) return config;
  const environment = await environmentFor(io, located.root, config.value.environment);
  const { settings } = config.value;
  const file = { path: `${located.root}/${located.runsPath}/${slug.value}/plan.md`, source: importable.plan, plan };
  const start = {
    run: `${slug.value}-${io.random.hex(4)}`,
    slug: slug.value,
    planPath: `${located.runsPath}/${slug.value}/plan.md`,
    baseBranch: base.value.branch,
    base: base.value.commit,
    version: context.version,
    settings: {
      ...settings,
      subplans: settings.subplans ?? ('ask' as const),
      ...(environment.settings === undefined ? {} : { environment: environment.settings }),
    },
  };
  const events = importEvents(file, start, importable, hashes, decided);
  const copies = new Map<string, string | Uint8Array>(beside);
  for (const { path, bytes } of sources) copies.set(`imported/${importedName(path)}`, bytes);
  copies.set('import.json', importRecord({ kind: importable.kind, from: importable.from, files: hashes }));
  const composed = composeBundle(file, events, io.clock.now(), copies);
  const made: ImportedBundle = {
    ...summary(importable, slug.value, plan.title, located),
    status: options.dryRun ? 'dry-run' : 'written',
    base: base.value,
    tasks: decided,
    remarks: [...importable.remarks, ...ran.value.remarks],
  };
  if (options.dryRun) return ok(made);
  await excludeRuntime(context, repository);
  const errors = plan.findings.filter(({ severity }) => severity === 'error').length;
  const staged = await stageBundle(io, { ...located, slug: slug.value }, composed, sources, errors);
  return staged.ok ? ok(made) : staged;
}

/** Bytes of tests that are looked into, in all. */
const MOST_TEXT = 8 * 1024 * 1024;

/** The texts of tests that tasks name, as the base holds them. */
async function textsOf(
  past: GitPast,
  base: string,
  { files }: Past,
  claimed: readonly Pick<TaskClaims, 'named'>[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  let size = 0;
  for (const path of new Set(claimed.flatMap(({ named }) => named ?? []))) {
    if (files?.has(path) !== true || size > MOST_TEXT) continue;
    const text = (await past.text(base, path)) ?? '';
    size += text.length;
    texts.set(path, text);
  }
  return texts;
}

/** What the tasks' own verify commands say of the base, where somebody asked for it. */
async function verified(
  context: Context,
  { root }: Located,
  request: VerifyRequest | undefined,
  plan: Plan,
  base: string,
  start: string | undefined,
): Promise<Result<Ran, AppRefusal>> {
  if (request === undefined) return ok({ tasks: new Map(), remarks: [] });
  const config = await loadConfig(context, root);
  if (!config.ok) return config;
  const tasks = plan.units.map(({ task }) => task);
  return runVerify(context, root, { base, ...(start === undefined ? {} : { start }) }, tasks, config.value, request);
}

function summary(
  { kind, from, schema, over, remarks }: Importable,
  slug: string,
  title: string,
  { runsPath }: Located,
): Pick<ImportedBundle, 'kind' | 'from' | 'schema' | 'slug' | 'title' | 'bundle' | 'over' | 'remarks'> {
  return {
    kind,
    from,
    ...(schema === undefined ? {} : { schema }),
    slug,
    title,
    bundle: `${runsPath}/${slug}`,
    over,
    remarks,
  };
}

/** The branch that the work is on, where it is one of ours here and holds what the branch checked out has not. */
async function ownBranch(
  { branch, over }: Importable,
  past: ReturnType<typeof gitPast>,
  repository: UserRepository,
): Promise<string | undefined> {
  if (branch === undefined || over || branch === repository.branch) return undefined;
  const tip = await past.commit(`refs/heads/${branch}`);
  if (tip === undefined || (await past.holds(repository.head, tip))) return undefined;
  return branch;
}

/** A name that no bundle and no branch has; one that somebody asked for is taken as it is, or refused. */
async function freeSlug(
  context: Context,
  repository: UserRepository,
  { root, runsPath }: Located,
  wanted: string,
  asked: boolean,
): Promise<Result<string, AppRefusal>> {
  for (let n = 1; n < 1000; n++) {
    const slug = n === 1 ? wanted : `${wanted.slice(0, 58)}-${n}`;
    const there = (await context.io.files.stat(`${root}/${runsPath}/${slug}`)) !== undefined;
    if (!there && (await gitOf(context, repository, slug).branchTip(`masterplan/${slug}`)) === undefined)
      return ok(slug);
    if (asked) break;
  }
  return err({
    message: `the name "${wanted}" is taken: ${runsPath}/${wanted}, or the branch masterplan/${wanted}`,
    hint: 'choose another: --slug <name>',
    exit: EXIT.failed,
  });
}
