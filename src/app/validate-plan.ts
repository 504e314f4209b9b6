import { err, ok, type Result } from '../core/base/result.ts';
import type { Finding } from '../core/base/finding.ts';
import { sha256Bytes } from '../core/base/sha256.ts';
import { utf8 } from '../core/base/text.ts';
import type { Foreign, ForeignFile, FormatName, Placed, Sighting } from '../core/formats/format.ts';
import { formatNamed, sightingsIn, SURE } from '../core/formats/list.ts';
import { readPlanIndex } from '../core/formats/plan-index.ts';
import { findCycles } from '../core/plan/graph.ts';
import { GRAPH_ALONE } from '../core/plan/graph-rules.ts';
import { renderTask } from '../core/plan/kinds/task-render.ts';
import { lintDraft, type LintOptions } from '../core/plan/lint.ts';
import { Source } from '../core/plan/markdown/source.ts';
import type { PlanKind, PlanTask } from '../core/plan/model.ts';
import { readDraft } from '../core/plan/parse.ts';
import type { PortableUnit } from '../core/plan/portable.ts';
import { overlaps } from '../core/plan/shared-paths.ts';
import type { LintedFile, LintReport } from '../core/views/lint-report.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { loadConfig } from './config.ts';
import type { Context } from './context.ts';
import { collectFiles, placesFor } from './foreign-files.ts';
import { normalise, typedIn } from './lint-targets.ts';
import { findRoot, shown } from './locate.ts';

export interface ValidatePlanRequest {
  /** A plan of any kind, an index, or a file or directory of another tool. */
  readonly path: string;
  readonly kind?: PlanKind;
}

/** A plan as the graph that was validated. */
export interface ValidatedGraph {
  /** As the person who asks would type it. */
  readonly plan: string;
  readonly kind: PlanKind | undefined;
  /** The tool whose plan it is. */
  readonly format: FormatName | undefined;
  readonly tasks: number;
  readonly needs: number;
  /** Every circle once: ids of the plan, first and last the same. */
  readonly cycles: readonly (readonly string[])[];
}

export interface ValidatePlanReport {
  readonly report: LintReport;
  readonly graphs: readonly ValidatedGraph[];
  readonly notes: readonly string[];
}

/** Bytes that a plan may have. */
const LIMIT = 64 * 1024 * 1024;
/** Files of a directory; a repository of another tool has a few for each change. */
const MAX_FILES = 50_000;

/** Compiles a plan, or all plans of another tool in a directory, and says what is wrong with their graphs. Reads only. */
export async function validatePlan(
  context: Context,
  { path: typed, kind }: ValidatePlanRequest,
): Promise<Result<ValidatePlanReport, AppRefusal>> {
  const path = normalise(typed.startsWith('/') ? typed : `${context.cwd}/${typed}`);
  const stat = await context.io.files.stat(path);
  if (stat === undefined || (stat.kind !== 'file' && stat.kind !== 'directory'))
    return err({
      message: `there is nothing to read at ${typed}`,
      hint: 'name a plan, a directory, or a run; links are not followed',
      exit: EXIT.usage,
    });
  const root = await findRoot(context.io, context.cwd);
  const config = await loadConfig(context, root ?? context.cwd);
  if (!config.ok) return config;
  const rules: NonNullable<LintOptions['rules']> = { ...config.value.lint.rules, ...GRAPH_ALONE };
  const own = stat.kind === 'directory' ? `${path}/plan.md` : path;
  if (stat.kind === 'file' || (await context.io.files.stat(own))?.kind === 'file') {
    const native = await ownPlan(context, own, kind, rules, root);
    if (!native.ok) return native;
    if (native.value !== undefined) return ok({ ...native.value, notes: config.value.warnings });
  }
  const foreign = await foreignPlans(context, path, stat.kind === 'file', rules, root);
  if (!foreign.ok) return foreign;
  return ok({ ...foreign.value, notes: [...config.value.warnings, ...foreign.value.notes] });
}

type Checked = Pick<ValidatePlanReport, 'report' | 'graphs'>;

/** A plan of ours; `undefined` for a file that is none. */
async function ownPlan(
  context: Context,
  path: string,
  kind: PlanKind | undefined,
  rules: NonNullable<LintOptions['rules']>,
  root: string | undefined,
): Promise<Result<Checked | undefined, AppRefusal>> {
  const bytes = await context.io.files.read(path, LIMIT);
  const typed = typedIn(context.cwd, path);
  if (bytes === undefined) return err({ message: `${typed} is gone`, hint: 'check the path', exit: EXIT.usage });
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let source = text;
  let asked = kind;
  if (path.endsWith('.json')) {
    const index = readPlanIndex(text);
    if (!index.ok) return ok(undefined);
    // Findings about an index point into the plan that it stands for: its own lines are machine-made.
    source = renderTask(index.value);
    asked = 'task';
  } else if (!/\.(?:md|markdown)$/i.test(path)) return ok(undefined);
  const read = readDraft(source, asked);
  if (!read.ok) return ok(undefined);
  const { draft, compiled } = read.value;
  const file: LintedFile = {
    file: typed,
    place: shown(path, root ?? context.cwd),
    kind: draft.kind,
    sha256: sha256Bytes(bytes),
    source,
    findings: lintDraft(draft, compiled, { rules, most: Infinity }),
  };
  const graph = graphOf(typed, compiled.tasks);
  return ok({
    report: { files: [file], skipped: 0 },
    graphs: [{ ...graph, kind: draft.kind, format: undefined }],
  });
}

