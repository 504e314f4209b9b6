import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentName } from '../../scripts/lib/agents.mjs';
import { expectOrder } from '../rig/order.ts';
import { project } from '../rig/world.ts';
import { makeHome, MODELS, SPEAKING } from './homes.ts';
import { type Model, startModel } from './model/server.ts';
import { present, program } from './programs.ts';

/*
 * Work of a real agent, reviewed by the real agent of another vendor, against the scripted model. Skipped where they are not
 * installed (`npm run test:agents`).
 */

let model: Model;

beforeEach(async () => {
  model = await startModel();
});
afterEach(async () => {
  await model.close();
});

/** Seconds for two programs to start, one after the other, on a busy machine. */
const PATIENCE = 120;

const kindOf = (name: AgentName): 'claude' | 'codex' | 'acp' => (name === 'claude' || name === 'codex' ? name : 'acp');

const PAIRS = [
  ['claude', 'codex', present],
  ['codex', 'claude', program],
  ['claude', 'gemini', program],
] as const;

describe.each(PAIRS)('what %s made and %s reviews', (author, reviewer, where) => {
  const missing = where(author) === undefined || where(reviewer) === undefined;

  test.skipIf(missing)(
    'lands, and what the finding says is tried by us',
    { timeout: 2 * PATIENCE * 1000 },
    async () => {
      const finding = {
        ...{
          severity: 'high',
          file: 'a.txt',
          line: 1,
          symbol: null,
          category: 'correctness',
          claim: 'it says nothing',
        },
        ...{ check: 'it has a letter', check_command: 'grep -q a a.txt', same_as: null },
      };
      const work = { write: { 'a.txt': 'a\n' }, review: { verdict: 'request-changes', findings: [finding] } };
      const plan = `### Task 1: Letters\n\n**Needs:** none\n**Verify:** \`test -e a.txt\`\n\n[[task]]\n\n\`\`\`json\n${JSON.stringify(work, null, 2)}\n\`\`\`\n`;
      const world = await project({ plan: `# Letters\n\n${plan}` });
      const agents = Object.fromEntries(
        [author, reviewer].map((name) => {
          const home = join(world.directory, `home-${name}`);
          mkdirSync(home);
          const { PATH: _path, ...env } = makeHome(name, model.url, home);
          const command = [...(present(name) ?? []), ...SPEAKING[name]];
          return [name, { kind: kindOf(name), command, env, model: MODELS[name], permission: 'all' }];
        }),
      );
      world.configure({ retro: { narrative: 'off' }, agents, roles: { implement: author }, review: 'required' });
      world.commit('Two agents');
      const ended = await world.run(['--yes', '--finish', 'keep']).end(PATIENCE);
      expect(ended.code, ended.stdout + ended.stderr).toBe(0);
      expect(world.eventsOf('attempt_started').map(({ agent, contract_id }) => [agent, contract_id])).toEqual([
        [author, 'implement.v1'],
        [reviewer, 'review.v1'],
      ]);
      // Asked for changes, but what would show it passes.
      expect(world.eventsOf('review_finished')).toMatchObject([
        {
          agent: reviewer,
          how: 'other-vendor',
          said: 'request-changes',
          verdict: 'approve',
          findings: [{ fate: 'refuted' }],
        },
      ]);
      expect(world.eventsOf('review_discarded')).toEqual([]);
      expect(world.eventsOf('agent_reported')).toMatchObject([
        { family: kindOf(author) },
        { family: kindOf(reviewer) },
      ]);
      expect(world.landed()).toHaveLength(1);
      await expectOrder(world);
    },
  );
});
