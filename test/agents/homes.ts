import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentName } from '../../scripts/lib/agents.mjs';

/*
 * Homes for real agents in which they speak with a scripted model and with nobody else: without accounts, with a key
 * that is none, and without reports to anybody.
 */

/** Name of the model that each agent is told to use; Codex offers its tools only to models that it knows. */
export const MODELS: Readonly<Record<AgentName, string>> = {
  claude: 'claude-opus-5-5',
  codex: 'gpt-5.5-codex',
  gemini: 'gemini-2.5-flash',
  opencode: 'scripted/scripted',
};

/** Arguments with which a program speaks with masterplan, where it is not its driver that gives them. */
export const SPEAKING: Readonly<Record<AgentName, readonly string[]>> = {
  claude: [],
  codex: [],
  // Gemini offers its models as a list in which this one is not.
  gemini: ['--acp', '-m', MODELS.gemini],
  opencode: ['acp'],
};

/** The only key that any agent of a test has. */
const KEY = 'sk-scripted';

/**
 * Writes the configuration of an agent below `home` and returns the whole environment to start it with.
 *
 * @param url  of the scripted model, without a path
 * @param subscribed  Claude Code only: a token of a subscription instead of a key, with which it tells of its limits
 */
export function makeHome(name: AgentName, url: string, home: string, subscribed = false): Record<string, string> {
  const tmp = join(home, 'tmp');
  mkdirSync(tmp, { recursive: true });
  const write = (path: string, text: string): void => {
    mkdirSync(join(home, path, '..'), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: tmp,
    // Whoever works in the agent's shell sees no configuration of git but the worktree's.
    GIT_CONFIG_NOSYSTEM: '1',
  };
  switch (name) {
    case 'claude':
      return {
        ...env,
        ANTHROPIC_BASE_URL: url,
        ...(subscribed ? { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-scripted' } : { ANTHROPIC_API_KEY: KEY }),
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        // Ten otherwise, which is three minutes.
        CLAUDE_CODE_MAX_RETRIES: '1',
      };
    case 'codex':
      write('.codex/config.toml', codexConfig(url));
      return { ...env, SCRIPTED_KEY: KEY };
    case 'gemini':
      write(
        '.gemini/settings.json',
        JSON.stringify({
          security: { auth: { selectedType: 'gemini-api-key' } },
          privacy: { usageStatisticsEnabled: false },
          general: { disableAutoUpdate: true, disableUpdateNag: true, maxAttempts: 2 },
        }),
      );
      return { ...env, GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: url };
    case 'opencode':
      write('.config/opencode/opencode.json', JSON.stringify(opencodeConfig(url)));
      return { ...env, OPENCODE_DISABLE_AUTOUPDATE: '1' };
  }
}

function codexConfig(url: string): string {
  return `model = "${MODELS.codex}"
model_provider = "scripted"
check_for_update_on_startup = false

[model_providers.scripted]
name = "scripted"
base_url = "${url}/v1"
env_key = "SCRIPTED_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 1
stream_idle_timeout_ms = 5000

[features]
unbounded_connection_retries = false
`;
}

function opencodeConfig(url: string): object {
  const scripted = {
    name: 'scripted',
    cost: { input: 1, output: 4, cache_read: 0.1 },
    limit: { context: 128_000, output: 8000 },
  };
  return {
    $schema: 'https://opencode.ai/config.json',
    autoupdate: false,
    share: 'disabled',
    // Without these it asks a model of its makers.
    model: MODELS.opencode,
    small_model: MODELS.opencode,
    enabled_providers: ['scripted'],
    // Otherwise it asks for nothing.
    permission: { edit: 'ask', bash: 'ask' },
    provider: {
      scripted: {
        // Built into the program: nothing is downloaded for it.
        npm: '@ai-sdk/openai-compatible',
        options: { baseURL: `${url}/v1`, apiKey: KEY },
        models: { scripted },
      },
    },
  };
}
