import { slugify } from '../core/base/slug.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { barrierWaves } from '../core/plan/barrier.ts';
import { taskWaves } from '../core/plan/graph.ts';
import type { EnvironmentSettings, SetupCommand } from '../core/environment/settings.ts';
import type { Plan, PlanKind, PlanTask } from '../core/plan/model.ts';
import { planIndex } from '../core/formats/plan-index.ts';
import { outlineHash } from '../core/plan/hash.ts';
import type { LintOptions } from '../core/plan/lint.ts';
import { outlineOf } from '../core/plan/markdown/outline.ts';
import { Source } from '../core/plan/markdown/source.ts';
import { isRunnable, parsePlan } from '../core/plan/parse.ts';
import { isKept } from '../core/plan/terms.ts';
import { amendedPlan } from '../core/run/amend/document.ts';
import type { RunEvent } from '../core/run/event.ts';
import { type Assignment, meantFor } from '../core/run/routing.ts';
import { expectations, type PastTask, usualMinutes } from '../core/run/past-tasks.ts';
import type { RecordedKey, RunSettings } from '../core/run/settings.ts';
import { playerFor, type StandIns } from '../core/run/stand-in.ts';
import { FileError } from '../io/files.ts';
import type { Io } from '../io/io.ts';
import type { RunPaths } from '../engine/paths.ts';
import { EXIT, type AppRefusal, type PlanSummary } from './api.ts';

export interface PlanFile {
  /** Absolute. */
  readonly path: string;
  readonly source: string;
  readonly plan: Plan;
}

/** Bytes that a plan may have. */
const LIMIT = 32 * 1024 * 1024;

/** Reads and parses a plan; one that cannot be carried out is refused with all its findings. */
export async function readPlan(io: Io, path: string, kind?: PlanKind): Promise<Result<PlanFile, AppRefusal>> {
  const read = await readAnyPlan(io, path, kind);
  if (!read.ok) return read;
  const { plan, source } = read.value;
  if (!isRunnable(plan)) {
    const errors = plan.findings.filter((one) => one.severity === 'error').length;
    return err({
      message: `${path} has ${errors} ${errors === 1 ? 'error' : 'errors'}`,
      hint: 'correct the plan and run it again; nothing was started',
      exit: EXIT.findings,
      findings: { file: path, source, findings: plan.findings },
    });
  }
  return read;
}

/**
 * The plan that was approved as the text of this hash; `undefined`: there is none any more, or another one. What a person approved is carried
 * out whatever the rules of a later release would say of it, and it is parsed when somebody needs what it says: a run that is gone on
 * with knows its tasks already.
 */
export async function readApproved(
  io: Io,
  path: string,
  kind: PlanKind,
  sha256: string,
): Promise<PlanFile | undefined> {
  const bytes = await io.files.read(path, LIMIT);
  if (bytes === undefined) return undefined;
  const source = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const outline = outlineOf(new Source(source));
  if (outlineHash(outline) !== sha256) return undefined;
  let parsed: Plan | undefined;
  return {
    path,
    source,
    get plan() {
      if (parsed !== undefined) return parsed;
      const read = parsePlan(source, { fileName: path, kind, approved: true, outline });
      if (!read.ok) throw new Error(`${path} was approved by a release that could read it; this one cannot`);
      return (parsed = read.value);
    },
  };
}

/** Reads and parses a plan, whatever is wrong with it; only a document of no kind is refused. */
export async function readAnyPlan(
  io: Io,
  path: string,
  kind?: PlanKind,
  options?: LintOptions,
): Promise<Result<PlanFile, AppRefusal>> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await io.files.read(path, LIMIT);
  } catch (error) {
    const isDirectory = error instanceof FileError && error.code === 'EISDIR';
    return err({
      message: `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`,
      hint: isDirectory
        ? 'name the document in it, such as plan.md; masterplan list shows the plans that are here'
        : 'check the path',
      exit: isDirectory ? EXIT.usage : EXIT.failed,
    });
  }
  if (bytes === undefined)
    return err({
      message: `there is no file ${path}`,
      hint: 'check the path, or: masterplan status',
      exit: EXIT.usage,
    });
  const source = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const parsed = parsePlan(source, { ...options, fileName: path, kind });
  if (!parsed.ok) {
    const near = parsed.error.near[0];
    return err({
      message: `${path} is no plan of any kind`,
      hint:
        near === undefined
          ? 'docs/formats/plans.md shows what plans look like'
          : `nearest kind: ${near.kind}; missing: ${near.missing.join(', ')}`,
      exit: EXIT.findings,
      findings: { file: path, source, findings: parsed.error.findings },
    });
  }
  return ok({ path, source, plan: parsed.value });
}

/** The name of a run of that plan: asked for, said in the plan, or made of its file name or title. */
export function slugFor(file: PlanFile, asked: string | undefined, runsPath: string): string | undefined {
  if (asked !== undefined) return asked;
  if (file.plan.slug !== undefined) return file.plan.slug;
  const parts = file.path.split('/');
  const base = (parts.at(-1) ?? '')
    .replace(/\.(?:md|markdown)$/i, '')
    .replace(/^\d{4}-\d{2}-\d{2}(?:[-_]\d{2}-?\d{2})?[-_]/, '');
  // The plan of a bundle names its own run.
  if (parts.at(-1) === 'plan.md' && file.path.endsWith(`/${runsPath}/${parts.at(-2) ?? ''}/plan.md`))
    return parts.at(-2);
  const generic = /^(?:plan|tasks?|readme|todo|untitled)$/i.test(base);
  return (generic ? undefined : slugify(base)) ?? slugify(file.plan.title) ?? slugify(base);
}

