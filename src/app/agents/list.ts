import { type Host, hostsIn, suppressedBy } from '../../core/agents/host.ts';
import { type Role, ROLES } from '../../core/run/role.ts';
import { implementer, seatOf } from '../../core/run/seats.ts';
import { doubtWords, heldAs, networkDoubts } from '../../core/run/containing.ts';
import { unpriced } from './unpriced.ts';
import { unreviewable } from './unreviewable.ts';
import { abilitiesOf, type Abilities } from '../../core/agents/capabilities.ts';
import { KNOWN_AGENTS, knownAgent, versionCommand, versionIn, type KnownAgent } from '../../core/agents/known.ts';
import { ok, type Result } from '../../core/base/result.ts';
import type { AgentSettings, RunSettings, UnavailablePolicy } from '../../core/run/settings.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import { configOfKnown, loadConfig, type Config } from '../config.ts';
import { containing } from '../containment.ts';
import type { Context } from '../context.ts';
import { basePath } from '../environment.ts';
import { findRoot } from '../locate.ts';
import { findProgram, searchPath } from './find.ts';

/** What shows that somebody is logged in. Only names and paths: values and contents are never looked at. */
export interface Login {
  /** `unknown`: nothing was found that shows it, which proves nothing. */
  readonly state: 'found' | 'unknown';
  /** The variable or the file that was found. */
  readonly by?: string;
  /** Variables that the configuration passes on, but that are not set. */
  readonly unset: readonly string[];
  /** Variables that hold a key and are set here, but that the configuration does not pass on: the agent does not see them. */
  readonly withheld: readonly string[];
  /** What a person types to log in. */
  readonly type?: string;
}

/** The container around an agent. */
export interface ContainmentInfo {
  readonly mode: 'on' | 'required';
  readonly network: 'host' | 'none';
  /** The program of this machine that contains it; without one it is not contained, or does not start. */
  readonly by?: string;
  /** Why there is none. */
  readonly why?: string;
}

export interface AgentInfo {
  readonly name: string;
  /** What it is called by its makers, if it is known. */
  readonly title?: string;
  readonly configured: boolean;
  readonly kind: AgentSettings['kind'];
  readonly command: readonly string[];
  /** Where its program is. */
  readonly program?: string;
  readonly installed: boolean;
  readonly version?: string;
  /** Why no version is told, where its program is there. */
  readonly noVersion?: string;
  readonly login: Login;
  readonly abilities: Abilities;
  /** The account that it works on. */
  readonly lane: string;
  readonly model?: string;
  /** Its container, if it is to have one. */
  readonly containment?: ContainmentInfo;
  /** What to write into `.masterplan.yaml` to use it. */
  readonly write?: string;
}

export interface RoleInfo {
  readonly role: Role | 'failover';
  /** Who would play it, now; in order. */
  readonly agents: readonly string[];
  /** With which model and effort, where masterplan says so. */
  readonly model?: string;
  readonly effort?: string;
  readonly why: string;
  /** What happens otherwise. */
  readonly otherwise: string;
  readonly ok: boolean;
  /** The container of whoever plays it, where the role says how. */
  readonly containment?: ContainmentInfo | { readonly mode: 'off' };
}

export interface AgentsReport {
  readonly agents: readonly AgentInfo[];
  readonly roles: readonly RoleInfo[];
  readonly unavailablePolicy: UnavailablePolicy;
  readonly warnings: readonly string[];
}

/** Milliseconds that a program gets to say its version: some take seconds to start. */
const PATIENCE = 10_000;

