import { userInfo } from 'node:os';
import { agentCache, type AgentName, AGENTS, installedAgent } from '../../scripts/lib/agents.mjs';

/**
 * Program and first arguments of a real agent; `undefined` when it is not installed on this machine, so that its tests
 * are skipped: `npm run test:agents` installs them.
 */
export function program(name: AgentName): readonly [string, ...string[]] | undefined {
  // Tests run with a home of their own, and the cache is in the user's.
  const [first, ...rest] = installedAgent(agentCache(process.env, userInfo().homedir), name) ?? [];
  return first === undefined ? undefined : [first, ...rest];
}

/** Name and version of an agent, as its package says. */
export function versionOf(name: AgentName): string {
  return `${AGENTS[name].package} ${AGENTS[name].version}`;
}
