import { knownProgram } from '../agents/known.ts';
import { vendorOf } from '../agents/vendor.ts';
import type { Role, RoleSetting } from './role.ts';
import type { AgentSettings, RunSettings } from './settings.ts';

/** Who plays a role, and with which model. */
export interface Seat {
  readonly agent: string;
  /** Without it the program chooses. */
  readonly model?: string;
  readonly effort?: string;
  /** The configuration names an agent for this role. */
  readonly named: boolean;
}

/**
 * The usual models of Claude Code by role: what reads on the cheapest, what works on the workhorse, what decides for long on the
 * strongest. They are names that the program itself keeps up to date.
 */
const CLAUDE_MODELS: Readonly<Record<Role, string>> = {
  discovery: 'haiku',
  spec: 'sonnet',
  plan: 'sonnet',
  implement: 'sonnet',
  small_edit: 'sonnet',
  review: 'sonnet',
  architecture: 'opus',
  judge: 'opus',
  retro: 'haiku',
};

/** Written for a model: nothing is passed on, and the program chooses. */
const OWN = 'own';

/** Name of the agent in the role `implement`; empty: none is. */
export function implementer(settings: RunSettings): string {
  const { implement } = settings.roles;
  return typeof implement === 'string' ? implement : (implement.agent ?? '');
}

/** Whether the program of an agent is Codex. */
function isCodex(agent: AgentSettings): boolean {
  return agent.kind === 'codex' || (agent.kind === 'command' && knownProgram(agent.command) === 'codex');
}

/** Who plays a role when the configuration names nobody: small edits Codex, reviews another vendor, the retro who looks around, everything else `implement`. */
function usual(settings: RunSettings, role: Role): string {
  if (role === 'retro') return seatOf(settings, 'discovery').agent;
  const implement = implementer(settings);
  const own = settings.agents[implement];
  const others = Object.entries(settings.agents).filter(([name]) => name !== implement);
  if (role === 'small_edit') return others.find(([, agent]) => isCodex(agent))?.[0] ?? implement;
  if (role === 'review' && own !== undefined) {
    const vendor = vendorOf(implement, own);
    return others.find(([name, agent]) => vendorOf(name, agent) !== vendor)?.[0] ?? implement;
  }
  return implement;
}

/** Who plays a role: as configured, else as usual. The agent may be one that is not configured. */
export function seatOf(settings: RunSettings, role: Role): Seat {
  const given = settings.roles[role];
  const setting: RoleSetting = typeof given === 'string' ? { agent: given } : (given ?? {});
  const named = setting.agent !== undefined && setting.agent !== '';
  const agent = named ? (setting.agent as string) : usual(settings, role);
  return { agent, named, ...voiceOf(settings, agent, role, setting) };
}

/**
 * Model and effort of an agent in a role: those that the role or the plan asks for, else the agent's own, else the usual ones of its
 * program.
 */
export function voiceOf(
  settings: RunSettings,
  name: string,
  role: Role,
  asked: { readonly model?: string | undefined; readonly effort?: string | undefined },
): { readonly model?: string; readonly effort?: string } {
  const agent = settings.agents[name];
  // Runs from before there were roles go on with what they had.
  const preset = agent?.kind === 'claude' && settings.routing !== undefined ? CLAUDE_MODELS[role] : undefined;
  const model = asked.model ?? agent?.model ?? preset;
  const effort = asked.effort ?? agent?.effort;
  return {
    ...(model === undefined || model === OWN ? {} : { model }),
    ...(effort === undefined ? {} : { effort }),
  };
}
