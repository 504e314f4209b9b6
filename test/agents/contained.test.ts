import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentName } from '../../scripts/lib/agents.mjs';
import { project } from '../rig/world.ts';
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

describe.each(SPOKEN)('%s in a container', { timeout: 2 * PATIENCE * 1000 }, (name) => {
  test.skipIf(trial.status !== 0 || program(name) === undefined)(
    'does its work, and what it tries in the main checkout and its hooks fails',
    async () => {
      const world = await project({ plan: '' });
      const outside = [
        world.path('outside.txt'),
        world.path('.git/hooks/post-checkout'),
        join(world.home, 'outside.txt'),
      ];
      const run = [
        ...outside.map((path) => `echo x >'${path}' || true`),
        'cp a.txt b.txt',
        'sleep 600 >/dev/null 2>&1 &',
      ];
      const work = JSON.stringify({ write: { 'a.txt': 'a\n' }, run }, null, 2);
      world.write(
        world.planFile,
        `# Letters\n\n### Task 1: Letters\n\n**Needs:** none\n**Verify:** \`test -e b.txt\`\n\n[[task]]\n\n\`\`\`json\n${work}\n\`\`\`\n`,
      );
      const home = join(world.directory, 'agent-home');
      mkdirSync(home);
      const { PATH: _path, ...env } = makeHome(name, model.url, home);
      const command = [...(program(name) ?? []), ...SPEAKING[name]];
      const kind = name === 'claude' || name === 'codex' ? name : 'acp';
      const agent = { kind, command, env, model: MODELS[name], permission: 'all' };
      world.configure({ agents: { [name]: agent }, roles: { implement: name }, containment: 'required' });
      world.commit('An agent');
      const ended = await world.run(['--yes', '--finish', 'merge']).end(PATIENCE);
      expect(ended.stderr + ended.stdout).not.toContain('failed');
      expect(ended.code).toBe(0);
      const [report] = world.eventsOf('agent_reported');
      expect(report).toMatchObject({ family: kind, how: 'completed', failure: null });
      expect(report?.session).not.toBeNull();
      expect(world.eventsOf('digest_recorded')).toMatchObject([{ source: 'agent' }]);
      expect(world.landed('main')).toHaveLength(1);
      expect(outside.filter((path) => existsSync(path))).toEqual([]);
      expect(readFileSync(world.runtime('transcripts/T1.1.log'), 'utf8')).toMatch(/Read-only file system/i);
    },
  );
});
