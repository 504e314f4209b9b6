import type { Usage } from './event.ts';
import type { PermissionRules } from './permission.ts';

/** The families of agents that we speak with; `command` is any program and has no driver. */
export const FAMILIES = ['claude', 'codex', 'acp'] as const;

export type AgentFamily = (typeof FAMILIES)[number];

/**
 * What a keeper is told: one attempt by one agent. It is written to a file before the keeper starts and holds no secret:
 * those are in its environment.
 */
export interface Order {
  readonly schema: 1;
  readonly family: AgentFamily;
  /** Program and arguments that the configuration gives, without those of the driver. */
  readonly command: readonly [string, ...string[]];
  /** What goes before the words that start it: program and arguments of its container. */
  readonly contained?: readonly string[];
  /** Absolute path of the worktree. */
  readonly worktree: string;
  /** The whole first message. */
  readonly prompt: string;
  /** Session of an earlier attempt to go on with. */
  readonly session?: string;
  /** What that session had used by then: programs count whole sessions. */
  readonly before?: Usage;
  /** Name of the model; without it the program's own choice. */
  readonly model?: string;
  /** How hard the model should think: `low`, `medium`, `high` …, as the program calls it. */
  readonly effort?: string;
  /** JSON Schema of the digest, for programs with structured output. */
  readonly digestSchema?: unknown;
  /** Requests to the model that the attempt may make; absent: as many as it takes. */
  readonly maxTurns?: number;
  /** US dollars that it may spend, where the program itself can tell. */
  readonly maxCost?: number;
  /**
   * `ask`: every question goes to the broker. `edit`: changes in the worktree need no leave, commands are asked. `all`: nothing
   * is asked, for agents inside a container of ours. `read`: nothing may be changed (reviewers).
   */
  readonly permission: 'ask' | 'edit' | 'all' | 'read';
  readonly rules: PermissionRules;
  /** Milliseconds that somebody gets to answer a question before it is denied; 0: for ever. */
  readonly patience: number;
  /** Contract of the digest, `implement.v1`. */
  readonly contract: string;
  /** Absolute paths: where the agent may write its digest, and the directory of everything that the keeper writes. */
  readonly digest: string;
  readonly inputs: string;
}
