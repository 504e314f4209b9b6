import type { RunSettings } from '../core/run/settings.ts';
import { type MachineLimits, MachineRoom } from '../engine/machine/room.ts';
import { Registry } from '../engine/machine/registry.ts';
import type { Context } from './context.ts';

/** Where masterplan keeps what it knows of this machine: a folder of the user, the same for all repositories. */
export function machineDirectory(context: Context): string | undefined {
  const { XDG_STATE_HOME: state, HOME: home } = context.env;
  const base = state?.startsWith('/') === true ? state : home === undefined ? undefined : `${home}/.local/state`;
  return base === undefined ? undefined : `${base}/masterplan/machine`;
}

/** The room of a run on this machine; `undefined`: nothing bounds it and nothing is shared. */
export function machineRoom(
  context: Context,
  limits: MachineLimits,
  settings: Pick<RunSettings, 'resources'>,
  run: { readonly run: string; readonly slug: string; readonly root: string },
): MachineRoom | undefined {
  const directory = machineDirectory(context);
  const shares = limits.agents !== undefined || settings.resources !== undefined;
  if (!shares && Object.keys(limits).length === 0) return undefined;
  const registry = shares && directory !== undefined ? new Registry(context.io, directory, run) : undefined;
  return new MachineRoom(context.io, limits, run.root, registry);
}
