import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentName } from '../../scripts/lib/agents.mjs';
import { project, type World } from '../rig/world.ts';
import { makeHome, MODELS } from './homes.ts';
import { type Model, startModel } from './model/server.ts';
import { program } from './programs.ts';

/*
 * Whole runs with real agents against the scripted model, offline. Skipped where they are not installed (`npm run test:agents`).
 */

let model: Model;

beforeEach(async () => {
  model = await startModel();
});
afterEach(async () => {
  await model.close();
});

const SPOKEN: readonly AgentName[] = ['claude'];

/** A task whose text tells the scripted model what to do. */
function task(id: number, work: Readonly<Record<string, unknown>>, verify: string, marker = '[[task]]'): string {
  return `### Task ${id}: Letters ${id}\n\n**Needs:** none\n**Verify:** \`${verify}\`\n\n${marker}\n\n\`\`\`json\n${JSON.stringify(work, null, 2)}\n\`\`\`\n\n`;
}

async function projectFor(
  name: AgentName,
  plan: string,
  agent: Readonly<Record<string, unknown>> = {},
): Promise<World> {
  const world = await project({ plan: `# Letters\n\n${plan}` });
  const home = join(world.directory, 'agent-home');
  mkdirSync(home);
  const { PATH: _path, ...env } = makeHome(name, model.url, home);
  const kind = name === 'claude' || name === 'codex' ? name : 'acp';
  const settings = { kind, command: program(name), env, model: MODELS[name], permission: 'all', ...agent };
  world.configure({ agents: { [name]: settings }, roles: { implement: name } });
  world.commit('An agent');
  return world;
}

describe.each(SPOKEN)('%s', (name) => {
  const missing = program(name) === undefined;

  test.skipIf(missing)('carries out a plan: files, commands, digest, landing, usage', async () => {
    const plan =
      task(1, { write: { 'a.txt': 'a\n' }, run: ['cp a.txt b.txt'] }, 'test -e b.txt') +
      task(2, { write: { 'c.txt': 'c\n' } }, 'test -e c.txt');
    const world = await projectFor(name, plan);
    const ended = await world.runs(['--yes', '--finish', 'merge']);
    expect(ended.stderr + ended.stdout).not.toContain('failed');
    expect(ended.code).toBe(0);
    expect(world.landed('main')).toHaveLength(2);
    expect(world.eventsOf('digest_recorded')).toMatchObject([{ source: 'agent' }, { source: 'agent' }]);
    for (const report of world.eventsOf('agent_reported')) {
      expect(report).toMatchObject({ family: name, how: 'completed', failure: null });
      expect(report.usage.output).toBeGreaterThan(0);
      expect(report.session).not.toBeNull();
    }
  });
});
