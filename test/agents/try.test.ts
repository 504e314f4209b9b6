import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentName } from '../../scripts/lib/agents.mjs';
import type { AgentTest } from '../../src/app/agents/try.ts';
import { project, type World } from '../rig/world.ts';
import { makeHome, MODELS, SPEAKING } from './homes.ts';
import { deliver, GOOD_DIGEST } from './model/deliver.ts';
import { type Model, startModel } from './model/server.ts';
import type { Scenario } from './model/turn.ts';
import { program } from './programs.ts';

/*
 * `masterplan agents test` with real agents against the scripted model, offline. Skipped where they are not installed
 * (`npm run test:agents`).
 */

/** Does what the task of `agents test` asks for. It has no marker: the turns are counted. */
const ready: Scenario = (scene) => {
  const { entries, tools } = scene.conversation;
  if (tools.length === 0) return { text: 'A word' };
  const step = entries.filter(({ by }) => by === 'model').length;
  if (step === 0) return { actions: [{ do: 'write', path: 'ready.txt', content: 'ready\n' }] };
  // Some would ask for leave to write their digest into a file, which nobody gives here.
  const way = scene.dialect === 'chat' || scene.dialect === 'gemini' ? 'text' : undefined;
  return step === 1
    ? deliver({ ...GOOD_DIGEST, files_changed: ['ready.txt'] }, scene, way)
    : { text: 'It is written.' };
};

let model: Model;

beforeEach(async () => {
  model = await startModel({ scenarios: { ready } });
  model.say('ready');
});
afterEach(async () => {
  await model.close();
});

const PATIENCE = 120;
const kindOf = (name: AgentName): 'claude' | 'codex' | 'acp' => (name === 'claude' || name === 'codex' ? name : 'acp');

async function world(name: AgentName): Promise<World> {
  const one = await project();
  const home = join(one.directory, 'agent-home');
  mkdirSync(home);
  const { PATH: _path, ...env } = makeHome(name, model.url, home);
  const command = [...(program(name) ?? []), ...SPEAKING[name]];
  one.configure({ agents: { [name]: { kind: kindOf(name), command, env, model: MODELS[name] } } });
  return one;
}

async function tried(one: World, name: AgentName, code: number): Promise<AgentTest> {
  const scratch = join(one.directory, 'scratch');
  mkdirSync(scratch);
  const ended = await one.start(['agents', 'test', name, '--json'], { TMPDIR: scratch }).end(PATIENCE);
  expect(ended.code, ended.stdout + ended.stderr).toBe(code);
  expect(readdirSync(scratch)).toEqual([]);
  return JSON.parse(ended.stdout) as AgentTest;
}

describe.each(['claude', 'codex', 'gemini', 'opencode'] as const)('%s', { timeout: 2 * PATIENCE * 1000 }, (name) => {
  const missing = program(name) === undefined;

  test.skipIf(missing)('writes its word, gives its digest, and is said to work', async () => {
    const made = await tried(await world(name), name, 0);
    expect(made).toMatchObject({ agent: name, passed: true });
    expect(made.steps.map(({ step, ok }) => [step, ok])).toEqual(
      ['installed', 'started', 'digest', 'wrote', 'verified', 'landed'].map((step) => [step, true]),
    );
    expect(made).not.toHaveProperty('failure');
    expect(made.usage).toBeDefined();
  });

  test.skipIf(missing)('is not logged in: said in words, with what to type', async () => {
    model.say('unauthorized');
    const made = await tried(await world(name), name, 1);
    expect(made).toMatchObject({ passed: false, failure: { class: 'authentication' } });
    expect(made.failure?.hint).toContain(name);
  });
});

test.skipIf(program('claude') === undefined)(
  'at its limit it is not waited for',
  async () => {
    model.say('limit', { until: Date.now() + 3_600_000 });
    const made = await tried(await world('claude'), 'claude', 1);
    expect(made).toMatchObject({ passed: false, failure: { class: 'usage-limit' } });
    expect(made.durationMs).toBeLessThan(60_000);
  },
  2 * PATIENCE * 1000,
);