/** Which agents are configured or could be, what they can do, and who would play which role. Works outside of a repository. */
export async function listAgents(context: Context): Promise<Result<AgentsReport, AppRefusal>> {
  const root = (await findRoot(context.io, context.cwd)) ?? context.cwd;
  const loaded = await loadConfig(context, root);
  if (!loaded.ok) return loaded;
  const { settings, env, warnings } = loaded.value;
  const configured = Object.entries(settings.agents).map(([name, agent]) =>
    look(context, name, agent, env[name], true),
  );
  // A program that is used under another name is not offered again.
  const used = new Set(Object.entries(settings.agents).map(([name, { command }]) => knownAgent(name, command)));
  const others = Object.entries(KNOWN_AGENTS).flatMap(([name, known]) => {
    if (used.has(known) || Object.hasOwn(settings.agents, name)) return [];
    const agent = configOfKnown(context, name)?.settings.agents[name];
    return agent === undefined ? [] : [look(context, name, agent, {}, false)];
  });
  const agents = await Promise.all([...configured, ...others]);
  return ok({
    agents: agents.filter((one) => one.configured || one.installed),
    roles: await Promise.all(
      rolesOf(settings, agents, hostsIn(context.env)).map(async (one) => ({
        ...one,
        ...(await containmentOfRole(context, settings, one)),
      })),
    ),
    unavailablePolicy: settings.unavailable_policy ?? 'degrade-loudly',
    warnings: [
      ...warnings,
      ...unpriced(settings),
      ...unreviewable(settings),
      ...networkDoubts(settings).map(doubtWords),
    ],
  });
}

async function look(
  context: Context,
  name: string,
  agent: AgentSettings,
  env: Config['env'][string] | undefined,
  configured: boolean,
): Promise<AgentInfo> {
  const path = searchPath(basePath(context), env);
  const known = knownAgent(name, agent.command);
  const knownName = Object.keys(KNOWN_AGENTS).find((one) => KNOWN_AGENTS[one] === known);
  const program = await findProgram(context.io, agent.command[0], path);
  const [login, version] = await Promise.all([
    loginOf(context, agent, known, env ?? {}),
    program === undefined ? {} : versionOf(context, agent, path),
  ]);
  return {
    name,
    ...(known === undefined ? {} : { title: known.title }),
    configured,
    kind: agent.kind,
    command: agent.command,
    ...(program === undefined ? {} : { program }),
    installed: program !== undefined,
    ...version,
    login,
    abilities: { ...abilitiesOf(agent.kind, knownName), ...contained(agent) },
    lane: agent.lane ?? name,
    ...(agent.kind === 'command' || agent.model === undefined ? {} : { model: agent.model }),
    ...(await containmentOf(context, name, agent)),
    ...(configured ? {} : { write: toWrite(name, login) }),
  };
}

/** What the container of the configuration makes of its sandbox. */
function contained({ containment }: AgentSettings): Partial<Abilities> {
  if (containment === undefined) return {};
  const how = 'masterplan puts it into a container';
  return {
    sandbox:
      containment.mode === 'required'
        ? { can: 'yes', how }
        : { can: 'partly', how: `${how}, where this machine is able to` },
  };
}

/** How whoever plays a role is contained in it, where the configuration says anything of the role. */
async function containmentOfRole(
  context: Context,
  settings: RunSettings,
  { role, agents }: RoleInfo,
): Promise<Pick<RoleInfo, 'containment'>> {
  const name = agents[0];
  if (role === 'failover' || name === undefined || settings.containment_roles?.[role] === undefined) return {};
  const agent = settings.agents[name];
  const { policy } = heldAs(settings, name, role);
  if (agent === undefined || policy === undefined) return { containment: { mode: 'off' } };
  return containmentOf(context, name, { ...agent, containment: policy });
}

async function containmentOf(
  context: Context,
  name: string,
  agent: AgentSettings,
): Promise<{ readonly containment?: ContainmentInfo }> {
  if (agent.containment === undefined) return {};
  const { mode, network } = agent.containment;
  const held = await containing(context, { agents: { [name]: agent } }, '');
  if (!held.ok) return { containment: { mode, network, why: held.error.message } };
  const { containment, notes } = held.value;
  if (containment !== undefined) return { containment: { mode, network, by: containment.tool.path } };
  const why = notes.flatMap((note) => (note.event === 'anomaly' ? [note.detail] : []))[0];
  return { containment: { mode, network, ...(why === undefined ? {} : { why }) } };
}

function toWrite(name: string, { state, withheld }: Login): string {
  return withheld.length > 0 && state === 'unknown'
    ? `agents: {${name}: {env: [${withheld.join(', ')}]}}`
    : `agents: {${name}: {}}`;
}

