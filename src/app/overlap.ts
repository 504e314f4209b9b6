import { oneLine } from '../core/base/text.ts';
import type { PlanTask } from '../core/plan/model.ts';
import { isAlike } from '../core/run/authoring/topic.ts';
import type { OverlapKind, Peer } from '../core/run/overlap.ts';
import type { RunState } from '../core/run/state.ts';
import { runPaths } from '../engine/paths.ts';
import type { RunOptions } from './api.ts';
import type { Context } from './context.ts';
import type { PlanFile } from './create.ts';
import { isLegacyBundle } from './legacy-sign.ts';
import { loadRun } from './load.ts';
import { listRuns, shown, type Located } from './locate.ts';

/** A run of this repository. */
export interface Known {
  readonly slug: string;
  readonly state: RunState;
}

/** Share of the paths of two plans from which on they are taken for the same work. */
const SAME = 0.6;

/** All runs of a repository whose logs can be read. What was to begin and has no line in its log yet is none. */
export async function knownRuns(context: Context, located: Located): Promise<Known[]> {
  const known: Known[] = [];
  for (const slug of await listRuns(context.io, located)) {
    if (await isLegacyBundle(context.io, `${located.root}/${located.runsPath}/${slug}`)) continue;
    const loaded = await loadRun(context.io, runPaths(located.root, located.runsPath, slug));
    if (loaded.ok && loaded.value.state.seq > 0) known.push({ slug, state: loaded.value.state });
  }
  return known;
}

/** What a gate says of a run that a new one meets. */
export function peerFor(kind: OverlapKind, { slug, state }: Known): Peer {
  const about = oneLine(state.authoring?.topic ?? `${state.title} (${state.planPath})`, 160);
  return { kind, slug, about, live: state.phase !== 'over' };
}

/** The first name behind this one that no run and no directory has: `auth-2`, `auth-3`, … */
export async function freeSlug(context: Context, located: Located, slug: string): Promise<string> {
  for (let n = 2; ; n++) {
    const name = `${slug.slice(0, 60)}-${n}`;
    if ((await context.io.files.stat(`${located.root}/${located.runsPath}/${name}`)) === undefined) return name;
  }
}

/**
 * Under which name the run of a plan begins or goes on, and which run it meets. A plan that a run was made of is that run. A name that another
 * plan's run has leads to the next free one, unless the name was typed; a live run that is about the same is told.
 */
export async function meetOthers(
  context: Context,
  located: Located,
  options: RunOptions,
  slug: string,
  file: PlanFile,
): Promise<{ readonly slug: string; readonly peer?: Peer }> {
  if (options.slug !== undefined) return { slug };
  const runs = await knownRuns(context, located);
  const path = shown(file.path, located.root);
  const ofThis = runs.filter(({ state }) => state.planPath === path || state.plans?.includes(file.plan.sha256));
  const own = ofThis.find(({ state }) => state.phase !== 'over' && state.planPath === path);
  if (own !== undefined) return { slug: own.slug };
  const same = runs.find((one) => one.slug === slug);
  if (same !== undefined) {
    const inBundle = file.path === runPaths(located.root, located.runsPath, slug).plan;
    if (ofThis.includes(same) || inBundle || same.state.planSha256 === file.plan.sha256) return { slug };
    const free = await freeSlug(context, located, slug);
    return options.variant === true ? { slug: free } : { slug: free, peer: peerFor('slug-collision', same) };
  }
  if (options.variant === true) return { slug };
  const tasks = file.plan.units.map(({ task }) => task);
  const alike = runs.find(
    ({ state }) => state.phase !== 'over' && (isAlike(file.plan.title, state.title) || isSameWork(tasks, state)),
  );
  return alike === undefined ? { slug } : { slug, peer: peerFor('scope-overlap', alike) };
}

/** Whether most paths of a plan and of what a run has before it are the same. */
function isSameWork(tasks: readonly PlanTask[], state: RunState): boolean {
  const one = new Set(tasks.flatMap(({ scope }) => scope));
  const other = new Set(state.tasks.flatMap(({ task }) => task.scope));
  const common = [...one].filter((path) => other.has(path)).length;
  // Two plans of one file each may well be two pieces of work.
  return common >= 2 && common / (one.size + other.size - common) >= SAME;
}
