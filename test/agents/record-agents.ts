import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AgentName, AGENT_NAMES, agentCache } from '../../scripts/lib/agents.mjs';
import type { Driver } from '../../src/core/agents/driver.ts';
import { DRIVERS } from '../../src/core/agents/registry.ts';
import type { AgentFamily } from '../../src/core/agents/order.ts';
import { order } from '../core/agents/replay.ts';
import { type Wishes, withDriver } from './converse.ts';
import { makeHome, MODELS } from './homes.ts';
import { startModel } from './model/server.ts';
import { program, versionOf } from './programs.ts';
import { type Program, record, type Talk } from './record.ts';

/*
 * Writes test/agents/recordings/<agent>/<case>.jsonl anew: what our drivers and the real programs say to one another.
 * `npm run record:agents [-- agent[/case] …]`; without names everything.
 */

const RECORDINGS = join('test', 'agents', 'recordings');

interface Case extends Omit<Wishes, 'interrupt'> {
  /** Asks for the end of the turn while the command of `[[sleep]]` runs. */
  readonly interrupt?: true;
  readonly permission?: 'ask' | 'edit' | 'all' | 'read';
  readonly digestSchema?: unknown;
  readonly maxTurns?: number;
  readonly subscribed?: true;
}

/** The part of the digest's schema that tells a good one from a bad one. */
const SCHEMA = {
  type: 'object',
  required: ['contract_id', 'status', 'summary'],
  properties: {
    contract_id: { type: 'string', enum: ['implement.v1'] },
    status: { type: 'string', enum: ['completed', 'blocked', 'failed'] },
    summary: { type: 'string' },
  },
  additionalProperties: true,
};

const one = (message: string): Case => ({ messages: [message] });

/** What is recorded of every agent. */
const COMMON: Readonly<Record<string, Case>> = {
  edit: one('[[edit]] Please write a greeting.'),
  'two-turns': { messages: ['[[say=first]]', '[[say=second]]'] },
  allowed: { messages: ['[[ask]] Try it.'], permission: 'ask' },
  denied: { messages: ['[[ask]] Try it.'], permission: 'ask', answer: 'deny' },
  interrupted: { messages: ['[[sleep=60]] Take your time.'], interrupt: true },
  unauthorized: one('[[unauthorized]] Do it.'),
  'rate-limit': one('[[rate-limit=1]] Do it.'),
  'usage-limit': one('[[usage-limit=7200]] Do it.'),
  overloaded: one('[[overloaded]] Do it.'),
  'overloaded-once': one('[[overloaded-once]] Do it.'),
  'drop-once': one('[[drop-once]] Do it.'),
  overflow: one('[[overflow]] Do it.'),
  'bad-tool': one('[[bad-tool]] Do it.'),
  empty: one('[[empty]] Do it.'),
};

/** What only programs of which we know more are good for. */
const MORE: Readonly<Record<string, Case>> = {
  'allowed-for-good': { messages: ['[[ask-twice]] Try it.'], permission: 'ask', answer: 'session' },
  forbidden: one('[[forbidden]] Do it.'),
  credit: one('[[credit]] Do it.'),
  quota: one('[[quota]] Do it.'),
  server: one('[[server]] Do it.'),
  drop: one('[[drop]] Do it.'),
  'stream-error': one('[[stream-error]] Do it.'),
  refusal: one('[[refusal]] Do it.'),
  'near-limit': one('[[near-limit=92]] Do it.'),
  digest: { messages: ['[[digest]] Do it.'], digestSchema: SCHEMA },
  'digest-repaired': { messages: ['[[digest-repaired]] Do it.', 'That is not valid.'], digestSchema: SCHEMA },
  'half-overflow': one('[[half-overflow]] Do it.'),
};

const CASES: Readonly<Record<AgentName, Readonly<Record<string, Case>>>> = {
  claude: {
    ...COMMON,
    ...MORE,
    turns: { ...one('[[loop]] Go on.'), maxTurns: 2 },
    delegate: one('[[delegate]] Do it.'),
    'subscription-near-limit': { ...one('[[near-limit=92]] Do it.'), subscribed: true },
    'subscription-limit': { ...one('[[usage-limit=7200]] Do it.'), subscribed: true },
  },
  codex: { ...COMMON, ...MORE },
  gemini: COMMON,
  opencode: COMMON,
};

