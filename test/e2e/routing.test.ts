import { describe, expect, test } from 'vitest';
import { project, type World } from '../rig/world.ts';

/** The puppet under two names: one that is told by placeholders, and one that counts as Codex by its program's name. */
function withTwo(world: World, config: Readonly<Record<string, unknown>> = {}): void {
  world.configure();
  const { agents } = JSON.parse(world.read('.masterplan.yaml')) as { agents: { puppet: { command: string[] } } };
  const { command } = agents.puppet;
  world.configure({
    agents: {
      big: { command: [...command, '--model', '{model}'], model: 'large', effort: 'high' },
      quick: { command, vendor: 'openai' },
    },
    roles: { implement: 'big', small_edit: 'quick' },
    ...config,
  });
  world.commit('Agents');
}

const PLAN = `# Two

## Task 1: A small thing

**Files:** \`t1.txt\`
**Verify:** \`test -f t1.txt\`

## Task 2: A large thing

**Files:** \`t2.txt\`, \`src/\`
**Verify:** \`test -f t2.txt\`
**Model:** larger
`;

describe('who gets a task', () => {
  test('is decided by its size, recorded with model and reason, told to the agent, and explained', async () => {
    const world = await project({ plan: PLAN });
    withTwo(world);
    const seen: Record<string, unknown> = {};
    world.puppets.follow(async (agent) => {
      seen[agent.task] = [
        agent.hello.env['MASTERPLAN_ROLE'],
        agent.hello.env['MASTERPLAN_MODEL'],
        agent.hello.env['MASTERPLAN_EFFORT'],
      ];
      await agent.write(`${agent.task.toLowerCase()}.txt`, `${agent.task}\n`);
      await agent.done();
    });
    const ended = await world.runs(['--yes', '--finish', 'keep']);
    expect(ended.code, ended.stderr).toBe(0);
    expect(seen).toEqual({ T1: ['small_edit', undefined, undefined], T2: ['implement', 'larger', 'high'] });
    const started = world.eventsOf('attempt_started').sort((a, b) => a.task.localeCompare(b.task));
    expect(started).toMatchObject([
      { task: 'T1', agent: 'quick', role: 'small_edit', model: null, source: 'eligibility' },
      { task: 'T2', agent: 'big', role: 'implement', model: 'larger', effort: 'high', source: 'role' },
    ]);
    const explained = await world.start(['explain', 'T2']).end();
    expect(explained.stdout).toMatch(
      /as implement, with larger, effort high: no small edit: it may change all of src\//,
    );
  });

  test('a role that names nobody refuses the run', async () => {
    const world = await project({ plan: PLAN });
    withTwo(world, { roles: { implement: 'big', review: 'bigg' } });
    const ended = await world.runs(['--yes']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/the role "review" names the agent "bigg", which is not configured.*"big"/);
  });

  test('an agent is not started inside of itself: another one plays, or the run refuses', async () => {
    const world = await project();
    world.configure();
    const { agents } = JSON.parse(world.read('.masterplan.yaml')) as { agents: { puppet: { command: string[] } } };
    const inside = { CLAUDECODE: '1' };
    const all = { claude: { kind: 'claude', command: agents.puppet.command }, spare: agents.puppet };
    world.configure({ agents: all, roles: { implement: 'claude' } });
    world.commit('Agents');
    const refused = await world.run(['--yes'], inside).end();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/inside Claude Code \(CLAUDECODE is set\).*terminal of your own/s);
    world.configure({ agents: all, roles: { implement: 'claude' }, limits: { failover: ['spare'] } });
    world.commit('Failover');
    world.everyoneWorks();
    const ended = await world.run(['--yes', '--finish', 'keep'], inside).end();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toMatch(/degraded: claude.*spare takes its place/);
    expect(world.eventsOf('attempt_started')).toMatchObject([{ agent: 'spare', source: 'stand-in' }]);
  });
});
