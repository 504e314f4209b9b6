import type { ContainmentPolicy } from '../agents/containment.ts';
import { knownProgram } from '../agents/known.ts';
import { type Role, ROLES } from './role.ts';
import { seatOf } from './seats.ts';
import type { AgentSettings, RunSettings } from './settings.ts';

/*
 * How an agent is contained when it plays a role: the role's keys are over the agent's own, which are over those for all.
 */

type Contained = Pick<RunSettings, 'agents' | 'containment_roles'>;

/** The container of one attempt. */
export interface Held {
  /** Without one it is not contained. */
  readonly policy?: ContainmentPolicy;
  /** Its role is to have no network, and it has one all the same: its program reaches its model by it. */
  readonly needsNetwork?: true;
}

/** Whether a program reaches its model by the network: of programs that nobody knows, nobody can tell. */
export function needsNetwork(agent: AgentSettings): boolean {
  return agent.kind !== 'command' || knownProgram(agent.command) !== undefined;
}

/**
 * The container of an agent in a role; without a role its own. A role without network is no such thing for an agent that would be cut off
 * from its model: where containment is required it is not to be started ({@link networkDoubts}), elsewhere it keeps its network. One whose
 * own keys say `network: none` is taken by its word.
 */
export function heldAs(settings: Contained, name: string, role: Role | undefined): Held {
  const agent = settings.agents[name];
  const own = agent?.containment;
  const asked = role === undefined ? undefined : settings.containment_roles?.[role];
  if (agent === undefined || asked === undefined) return own === undefined ? {} : { policy: own };
  // Keys without a mode are keys for a container, also for an agent that has none of its own.
  const mode = asked.mode ?? own?.mode ?? 'on';
  if (mode === 'off') return {};
  const network = asked.network ?? own?.network ?? 'host';
  const cut = network === 'none' && own?.network !== 'none' && needsNetwork(agent);
  return {
    policy: {
      mode,
      network: cut && mode === 'on' ? 'host' : network,
      writable: [...new Set([...(own?.writable ?? []), ...(asked.writable ?? [])])],
    },
    ...(cut ? { needsNetwork: true as const } : {}),
  };
}

/** Every container that an attempt of this run may get. */
export function policiesOf(settings: Contained): readonly ContainmentPolicy[] {
  const roles = [undefined, ...ROLES.filter((role) => settings.containment_roles?.[role] !== undefined)];
  return Object.keys(settings.agents).flatMap((name) =>
    roles.flatMap((role) => {
      const { policy } = heldAs(settings, name, role);
      return policy === undefined ? [] : [policy];
    }),
  );
}

/** Who would be cut off from its model by the role that it plays. */
export interface NetworkDoubt {
  readonly role: Role;
  readonly agent: string;
  /** It is not started; otherwise it keeps its network. */
  readonly required: boolean;
}

/** Roles without network whose agent needs it. */
export function networkDoubts(settings: RunSettings): readonly NetworkDoubt[] {
  return ROLES.flatMap((role) => {
    if (settings.containment_roles?.[role] === undefined) return [];
    const { agent } = seatOf(settings, role);
    const { policy, needsNetwork: cut } = heldAs(settings, agent, role);
    return cut === true ? [{ role, agent, required: policy?.mode === 'required' }] : [];
  });
}

/** A doubt in words. */
export function doubtWords({ role, agent, required }: NetworkDoubt): string {
  const what = `the role ${role} is to have no network, and ${agent} reaches its model by it`;
  return required ? what : `${what}: it keeps its network`;
}
