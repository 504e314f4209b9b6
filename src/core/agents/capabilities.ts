import type { AgentFamily } from './order.ts';

/**
 * What masterplan can do with an agent: go on with an earlier conversation in a new process; get its digest through a schema that its
 * program knows; be asked before it does what nobody declared; have its own commands confined; be told tokens, and US dollars.
 */
export const CAPABILITIES = ['resume', 'structured', 'permissions', 'sandbox', 'usage', 'cost'] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** `partly`: under a condition, which `how` names. */
export interface Ability {
  readonly can: 'yes' | 'partly' | 'no';
  /** One line for people. */
  readonly how: string;
}

export type Abilities = Readonly<Record<Capability, Ability>>;

const yes = (how: string): Ability => ({ can: 'yes', how });
const partly = (how: string): Ability => ({ can: 'partly', how });
const no = (how: string): Ability => ({ can: 'no', how });

/*
 * Where the facts come from: real programs that were run against a scripted model (Claude Code 2.1.329, Codex 0.169.0, Gemini
 * CLI 0.61.0, opencode 1.18.33, Copilot CLI 1.0.102, Qwen Code 0.15.10), and what the drivers here make of them. The tests in
 * test/agents and the recordings in test/agents/recordings show most of them again.
 */

/** The usual of every program that speaks the Agent Client Protocol, version 1. */
const ACP: Abilities = {
  resume: partly('when the program offers session/resume or session/load'),
  structured: no('the protocol has none; the digest is a file or the last message'),
  permissions: yes('session/request_permission, where the program asks'),
  sandbox: no('the protocol has none'),
  usage: partly('of the largest turn: the protocol leaves open what its tokens are'),
  cost: partly('when the program sends usage_update with a cost'),
};

const FAMILY: Readonly<Record<AgentFamily | 'command', Abilities>> = {
  claude: {
    resume: yes('--resume'),
    structured: yes('--json-schema'),
    permissions: yes('--permission-prompt-tool stdio'),
    sandbox: partly('its own, where it is set up in its settings and bubblewrap and socat are installed'),
    usage: yes('of this attempt, subagents included'),
    cost: yes('by its own list of prices'),
  },
  codex: {
    resume: yes('thread/resume'),
    structured: yes('outputSchema of a turn'),
    permissions: yes('requestApproval of commands and of file changes'),
    sandbox: yes('its own, with each turn; needs user namespaces'),
    usage: yes('of this attempt, subagents included'),
    cost: no('configure a price'),
  },
  acp: ACP,
  command: {
    resume: no('every attempt is a process of its own'),
    structured: no('the digest is a file'),
    permissions: no('it does what it does'),
    sandbox: no('only what its command brings along'),
    usage: no('nobody tells'),
    cost: no('nobody tells'),
  },
};

/** Where a program of the protocol is known to differ from the usual. */
const PROGRAMS: Readonly<Record<string, Partial<Abilities>>> = {
  gemini: {
    resume: no('it finds no earlier conversation over the protocol'),
    usage: partly('without its thoughts, and not what was in a cache'),
    cost: no('configure a price'),
  },
  opencode: {
    resume: partly('session/resume, in the directory where it began: the next attempt has another one'),
    permissions: yes('session/request_permission; masterplan has it ask through OPENCODE_PERMISSION'),
    usage: no('only of the last request of a turn, which is left out'),
    cost: yes('by the prices in its own settings'),
  },
  copilot: {
    resume: yes('session/load'),
    usage: yes('of this attempt'),
    cost: no('configure a price'),
  },
  qwen: {
    resume: yes('session/load'),
    usage: partly('of the largest turn'),
    cost: no('configure a price'),
  },
};

/** What an agent of this kind can do; `program` is the name under which it is known, if it is. */
export function abilitiesOf(kind: AgentFamily | 'command', program: string | undefined): Abilities {
  const usual = FAMILY[kind];
  if (kind !== 'acp' || program === undefined || !Object.hasOwn(PROGRAMS, program)) return usual;
  return { ...usual, ...PROGRAMS[program] };
}
