import { programWithin } from './known.ts';
import type { AgentFamily } from './order.ts';

/** The agent in whose shell we were started, and the variable that shows it. */
export interface Host {
  /** Its name among the known agents. */
  readonly program: string;
  /** What its makers call it. */
  readonly title: string;
  readonly variable: string;
}

/** Variables that programs set for the commands that they run. Only whether they are there is looked at. */
const SIGNS: readonly Host[] = [
  { program: 'codex', title: 'Codex', variable: 'CODEX_THREAD_ID' },
  { program: 'codex', title: 'Codex', variable: 'CODEX_SANDBOX' },
  { program: 'codex', title: 'Codex', variable: 'CODEX_SANDBOX_NETWORK_DISABLED' },
  { program: 'codex', title: 'Codex', variable: 'CODEX_CI' },
  { program: 'claude', title: 'Claude Code', variable: 'CLAUDECODE' },
  { program: 'claude', title: 'Claude Code', variable: 'CLAUDE_CODE_ENTRYPOINT' },
  { program: 'gemini', title: 'Gemini CLI', variable: 'GEMINI_CLI' },
  { program: 'qwen', title: 'Qwen Code', variable: 'QWEN_CODE' },
  { program: 'opencode', title: 'opencode', variable: 'OPENCODE' },
];

/** The agents in whose shells we run, each once: one may have started another. */
export function hostsIn(env: Readonly<Record<string, string | undefined>>): readonly Host[] {
  const found = SIGNS.filter(({ variable }) => env[variable] !== undefined && env[variable] !== '');
  return found.filter(({ program }, i) => found.findIndex((one) => one.program === program) === i);
}

/**
 * Why an agent must not be started here, if so: never Codex inside of Codex, nor Claude Code inside of Claude Code. The one
 * outside waits for us while the one inside uses up its account, and whoever ends the one ends both.
 */
export function suppressedBy(
  hosts: readonly Host[],
  agent: { readonly kind: AgentFamily | 'command'; readonly command: readonly string[] },
): string | undefined {
  const program = agent.kind === 'claude' || agent.kind === 'codex' ? agent.kind : programWithin(agent.command);
  const host = hosts.find((one) => one.program === program);
  if (host === undefined) return undefined;
  return `masterplan itself was started inside ${host.title} (${host.variable} is set), and ${host.title} is not started inside ${host.title}`;
}
