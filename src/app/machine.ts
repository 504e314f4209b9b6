import type { Room } from '../core/run/obstacle.ts';
import { granted } from '../core/run/shares.ts';
import type { RunState } from '../core/run/state.ts';
import { DiskMeter } from '../engine/environment/disk.ts';
import { type MachineLimits, MachineRoom } from '../engine/machine/room.ts';
import { entriesIn, Registry, scopesOf } from '../engine/machine/registry.ts';
import { runPaths } from '../engine/paths.ts';
import { loadConfig } from './config.ts';
import type { Context } from './context.ts';
import { basePath } from './environment.ts';
import { RUNS_PATH } from './locate.ts';

/** Milliseconds between two counts of the disk at least. */
const COUNT = 5_000;

/** Where masterplan keeps what it knows of this machine: a folder of the user, the same for all repositories. */
export function machineDirectory(context: Context): string | undefined {
  const { XDG_STATE_HOME: state, HOME: home } = context.env;
  const base = state?.startsWith('/') === true ? state : home === undefined ? undefined : `${home}/.local/state`;
  return base === undefined ? undefined : `${base}/masterplan/machine`;
}

/** The room of a run on this machine; `undefined`: nothing bounds it and it shares nothing. */
export function machineRoom(
  context: Context,
  limits: MachineLimits,
  { run, slug, settings, tasks }: RunState,
  root: string,
): MachineRoom | undefined {
  const directory = machineDirectory(context);
  const things = settings?.resources !== undefined || tasks.some(({ task }) => task.resources !== undefined);
  // Scopes are leased between the runs of a repository.
  const scoped = tasks.some(({ task }) => task.scope.length > 0);
  const shares = limits.agents !== undefined || things || scoped;
  const bounded = settings?.environment?.limits?.run !== undefined;
  if (!shares && !bounded && Object.keys(limits).length === 0) return undefined;
  const registry =
    shares && directory !== undefined ? new Registry(context.io, directory, { run, slug, root }) : undefined;
  return new MachineRoom(
    context.io,
    limits,
    root,
    registry,
    bounded ? worktreesMeter(context, { root, slug }) : undefined,
  );
}

/** What the worktrees, scratch repositories and checkouts of a run take of the disk. */
function worktreesMeter(context: Context, { root, slug }: { readonly root: string; readonly slug: string }): DiskMeter {
  const { worktrees, scratch, checkouts } = runPaths(root, RUNS_PATH, slug);
  const base = { PATH: basePath(context), HOME: context.env['HOME'] ?? '' };
  return new DiskMeter(context.io, base, [worktrees, scratch, checkouts], COUNT);
}

/** The room that a run has now, as far as can be seen from outside: for whoever asks why something waits. Reads only. */
export async function roomNow(context: Context, root: string, state: RunState): Promise<Room> {
  if (state.paused !== undefined) return { closed: state.paused.detail };
  const directory = machineDirectory(context);
  const entries = directory === undefined || state.phase === 'over' ? [] : await entriesIn(context.io, directory);
  if (entries.length === 0) return {};
  const taken: Record<string, number> = {};
  for (const { run, resources } of entries) {
    if (run === state.run) continue;
    for (const [name, amount] of Object.entries(resources)) taken[name] = (taken[name] ?? 0) + amount;
  }
  const scopes = scopesOf(
    entries.filter(({ run }) => run !== state.run),
    root,
  );
  const config = await loadConfig(context, root);
  const limit = config.ok ? config.value.machine.agents : undefined;
  if (limit === undefined) return { taken, scopes };
  const own = entries.find(({ run }) => run === state.run);
  const wants = {
    id: own?.id ?? '',
    using: own?.using ?? 0,
    wants: limit,
    since: own?.since ?? context.io.clock.now(),
  };
  const others = entries.filter(({ run }) => run !== state.run);
  return { taken, scopes, agents: granted([...others, wants], limit, wants.id) };
}
