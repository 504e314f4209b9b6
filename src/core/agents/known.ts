import type { AgentFamily } from './order.ts';

/**
 * Programs that are known by their name, and what shows that somebody is logged in. Environment variables and files are those
 * that the programs' own documents name; only whether they are there is ever looked at.
 */
export interface KnownAgent {
  readonly kind: AgentFamily;
  /** Program and arguments with which it speaks its protocol. */
  readonly command: readonly [string, ...string[]];
  /** What it is called by its makers. */
  readonly title: string;
  /** Variables that hold a key or a token. */
  readonly keys: readonly string[];
  /** Files that a login leaves: below the home directory, or below the directory that the variable `home` names. */
  readonly files: readonly { readonly path: string; readonly home?: string }[];
  /** What a person types to log in. */
  readonly login: string;
}

/** By the name under which an agent is configured, which is also the program's. */
export const KNOWN_AGENTS: Readonly<Record<string, KnownAgent>> = {
  claude: {
    kind: 'claude',
    command: ['claude'],
    title: 'Claude Code',
    keys: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
    files: [{ path: '.claude/.credentials.json' }, { path: '.credentials.json', home: 'CLAUDE_CONFIG_DIR' }],
    login: 'claude, then /login',
  },
  codex: {
    kind: 'codex',
    command: ['codex'],
    title: 'Codex',
    keys: ['CODEX_API_KEY', 'OPENAI_API_KEY'],
    files: [{ path: '.codex/auth.json' }, { path: 'auth.json', home: 'CODEX_HOME' }],
    login: 'codex login',
  },
  gemini: {
    kind: 'acp',
    command: ['gemini', '--acp'],
    title: 'Gemini CLI',
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_APPLICATION_CREDENTIALS'],
    files: [{ path: '.gemini/oauth_creds.json' }],
    login: 'gemini, then /auth',
  },
  opencode: {
    kind: 'acp',
    command: ['opencode', 'acp'],
    title: 'opencode',
    keys: [],
    files: [{ path: '.local/share/opencode/auth.json' }, { path: 'opencode/auth.json', home: 'XDG_DATA_HOME' }],
    login: 'opencode auth login',
  },
  copilot: {
    kind: 'acp',
    command: ['copilot', '--acp'],
    title: 'Copilot CLI',
    keys: ['COPILOT_GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_TOKEN', 'COPILOT_PROVIDER_API_KEY'],
    files: [],
    login: 'copilot, then /login',
  },
  qwen: {
    kind: 'acp',
    command: ['qwen', '--acp'],
    title: 'Qwen Code',
    keys: ['OPENAI_API_KEY'],
    files: [{ path: '.qwen/oauth_creds.json' }],
    login: 'qwen, then /auth',
  },
};

/** Programs that run others: what they say of themselves is not said of an agent, and some of them download it. */
const RUNNERS: readonly string[] = [
  'bash',
  'bunx',
  'dash',
  'docker',
  'env',
  'npm',
  'npx',
  'pnpm',
  'pnpx',
  'podman',
  'sh',
  'uvx',
  'yarn',
  'zsh',
];

/** The name of the known program that a command starts, whatever it is configured as. */
export function knownProgram(command: readonly string[]): string | undefined {
  const program = baseName(command[0] ?? '');
  if (Object.hasOwn(KNOWN_AGENTS, program)) return program;
  // A script of that name run by an interpreter, such as `node …/gemini.js`.
  const script = baseName(command[1] ?? '').replace(/\.[cm]?js$/, '');
  return Object.hasOwn(KNOWN_AGENTS, script) ? script : undefined;
}

/** Programs that only make another one start: what they are told begins with it, or has it in it. */
const WRAPPERS: readonly string[] = [
  ...RUNNERS,
  'nice',
  'nohup',
  'setsid',
  'stdbuf',
  'sudo',
  'time',
  'timeout',
  'unbuffer',
  'xargs',
];

/** Programs, and packages of them, that are or start a known one under another name. */
const ALIASES: Readonly<Record<string, string>> = {
  'claude-code': 'claude',
  'claude-code-acp': 'claude',
  'claude-agent-acp': 'claude',
  'codex-acp': 'codex',
  'gemini-cli': 'gemini',
  'opencode-ai': 'opencode',
  'qwen-code': 'qwen',
};

/**
 * The known program that a command comes to in the end, also through others: `env A=1 codex`, `sh -c "cd x && claude -p"`, `npx
 * @openai/codex@1.2.3`, `codex-acp`. For what must not be missed; what {@link knownProgram} says is surely that program itself.
 */
export function programWithin(command: readonly string[]): string | undefined {
  const named = (word: string): string | undefined => {
    const name = baseName(word.replace(/(?<=.)@[\w.^~-]*$/, '')).replace(/\.(?:[cm]?js|exe)$/, '');
    if (Object.hasOwn(KNOWN_AGENTS, name)) return name;
    return Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
  };
  const [first = '', ...rest] = command;
  const direct =
    knownProgram(command) ??
    named(first) ??
    (/^(?:node|bun|deno)$/.test(baseName(first)) ? named(rest[0] ?? '') : undefined);
  if (direct !== undefined || !WRAPPERS.includes(baseName(first))) return direct;
  for (const word of rest.flatMap((one) => one.slice(0, 4000).split(/[\s;&|()"'`]+/))) {
    const found = named(word);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The known agent that a command starts, or else the one of that name. */
export function knownAgent(name: string, command: readonly string[]): KnownAgent | undefined {
  const program = knownProgram(command);
  if (program !== undefined) return KNOWN_AGENTS[program];
  return Object.hasOwn(KNOWN_AGENTS, name) ? KNOWN_AGENTS[name] : undefined;
}

/**
 * The command line that asks a program for its version; `undefined` where that could do anything else: a program that nobody
 * knows may take it for work.
 */
export function versionCommand(
  kind: AgentFamily | 'command',
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] | undefined {
  const [program, ...rest] = command;
  if (RUNNERS.includes(baseName(program))) return undefined;
  if (kind === 'command' && !Object.hasOwn(KNOWN_AGENTS, baseName(program))) return undefined;
  if (kind === 'command') return [program, '--version'];
  // What makes a program of the protocol speak it comes last, as an option or as a word: `gemini --acp`, `opencode acp`.
  const speaking = kind === 'acp' ? rest.findIndex((one) => one.startsWith('-') || one === 'acp') : -1;
  const first = speaking < 0 ? rest : rest.slice(0, speaking);
  const isInterpreter = /^(?:node|bun|deno|python3?)$/.test(baseName(program));
  if (isInterpreter && first.length === 0) return undefined;
  return [program, ...first, '--version'];
}

/**
 * The version in what a program printed: `2.1.329 (Claude Code)`, `codex-cli 0.169.0`, `v1.2.3-beta.1`. Warnings that come before or after
 * may name versions of something else: a line with hardly anything but a version is the one.
 */
export function versionIn(text: string): string | undefined {
  const lines = text
    .slice(0, 20_000)
    .split('\n')
    .flatMap((line) => {
      const version = /(?:^|[^\w.])v?(\d{1,6}(?:\.\d{1,10}){1,3}(?:-[A-Za-z0-9.]{1,40})?)/.exec(
        line.slice(0, 2000),
      )?.[1];
      return version === undefined ? [] : [{ version, line: line.trim() }];
    });
  const plain = lines.find(({ line }) =>
    /^(?:[\w@/.-]{1,60} ){0,3}(?:version:? )?v?\d[\w.-]*(?: \([^)]{1,80}\))?$/i.test(line),
  );
  return (plain ?? lines[0])?.version;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
