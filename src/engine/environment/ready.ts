import type { Lease } from '../../core/environment/lease.ts';
import { type EnvironmentSettings, needsSetup } from '../../core/environment/settings.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { FailedSetup } from '../../core/run/environment-event.ts';
import { type Attempt, taskOf } from '../../core/run/state.ts';
import { attemptFile } from '../paths.ts';
import type { Performing } from '../perform/performer.ts';
import { releasePorts } from './leases.ts';
import { setUp, tearDown } from './setup.ts';
import { leaseFor, type Site, siteVariables } from './site.ts';

/*
 * Worktrees of attempts. What they lease and how far their set-up came is in the log, so whoever goes on after a crash knows
 * what is to be cleared up.
 */

/** What an agent is started with, or why it is not started. */
export type Ready =
  | { readonly how: 'ready'; readonly variables: Readonly<Record<string, string>> }
  | { readonly how: 'unready'; readonly reason: string; readonly events: readonly RunEvent[] }
  | { readonly how: 'cancelled' };

function siteOf(task: string, attempt: Attempt, performing: Performing): Site {
  const { paths } = performing;
  const file = attemptFile(task, attempt.number);
  return {
    path: `${paths.worktrees}/${file}`,
    slug: performing.state().slug,
    task,
    commit: attempt.base,
    outputs: `${paths.attempts}/${file}`,
    nonce: attempt.nonce,
    gone: attempt.vanished !== undefined,
  };
}

/** Makes the worktree of an attempt, which `open` puts there on the commit that it returns, ready for its agent. Half-made ones are cleared up first. */
export async function makeReady(
  task: string,
  attempt: Attempt,
  performing: Performing,
  signal: AbortSignal,
  open: () => Promise<string>,
): Promise<Ready> {
  const settings = performing.state().settings?.environment;
  const site = siteOf(task, attempt, performing);
  if (needsSetup(settings) && attempt.lease !== undefined) {
    const left = await tearDown(site, attempt.lease, settings, performing, signal);
    if (left === 'cancelled') return { how: 'cancelled' };
  }
  const commit = await open();
  if (!needsSetup(settings)) return { how: 'ready', variables: {} };
  const { io } = performing;
  const of = { task, attempt: attempt.number };
  const began = io.clock.monotonic();
  const finished = (passed: boolean, rest: Partial<Extract<RunEvent, { event: 'setup_finished' }>>): RunEvent => ({
    event: 'setup_finished',
    ...of,
    passed,
    copied: [],
    made: [],
    duration_ms: Math.round(io.clock.monotonic() - began),
    ...rest,
  });
  const unready = (failed: FailedSetup, rest: object): Ready => ({
    how: 'unready',
    reason: `its set-up failed: ${failed.command}: ${failed.reason}`,
    events: [finished(false, { failed, ...rest })],
  });
  const lease = await leaseFor(site, settings, performing);
  if (!lease.ok) return unready(failure('lease ports', lease.error), {});
  await performing.record([
    { event: 'setup_started', ...of, lease: lease.value, commands: settings.setup.map(({ command }) => command) },
  ]);
  await performing.confirm();
  const outcome = await setUp({ ...site, commit }, lease.value, settings, performing, signal);
  const { copied, made } = outcome;
  const shared = outcome.shared.length === 0 ? {} : { shared: outcome.shared };
  if (outcome.how === 'cancelled') return { how: 'cancelled' };
  if (outcome.how === 'failed') return unready(outcome.failed, { copied, made, ...shared });
  await performing.record([finished(true, { copied, made, ...shared })]);
  return { how: 'ready', variables: outcome.variables };
}

/** The variables with which the agent of an attempt was started that is to be started once more. */
export function variablesAgain(
  task: string,
  attempt: Attempt,
  performing: Performing,
): Readonly<Record<string, string>> {
  const settings = performing.state().settings?.environment;
  if (!needsSetup(settings) || attempt.lease === undefined) return {};
  const variables = siteVariables(siteOf(task, attempt, performing), attempt.lease, settings, performing);
  return variables.ok ? variables.value : {};
}

/** Clears up what the set-up of an attempt began, before its worktree is removed; `undefined`: not now. */
export async function clearUp(
  task: string,
  attempt: number,
  performing: Performing,
  signal: AbortSignal,
): Promise<readonly RunEvent[] | undefined> {
  const { settings } = performing.state();
  const one = taskOf(performing.state(), task)?.attempts[attempt - 1];
  const environment: EnvironmentSettings | undefined = settings?.environment;
  if (one?.lease === undefined || one.setup === 'cleared' || environment === undefined) return [];
  const site = siteOf(task, one, performing);
  const failed = await tearDown(site, one.lease, environment, performing, signal);
  if (failed === 'cancelled') return undefined;
  await giveBack(site, one.lease, performing);
  return [
    {
      event: 'teardown_finished',
      task,
      attempt,
      passed: failed === undefined,
      ...(failed === undefined ? {} : { failed }),
    },
  ];
}

/** Gives leased ports back; where that fails they are free again once the directory is gone. */
export async function giveBack(site: Pick<Site, 'path'>, lease: Lease, performing: Performing): Promise<void> {
  if (performing.leases === undefined || Object.keys(lease.ports).length === 0) return;
  await releasePorts(performing.io, performing.leases, site.path).catch(() => undefined);
}

/** A failure that no command is behind. */
export function failure(command: string, reason: string): FailedSetup {
  return { command, exit_code: null, reason, tail: '', from: '.masterplan.yaml' };
}
