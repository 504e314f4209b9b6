import { userInfo } from 'node:os';
import { agentCache, type AgentName, AGENTS, CACHE_VARIABLE, installedAgent } from '../../scripts/lib/agents.mjs';

/**
 * Program and first arguments of a real agent, for the tests at length of `npm run test:agents`, which installs it; `undefined`
 * anywhere else, so that they are skipped.
 */
export function program(name: AgentName): readonly [string, ...string[]] | undefined {
  return process.env[CACHE_VARIABLE] === undefined ? undefined : present(name);
}

/** The same wherever it happens to be installed, for the one task that `npm test` has each of them do. */
export function present(name: AgentName): readonly [string, ...string[]] | undefined {
  // Tests run with a home of their own, and the cache is in the user's.
  const [first, ...rest] = installedAgent(agentCache(process.env, userInfo().homedir), name) ?? [];
  return first === undefined ? undefined : [first, ...rest];
}

/** Name and version of an agent, as its package says. */
export function versionOf(name: AgentName): string {
  return `${AGENTS[name].package} ${AGENTS[name].version}`;
}