async function versionOf(
  context: Context,
  agent: AgentSettings,
  path: string,
): Promise<{ version?: string; noVersion?: string }> {
  const argv = versionCommand(agent.kind, agent.command);
  if (argv === undefined) return { noVersion: 'not asked: it could take that for work' };
  // A name alone is looked up by the path of the agent; without its keys it can do nothing on an account.
  const environment = { PATH: path, HOME: context.env['HOME'] ?? '' };
  const said = await context.io.processes.run(
    { argv, cwd: '/', env: environment },
    { timeout: PATIENCE, maxOutput: 64 * 1024 },
  );
  if (said.ended === 'timeout') return { noVersion: `no answer to --version in ${PATIENCE / 1000} s` };
  if (said.ended === 'not-started') return { noVersion: 'it does not start' };
  const version = versionIn(new TextDecoder().decode(said.stdout)) ?? versionIn(said.stderr);
  if (said.ended !== 'exited' || said.code !== 0)
    return {
      noVersion: `--version ended with ${said.code === undefined ? (said.signal ?? said.ended) : `code ${said.code}`}`,
    };
  return version === undefined ? { noVersion: 'its --version names none' } : { version };
}

/** What shows a login, by presence alone. `env`: what the configuration gives the agent; its values are not looked at. */
async function loginOf(
  context: Context,
  agent: AgentSettings,
  known: KnownAgent | undefined,
  env: Readonly<Record<string, string>>,
): Promise<Login> {
  const isSet = (name: string): boolean => env[name] !== undefined && env[name] !== '';
  const unset = agent.env.filter((name) => !isSet(name));
  const keys = known?.keys ?? [];
  const rest = {
    unset,
    withheld: keys.filter((name) => !agent.env.includes(name) && (context.env[name] ?? '') !== ''),
    ...(known === undefined ? {} : { type: known.login }),
  };
  const key = keys.find(isSet);
  if (key !== undefined) return { state: 'found', by: key, ...rest };
  const home = env['HOME'] ?? context.env['HOME'];
  for (const file of known?.files ?? []) {
    const base = file.home === undefined ? home : env[file.home];
    if (base === undefined || !base.startsWith('/')) continue;
    const stat = await context.io.files.stat(`${base}/${file.path}`).catch(() => undefined);
    if (stat === undefined || stat.kind === 'directory') continue;
    return { state: 'found', by: file.home === undefined ? `~/${file.path}` : `$${file.home}/${file.path}`, ...rest };
  }
  return { state: 'unknown', ...rest };
}

function rolesOf(settings: RunSettings, agents: readonly AgentInfo[], hosts: readonly Host[]): RoleInfo[] {
  const installed = (name: string): boolean =>
    agents.some((one) => one.name === name && one.installed && suppressedBy(hosts, one) === undefined);
  const names = Object.keys(settings.agents);
  const failover = (settings.failover ?? []).filter((name) => names.includes(name));
  const unknown = (settings.failover ?? []).filter((name) => !names.includes(name));
  const there = failover.filter(installed);
  return [
    { ...implement(settings, names, installed, there[0]), ...voice(settings, 'implement') },
    ...ROLES.flatMap((role) =>
      role === 'implement' || names.length === 0 ? [] : [otherRole(settings, role, installed)],
    ),
    {
      role: 'failover',
      agents: there,
      ok: there.length === failover.length && unknown.length === 0,
      why:
        failover.length === 0 && unknown.length === 0
          ? 'limits.failover names nobody'
          : 'in the order of limits.failover',
      otherwise: [
        ...failover.filter((name) => !installed(name)).map((name) => `${name} is not installed and is left out`),
        ...unknown.map((name) => `${name} is not configured and is left out`),
        there.length === 0
          ? 'tasks wait while the account of their agent is at a limit'
          : 'the first one whose account is open takes over while another is at a limit or not installed',
      ].join('; '),
    },
  ];
}

function voice(settings: RunSettings, role: Role): { readonly model?: string; readonly effort?: string } {
  const { model, effort } = seatOf(settings, role);
  return { ...(model === undefined ? {} : { model }), ...(effort === undefined ? {} : { effort }) };
}

