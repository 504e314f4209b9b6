import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentName } from '../../scripts/lib/agents.mjs';
import { processesWith } from '../rig/processes.ts';
import { project, type World } from '../rig/world.ts';
import { makeHome, MODELS, SPEAKING } from './homes.ts';
import { type Model, startModel } from './model/server.ts';
import { program } from './programs.ts';

/*
 * Whole runs with real agents in containers, against the scripted model, offline. Skipped where the agents are not installed
 * (`npm run test:agents`) or bubblewrap does not work.
 */

const trial = spawnSync('bwrap', ['--ro-bind', '/', '/', '--proc', '/proc', '--unshare-pid', 'true'], {
  timeout: 10_000,
  stdio: 'ignore',
});

let model: Model;

beforeEach(async () => {
  model = await startModel();
});
afterEach(async () => {
  await model.close();
});

const PATIENCE = 120;
const SPOKEN: readonly AgentName[] = ['claude', 'codex', 'gemini', 'opencode'];

/** A project whose only task tells the scripted model what to do, and whose only agent has to be contained. */
async function projectFor(
  name: AgentName,
  work: (world: World) => Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, unknown>> = {},
  marker = '[[task]]',
): Promise<World> {
  const world = await project({ plan: '' });
  const json = JSON.stringify(work(world), null, 2);
  world.write(
    world.planFile,
    `# Letters\n\n### Task 1: Letters\n\n**Needs:** none\n**Verify:** \`test -e b.txt\`\n\n${marker}\n\n\`\`\`json\n${json}\n\`\`\`\n`,
  );
  const home = join(world.directory, 'agent-home');
  mkdirSync(home);
  const { PATH: _path, ...env } = makeHome(name, model.url, home);
  const command = [...(program(name) ?? []), ...SPEAKING[name]];
  const agent = { kind: kindOf(name), command, env, model: MODELS[name], permission: 'all', ...settings };
  world.configure({
    retro: { narrative: 'off' },
    agents: { [name]: agent },
    roles: { implement: name },
    containment: 'required',
    attempts: 1,
  });
  world.commit('An agent');
  return world;
}

const kindOf = (name: AgentName): string => (name === 'claude' || name === 'codex' ? name : 'acp');

describe.each(SPOKEN)('%s in a container', { timeout: 2 * PATIENCE * 1000 }, (name) => {
  const missing = trial.status !== 0 || program(name) === undefined;

  test.skipIf(missing)('does its work, and what it tries in the main checkout and its hooks fails', async () => {
    const outside = (world: World): string[] => [
      world.path('outside.txt'),
      world.path('.git/hooks/post-checkout'),
      join(world.home, 'outside.txt'),
    ];
    const world = await projectFor(name, (one) => ({
      write: { 'a.txt': 'a\n' },
      run: [
        ...outside(one).map((path) => `echo x >'${path}' || true`),
        'cp a.txt b.txt',
        'sleep 600 >/dev/null 2>&1 &',
      ],
    }));
    const ended = await world.run(['--yes', '--finish', 'merge']).end(PATIENCE);
    expect(ended.stderr + ended.stdout).not.toContain('failed');
    expect(ended.code).toBe(0);
    const [report] = world.eventsOf('agent_reported');
    expect(report).toMatchObject({ family: kindOf(name), how: 'completed', failure: null });
    expect(report?.session).not.toBeNull();
    expect(world.eventsOf('digest_recorded')).toMatchObject([{ source: 'agent' }]);
    expect(world.landed('main')).toHaveLength(1);
    expect(outside(world).filter((path) => existsSync(path))).toEqual([]);
    expect(readFileSync(world.runtime('transcripts/T1.1.log'), 'utf8')).toMatch(/Read-only file system/i);
    expect(processesWith(`HOME=${join(world.directory, 'agent-home')}`)).toEqual([]);
  });

  test.skipIf(missing)('is interrupted when its time is over, and says what it used', async () => {
    // Codex itself gives up on a silent model after ten seconds; others need as long to start.
    const timeout = name === 'codex' ? '8s' : '20s';
    const world = await projectFor(name, () => ({}), { timeout }, '[[half-hang]]');
    expect((await world.run(['--yes', '--finish', 'keep']).end(PATIENCE)).code).toBe(1);
    expect(world.eventsOf('attempt_finished')).toMatchObject([{ ending: 'timed_out' }]);
    expect(world.eventsOf('agent_reported')).toMatchObject([{ how: 'cancelled' }]);
    expect(processesWith(`HOME=${join(world.directory, 'agent-home')}`)).toEqual([]);
  });

  test.skipIf(missing)('outlives a masterplan that is killed, and is attached to by the next one', async () => {
    const work = { write: { 'a.txt': 'a\n' }, run: ['sleep 3', 'cp a.txt b.txt'] };
    const world = await projectFor(name, () => work);
    const run = world.run(['--yes', '--finish', 'keep']);
    await model.hears(({ scene }) => (scene?.step ?? 0) > 0, PATIENCE * 1000);
    run.kill('SIGKILL');
    await run.end(PATIENCE);
    expect((await world.start(['run', 'demo', '--finish', 'keep']).end(PATIENCE)).code).toBe(0);
    expect(world.eventsOf('recovered')).toMatchObject([{ attached: ['T1#1'] }]);
    expect(world.git('show', 'masterplan/demo:b.txt')).toBe('a');
  });
});