function graphOf(
  plan: string,
  tasks: readonly Pick<PlanTask, 'id' | 'needs'>[],
): Pick<ValidatedGraph, 'plan' | 'tasks' | 'needs' | 'cycles'> {
  return {
    plan,
    tasks: tasks.length,
    needs: tasks.reduce((sum, { needs }) => sum + needs.length, 0),
    cycles: findCycles(tasks),
  };
}

async function foreignPlans(
  context: Context,
  path: string,
  isFile: boolean,
  rules: NonNullable<LintOptions['rules']>,
  root: string | undefined,
): Promise<Result<ValidatePlanReport, AppRefusal>> {
  const base =
    root !== undefined && path.startsWith(`${root}/`) ? root : isFile ? path.slice(0, path.lastIndexOf('/')) : path;
  const places = placesFor(path, isFile, base);
  const { files, cut } = await collectFiles(context.io, base, places, new Set(), MAX_FILES);
  const given = path.slice(base.length + 1);
  const sure = sightingsIn(files).filter(({ score, files: own }) => score > SURE && (!isFile || own.includes(given)));
  if (sure.length === 0)
    return err({
      message: `${typedIn(context.cwd, path)} is no plan, and no plan of another tool is in it`,
      hint: 'docs/formats/plans.md shows what plans look like, docs/formats/foreign.md those of other tools',
      exit: EXIT.findings,
    });
  const byPath = new Map(files.map((file) => [file.path, file]));
  const linted = new Map<string, { readonly file: ForeignFile; readonly findings: Finding[] }>();
  const graphs: ValidatedGraph[] = [];
  for (const sighting of sure) {
    const { found, graph } = checkForeign(sighting, byPath);
    const plan = typedIn(context.cwd, `${base}/${sighting.root}`);
    if (graph !== undefined) graphs.push({ ...graph, plan, kind: undefined, format: sighting.format });
    const main = byPath.get(sighting.files[0] ?? '');
    if (main !== undefined && !linted.has(main.path)) linted.set(main.path, { file: main, findings: [] });
    for (const { file, ...finding } of found) {
      const setting = rules[finding.rule] ?? finding.severity;
      const at = byPath.get(file);
      if (at === undefined || setting === 'off') continue;
      let one = linted.get(file);
      if (one === undefined) linted.set(file, (one = { file: at, findings: [] }));
      one.findings.push({ ...finding, severity: setting });
    }
  }
  const report: LintReport = {
    files: [...linted.values()]
      .map(({ file, findings }): LintedFile => ({
        file: typedIn(context.cwd, `${base}/${file.path}`),
        place: shown(`${base}/${file.path}`, root ?? context.cwd),
        kind: undefined,
        sha256: sha256Bytes(utf8(file.text)),
        source: file.text,
        findings: findings.sort((a, b) => a.span.start - b.span.start),
      }))
      .sort((a, b) => (a.file < b.file ? -1 : 1)),
    skipped: 0,
  };
  return ok({ report, graphs, notes: cut ? ['some files were left out: too many, too large or too deep'] : [] });
}

/** What is wrong with one plan of another tool: what its reader found, and scopes that no need orders. */
function checkForeign(
  sighting: Sighting,
  byPath: ReadonlyMap<string, ForeignFile>,
): { readonly found: readonly Placed[]; readonly graph?: ReturnType<typeof graphOf> } {
  const own = sighting.files.flatMap((path) => byPath.get(path) ?? []);
  const format = formatNamed(sighting.format);
  const judged = format.check?.(own) ?? [];
  const rules = new Set(judged.map(({ rule }) => rule));
  const others = (found: readonly Placed[]): readonly Placed[] => found.filter(({ rule }) => !rules.has(rule));
  const read = format.read(own);
  if (!read.ok) return { found: [...judged, ...others(read.error)] };
  const { plan, findings, ids } = read.value;
  const graph = graphOf(sighting.root, plan.units);
  const theirs = (id: string): string => ids[id] ?? id;
  return {
    found: [...judged, ...others(findings), ...sharedScopes(read.value, byPath)],
    graph: { ...graph, cycles: graph.cycles.map((cycle) => cycle.map(theirs)) },
  };
}

function sharedScopes({ plan, places, ids }: Foreign, byPath: ReadonlyMap<string, ForeignFile>): readonly Placed[] {
  const sources = new Map<string, Source>();
  const theirs = ({ id }: PortableUnit): string => ids[id] ?? id;
  return overlaps(plan.units).flatMap(({ first, second, path }): readonly Placed[] => {
    const a = plan.units[first] as PortableUnit;
    const b = plan.units[second] as PortableUnit;
    const place = places[b.id];
    const file = place === undefined ? undefined : byPath.get(place.file);
    if (place === undefined || file === undefined) return [];
    let source = sources.get(file.path);
    if (source === undefined) sources.set(file.path, (source = new Source(file.text)));
    return [
      {
        rule: 'GEN-012',
        severity: 'warning',
        message: `${theirs(b)} and ${theirs(a)} may both change ${path} and do not wait for each other; they will be worked on one at a time.`,
        hint: `If ${theirs(b)} builds on ${theirs(a)}, let it need that; else part their files.`,
        span: source.span(place.start, Math.max(place.start, source.lineEnd(place.start))),
        file: file.path,
      },
    ];
  });
}
