import type { RunSettings } from './settings.ts';

/** Stub. */
export function seatOf(settings: RunSettings, _role: 'review'): { readonly agent: string; readonly named: boolean } {
  const agent = (settings.roles as { readonly review?: string }).review;
  return { agent: agent ?? '', named: agent !== undefined };
}
