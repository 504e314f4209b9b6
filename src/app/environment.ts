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