/** What a person is asked to approve. */
export function summarise(
  file: PlanFile,
  slug: string,
  shown: string,
  settings: RunSettings,
  standIns: StandIns,
): PlanSummary {
  const tasks = file.plan.units.map((unit) => unit.task);
  const stops = (file.plan.terms?.gates ?? []).filter(isKept);
  const rows = tasks.map((task) => ({
    id: task.id,
    title: task.title,
    needs: task.needs,
    scope: task.scope,
    verify: task.verify,
    ...shownAssignment(playerFor(settings, standIns, task)),
    ...(task.planFirst === undefined ? {} : { planFirst: task.planFirst }),
  }));
  const agents: Record<string, readonly string[]> = {};
  for (const row of rows) agents[row.agent] = settings.agents[row.agent]?.command ?? [];
  return {
    slug,
    title: file.plan.title,
    kind: file.plan.kind,
    path: shown,
    tasks: rows,
    levels: levelsOf(tasks, settings.barrier === 'wave' ? barrierWaves(tasks, stops) : taskWaves(tasks)),
    ...(settings.environment === undefined ? {} : { setup: setupLines(settings.environment) }),
    agents,
    findings: file.plan.findings,
    source: file.source,
  };
}

function shownAssignment({
  agent,
  role,
  reason,
  model,
}: Assignment): Pick<PlanSummary['tasks'][number], 'agent' | 'role' | 'why' | 'model'> {
  return { agent, role, why: reason, ...(model === undefined ? {} : { model }) };
}

function levelsOf(tasks: readonly PlanTask[], waves: readonly number[]): string[][] {
  const levels: string[][] = [];
  waves.forEach((wave, at) => {
    (levels[wave] ??= []).push(tasks[at]?.id ?? '');
  });
  return levels;
}

export interface NewRun {
  readonly run: string;
  readonly slug: string;
  readonly planPath: string;
  readonly baseBranch: string;
  readonly base: string;
  readonly version: string;
  readonly settings: RunSettings;
  /** The keys that were given. */
  readonly config?: readonly RecordedKey[];
  /** What tasks of earlier runs took. */
  readonly past?: readonly PastTask[];
}

/** What earlier runs say of the durations of this one; nothing, where they say too little. */
function durationsOf(past: readonly PastTask[], settings: RunSettings, units: PlanFile['plan']['units']): RunEvent[] {
  const tasks = units.map((unit) => unit.task);
  const usual = usualMinutes(past);
  if (usual === undefined) return [];
  const found = expectations(past, tasks, (task) => meantFor(settings, task).agent);
  return [{ event: 'durations_estimated', tasks: found, usual: Math.round(usual * 100) / 100, from: past.length }];
}

/** The first events of a run: one group, so that a run is created as a whole or not at all. */
export function creationEvents(file: PlanFile, start: NewRun): RunEvent[] {
  const { tasks, texts, context } = amendedPlan(file.plan);
  const { plan } = file;
  const count = plan.units.length;
  return [
    {
      event: 'run_created',
      schema: 1,
      run: start.run,
      slug: start.slug,
      title: plan.title,
      plan_path: start.planPath,
      base_branch: start.baseBranch,
      base: start.base,
      run_branch: `masterplan/${start.slug}`,
      masterplan: start.version,
    },
    {
      event: 'plan_written',
      kind: plan.kind,
      sha256: plan.sha256,
      tasks,
      verify: plan.verify,
      texts,
      context,
      ...(plan.terms === undefined ? {} : { terms: plan.terms }),
    },
    {
      event: 'config_resolved',
      settings: start.settings,
      ...(start.config === undefined ? {} : { config: start.config }),
    },
    ...durationsOf(start.past ?? [], start.settings, plan.units),
    {
      event: 'gate_opened',
      gate: 'plan',
      question: `run ${count} ${count === 1 ? 'task' : 'tasks'} of "${plan.title}"?`,
      options: ['approve', 'cancel'],
      recommended: 'approve',
      detail: [
        `plan ${plan.sha256.slice(0, 12)}`,
        `from ${start.baseBranch} at ${start.base.slice(0, 12)}`,
        ...setupLines(start.settings.environment),
        ...offerLine(start.settings, count),
      ],
    },
  ];
}

/** Writes the documents of a new bundle. Called before the first event: without events they mean nothing. */
export async function writeBundle(io: Io, paths: RunPaths, file: PlanFile): Promise<void> {
  await io.files.makeDirectory(paths.bundle);
  if (file.path !== paths.plan) await io.files.write(paths.plan, file.source);
  const index = planIndex(file.plan);
  await io.files.write(paths.index, `${JSON.stringify(index, null, 2)}\n`);
}

/** A gated run of many tasks asks as often: whoever approves it is told. */
function offerLine({ autonomy, offer_at: from = 0 }: RunSettings, count: number): string[] {
  if (autonomy !== 'gated' || from === 0 || count < from) return [];
  return [`autonomy is gated: it asks after each of ${count} tasks; with --autonomy loose it does not`];
}

/** Commands that run before any agent, and where they come from: whoever approves the plan approves them too. */
function setupLines(environment: EnvironmentSettings | undefined): string[] {
  if (environment === undefined) return [];
  const words = (what: string, all: readonly SetupCommand[]): string[] =>
    all.map(({ command, from }) => `${what}: ${command} (${from})`);
  return [...words('set-up of each worktree', environment.setup), ...words('teardown', environment.teardown)];
}