const FAMILY: Readonly<Record<AgentName, AgentFamily>> = {
  claude: 'claude',
  codex: 'codex',
  gemini: 'acp',
  opencode: 'acp',
};

/** Arguments that make a program speak the Agent Client Protocol. */
const ACP: Readonly<Partial<Record<AgentName, readonly string[]>>> = {
  gemini: ['--acp', '--skip-trust', '-m', MODELS.gemini],
  opencode: ['acp'],
};

const wanted = process.argv.slice(2);
let made = 0;
for (const agent of AGENT_NAMES) {
  const argv = program(agent);
  if (argv === undefined) {
    console.log(`${agent} is not installed: npm run test:agents -- --install-only`);
    continue;
  }
  for (const [name, settings] of Object.entries(CASES[agent])) {
    if (wanted.length > 0 && !wanted.includes(agent) && !wanted.includes(`${agent}/${name}`)) continue;
    try {
      await make(agent, argv, name, settings);
      made++;
    } catch (error) {
      // The other recordings are worth having without this one.
      console.log(`${agent}/${name}: ${String(error)}`);
    }
  }
}
console.log(`${made} recordings below ${RECORDINGS}`);

async function make(
  agent: AgentName,
  command: readonly [string, ...string[]],
  name: string,
  settings: Case,
): Promise<void> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'masterplan-recording-')));
  const model = await startModel();
  try {
    const worktree = join(dir, 'worktree');
    const inputs = join(dir, 'in');
    mkdirSync(worktree);
    mkdirSync(inputs);
    execFileSync('git', ['init', '-q'], { cwd: worktree });
    const { argv, env, converse } = speaker(agent, command, settings, worktree, inputs);
    const cache = agentCache(process.env, userInfo().homedir);
    const described: Program = {
      argv,
      env: { ...env, ...makeHome(agent, model.url, join(dir, 'home'), settings.subscribed) },
      cwd: worktree,
      version: versionOf(agent),
      places: {
        [dir]: '/recorded',
        [cache]: '/agents',
        [userInfo().homedir]: '/home/nobody',
        [model.url]: 'http://model',
        [model.url.replace('http://', '')]: 'model',
      },
    };
    const recorded = await record(`${agent}/${name}`, described, converse);
    const file = join(RECORDINGS, agent, `${name}.jsonl`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, recorded.text);
    console.log(`${agent}/${name}: ${recorded.text.length} bytes, ended with ${recorded.signal ?? recorded.code}`);
  } finally {
    await model.close();
    rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** Our driver of an agent, ready to speak. */
function speaker(
  agent: AgentName,
  command: readonly [string, ...string[]],
  settings: Case,
  worktree: string,
  inputs: string,
): {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly converse: (talk: Talk) => Promise<void>;
} {
  const { messages, answer, interrupt, permission = 'edit', digestSchema, maxTurns } = settings;
  const wishes: Wishes = {
    messages,
    ...(answer === undefined ? {} : { answer }),
    ...(interrupt === undefined ? {} : { interrupt: () => there(join(worktree, 'shell.pid')) }),
  };
  const family = FAMILY[agent];
  const acp = ACP[agent] ?? [];
  const makeDriver = DRIVERS[family];
  if (makeDriver === undefined) throw new Error(`there is no driver of the family ${family}`);
  const ordered = (prompt: string): Driver =>
    makeDriver(
      order({
        ...{ family, command: [...command, ...acp], worktree, prompt, permission, inputs },
        digest: join(inputs, 'digest.json'),
        ...(agent === 'opencode' ? {} : { model: MODELS[agent] }),
        ...(digestSchema === undefined ? {} : { digestSchema }),
        ...(maxTurns === undefined ? {} : { maxTurns }),
      }),
    );
  const { argv, env } = ordered(messages[0] ?? '').launch();
  return { argv, env, converse: withDriver(ordered, wishes) };
}

/** Resolves when a file is there, or after a while. */
async function there(file: string): Promise<void> {
  for (let look = 0; look < 300 && !existsSync(file); look++) await sleep(50);
}
