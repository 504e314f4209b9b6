import { expand, type Lease, type LeasedPlace, namesOf, variablesOf } from '../../core/environment/lease.ts';
import { envValues } from '../../core/environment/dotenv.ts';
import { secretsIn } from '../../core/environment/secrets.ts';
import type { EnvironmentSettings } from '../../core/environment/settings.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import { attemptFile } from '../paths.ts';
import type { Performing } from '../perform/performer.ts';
import { LeaseError, takePorts } from './leases.ts';

/** A worktree or checkout that is set up. */
export interface Site extends LeasedPlace {
  readonly commit: string;
  /** Directory that receives what the commands print. */
  readonly outputs: string;
  /** By which processes of the set-up are found again, also those that left their group. */
  readonly nonce: string;
  /** What is there now is no worktree of ours: nothing runs in it. */
  readonly gone?: boolean;
  /** Tells those of a verification, which nobody goes on with after a crash. */
  readonly verifies?: string;
}

/** Keys of {@link Performing.env} that no agent can be named. */
export const ENVIRONMENT = '@environment';

/** Key of the values that are set in a generated file. */
export function fileValues(path: string): string {
  return `@file:${path}`;
}

/** Environment variable of every process of a set-up. */
export const SETS_UP = 'MASTERPLAN_SETUP';

/** Takes what the site leases: the same again after a crash. */
export async function leaseFor(
  site: Site,
  settings: EnvironmentSettings,
  performing: Performing,
): Promise<Result<Lease, string>> {
  const names = namesOf(site);
  if (Object.keys(settings.ports).length === 0) return ok({ ...names, ports: {} });
  if (performing.leases === undefined)
    return err('there is no home directory, so nobody can tell which ports are free');
  try {
    const { run } = performing.state();
    const kept = portsInUse(site, settings, performing);
    const ports = await takePorts(performing.io, performing.leases, site.path, run, settings.ports, kept);
    return ok({ ...names, ports });
  } catch (error) {
    if (error instanceof LeaseError) return err(error.message);
    throw error;
  }
}

/**
 * Ports of the other worktrees of this run whose teardown is not in the log. Of one that somebody deletes the register forgets
 * them, perhaps in this very moment, but what was started there keeps its ports until the teardown has ended.
 */
function portsInUse(site: Site, settings: EnvironmentSettings, performing: Performing): number[] {
  const ports: number[] = [];
  for (const { task, attempts } of performing.state().tasks) {
    for (const { number, lease, setup } of attempts) {
      const path = `${performing.paths.worktrees}/${attemptFile(task.id, number)}`;
      if (lease === undefined || setup === 'cleared' || path === site.path) continue;
      for (const [name, first] of Object.entries(lease.ports))
        for (let port = first; port < first + (settings.ports[name] ?? 1); port++) ports.push(port);
    }
  }
  return ports;
}

/** The variables of everybody who works in the site; an error names what in the configuration cannot be filled in. */
export function siteVariables(
  site: LeasedPlace,
  lease: Lease,
  settings: EnvironmentSettings,
  performing: Performing,
): Result<Record<string, string>, string> {
  const variables = { ...variablesOf(site, lease), ...toolVariables(site, lease, settings, performing) };
  for (const [name, text] of Object.entries(performing.env[ENVIRONMENT] ?? {})) {
    const expanded = expand(text, site, lease);
    if (!expanded.ok) return err(`environment.env.${name}: ${expanded.error}`);
    variables[name] = expanded.value;
  }
  return ok(variables);
}

/** What the set-up files of other tools count on. */
function toolVariables(
  site: LeasedPlace,
  lease: Lease,
  { tools }: EnvironmentSettings,
  { paths }: Performing,
): Record<string, string> {
  const variables: Record<string, string> = {};
  if (tools.includes('cursor')) variables['ROOT_WORKTREE_PATH'] = paths.root;
  if (tools.includes('codex')) {
    variables['CODEX_SOURCE_TREE_PATH'] = paths.root;
    variables['CODEX_WORKTREE_PATH'] = site.path;
  }
  for (const tool of ['conductor', 'superset'] as const) {
    if (!tools.includes(tool)) continue;
    const prefix = tool.toUpperCase();
    variables[`${prefix}_ROOT_PATH`] = paths.root;
    variables[`${prefix}_WORKSPACE_PATH`] = site.path;
    variables[`${prefix}_WORKSPACE_NAME`] = lease.name;
  }
  const port = lease.ports['conductor'];
  if (port !== undefined) variables['CONDUCTOR_PORT'] = String(port);
  return variables;
}

/** What must not be told of the set-up: values by the names of variables, here and in the files that were put there. */
export function siteSecrets(
  variables: Readonly<Record<string, string>>,
  files: readonly string[],
  performing: Performing,
): string[] {
  const given = Object.values(performing.env);
  const all = [variables, ...given, ...files.map(envValues)];
  return [...new Set(all.flatMap(secretsIn))].sort((a, b) => b.length - a.length);
}