/** What each role but `implement` is for, and who plays it when nobody is named. */
const ROLE_WORDS: Readonly<Record<Exclude<Role, 'implement'>, { readonly about: string; readonly usual: string }>> = {
  discovery: { about: 'looks around before a plan is written', usual: 'as implement' },
  spec: { about: 'writes specifications', usual: 'as implement' },
  plan: { about: 'writes the sub-plans of tasks that are briefs', usual: 'as implement' },
  small_edit: {
    about: 'gets tasks of a few named files that a command verifies',
    usual: 'Codex where it is configured, else as implement',
  },
  review: { about: 'judges changes', usual: 'the first agent of another vendor than implement, else as implement' },
  architecture: { about: 'gets tasks that say "**Role:** architecture"', usual: 'as implement' },
  judge: { about: 'decides between changes', usual: 'as implement' },
  retro: { about: 'says what it makes of a run that is over', usual: 'as discovery' },
};

function otherRole(
  settings: RunSettings,
  role: Exclude<Role, 'implement'>,
  installed: (name: string) => boolean,
): RoleInfo {
  const { agent, named } = seatOf(settings, role);
  const { about, usual } = ROLE_WORDS[role];
  const why = `${named ? `roles.${role} names it` : usual} (${about})`;
  if (!Object.hasOwn(settings.agents, agent)) {
    const missing = agent === '' ? why : `roles.${role} names "${agent}", which is not configured`;
    return { role, agents: [], ok: agent === '', why: missing, otherwise: 'it has no agent' };
  }
  const there = installed(agent);
  const otherwise = there
    ? ''
    : `${agent} cannot be started here: what unavailable_policy says of implement holds for it too`;
  return { role, agents: there ? [agent] : [], ...voice(settings, role), ok: there, why, otherwise };
}

function implement(
  settings: RunSettings,
  names: readonly string[],
  installed: (name: string) => boolean,
  free: string | undefined,
): RoleInfo {
  const agent = implementer(settings);
  const role = 'implement' as const;
  if (!names.includes(agent)) {
    const why =
      names.length === 0
        ? 'no agent is configured'
        : agent === ''
          ? `none of ${names.join(', ')} has it`
          : `roles.implement names "${agent}", which is not configured`;
    return {
      role,
      agents: [],
      ok: false,
      why,
      otherwise: `no run starts before .masterplan.yaml says: roles: {implement: ${names[0] ?? 'name'}}`,
    };
  }
  const wish = names.length > 1 ? '; a task with "**Agent:** name" goes to that one' : '';
  const said = names.length === 1 ? 'the only agent that is configured' : 'roles.implement names it';
  if (installed(agent)) {
    const otherwise =
      settings.unavailable_policy === 'block'
        ? 'if it were not installed, no run would start (unavailable_policy: block)'
        : free === undefined || free === agent
          ? 'if it were not installed, no run would start: limits.failover names nobody else who is'
          : `if it were not installed, ${free} would take its place, loudly`;
    return { role, agents: [agent], ok: true, why: `${said}${wish}`, otherwise };
  }
  if (settings.unavailable_policy !== 'block' && free !== undefined)
    return {
      role,
      agents: [free],
      ok: false,
      why: `degraded: ${agent} has the role and is not installed; ${free} is the first of limits.failover that is`,
      otherwise: `it goes back to ${agent} once that is installed`,
    };
  return {
    role,
    agents: [],
    ok: false,
    why: `${agent} has the role and is not installed`,
    otherwise: `no run starts${settings.unavailable_policy === 'block' ? ' (unavailable_policy: block)' : ': limits.failover names nobody who is installed'}`,
  };
}

/** The configuration with this agent in it: as files have it, or, for a known one that they do not name, the usual. */
export async function configFor(context: Context, name: string): Promise<Result<Config, AppRefusal>> {
  const root = (await findRoot(context.io, context.cwd)) ?? context.cwd;
  const loaded = await loadConfig(context, root);
  if (!loaded.ok || Object.hasOwn(loaded.value.settings.agents, name)) return loaded;
  const usual = Object.hasOwn(KNOWN_AGENTS, name) ? configOfKnown(context, name) : undefined;
  if (usual !== undefined) return ok(usual);
  const names = [...new Set([...Object.keys(loaded.value.settings.agents), ...Object.keys(KNOWN_AGENTS)])];
  return {
    ok: false,
    error: {
      message: `there is no agent "${name.slice(0, 80)}"`,
      hint: `one of: ${names.join(', ')}; or configure it: docs/configuration.md`,
      exit: EXIT.usage,
    },
  };
}
