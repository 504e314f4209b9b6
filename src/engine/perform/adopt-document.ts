import { err, ok, type Result } from '../../core/base/result.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { oneLine } from '../../core/base/text.ts';
import { planIndex } from '../../core/formats/plan-index.ts';
import type { Plan, PlanKind, PlanTask } from '../../core/plan/model.ts';
import { isRunnable, parsePlan } from '../../core/plan/parse.ts';
import { appendixOf, kindToWrite } from '../../core/run/authoring/brief.ts';
import { interviewOf, type Proposed } from '../../core/run/authoring/interview.ts';
import { type Authoring, isReserved, type WrittenPlan } from '../../core/run/authoring/model.ts';
import { wishes } from '../../core/run/authoring/rigor.ts';
import { kindFor, readSpec, SPEC_LIMIT } from '../../core/run/authoring/spec.ts';
import { SUBPLAN_LIMIT } from '../../core/run/contract.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { RunState, TaskState } from '../../core/run/state.ts';
import type { Collected } from '../git/repositories.ts';
import { appendixFile, attemptFile, specFile, type RunPaths } from '../paths.ts';
import { rememberPlan } from '../plan-texts.ts';
import { foundBy } from './authoring-texts.ts';
import type { Performing } from './performer.ts';

/** What is said of a scan whose digest answers nothing. */
const NOTHING_FOUND = 'it came back with nothing';

/** What is said of a plan that could be carried out, and is sent back all the same. */
export const BETTER = 'the plan can be better';

type Adopted = Extract<RunEvent, { event: 'document_written' | 'witness_failed' }>;

/**
 * Copies what an attempt wrote into its worktree, at the place that it has in the bundle: so it is kept with the attempt's work, and whoever
 * reviews it sees it as a change like any other.
 */
