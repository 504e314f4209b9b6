import type { Context } from './context.ts';

/** The `PATH` that programs are found by: ours, or the usual one when there is none. */
export function basePath(context: Context): string {
  return context.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
}

/** Our environment without its gaps. */
export function environmentOf(context: Context): Record<string, string> {
  return Object.fromEntries(
    Object.entries(context.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Where this user's programs keep what outlives them, and in it the register of leased ports. */
export function leasesOf(context: Context): { readonly leases?: string } {
  const home = context.env['HOME'];
  const state = context.env['XDG_STATE_HOME'] ?? '';
  if (state.startsWith('/')) return { leases: `${state}/masterplan/leases` };
  return home === undefined || !home.startsWith('/') ? {} : { leases: `${home}/.local/state/masterplan/leases` };
}
