import { err, ok, type Result } from '../core/base/result.ts';
import { explainTask, explainWaiting, type Explanation } from '../core/views/explain.ts';
import type { WhyNot } from '../core/views/why-not.ts';
import type { RunState } from '../core/run/state.ts';
import { runPaths, type RunPaths } from '../engine/paths.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { isLegacyBundle } from './legacy-sign.ts';
import { damageWords, loadRun } from './load.ts';
import { roomNow } from './machine.ts';
import { listRuns, locate, noSuchRun } from './locate.ts';

/** Why a task is where it is. */
export async function explain(
  context: Context,
  question: { readonly task: string; readonly run?: string },
): Promise<Result<Explanation & { run: string }, AppRefusal>> {
  const chosen = await chooseRun(context, question.run, (state) => state.schedule.index[question.task] !== undefined);
  if (!chosen.ok) {
    const located = await locate(context);
    const { explainLegacy } = await import('./legacy.ts');
    const old = located.ok ? await explainLegacy(context, located.value, question) : undefined;
    return old === undefined ? chosen : ok(old);
  }
  const { state, slug, paths } = chosen.value;
  const room = await roomNow(context, paths.root, state);
  const explanation = explainTask(state, question.task, room) ?? explainTask(state, question.task.toUpperCase(), room);
  if (explanation === undefined) {
    return err({
      message: `the plan of "${slug}" has no task ${question.task}`,
      hint: `tasks: ${state.tasks
        .slice(0, 20)
        .map((task) => task.task.id)
        .join(', ')}${state.tasks.length > 20 ? ', …' : ''}`,
      exit: EXIT.usage,
    });
  }
  return ok({ ...explanation, run: slug });
}

/** Every task of a run that has not started, and what keeps it. */
export async function explainAll(
  context: Context,
  question: { readonly run?: string },
): Promise<Result<{ readonly run: string; readonly waiting: readonly WhyNot[] }, AppRefusal>> {
  const chosen = await chooseRun(context, question.run);
  if (!chosen.ok) return chosen;
  const { state, slug, paths } = chosen.value;
  return ok({ run: slug, waiting: explainWaiting(state, await roomNow(context, paths.root, state)) });
}

/**
 * The run that is meant: the one named; else the only one that is not over; else the only one that `fits`; else the
 * newest, when all are over.
 */
export async function chooseRun(
  context: Context,
  asked: string | undefined,
  fits: (state: RunState) => boolean = () => true,
): Promise<Result<{ slug: string; paths: RunPaths; state: RunState }, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const slugs: string[] = [];
  for (const slug of await listRuns(context.io, located.value))
    if (!(await isLegacyBundle(context.io, `${located.value.root}/${located.value.runsPath}/${slug}`)))
      slugs.push(slug);
  if (asked !== undefined && !slugs.includes(asked)) return noSuchRun(context, located.value, asked);
  const loaded: { slug: string; paths: RunPaths; state: RunState }[] = [];
  for (const slug of asked === undefined ? slugs : [asked]) {
    const paths = runPaths(located.value.root, located.value.runsPath, slug);
    const run = await loadRun(context.io, paths);
    if (run.ok) loaded.push({ slug, paths, state: run.value.state });
    else if (asked !== undefined || slugs.length === 1)
      return err({ ...damageWords(run.error, paths), exit: EXIT.failed });
  }
  const open = loaded.filter((run) => run.state.phase !== 'over');
  const near = open.length > 0 ? open : loaded;
  const fitting = near.filter((run) => fits(run.state));
  // Where none fits, the caller says best what is wrong with the newest.
  const candidates = asked !== undefined ? loaded : open.length === 1 ? open : fitting.length > 0 ? fitting : near;
  const newest = [...candidates].sort((a, b) => b.state.updated - a.state.updated);
  const one = newest[0];
  if (one === undefined)
    return err({ message: 'there is no run here', hint: 'masterplan run <plan.md>', exit: EXIT.usage });
  if (open.length > 1 && asked === undefined && candidates.length > 1) {
    return err({
      message: `several runs are open: ${open.map((run) => run.slug).join(', ')}`,
      hint: open
        .slice(0, 3)
        .map((run) => withRun(context.command, run.slug))
        .join(', or: '),
      exit: EXIT.usage,
    });
  }
  return ok(one);
}

/** Verbs that name a run by a flag, because what they are about comes first. */
const BY_FLAG = /^(?:answer|attach|config|explain|rescue|retry|return|waive)$/;

/** What was typed, with the name of a run in its place. What needed quotes is left out: they are not known any more. */
export function withRun(command: string, slug: string): string {
  const [program = 'masterplan', verb = '', ...rest] = command.split(' ');
  const typed = rest.every((word) => /^[\w.:/=,@-]+$/.test(word)) ? rest : ['…'];
  const words = BY_FLAG.test(verb) ? [...typed, '--run', slug] : [slug, ...typed];
  return [program, verb, ...words].filter((word) => word !== '').join(' ');
}
