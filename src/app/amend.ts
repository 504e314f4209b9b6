import { err, ok, type Result } from '../core/base/result.ts';
import { weighAmendment } from '../core/run/amend/accept.ts';
import { amendedPlan } from '../core/run/amend/document.ts';
import type { Impact, PlanChange } from '../core/run/amend/event.ts';
import type { RunState } from '../core/run/state.ts';
import { amendmentFile, type RunPaths } from '../engine/paths.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { chooseRun } from './choose.ts';
import type { Context } from './context.ts';
import { readPlan, type PlanFile } from './create.ts';
import { shown } from './locate.ts';

/** What an amendment would do to a run. */
export interface Amendment {
  readonly slug: string;
  /** Of the amended text: what an approval is bound to. */
  readonly sha256: string;
  readonly before: string;
  /** Where the text was read. */
  readonly from: string;
  readonly changes: readonly PlanChange[];
  readonly impact: readonly Impact[];
  /** Refusals of warnings' kind: what the linter says of the amended text. */
  readonly warnings: readonly string[];
}

export interface AmendOptions {
  readonly run?: string;
  /** The edited plan; without it, the plan of the bundle or the file that the run was made of, whichever was edited. */
  readonly plan?: string;
}

/**
 * Compares an edited text of the plan with what a run carries out, and says what it would do. Nothing is changed but that the text is put
 * beside the plan when `keep` is set, where whoever owns the run finds it by its hash.
 */
export async function weigh(
  context: Context,
  options: AmendOptions,
  keep: boolean,
): Promise<Result<Amendment, AppRefusal>> {
  const chosen = await chooseRun(context, options.run);
  if (!chosen.ok) return chosen;
  const { slug, paths, state } = chosen.value;
  const edited = await editedText(context, options, paths, state);
  if (!edited.ok) return edited;
  const { plan, source, path } = edited.value;
  const weighed = weighAmendment(state, amendedPlan(plan));
  if (!weighed.ok) return err({ ...weighed.error, exit: EXIT.failed });
  if (keep) {
    const file = amendmentFile(paths, plan.sha256);
    await context.io.files.makeDirectory(file.slice(0, file.lastIndexOf('/')));
    await context.io.files.write(file, source);
  }
  return ok({
    slug,
    sha256: plan.sha256,
    before: state.planSha256,
    from: shown(path, paths.root),
    ...weighed.value,
    warnings: plan.findings
      .filter(({ severity }) => severity === 'warning')
      .slice(0, 10)
      .map(({ rule, span, message }) => `line ${span.line}: ${rule}: ${message}`),
  });
}

/** The text of the plan that a person edited. */
async function editedText(
  context: Context,
  options: AmendOptions,
  paths: RunPaths,
  state: RunState,
): Promise<Result<PlanFile, AppRefusal>> {
  const { io } = context;
  const resolved = (path: string): string => (path.startsWith('/') ? path : `${context.cwd}/${path}`);
  if (options.plan !== undefined) return readPlan(io, resolved(options.plan), state.kind);
  const places = [...new Set([paths.plan, `${paths.root}/${state.planPath}`])];
  const edited: PlanFile[] = [];
  const known = [state.planSha256, ...(state.plans ?? [])];
  for (const place of places) {
    if ((await io.files.stat(place)) === undefined) continue;
    const read = await readPlan(io, place, state.kind);
    if (!read.ok) return read;
    // Of a text that the run was amended away from nobody wants to go back by not touching it.
    if (!known.includes(read.value.plan.sha256)) edited.push(read.value);
  }
  const [one, other] = edited;
  if (one === undefined)
    return err({
      message: `nobody edited the plan of "${state.slug}"`,
      hint: `edit ${shown(paths.plan, paths.root)}, then: masterplan amend ${state.slug}`,
      exit: EXIT.failed,
    });
  if (other !== undefined && other.plan.sha256 !== one.plan.sha256)
    return err({
      message: `both ${shown(one.path, paths.root)} and ${shown(other.path, paths.root)} were edited, and say different things`,
      hint: `say which one counts: masterplan amend ${state.slug} --plan ${shown(one.path, paths.root)}`,
      exit: EXIT.failed,
    });
  return ok(one);
}