export async function stageDocuments(
  { task, attempt, authors }: EffectOf<'work'>,
  performing: Performing,
): Promise<void> {
  if (authors !== 'spec' && authors !== 'plan') return;
  const { io, paths } = performing;
  const file = attemptFile(task, attempt);
  const worktree = `${paths.worktrees}/${file}`;
  if ((await io.files.stat(worktree))?.kind !== 'directory') return;
  const bundle = paths.bundle.slice(paths.root.length + 1);
  if (!(await isPlain(`${worktree}/${bundle}`, worktree, performing))) return;
  await io.files.makeDirectory(`${worktree}/${bundle}`);
  for (const name of authors === 'spec' ? ['spec.md'] : ['plan.md', 'appendix.md']) {
    const bytes = await io.files.read(`${paths.attempts}/${file}/${name}`, SPEC_LIMIT).catch(() => undefined);
    if (bytes === undefined) continue;
    await io.files.write(`${worktree}/${bundle}/${name}`, new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  }
}

/** Whether nothing on the way leads elsewhere: an agent may have put a link there. */
async function isPlain(path: string, from: string, { io }: Performing): Promise<boolean> {
  let at = from;
  for (const step of path.slice(from.length + 1).split('/')) {
    at = `${at}/${step}`;
    const there = await io.files.stat(at);
    if (there === undefined) return true;
    if (there.kind !== 'directory') return false;
  }
  return true;
}

/**
 * Takes over what an attempt wrote for the run: read and checked by us, then durable in the bundle before any event speaks of it. A death in
 * between does it again, with the same result. What is wrong with it becomes the lesson of the next attempt.
 */
export async function adoptDocument(
  { task: id, attempt }: EffectOf<'work'>,
  task: TaskState,
  digest: { readonly text: string; readonly value: unknown },
  collected: Collected,
  performing: Performing,
): Promise<Adopted> {
  const { io, paths } = performing;
  const of = { task: id, attempt };
  const state = performing.state();
  const authoring = state.authoring as Authoring;
  const refused = (what: string, problems: readonly string[]): Adopted => ({
    event: 'witness_failed',
    ...of,
    claim: 'completed',
    check: `${what}: ${problems.map((problem) => oneLine(problem, 400)).join('; ')}`.slice(0, 4000),
  });
  const work = { commit: collected.commit, tree: collected.tree };
  const read = async (name: string, limit: number): Promise<Result<string | undefined, string>> => {
    try {
      const bytes = await io.files.read(`${paths.attempts}/${attemptFile(id, attempt)}/${name}`, limit);
      const bundle = paths.bundle.slice(paths.root.length + 1);
      // Written into the worktree instead: there it is, too.
      const there = bytes ?? (await performing.git.read(collected.commit, `${bundle}/${name}`));
      return ok(there === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(there));
    } catch (error) {
      return err(error instanceof Error ? error.message : String(error));
    }
  };
  switch (task.task.authors) {
    case 'scan': {
      const remarks = hasFound(digest.value) ? [] : [NOTHING_FOUND];
      return { event: 'document_written', ...of, sha256: sha256(digest.text), remarks };
    }
    case 'interview': {
      const proposed = (digest.value as { readonly questions?: readonly Proposed[] }).questions ?? [];
      const questions = interviewOf(proposed, authoring.complexity);
      return { event: 'document_written', ...of, sha256: sha256(digest.text), remarks: [], questions };
    }
    case 'spec': {
      const text = await read('spec.md', SPEC_LIMIT);
      if (!text.ok) return refused('the spec cannot be read', [text.error]);
      if (text.value === undefined) return refused('there is no spec', ['no file $MASTERPLAN_SPEC was written']);
      const spec = readSpec(text.value);
      if (!spec.ok) return refused('the spec is not one yet', spec.error);
      await performing.confirm();
      await io.files.makeDirectory(paths.bundle);
      await io.files.write(specFile(paths), text.value);
      const { remarks, signs } = spec.value;
      return {
        event: 'document_written',
        ...of,
        sha256: sha256(text.value),
        remarks,
        suggested: kindFor(signs),
        ...work,
      };
    }
    default: {
      const text = await read('plan.md', SUBPLAN_LIMIT);
      if (!text.ok) return refused('the plan cannot be read', [text.error]);
      if (text.value === undefined) return refused('there is no plan', ['no file $MASTERPLAN_PLAN was written']);
      const made = readWritten(text.value, state);
      if (!made.ok) return refused('the plan cannot be carried out', made.error);
      const { plan, written, remarks } = made.value;
      const better = betterment(made.value, authoring);
      if (better.length > 0) {
        const objection = refused(BETTER, better);
        if (isSentBack(state, task, objection)) return objection;
      }
      const appendix = await read('appendix.md', SUBPLAN_LIMIT);
      const words = appendix.ok ? appendix.value : undefined;
      const beside = words ?? appendixOf(plan.title, await foundBy(io, paths, state));
      await performing.confirm();
      await io.files.makeDirectory(paths.bundle);
      await io.files.write(appendixFile(paths), beside);
      await writePlan(performing, paths, text.value, plan);
      const left = [...remarks, ...wishes(plan, authoring.complexity)];
      return { event: 'document_written', ...of, sha256: plan.sha256, remarks: left, plan: written, ...work };
    }
  }
}

/** Whether a scan's digest says anything about the repository; one that was derived for an agent that wrote none does not. */
function hasFound(value: unknown): boolean {
  const { answers = [], files = [], open_questions = [], summary = '' } = value as Partial<ScanDigest>;
  return answers.length + files.length + open_questions.length > 0 || summary.trim() !== '';
}

interface ScanDigest {
  readonly summary: string;
  readonly answers: readonly unknown[];
  readonly files: readonly unknown[];
  readonly open_questions: readonly unknown[];
}

/** What its author could still do about a plan that can be carried out: the linter's warnings, and what the complexity asks for. */
function betterment({ plan }: ReadPlan, { complexity }: Authoring): readonly string[] {
  const warnings = plan.findings.filter(({ severity }) => severity === 'warning').slice(0, 12);
  return [...warnings.map(words), ...wishes(plan, complexity)];
}

/**
 * Whether a plan goes back to its author for what can only be better: as long as an attempt is left after it, and not twice for the same,
 * for whoever was told and leaves it will leave it again.
 */
function isSentBack({ settings }: RunState, { attempts, failures }: TaskState, objection: Adopted): boolean {
  if (objection.event !== 'witness_failed' || failures + 1 >= (settings?.attempts ?? 1)) return false;
  return !attempts.some(({ lesson }) => lesson?.what === objection.check);
}

async function writePlan({ io }: Pick<Performing, 'io'>, paths: RunPaths, source: string, plan: Plan): Promise<void> {
  await io.files.write(paths.plan, source);
  await io.files.write(paths.index, `${JSON.stringify(planIndex(plan), null, 2)}\n`);
  rememberPlan({ plan, source });
}

/** A plan of a run, read from its text. */
export interface ReadPlan {
  readonly plan: Plan;
  readonly written: WrittenPlan;
  readonly remarks: readonly string[];
}

/** Reads a plan that was written for a run. The error case is what to tell its author, one remark a line. */
export function readWritten(source: string, state: RunState): Result<ReadPlan, readonly string[]> {
  const asked: PlanKind | null = state.authoring?.kind ?? null;
  const parsed = parsePlan(source, { fileName: `${state.slug}.md`, stage: 'draft' });
  if (!parsed.ok) return err(parsed.error.findings.slice(0, 12).map(words));
  const plan = parsed.value;
  if (asked !== null && plan.kind !== asked) return err([`it is a ${plan.kind} plan; ${asked} is asked for`]);
  const errors = plan.findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || !isRunnable(plan)) return err(errors.slice(0, 12).map(words));
  const taken = plan.units.map(({ task }) => task.id).filter(isReserved);
  if (taken.length > 0) return err([`${taken.join(', ')}: these names belong to the run itself`]);
  const { kind } = state.authoring === undefined ? { kind: plan.kind } : kindToWrite(state.authoring);
  const warnings = plan.findings.filter(({ severity }) => severity === 'warning').length;
  return ok({
    plan,
    written: {
      kind: plan.kind,
      title: plan.title,
      tasks: plan.units.map(({ task }): PlanTask => task),
      verify: plan.verify,
      ...(plan.terms === undefined ? {} : { terms: plan.terms }),
    },
    remarks: [
      ...(plan.kind === kind ? [] : [`it is a ${plan.kind} plan where a ${kind} one was expected`]),
      ...(warnings === 0
        ? []
        : [`the linter has ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}: masterplan lint`]),
    ],
  });
}

function words({ rule, span, message, hint }: Plan['findings'][number]): string {
  return `line ${span.line}: ${rule}: ${message} ${hint}`;
}
