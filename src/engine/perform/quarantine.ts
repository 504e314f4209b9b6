import type { RunState } from '../../core/run/state.ts';

/** Commands whose failures do not count any more in this run: those that failed and passed on one tree, if that is the policy. */
export function inQuarantine({ settings, landings }: RunState): readonly string[] {
  return settings?.verify.flaky === 'quarantine' ? Object.keys(landings.flakes ?? {}) : [];
}
