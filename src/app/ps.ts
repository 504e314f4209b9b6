import { ok, type Result } from '../core/base/result.ts';
import { processRows, type ProcessRow, type RunFacts } from '../core/views/processes.ts';
import type { RunState } from '../core/run/state.ts';
import { gitNonce } from '../engine/machine/custody.ts';
import { entriesIn } from '../engine/machine/registry.ts';
import type { RunPaths } from '../engine/paths.ts';
import type { MachineProcess } from '../io/machine.ts';
import type { AppRefusal } from './api.ts';
import { loadConfig } from './config.ts';
import type { Context } from './context.ts';
import { loadRun } from './load.ts';
import { listRuns, locate, pathsFor, type Located } from './locate.ts';
import { machineDirectory } from './machine.ts';
import { ownerOf } from './status.ts';

/** What runs now, and what the machine has left. */
export interface Running {
  readonly rows: readonly ProcessRow[];
  readonly machine: {
    readonly memory: { readonly available: number; readonly total: number } | null;
    readonly load: { readonly one: number; readonly cores: number } | null;
    /** Bytes that are free on the disk of the repository. */
    readonly disk: number | null;
    /** Places for agents that runs share: how many there are (`null`: no limit), and who has how many. */
    readonly places: {
      readonly limit: number | null;
      readonly runs: readonly {
        readonly slug: string;
        readonly root: string;
        readonly pid: number;
        readonly using: number;
        readonly wants: number;
      }[];
    };
  };
}

/** Milliseconds that an orphan gets to end. */
const GRACE = 3000;

/** Everything of masterplan's that runs here; of other repositories too when `all` is set. Reads only. */
export async function listProcesses(context: Context, all: boolean): Promise<Result<Running, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const { rows } = await survey(context, located.value);
  const { machine } = context.io;
  const directory = machineDirectory(context);
  const entries = directory === undefined ? [] : await entriesIn(context.io, directory);
  const config = await loadConfig(context, located.value.root);
  return ok({
    rows: rows.filter(({ standing }) => all || standing !== 'elsewhere'),
    machine: {
      memory: machine?.memory() ?? null,
      load: machine?.load() ?? null,
      disk: (await machine?.free(located.value.root)) ?? null,
      places: {
        limit: (config.ok ? config.value.machine.agents : undefined) ?? null,
        runs: entries.map(({ slug, root, process, using, wants }) => ({ slug, root, pid: process.pid, using, wants })),
      },
    },
  });
}

/** Ends what belongs to nothing any more, or to a run that nobody carries on; returns what was ended. */
export async function endOrphans(context: Context): Promise<Result<readonly ProcessRow[], AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  return ok(
    await endRows(context, located.value, ({ standing }) => standing === 'orphan' || standing === 'unattended'),
  );
}

/** The same for what belongs to nothing any more, before the run of `own` begins. Its own is the engine's to judge. */
export async function endStrays(context: Context, located: Located, own: RunState): Promise<readonly ProcessRow[]> {
  return endRows(context, located, (row) => row.standing === 'orphan' && row.slug !== own.slug, own);
}

async function endRows(
  context: Context,
  located: Located,
  which: (row: ProcessRow) => boolean,
  own?: RunState,
): Promise<readonly ProcessRow[]> {
  const { rows, processes } = await survey(context, located, own);
  const ended = rows.filter(which);
  const wanted = new Set(ended.flatMap(({ tree }) => tree.map(({ pid, started }) => `${pid} ${started}`)));
  // One of each group is enough: the group is ended with it. Nobody is ended whose identity is not what it was a moment ago.
  const groups = new Map<number, MachineProcess>();
  for (const one of processes) {
    const { pid, started } = one.identity;
    if (!wanted.has(`${pid} ${started}`)) continue;
    if (!groups.has(one.group) || pid === one.group) groups.set(one.group, one);
  }
  await Promise.all([...groups.values()].map(({ identity }) => context.io.processes.end(identity, GRACE)));
  return ended;
}

async function survey(
  context: Context,
  located: Located,
  own?: RunState,
): Promise<{ readonly rows: readonly ProcessRow[]; readonly processes: readonly MachineProcess[] }> {
  const processes = context.io.machine?.processes() ?? [];
  const marked = processes.some(({ marks }) => marks['MASTERPLAN_NONCE'] !== undefined);
  const runs: RunFacts[] = [];
  for (const slug of await listRuns(context.io, located)) {
    const paths = pathsFor(located, slug);
    if (!paths.ok) continue;
    const owner = await ownerOf(context, paths.value);
    if (!marked && owner === undefined) continue;
    const state = own?.slug === slug ? own : await stateOf(context, paths.value);
    if (state === undefined) continue;
    const attempts = state.tasks.flatMap((task) =>
      task.attempts.map(
        ({ nonce, number, ended }) =>
          [
            nonce,
            { task: task.task.id, attempt: number, open: ended === undefined && state.phase !== 'over' },
          ] as const,
      ),
    );
    runs.push({
      run: state.run,
      slug,
      owner: owner?.alive === true ? owner.pid : undefined,
      gitNonce: gitNonce(located.root, slug),
      attempts: new Map(attempts),
    });
  }
  return { rows: processRows(processes, runs), processes };
}

async function stateOf(context: Context, paths: RunPaths): Promise<RunState | undefined> {
  // The snapshot is enough nearly always, and quick.
  const loaded = await loadRun(context.io, paths);
  return loaded.ok ? loaded.value.state : undefined;
}
