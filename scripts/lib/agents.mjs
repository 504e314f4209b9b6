import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The real agents that tests can drive. Versions are exact: npm on an older Node silently installs an older one
 * otherwise, and they say different things. None of them is a package of this project.
 *
 * @typedef {'claude' | 'codex' | 'gemini' | 'opencode'} AgentName
 * @typedef {{readonly package: string, readonly version: string, readonly main: (modules: string) => readonly string[]}} AgentProgram
 * @type {Readonly<Record<AgentName, AgentProgram>>}
 */
export const AGENTS = {
  // The native programs, not the wrappers of npm: a wrapper that is killed leaves its program running, and without
  // install scripts it would not find it either.
  claude: {
    package: '@anthropic-ai/claude-code',
    version: '2.1.329',
    main: (modules) => [join(modules, `@anthropic-ai/claude-code-${platform()}`, executable('claude'))],
  },
  codex: {
    package: '@openai/codex',
    version: '0.169.0',
    main: (modules) => [
      join(modules, '@openai', `codex-${platform()}`, 'vendor', target(), 'bin', executable('codex')),
    ],
  },
  gemini: {
    package: '@google/gemini-cli',
    version: '0.61.0',
    main: (modules) => [process.execPath, bin(join(modules, '@google', 'gemini-cli'), 'gemini')],
  },
  opencode: {
    package: 'opencode-ai',
    version: '1.18.33',
    main: (modules) => [join(modules, `opencode-${platform()}`, 'bin', executable('opencode'))],
  },
};

export const AGENT_NAMES = /** @type {readonly AgentName[]} */ (Object.keys(AGENTS));

/** The variable that names the directory of the installed agents. */
export const CACHE_VARIABLE = 'MASTERPLAN_AGENTS_CACHE';

/**
 * Where agents are installed: what {@link CACHE_VARIABLE} says, or a directory of the user's cache.
 *
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {string} [home]
 * @returns {string}
 */
export function agentCache(env, home = homedir()) {
  const named = env[CACHE_VARIABLE];
  if (named !== undefined && named !== '') return named;
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg !== undefined && xdg !== '' ? xdg : join(home, '.cache'), 'masterplan', 'agents');
}

/**
 * The directory of one agent, with its version: another version never meets files of this one.
 *
 * @param {string} cache
 * @param {AgentName} name
 */
export function agentDirectory(cache, name) {
  return join(cache, `${name}-${AGENTS[name].version}`);
}

/**
 * Program and first arguments of an installed agent; `undefined` when it is not installed, or not for this machine.
 *
 * @param {string} cache
 * @param {AgentName} name
 * @returns {readonly string[] | undefined}
 */
export function installedAgent(cache, name) {
  const modules = join(agentDirectory(cache, name), 'node_modules');
  if (!existsSync(modules)) return undefined;
  const argv = AGENTS[name].main(modules);
  return argv.every((file) => existsSync(file)) ? argv : undefined;
}

function platform() {
  return `${process.platform}-${process.arch}`;
}

/** @param {string} name */
function executable(name) {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/** What the makers of Rust programs call this machine. */
function target() {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const systems = { darwin: 'apple-darwin', win32: 'pc-windows-msvc' };
  return `${machine}-${systems[/** @type {'darwin' | 'win32'} */ (process.platform)] ?? 'unknown-linux-musl'}`;
}

/**
 * The file that a package installs as the program `name`.
 *
 * @param {string} directory
 * @param {string} name
 * @returns {string}
 */
function bin(directory, name) {
  const manifest = join(directory, 'package.json');
  if (!existsSync(manifest)) return manifest;
  /** @type {{bin?: string | Record<string, string>}} */
  const read = JSON.parse(readFileSync(manifest, 'utf8'));
  const file = typeof read.bin === 'string' ? read.bin : read.bin?.[name];
  return join(directory, file ?? 'missing');
}
